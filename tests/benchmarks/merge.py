"""The resolver alone, and with the decoding of Debezium's records before it: no I/O."""

from __future__ import annotations

import time

import orjson

from sink.core.change_event import CellEdit, ChangeEvent, SheetEdit
from sink.core.columns import Column, Table
from sink.core.envelope import decode_change
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Mapping
from sink.core.policies import Rules
from sink.core.resolver import resolve
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.heap import collect_seldom
from sink.state.records import FirstSync
from tests.benchmarks.arena import Arena
from tests.benchmarks.case import Case, Figure, Outcome

ROWS = 2_000
ROUNDS = 25
COLUMNS = ("a", "b", "c", "d", "e")
BEGAN = 1_800_000_000_000_000


def measure(_arena: Arena) -> Outcome:
    """Cells a second: one core, the best of three runs, since other work only slows it."""
    collect_seldom()  # as in the sink's process
    figures = [
        Figure("1 cell an event", _best(1, decode=False), "cells/s", at_least=300_000),
        Figure("5 cells an event", _best(5, decode=False), "cells/s", at_least=500_000),
        Figure("5 cells, decoded", _best(5, decode=True), "cells/s", at_least=150_000),
        Figure("5 cells, JSON alone", _json_alone(), "cells/s"),
    ]
    return Outcome(figures, settings={"rows": ROWS, "rounds": ROUNDS})


def _best(cells: int, *, decode: bool) -> float:
    return max(_run(cells, decode=decode) for _ in range(3))


def _run(cells: int, *, decode: bool) -> float:
    """Rounds of edits in sight of what is agreed: odd ones of the sheet, even ones of programs."""
    table = _table()
    states = {number: _standing(number) for number in range(ROWS)}
    records = [[_record(number, turn, cells) for number in range(ROWS)] for turn in range(ROUNDS)]
    took = 0.0
    for turn in range(ROUNDS):
        if decode or turn % 2:
            events = [] if decode else [_decoded(raw, table, turn) for raw in records[turn]]
        else:
            events = [_typed(number, turn, cells) for number in range(ROWS)]
        began = time.perf_counter()
        if decode:
            events = [_decoded(raw, table, turn) for raw in records[turn]]
        rules = Rules()
        for number, event in enumerate(events):
            states[number] = resolve(event, states[number], rules).state
        took += time.perf_counter() - began
    _require_agreed(states, cells)
    return ROUNDS * ROWS * cells / took


def _require_agreed(states: dict[int, RowState], cells: int) -> None:
    for number, state in states.items():
        wanted = {c: _value(number, ROUNDS - 1) for c in COLUMNS[:cells]}
        held = {c: state.cells[c].value for c in wanted}
        assert held == wanted, (held, wanted)


def _json_alone() -> float:
    raw = [_record(number, 1, 5) for number in range(ROWS)]
    began = time.perf_counter()
    for _ in range(ROUNDS):
        for record in raw:
            orjson.loads(record)
    return ROUNDS * ROWS * 5 / (time.perf_counter() - began)


def _value(number: int, turn: int) -> str:
    return f"value {turn} of {number}"


def _key(number: int) -> RowKey:
    return RowKey.from_values(("id",), (number,))


def _standing(number: int) -> RowState:
    return FirstSync(0, 0).row(_key(number), dict.fromkeys(COLUMNS, "at first"))


def _typed(number: int, turn: int, cells: int) -> ChangeEvent:
    now = BEGAN + turn * 1_000_000
    edits = {
        column: CellEdit(_value(number, turn), _value(number, turn - 1) if turn else "at first")
        for column in COLUMNS[:cells]
    }
    return SheetEdit(f"post:{turn}/{number}", _key(number), edits, now, now, typed=cells == 1)


def _decoded(raw: bytes, table: MappedTable, turn: int) -> ChangeEvent:
    value = orjson.loads(raw)
    now = BEGAN + turn * 1_000_000
    key = {"id": value["after"]["id"]}
    event = decode_change(key, value, table, own_source="", received=now, latest=now)
    assert event is not None
    return event  # type: ignore[return-value]  # no marker is among them


def _record(number: int, turn: int, cells: int) -> bytes:
    before = {c: _value(number, turn - 1) if turn else "at first" for c in COLUMNS[:cells]}
    after = {c: _value(number, turn) for c in COLUMNS[:cells]}
    rest = dict.fromkeys(COLUMNS[cells:], "at first")
    now = BEGAN + turn * 1_000_000
    return orjson.dumps(
        {
            "before": {"id": number, **before, **rest},
            "after": {"id": number, **after, **rest},
            "source": {
                "version": "3.6.1.Final",
                "connector": "mysql",
                "name": "cdc",
                "ts_us": now,
                "snapshot": "false",
                "db": "bench",
                "table": "rows",
                "server_id": 1,
                "gtid": f"5b4a3c00-0000-0000-0000-000000000001:{turn * ROWS + number + 1}",
                "file": "binlog.000001",
                "pos": 1_000 + (turn * ROWS + number) * 500,
                "row": 0,
            },
            "op": "u",
            "ts_us": now,
        }
    )


def _table() -> MappedTable:
    columns = {"id": Column("id", "int", "int", nullable=False, precision=10)} | {
        name: Column(name, "varchar", "varchar(60)", length=60) for name in COLUMNS
    }
    mapping = Mapping("rows", "bench.rows", "spreadsheet", "rows", ("id",))
    return MappedTable.of(mapping, Table("bench.rows", columns, ("id",)))


CASES = (Case("merge", "the resolver alone, one core", measure),)
