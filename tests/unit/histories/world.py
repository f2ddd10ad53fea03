"""A small world in which a history is played by hand: one table, one tab, both topics.

Everything above the ports is production code; the world only decides when things happen. Times are
small whole numbers on clocks that agree, unless a history says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sink.core.cell import CellContent
from sink.core.change_event import (
    CellEdit,
    ChangeEvent,
    DatabaseChange,
    HeldAnswer,
    Image,
    Op,
    Position,
    SheetDelete,
    SheetEdit,
)
from sink.core.columns import Column, Table
from sink.core.envelope import Truncate
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Direction, Guards, Mapping, Policy, Rule
from sink.core.policies import rules_of
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.values.codec import Value
from sink.core.version import ABSENT
from sink.inbound import Inbound, Inbox
from sink.pipeline import Pipeline
from sink.ports import DeadLetter, Progress
from sink.reconciler import Difference, confirmed, differences, judged_together
from sink.sheet_writing import GRACE, note_answer
from sink.state.records import FirstSync
from sink.table_comparison import astray, confirmed_changes
from sink.writers.sheets.answer import CallAnswer, Replaced
from sink.writers.sheets.call import PlacedWrite, RowWrite
from sink.writers.sheets.layout import KeyIndex, TabLayout
from sink.writers.sheets.reading import Reading
from tests.doubles.memory_server import Change, MemoryServer
from tests.doubles.memory_store import MemoryStore

COLUMNS = ("a", "b")


def key(number: int = 1) -> RowKey:
    return RowKey.from_values(("id",), (number,))


def mapped_table(policy: Policy, direction: Direction, guards: Guards) -> MappedTable:
    columns = {
        "id": Column("id", "int", "int", nullable=False, precision=10),
        **{name: Column(name, "varchar", "varchar(20)", length=20) for name in COLUMNS},
    }
    mapping = Mapping(
        "rows",
        "demo.rows",
        "spreadsheet",
        "rows",
        ("id",),
        rule=Rule(policy),
        direction=direction,
        guards=guards,
    )
    return MappedTable.of(mapping, Table("demo.rows", columns, ("id",)))


@dataclass
class Call:
    """A call of ours that has been sent: what it wrote, and what it replaced."""

    writes: list[RowWrite]
    lo: int
    replaced: dict[RowKey, dict[str, CellContent]] = field(default_factory=dict)


class World:
    """Row 1 with a = b = "A" stands on both sides, as the first sync left it at ``synced``."""

    def __init__(
        self,
        policy: Policy = Policy.LAST_WRITE_WINS,
        *,
        empty: bool = False,
        synced: int = 0,
        direction: Direction = Direction.BOTH,
        guards: Guards | None = None,
    ) -> None:
        self.table = mapped_table(policy, direction, guards or Guards())
        self.server = MemoryServer(columns=COLUMNS)
        self.server.first = FirstSync(synced, synced)
        self.server.now = synced
        self.dead: list[DeadLetter] = []
        self.restart()
        self.sheet: dict[RowKey, Image] = {}
        self.posts: list[ChangeEvent] = []
        self.written: list[Change] = []
        self._ids = 0
        if not empty:
            image: Image = dict.fromkeys(COLUMNS, "A")
            self.server.data.table[key()] = dict(image)
            self.sheet[key()] = dict(image)
            with self.store.begin() as transaction:
                transaction.save([self.server.first.row(key(), image)])

    def restart(self) -> None:
        """The sink dies and another begins: it knows what is stored, and nothing else."""
        self.store = MemoryStore(self.server)
        self.pipeline = Pipeline(
            self.table, rules_of(self.table.mapping), self.store, self.dead.extend
        )

    # What programs do

    def database(self, time: int, row: int = 1, **cells: Value) -> None:
        """UPDATE, or INSERT where the row is not there."""
        before = self.server.data.table.get(key(row), {})
        self.server.put(key(row), {**before, **cells}, time=time)

    def database_delete(self, time: int, row: int = 1) -> None:
        self.server.put(key(row), None, time=time)

    def truncate(self, time: int) -> None:
        """TRUNCATE TABLE, read at once: an event without a key."""
        self.server.data.table.clear()
        place = Position("binlog.000001", time, 0, 0, time)
        self.pipeline.apply(Inbox(rows=[Truncate(time, place, time)]))

    def snapshot(self, time: int) -> list[DatabaseChange]:
        """The rows of a snapshot that the connector takes; whatever it had not read is skipped."""
        self.server.binlog.clear()
        place = Position("binlog.000001", time, 0, 0, time)
        return [
            DatabaseChange("snapshot", each, Op.SNAPSHOT, None, image, time, time, None, place)
            for each, image in self.server.data.table.items()
        ]

    # What people do

    def typed(self, time: int, row: int = 1, *, lost: bool = False, **cell: Value) -> SheetEdit:
        """Type one cell; returns the event, which is posted at once unless it is ``lost``."""
        ((column, value),) = cell.items()
        old = self.sheet[key(row)].get(column)
        self.sheet[key(row)][column] = value
        return self._post({column: CellEdit(value, old)}, time, row, lost=lost, typed=True)

    def pasted(self, time: int, row: int = 1, *, lost: bool = False, **cells: Value) -> SheetEdit:
        """Paste cells: no old value is known."""
        self.sheet[key(row)].update(cells)
        edits: dict[str, CellEdit] = {c: CellEdit(v, ABSENT) for c, v in cells.items()}
        return self._post(edits, time, row, lost=lost)

    def created(self, time: int, row: int = 1, *, lost: bool = False, **cells: Value) -> SheetEdit:
        """Type or paste a row with its key."""
        self.sheet[key(row)] = {column: cells.get(column) for column in COLUMNS}
        edits: dict[str, CellEdit] = {
            column: CellEdit(cells.get(column), ABSENT) for column in COLUMNS
        }
        return self._post(edits, time, row, lost=lost, key_edited=True)

    def deleted(self, row: int = 1) -> None:
        """Delete the row in the sheet: no event tells of it."""
        del self.sheet[key(row)]

    def rekeyed(self, time: int, old: int, new: int) -> list[ChangeEvent]:
        """Type another key over a row's: a delete and a create with the cells as they stand."""
        image = self.sheet.pop(key(old))
        self.sheet[key(new)] = image
        gone = SheetDelete(self._name(), key(old), time, time, time)
        self.posts.append(gone)
        edits: dict[str, CellEdit] = {c: CellEdit(v, ABSENT) for c, v in image.items()}
        return [gone, self._post(edits, time, new, key_edited=True)]

    def _post(
        self,
        cells: dict[str, CellEdit],
        time: int,
        row: int,
        *,
        lost: bool = False,
        typed: bool = False,
        key_edited: bool = False,
    ) -> SheetEdit:
        event = SheetEdit(
            self._name(), key(row), cells, time, time, key_edited=key_edited, typed=typed
        )
        if not lost:
            self.posts.append(event)
        return event

    def _name(self) -> str:
        self._ids += 1
        return f"post:{self._ids}"

    # What the sink does

    def read_database(self, count: int | None = None, *, now: int | None = None) -> None:
        """Merge change events of the database, all or the first ``count``."""
        taken = self.server.binlog[:count]
        self.written += [change for change in taken if change.own is not None]
        del self.server.binlog[: len(taken)]
        self.merge([self.event(change) for change in taken], now=now)

    @staticmethod
    def event(change: Change) -> DatabaseChange:
        """The change event that Debezium makes of a change."""
        assert change.key is not None
        op = Op.DELETE if change.after is None else Op.UPDATE if change.before else Op.CREATE
        return DatabaseChange(
            f"binlog:{change.place}",
            change.key,
            op,
            change.before,
            change.after,
            change.time,
            change.time,
            change.own,
            change.position,
        )

    def read_in(self, order: str, *, now: int, **streams: Sequence[ChangeEvent]) -> None:
        """Merge the events of ``streams`` one by one, each stream in its own order."""
        left = {name: list(events) for name, events in streams.items()}
        for name in order:
            self.merge([left[name].pop(0)], now=now)
        assert not any(left.values()), left

    def changes(self) -> list[ChangeEvent]:
        """The database's change events so far, taken from the binlog to be read later."""
        taken = [self.event(change) for change in self.server.binlog]
        self.server.binlog.clear()
        return list(taken)

    def edits(self) -> list[ChangeEvent]:
        """The posts so far, taken to be read later."""
        taken, self.posts = self.posts, []
        return taken

    def read_sheet(self, *events: ChangeEvent, now: int | None = None) -> None:
        """Merge the posts that have come, or just these events."""
        taken = list(events) or list(self.posts)
        self.posts = [post for post in self.posts if post not in taken]
        self.merge(taken, now=now)

    def read(self, *, now: int | None = None) -> None:
        """Merge all that has come, the database's first, echoes included."""
        self.read_database(now=now)
        self.read_sheet(now=now)
        while self.server.binlog:
            self.read_database(now=now)

    def merge(
        self,
        events: Sequence[ChangeEvent],
        *,
        now: int | None = None,
        offsets: dict[str, int] | None = None,
    ) -> None:
        if not events:
            return
        latest = max(event.time for event in events) if now is None else now
        self.server.now = max(self.server.now, latest)
        rows: list[Inbound] = [replace(event, received=self.server.now) for event in events]
        progress = Progress(offsets or {}, read_at=self.server.now)
        self.pipeline.apply(Inbox(rows=rows, progress=progress))

    def send(self, lo: int) -> Call:
        """Plan what the sheet is owed and apply it; the answer has not come yet."""
        call = Call([], lo)
        for row_key in list(self.server.data.states):
            op, cells = self.state(row_key).owed_to_sheet()
            there = row_key in self.sheet
            if op in ("update", "delete") and there:
                call.replaced[row_key] = dict(self.sheet[row_key])
                call.writes.append(RowWrite(op, row_key, cells))
                if op == "update":
                    self.sheet[row_key].update(cells)
                else:
                    del self.sheet[row_key]
            elif op == "insert" and not there:
                call.writes.append(RowWrite(op, row_key, cells))
                self.sheet[row_key] = dict(cells)
        self.pipeline.calling.update(write.key for write in call.writes)
        return call

    def answer(self, call: Call, hi: int) -> None:
        """The call's answer comes."""
        reached = [
            Replaced(PlacedWrite(write, 1, 0), call.replaced.get(write.key, {}))
            for write in call.writes
        ]
        with self.store.begin() as transaction:
            note_answer(transaction, CallAnswer(reached), call.lo, hi, self.table)
        self.pipeline.calling.clear()

    def call(self, lo: int, hi: int | None = None) -> None:
        """A call that is answered at once; rows that are strange are looked at."""
        self.answer(self.send(lo), lo if hi is None else hi)

    def answer_held(self, at: int, *, release: bool) -> None:
        """A person answers for every held delete."""
        events: list[Inbound] = [
            HeldAnswer("answer", row_key, held.origin, release, at, at)
            for row_key in self.store.held_keys()
            for held in self.state(row_key).held
        ]
        progress = Progress(read_at=at)
        self.pipeline.apply(Inbox(rows=events, progress=progress, guarded=False))

    def grace(self, now: int) -> None:
        """What our writes replaced unheard becomes an edit of its own."""
        events: list[ChangeEvent] = []
        for row_key in list(self.server.data.states):
            for column, find in self.state(row_key).finds.items():
                cells = {column: CellEdit(find.value, ABSENT)}
                edit = SheetEdit("find", row_key, cells, find.time, now, found=True, shown=False)
                events.append(edit)
        self.merge(events, now=now)

    def look(self, at: int) -> None:
        """A reconciliation whose both readings begin at ``at``."""
        self.look_again(self.glance(at), at)

    def glance(self, at: int) -> dict[RowKey, Difference]:
        """The first reading of a reconciliation, begun at ``at``: what is not as believed."""
        rows: dict[RowKey, dict[str, CellContent]] = {
            row_key: {"id": row_key.values[0], **image} for row_key, image in self.sheet.items()
        }
        layout = TabLayout("rows", 0, 1, 10, 3, 10, {"id": 0, "a": 1, "b": 2}, KeyIndex())
        reading = Reading(layout, rows, at, at)
        return differences(reading, list(self.server.data.states), self._states, self.table)

    def look_again(self, first: dict[RowKey, Difference], began: int) -> None:
        """Its second reading, once what was on its way has been merged: what both show counts."""
        second = self.glance(began)
        events = confirmed(first, second, began, began, self._states, self.table)
        self.merge(judged_together(events, first, second), now=began)

    def compare(self, at: int) -> None:
        """A comparison of the table with what it is believed to hold, both looks at ``at``."""
        found = astray(self.store, self.table)
        self.merge(confirmed_changes(found, found, at, at, at, self.store.number), now=at)

    def settle(self, at: int) -> None:
        """Let everything come to rest: events, looks, calls, graces."""
        for step in range(at, at + 6):
            self.read(now=step)
            self.look(step)
            self.compare(step)
            self.read(now=step)
            self.call(step)
            self.grace(step + GRACE)
            self.read(now=step)

    # What is there to see

    def _states(self, keys: Sequence[RowKey]) -> dict[RowKey, RowState]:
        return self.store.states(keys)

    def state(self, row_key: RowKey) -> RowState:
        return self.store.states([row_key])[row_key]

    def both(self, row: int = 1) -> Image | None:
        """The row on both sides; they must agree."""
        table, sheet = self.server.data.table.get(key(row)), self.sheet.get(key(row))
        assert table == sheet, f"table {table}, sheet {sheet}"
        return table

    def logged(self) -> list[tuple[str | None, Value]]:
        """What the conflict log holds, as (column, losing value)."""
        return [(loss.column, loss.loser.value) for _, loss in self.server.data.conflicts]


def orders(*streams: str) -> list[str]:
    """Every order in which events can be read that keeps each stream's own: "ab", "c" →
    "abc", "acb", "cab"."""
    if not any(streams):
        return [""]
    found = []
    for at, stream in enumerate(streams):
        if stream:
            rest = (*streams[:at], stream[1:], *streams[at + 1 :])
            found += [stream[0] + order for order in orders(*rest)]
    return found
