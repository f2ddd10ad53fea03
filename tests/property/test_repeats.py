"""Whatever is delivered again changes nothing and adds nothing to either log.

Records of both topics go through what ships, from their decoding to the store: the binlog's
positions and the edit ids tell a repeat (rung 1), not the ladder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from hypothesis import given
from hypothesis import strategies as st

from sink.core.change_event import DatabaseChange, SheetEdit
from sink.core.columns import Column, Table
from sink.core.gtid import GtidSet
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Mapping, Policy, Rule
from sink.core.policies import rules_of
from sink.core.version import Absent
from sink.inbound import Inbox, Reader
from sink.pipeline import Pipeline
from sink.ports import DeadLetter
from sink.record import Record
from tests.doubles.memory_server import Data, MemoryServer
from tests.doubles.memory_store import MemoryStore
from tests.property.streams import COLUMNS, KEY, database_changes, sheet_edits, start

OWN_SOURCE = "22222222-2222-2222-2222-222222222222"
UNFIT = "longer than the column"


def mapped(rule: Rule) -> MappedTable:
    columns = {
        "id": Column("id", "int", "int", nullable=False, precision=10),
        **{name: Column(name, "varchar", "varchar(9)", length=9) for name in COLUMNS},
    }
    mapping = Mapping("rows", "demo.rows", "spreadsheet", "rows", ("id",), rule=rule)
    return MappedTable.of(mapping, Table("demo.rows", columns, ("id",)))


@dataclass(frozen=True, slots=True)
class Content:
    """A record's content: it may come at any offset, and at several."""

    topic: str
    key: bytes
    value: bytes


def change_record(change: DatabaseChange, table: MappedTable) -> Content:
    """What Debezium makes of a change: ``decode_change`` reads it."""
    place = change.position
    assert place is not None
    source = {
        "db": "demo",
        "table": "rows",
        "file": place.file,
        "pos": place.offset,
        "row": place.row,
        "ts_us": change.time,
        "gtid": None,
        "snapshot": "false",
    }
    identity = dict(table.key_image(KEY))
    before, after = (image and {**identity, **image} for image in (change.before, change.after))
    envelope = {"op": change.op, "before": before, "after": after, "source": source}
    return Content(table.mapping.cdc_topic, orjson.dumps(identity), orjson.dumps(envelope))


def post_record(edit: SheetEdit, table: MappedTable) -> Content:
    """What the webhook makes of an edit: ``decode_post`` reads it."""
    cells = {
        column: {"value": cell.new} | ({} if isinstance(cell.old, Absent) else {"old": cell.old})
        for column, cell in edit.cells.items()
    }
    row = {"row": 2, "key": table.key_image(KEY), "typed": edit.typed, "cells": cells}
    post = {"id": edit.id, "kind": "edit", "time_ms": edit.time, "rows": [row]}
    return Content(table.mapping.sheet_topic, edit.id.encode(), orjson.dumps(post))


def unreadable_record(table: MappedTable) -> Content:
    """A post with a cell that its column cannot hold: a dead letter."""
    row = {"row": 2, "key": table.key_image(KEY), "cells": {"a": {"value": UNFIT}}}
    post = {"id": "unfit", "kind": "edit", "time_ms": 3, "rows": [row]}
    return Content(table.mapping.sheet_topic, b"unfit", orjson.dumps(post))


class Sink:
    """Reads contents at the next offsets of their topics, as they come."""

    def __init__(self, table: MappedTable, last: DatabaseChange | None) -> None:
        self._table = table
        self._server = MemoryServer(columns=COLUMNS)
        self._dead: list[DeadLetter] = []
        self._ends: dict[str, int] = {}
        if last is None or last.after is not None:
            image = last.after if last is not None else None
            self._server.data.table[KEY] = dict(image or dict.fromkeys(COLUMNS, "A"))
        self.begin()
        with self._store.begin() as transaction:
            transaction.save([start()])

    def begin(self) -> None:
        """A new process, which knows what is stored."""
        stored = self._server.data
        self._store = MemoryStore(self._server)
        rules = rules_of(self._table.mapping)
        self._pipeline = Pipeline(self._table, rules, self._store, self._dead.extend)
        self._reader = Reader(
            self._table, OWN_SOURCE, GtidSet({}), stored.position, dict(stored.offsets)
        )

    def read(self, contents: Sequence[Content]) -> None:
        """Merge them as one batch, with new offsets."""
        records = []
        for content in contents:
            offset = self._ends.get(content.topic, 0)
            self._ends[content.topic] = offset + 1
            records.append(Record(content.topic, offset, content.key, content.value))
        inbox = Inbox()
        inbox.progress.read_at = self._server.now = 1_000_000
        self._reader.read(records, inbox, received=1_000_000, latest=1_000_000)
        self._pipeline.apply(inbox)
        self._reader.applied(inbox)

    @property
    def kept(self) -> Data:
        return self._server.data

    @property
    def letters(self) -> list[tuple[str | None, str]]:
        return [(letter.edit, letter.reason) for letter in self._dead]


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[MappedTable, DatabaseChange | None, list[list[Content]]]:
    """A mapping, how the table ends, and the batches in which each record comes once."""
    table = mapped(Rule(draw(st.sampled_from([p for p in Policy if p is not Policy.FUNCTION]))))
    changes = draw(database_changes(most=4, rows=True))
    edits = draw(sheet_edits(most=4, rows=False))
    streams = {
        "d": iter([change_record(change, table) for change in changes]),
        "s": iter([post_record(edit, table) for edit in edits if isinstance(edit, SheetEdit)]),
        "u": iter([unreadable_record(table)]),
    }
    order = draw(st.permutations("d" * len(changes) + "s" * len(edits) + "u"))
    batches: list[list[Content]] = [[]]
    for name in order:
        batches[-1].append(next(streams[name]))
        if draw(st.booleans()):
            batches.append([])
    return table, changes[-1] if changes else None, batches


@given(deliveries(), st.data())
def test_what_is_delivered_again_changes_nothing_and_is_logged_nowhere(
    delivered: tuple[MappedTable, DatabaseChange | None, list[list[Content]]], data: st.DataObject
) -> None:
    table, last, batches = delivered
    once, again = Sink(table, last), Sink(table, last)
    came: list[Content] = []
    for batch in batches:
        once.read(batch)
        came += batch
        repeats = data.draw(st.lists(st.sampled_from(came), max_size=4)) if came else []
        if data.draw(st.booleans()):
            again.begin()
        again.read([*batch, *repeats])
    assert again.letters == once.letters
    assert again.kept.conflicts == once.kept.conflicts
    assert again.kept.states == once.kept.states
    assert again.kept.table == once.kept.table
    assert again.letters, "the dead letter of the unfit cell"
