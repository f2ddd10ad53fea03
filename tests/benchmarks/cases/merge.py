"""The resolver alone, without I/O: cells merged a second on one core."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

import orjson

from sink.core.change_event import (
    CellEdit,
    ChangeEvent,
    DatabaseChange,
    Image,
    Op,
    Position,
    SheetEdit,
)
from sink.core.columns import Column, Table
from sink.core.envelope import decode_change
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Mapping
from sink.core.policies import Rules, rules_of
from sink.core.resolver import resolve
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from tests.benchmarks.figures import Result

ROWS = 2_000
ROUNDS = 10
TRIES = 3
COLUMNS = ("a", "b", "c", "d", "e")


def merge(result: Result) -> None:
    """Events of both sides in turn, at 1 and at 5 cells an event; then from Kafka's bytes on."""
    table = _table()
    rules = rules_of(table.mapping, required=table.required)
    for cells, least in ((1, 300_000), (5, 500_000)):
        events = _events(cells)
        took = _best(partial(_climb, events, rules))
        result.add(f"{cells} cells an event", len(events) * cells / took, "cells/s", at_least=least)
    records = _records()
    took = _best(lambda: _climb([_decoded(record, table) for record in records], rules))
    result.add("5 cells, decode included", len(records) * 5 / took, "cells/s", at_least=150_000)
    result.settings = {"rows": ROWS, "events": ROWS * ROUNDS, "best of": TRIES}


def _best(action: Callable[[], None]) -> float:
    times = []
    for _ in range(TRIES):
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return min(times)


def _table() -> MappedTable:
    columns = {
        "id": Column("id", "int", "int", nullable=False, precision=10),
        **{name: Column(name, "varchar", "varchar(40)", length=40) for name in COLUMNS},
    }
    mapping = Mapping("rows", "bench.rows", "spreadsheet", "rows", ("id",))
    return MappedTable.of(mapping, Table("bench.rows", columns, ("id",)))


def _key(row: int) -> RowKey:
    return RowKey.from_values(("id",), (row,))


def _events(cells: int) -> list[ChangeEvent]:
    """Each round changes each row once: the rounds come from the two sides in turn."""
    events: list[ChangeEvent] = []
    shown: list[Image] = [dict.fromkeys(COLUMNS, "0") for _ in range(ROWS)]
    for number in range(ROUNDS):
        at = 1_000_000 * (number + 1)
        for row in range(ROWS):
            changed = dict.fromkeys(COLUMNS[:cells], f"{number}/{row}")
            before = dict(shown[row])
            shown[row].update(changed)
            name = f"{number}/{row}"
            if number % 2:
                edits = {
                    column: CellEdit(value, before[column]) for column, value in changed.items()
                }
                events.append(SheetEdit(name, _key(row), edits, at, at))
            else:
                place = Position("binlog.000001", number * ROWS + row, 0, 0, at)
                op = Op.UPDATE if number else Op.CREATE
                after = dict(shown[row])
                change = DatabaseChange(
                    name, _key(row), op, before if number else None, after, at, at, None, place
                )
                events.append(change)
    return events


def _climb(events: Sequence[ChangeEvent], rules: Rules) -> None:
    states: dict[RowKey, RowState] = {}
    for event in events:
        state = states.get(event.key) or RowState(event.key)
        states[event.key] = resolve(event, state, rules).state


def _records() -> list[tuple[bytes, bytes]]:
    """Updates of all five cells, as Debezium's JSON converter writes them."""
    records = []
    for number in range(ROWS * ROUNDS):
        row = number % ROWS
        before = {"id": row, **dict.fromkeys(COLUMNS, f"{number // ROWS}/{row}")}
        after = {"id": row, **dict.fromkeys(COLUMNS, f"{number // ROWS + 1}/{row}")}
        value = {
            "before": before,
            "after": after,
            "op": "u",
            "ts_ms": 1_763_939_915_123,
            "source": {
                "version": "3.6.1.Final",
                "connector": "mysql",
                "name": "sheetbridge",
                "ts_us": 1_763_939_915_123_000 + number,
                "snapshot": "false",
                "db": "bench",
                "table": "rows",
                "server_id": 1,
                "gtid": f"3e11fa47-71ca-11e1-9e33-c80aa9429562:{number + 1}",
                "file": "binlog.000001",
                "pos": 1_000 + number,
                "row": 0,
            },
        }
        records.append((orjson.dumps({"id": row}), orjson.dumps(value)))
    return records


def _decoded(record: tuple[bytes, bytes], table: MappedTable) -> DatabaseChange:
    key, value = (orjson.loads(part) for part in record)
    event = decode_change(key, value, table, own_source="", received=1_763_939_915_200_000)
    assert isinstance(event, DatabaseChange)
    return event
