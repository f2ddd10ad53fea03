"""A database server in memory: one table with its binlog, and the state tables beside it.

It keeps what the merge relies on: a transaction is whole or not at all, rows locked by one session
cannot be written by another, transaction numbers go up by one. The same contract tests hold it and
MySQL to that (``tests/contract/test_store.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sink.core.change_event import Image, Position
from sink.core.decision import Loss
from sink.core.row_key import RowKey
from sink.core.tagged_row import TaggedRow
from sink.ports import TableWrite
from sink.state.errors import DatabaseUnavailableError
from sink.state.records import FirstSync, StoredRow

Trigger = Callable[[Image], Image]
"""What the database makes of a row that is written: rounding, defaults, computed columns."""


@dataclass(frozen=True, slots=True)
class Change:
    """One row change in the binlog; ``own`` is the number of the sink's transaction, if it is one.

    ``marker`` is the token where the change is a row of the marker table.
    """

    place: int
    key: RowKey | None
    before: Image | None
    after: Image | None
    time: int
    own: int | None = None
    marker: str | None = None

    @property
    def position(self) -> Position:
        """Where the change stands; each is a transaction of its own."""
        return Position("binlog.000001", self.place, 0, 0, self.time)


@dataclass
class Data:
    """Everything that a transaction can change. Images are never changed in place."""

    table: dict[RowKey, Image] = field(default_factory=dict)
    states: dict[RowKey, StoredRow] = field(default_factory=dict)
    edit_ids: set[str] = field(default_factory=set)
    offsets: dict[str, int] = field(default_factory=dict)
    conflicts: list[tuple[RowKey, Loss]] = field(default_factory=list)
    notes: dict[str, object] = field(default_factory=dict)
    tagged: dict[str, TaggedRow] = field(default_factory=dict)
    position: Position | None = None
    transactions: int = 0
    binlog: list[Change] = field(default_factory=list)

    def copy(self) -> Data:
        """A copy that later changes do not reach."""
        return replace(
            self,
            table=dict(self.table),
            states=dict(self.states),
            edit_ids=set(self.edit_ids),
            offsets=dict(self.offsets),
            conflicts=list(self.conflicts),
            notes=dict(self.notes),
            tagged=dict(self.tagged),
            binlog=list(self.binlog),
        )


class MemoryServer:
    """The server; sessions are named by an object of theirs, None being a program's."""

    def __init__(self, *, columns: tuple[str, ...]) -> None:
        self.columns = columns
        self.data = Data()
        self.first = FirstSync(0, 0)
        self.trigger: Trigger = lambda image: image
        self.refuses: Callable[[TableWrite], str | None] = lambda _: None
        self.give: Callable[[Image], RowKey] | None = None
        self.now = 0
        self.locks: dict[RowKey, object] = {}
        self._places = 0

    @property
    def binlog(self) -> list[Change]:
        """The changes that no reader has taken yet."""
        return self.data.binlog

    def put(
        self,
        key: RowKey,
        image: Image | None,
        *,
        time: int,
        own: int | None = None,
        session: object = None,
    ) -> None:
        """Change a row; a change that changes nothing writes no event.

        Raises DatabaseUnavailableError where another session has locked the row.
        """
        if self.locks.get(key, session) is not session:
            raise DatabaseUnavailableError("Lock wait timeout exceeded")
        before = self.data.table.get(key)
        if image is None:
            self.data.table.pop(key, None)
        else:
            image = self.trigger({column: image.get(column) for column in self.columns})
            self.data.table[key] = image
        if before != image:
            self._log(key, before, image, time, own, None)

    def mark(self, token: str) -> None:
        """A row of the marker table."""
        self._log(None, None, None, self.now, None, token)

    def _log(
        self,
        key: RowKey | None,
        before: Image | None,
        after: Image | None,
        time: int,
        own: int | None,
        marker: str | None,
    ) -> None:
        self._places += 1
        image = None if after is None else dict(after)
        self.data.binlog.append(Change(self._places, key, before, image, time, own, marker))
