"""The database in memory: a table, its binlog, and the state beside it, behind ``sink.ports``."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sink.core.change_event import DatabaseChange, Image, Op, Position
from sink.core.decision import Loss
from sink.core.refusal import Refusal
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.ports import Progress, TableWrite
from sink.state.records import FirstSync, StoredRow, decode, encode

Trigger = Callable[[Image], Image]
"""What the database makes of a row that is written: rounding, defaults, computed columns."""


@dataclass
class Data:
    """Everything that a transaction can change."""

    table: dict[RowKey, Image] = field(default_factory=dict)
    states: dict[RowKey, StoredRow] = field(default_factory=dict)
    edit_ids: set[str] = field(default_factory=set)
    offsets: dict[str, int] = field(default_factory=dict)
    conflicts: list[tuple[RowKey, Loss]] = field(default_factory=list)
    notes: dict[str, object] = field(default_factory=dict)
    position: Position | None = None


class MemoryStore:
    """One mapping's store. ``binlog`` holds the change events that no reader has taken yet."""

    def __init__(self, *, columns: Sequence[str]) -> None:
        self.columns = tuple(columns)
        self.data = Data()
        self.binlog: list[DatabaseChange] = []
        self.first = FirstSync(0, 0)
        self.trigger: Trigger = lambda image: image
        self.refuses: Callable[[TableWrite], str | None] = lambda _: None
        self.now = 0
        self._number = 0
        self._place = 0

    @contextmanager
    def begin(self) -> Iterator[MemoryTransaction]:
        before, events = copy.deepcopy(self.data), len(self.binlog)
        transaction = MemoryTransaction(self, self._number + 1)
        try:
            yield transaction
        except BaseException:
            self.data = before
            del self.binlog[events:]
            raise
        self._number += 1

    def state(self, key: RowKey) -> RowState:
        stored = self.data.states[key]
        return decode(key, stored.agreed, stored.record, self.first)

    def put(self, key: RowKey, image: Image | None, *, time: int, own: int | None = None) -> None:
        """Change a row as a client would; the change goes to the binlog."""
        before = self.data.table.get(key)
        if image is None:
            self.data.table.pop(key, None)
            op = Op.DELETE
        else:
            image = self.trigger({column: image.get(column) for column in self.columns})
            self.data.table[key] = image
            op = Op.CREATE if before is None else Op.UPDATE
        if before == image:
            return
        self._place += 1
        self.binlog.append(
            DatabaseChange(
                f"binlog:{self._place}",
                key,
                op,
                before,
                None if image is None else dict(image),
                time,
                time,
                own,
                Position("binlog.000001", self._place, 0, 0, time),
            )
        )


class MemoryTransaction:
    """See ``sink.ports.Transaction``."""

    def __init__(self, store: MemoryStore, number: int) -> None:
        self._store = store
        self._number = number

    @property
    def number(self) -> int:
        return self._number

    def known_ids(self, ids: Sequence[str]) -> frozenset[str]:
        return frozenset(ids) & self._store.data.edit_ids

    def states(self, keys: Sequence[RowKey]) -> dict[RowKey, RowState]:
        return {key: self._store.state(key) for key in keys if key in self._store.data.states}

    def known_keys(self) -> list[RowKey]:
        return list(self._store.data.states)

    def lock(self, keys: Sequence[RowKey]) -> dict[RowKey, Image]:
        table = self._store.data.table
        return {key: dict(table[key]) for key in keys if key in table}

    def server_time(self) -> int:
        return self._store.now

    def write(self, writes: Sequence[TableWrite]) -> list[Refusal]:
        refusals = []
        for write in writes:
            reason = self._store.refuses(write)
            if reason is not None:
                refusals.append(Refusal(write.key, write.op, tuple(write.cells), reason, 3819))
                continue
            image = None
            if write.op != "delete":
                image = {**self._store.data.table.get(write.key, {}), **write.cells}
            self._store.put(write.key, image, time=self._store.now, own=self._number)
        return refusals

    def save(self, states: Iterable[RowState]) -> None:
        for state in states:
            self._store.data.states[state.key] = encode(state, self._store.first)

    def log(self, key: RowKey, losses: Sequence[Loss]) -> None:
        self._store.data.conflicts.extend((key, loss) for loss in losses)

    def record(self, progress: Progress) -> None:
        self._store.data.offsets.update(progress.offsets)
        self._store.data.edit_ids.update(progress.edit_ids)
        self._store.data.position = progress.position or self._store.data.position

    def store_call(self, number: int, fence: str | None, call: str | None) -> None:
        self._store.data.notes.update({"call_number": number, "fence": fence, "open_call": call})

    def note(self, facts: Mapping[str, object]) -> None:
        self._store.data.notes.update(facts)
