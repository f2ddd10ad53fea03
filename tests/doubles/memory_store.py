"""One worker's way to a ``MemoryServer``: ``sink.ports.Store`` and ``Transaction`` over it."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from sink.core.change_event import Image
from sink.core.condition import not_shown
from sink.core.decision import FIRST_SYNC, Loss
from sink.core.refusal import Refusal, without_which
from sink.core.retention import Horizon
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.scanned_rows import ScannedRows
from sink.core.tagged_row import TaggedRow
from sink.ports import Progress, Prunable, TableWrite
from sink.state.errors import TableUnusableError
from sink.state.mapping_record import MappingRecord
from sink.state.recent_states import RecentStates, as_stored
from sink.state.records import (
    AT_REST,
    HAS_FINDS,
    HAS_HELD,
    OWED_TO_SHEET,
    FirstSync,
    decode,
    encode,
)
from tests.doubles.constraints import Broken
from tests.doubles.memory_server import Data, MemoryServer

CONDITION = "the mapping's condition holds"
"""The double evaluates no SQL: what the condition is, a test says in Python."""

ORDER = ("delete", "update", "insert")
"""In which the writes of a batch are made: a key that is given up may be taken again. Those of one
kind go by their columns, like those of MySQL's store: of two rows that want one value the first has
it."""

SCANNED_AT_ONCE = 50
"""Small, so that a scan of a test's table comes in parts."""


class MemoryStore:
    """The numbered transactions of one worker, from the number that stands when it is made.

    ``columns`` are those that the worker knows of: it reads no others, and fails where one of them
    is gone. None: all that there are.
    """

    def __init__(self, server: MemoryServer, columns: Sequence[str] | None = None) -> None:
        self._server = server
        self._columns = columns
        self._number = server.data.transactions
        self.recent = RecentStates()

    @property
    def number(self) -> int:
        return self._number

    @contextmanager
    def begin(self) -> Iterator[MemoryTransaction]:
        server, number = self._server, self._number + 1
        server.open(number, self)
        transaction = MemoryTransaction(server, number, self)
        try:
            yield transaction
        except BaseException:
            server.roll_back()
            self.recent.forget()
            raise
        server.commit()
        self._number = number
        self.recent.keep({**transaction.read, **transaction.saved})

    def begin_with(self, record: MappingRecord) -> None:
        self._server.first = record.first
        self.recent.forget()

    def states(self, keys: Sequence[RowKey]) -> dict[RowKey, RowState]:
        return _states(self._server.committed, keys, self._server.first)

    def rest(self) -> None:
        self.recent.rest()

    def at_rest(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        asked, states = frozenset(keys), self._server.committed.states
        resting = (
            (key.canonical, row.agreed)
            for key, row in states.items()
            if row.record is None or row.attention == AT_REST
        )
        return {key: agreed for key, agreed in resting if key in asked}

    def count_known(self) -> int:
        return len(self._server.committed.states)

    def each_known_key(self) -> Iterator[bytes]:
        return iter([key.canonical for key in self._server.committed.states])

    def known_keys(self) -> list[RowKey]:
        return list(self._server.committed.states)

    def keys_with_attention(self) -> list[RowKey]:
        return self._keys_with(OWED_TO_SHEET | HAS_FINDS)

    def held_keys(self) -> list[RowKey]:
        return self._keys_with(HAS_HELD)

    def _keys_with(self, flags: int) -> list[RowKey]:
        states = self._server.committed.states
        return [key for key, stored in states.items() if stored.attention & flags]

    def tagged_rows(self) -> list[TaggedRow]:
        return [row for row in self._server.data.tagged.values() if row.finished is None]

    def table_keys(self) -> list[RowKey]:
        table = self._server.committed.table
        return [key for key, image in table.items() if self._server.condition(image)]

    def outside(self, keys: Sequence[RowKey]) -> frozenset[RowKey]:
        return _outside(self._server, self._server.committed.table, keys)

    def table_rows(self, keys: Sequence[RowKey]) -> dict[RowKey, Image]:
        table = self._server.committed.table
        return {key: self.known(table[key]) for key in keys if key in table}

    def scan(self) -> Generator[ScannedRows, None, None]:
        table, gtids = self._server.committed.table, self._server.executed()
        table = {key: image for key, image in table.items() if self._server.condition(image)}
        keys = sorted(table, key=lambda key: (len(key.canonical), key.canonical))
        yield ScannedRows.of(gtids, (), [])
        for at in range(0, len(keys), SCANNED_AT_ONCE):
            part = keys[at : at + SCANNED_AT_ONCE]
            yield ScannedRows.of(
                gtids, part[0].columns, [(key, self.known(table[key])) for key in part]
            )

    def known(self, image: Image) -> Image:
        """What the worker reads of a row."""
        if self._columns is None:
            return dict(image)
        gone = [column for column in self._columns if column not in self._server.columns]
        if gone:
            raise TableUnusableError("demo.rows", f"Unknown column '{gone[0]}' in 'field list'")
        return {column: value for column, value in image.items() if column in self._columns}

    def server_time(self) -> int:
        return self._server.now

    def mark(self, token: str) -> None:
        self._server.mark(token)

    def prunable(self, horizon: Horizon, most: int) -> Prunable:
        data = self._server.committed
        old = [*_old_ids(data, horizon), *_old_conflicts(data, horizon)]
        gone = sorted(
            (stored.gone_since, at, key)
            for at, (key, stored) in enumerate(data.states.items())
            if stored.gone_since is not None and stored.gone_since < horizon.tombstones
        )
        return Prunable(bool(old), [key for _, _, key in gone[:most]])

    def prune_markers(self, before: int, most: int) -> int:
        markers = self._server.markers
        old = [marker for marker in markers[:most] if marker[0] < before]
        del markers[: len(old)]
        return len(old)

    def close(self) -> None:
        """A double has no connection that could be lost."""


class MemoryTransaction:
    """See ``sink.ports.Transaction``."""

    def __init__(self, server: MemoryServer, number: int, store: MemoryStore) -> None:
        self._server = server
        self._number = number
        self._store = store
        self.read: dict[RowKey, RowState] = {}
        self.saved: dict[RowKey, RowState] = {}

    @property
    def number(self) -> int:
        return self._number

    def known_ids(self, ids: Sequence[str]) -> frozenset[str]:
        return frozenset(ids).intersection(self._server.data.edit_ids)

    def states(self, keys: Sequence[RowKey]) -> dict[RowKey, RowState]:
        stored = _states(self._server.data, keys, self._server.first)
        recent = self._store.recent.of([key for key in keys if key not in self.saved])
        assert recent == {key: stored.get(key) for key in recent}, (
            "a row is not stored as it is remembered"
        )
        self.read |= {key: as_stored(state) for key, state in stored.items()}
        return stored

    def known_keys(self) -> list[RowKey]:
        return list(self._server.data.states)

    def table_size(self) -> int:
        return sum(map(self._server.condition, self._server.data.table.values()))

    def outside(self, keys: Sequence[RowKey]) -> frozenset[RowKey]:
        return _outside(self._server, self._server.data.table, keys)

    def lock(self, keys: Sequence[RowKey]) -> dict[RowKey, Image]:
        table = self._server.data.table
        for key in keys:
            self._server.lock(key, self._store)
        return {key: self._store.known(table[key]) for key in keys if key in table}

    def lock_now(self, keys: Sequence[RowKey]) -> tuple[dict[RowKey, Image], int]:
        return self.lock(keys), self._server.now

    def server_time(self) -> int:
        return self._server.now

    def write(self, writes: Sequence[TableWrite]) -> list[Refusal]:
        left = sorted(writes, key=_place)[::-1]
        stuck = -1
        while len(left) != stuck:  # a value that one row gives up, another may take
            stuck = len(left)
            left = [write for write in reversed(left) if not self._written(write)]
        return [refusal for write in left for refusal in self._refusals(write)]

    def _written(self, write: TableWrite) -> bool:
        server = self._server
        if server.refusal(write) is not None or self._hidden(write):
            return False
        image = None
        if write.op != "delete":
            image = {**server.data.table.get(write.key, {}), **write.cells}
        server.put(write.key, image, time=server.now, own=self._number, session=self._store)
        return True

    def _hidden(self, write: TableWrite) -> bool:
        made = self._server.made(None, write.cells)
        return write.op == "insert" and not self._server.condition(made)

    def _refusals(self, write: TableWrite) -> list[Refusal]:
        broken = self._server.refusal(write)
        if broken is None:
            return [Refusal(write.key, "insert", (), not_shown(CONDITION), 0)]
        return _refusals(write, broken, self._server)

    def give_key(self, cells: Image) -> RowKey | str:
        server = self._server
        if server.give is None:
            return "the database gives no keys"
        key = server.give(cells)  # like a counter of InnoDB, this is never taken back
        others = {column: value for column, value in cells.items() if column in server.columns}
        refused = server.refuses(TableWrite("insert", key, others))
        if refused is None and not server.condition(server.made(None, others)):
            refused = not_shown(CONDITION)
        return refused or key

    def tagged(self, tags: Sequence[str]) -> dict[str, TaggedRow]:
        stored = self._server.data.tagged
        return {tag: stored[tag] for tag in tags if tag in stored}

    def save_tagged(self, rows: Iterable[TaggedRow]) -> None:
        for row in rows:
            self._server.data.tagged[row.tag] = row
            if row.key is None and row.finished is not None:
                del self._server.data.tagged[row.tag]

    def save(self, states: Iterable[RowState]) -> None:
        for state in states:
            self.saved[state.key] = as_stored(state)
            self._server.data.states[state.key] = encode(state, self._server.first)

    def save_as_read(self, rows: ScannedRows) -> None:
        first = self._server.first
        self.save([first.row(key, image) for key, image in rows.rows])

    def log(self, key: RowKey, losses: Sequence[Loss]) -> None:
        self._server.data.conflicts.extend((key, loss) for loss in losses)
        self._server.data.noted.extend(self._server.now for _ in losses)

    def record(self, progress: Progress) -> None:
        data = self._server.data
        data.offsets.update(progress.offsets)
        data.edit_ids.update({name: progress.seen_at(name) for name in progress.edit_ids})
        data.position = progress.position or data.position

    def edit_ids_since(self) -> int:
        return self._server.data.edit_ids_since

    def prune(self, horizon: Horizon, most: int) -> int:
        data = self._server.data
        ids = _old_ids(data, horizon)[:most]
        conflicts = _old_conflicts(data, horizon)[:most]
        for name in ids:
            del data.edit_ids[name]
        for place in reversed(conflicts):
            del data.conflicts[place], data.noted[place]
        if ids or conflicts:
            data.edit_ids_since = max(data.edit_ids_since, horizon.edit_ids)
        return len(ids) + len(conflicts)

    def forget(self, keys: Sequence[RowKey], since: int) -> None:
        data = self._server.data
        data.edit_ids_since = max(data.edit_ids_since, since)
        self._store.recent.forget()
        for key in keys:
            self.read.pop(key, None)
            self.saved.pop(key, None)
            data.states.pop(key, None)
        self._server.forgotten += len(keys)

    def forget_all(self) -> None:
        data = self._server.data
        self._store.recent.forget()
        self.read.clear()
        self.saved.clear()
        data.states.clear()
        data.tagged.clear()
        kept = [place for place, (_, loss) in enumerate(data.conflicts) if loss.rule != FIRST_SYNC]
        data.conflicts = [data.conflicts[place] for place in kept]
        data.noted = [data.noted[place] for place in kept]

    def store_call(self, number: int, fence: str | None, call: str | None) -> None:
        self.note({"call_number": number, "fence": fence, "open_call": call})

    def note(self, facts: Mapping[str, object]) -> None:
        self._server.data.notes.update(facts)


def _place(write: TableWrite) -> tuple[int, tuple[str, ...]]:
    return ORDER.index(write.op), tuple(write.cells)


def _outside(
    server: MemoryServer, table: Mapping[RowKey, Image], keys: Sequence[RowKey]
) -> frozenset[RowKey]:
    return frozenset(key for key in keys if key in table and not server.condition(table[key]))


def _old_ids(data: Data, horizon: Horizon) -> list[str]:
    return [name for name, seen in data.edit_ids.items() if seen < horizon.edit_ids]


def _old_conflicts(data: Data, horizon: Horizon) -> list[int]:
    return [place for place, noted in enumerate(data.noted) if noted < horizon.conflicts]


def _states(data: Data, keys: Sequence[RowKey], first: FirstSync) -> dict[RowKey, RowState]:
    stored = {key: data.states[key] for key in keys if key in data.states}
    return {key: decode(key, row.agreed, row.record, first) for key, row in stored.items()}


def _refusals(write: TableWrite, broken: Broken, server: MemoryServer) -> list[Refusal]:
    """The cells to blame are found by trying, as ``sink.writers.database`` does."""

    def why_not(columns: Sequence[str]) -> str | None:
        if write.op == "update" and not columns:
            return None
        cells = {column: write.cells[column] for column in columns}
        refused = server.refusal(replace(write, cells=cells))
        return None if refused is None else refused.reason

    reasons: dict[str, str] = {}
    if write.op != "delete":
        needed = server.constraints.needed if write.op == "insert" else ()
        reasons = without_which(list(write.cells), needed, why_not)
    if not reasons:
        return [Refusal(write.key, write.op, (), broken.reason, broken.code)]
    return [
        Refusal(write.key, write.op, (column,), why, broken.code) for column, why in reasons.items()
    ]
