"""A database server in memory: one table with its binlog, and the state tables beside it.

It keeps what the merge relies on: a transaction is whole or not at all and unseen until then, rows
locked by one session cannot be written by another, transaction numbers go up by one. The same
contract tests hold it and MySQL to that (``tests/contract/test_store.py``). Nothing here can wait:
where MySQL would, a lock wait has run out at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sink.core.change_event import Image, Position
from sink.core.decision import Loss
from sink.core.row_key import RowKey
from sink.core.tagged_row import TaggedRow
from sink.ports import TableWrite
from sink.state.errors import DatabaseUnavailableError, OvertakenError
from sink.state.records import FirstSync, StoredRow
from tests.doubles.constraints import Broken, Constraints

Trigger = Callable[[Image], Image]
"""What the database makes of a row that is written: rounding, computed columns."""

Condition = Callable[[Image], bool]
"""Which rows satisfy the mapping's condition."""

Stamp = Callable[[Image, Image], Image]
"""What it makes of a row that is changed, from how it was: ``ON UPDATE`` columns."""


@dataclass(frozen=True, slots=True)
class Change:
    """One row change in the binlog; ``own`` is the number of the sink's transaction, if it is one.

    ``marker`` is the token where the change is a row of the marker table; ``truncated``: it took
    every row of the table at once.
    """

    place: int
    key: RowKey | None
    before: Image | None
    after: Image | None
    time: int
    own: int | None = None
    marker: str | None = None
    truncated: bool = False

    @property
    def position(self) -> Position:
        """Where the change stands; each is a transaction of its own."""
        return Position("binlog.000001", self.place, 0, 0, self.time)


@dataclass
class Data:
    """Everything that a transaction can change. Images are never changed in place.

    ``noted`` are the server's times at which the ``conflicts`` were logged.
    """

    table: dict[RowKey, Image] = field(default_factory=dict)
    states: dict[RowKey, StoredRow] = field(default_factory=dict)
    edit_ids: dict[str, int] = field(default_factory=dict)
    edit_ids_since: int = 0
    offsets: dict[str, int] = field(default_factory=dict)
    conflicts: list[tuple[RowKey, Loss]] = field(default_factory=list)
    noted: list[int] = field(default_factory=list)
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
            edit_ids=dict(self.edit_ids),
            offsets=dict(self.offsets),
            conflicts=list(self.conflicts),
            noted=list(self.noted),
            notes=dict(self.notes),
            tagged=dict(self.tagged),
            binlog=list(self.binlog),
        )


class MemoryServer:
    """The server; sessions are named by an object of theirs, None being a program's.

    ``data`` is what the one open transaction sees, ``committed`` what all others see; they are the
    same while none is open.
    """

    def __init__(self, *, columns: tuple[str, ...], constraints: Constraints | None = None) -> None:
        self.columns = columns
        self.constraints = constraints or Constraints()
        self.data = Data()
        self.first = FirstSync(0, 0)
        self.trigger: Trigger = lambda image: image
        self.stamp: Stamp = lambda _, image: image
        self.defaults: Image = {}
        self.condition: Condition = lambda _: True
        self.refuses: Callable[[TableWrite], str | None] = lambda _: None
        self.give: Callable[[Image], RowKey] | None = None
        self.executed: Callable[[], str] = lambda: ""
        self.now = 0
        self.locks: dict[RowKey, object] = {}
        self._before: Data | None = None
        self._holder: object = None
        self.markers: list[tuple[int, str]] = []
        self.forgotten = 0
        self._unlogged: list[Change] = []
        self._places = 0

    @property
    def binlog(self) -> list[Change]:
        """The changes that no reader has taken yet."""
        return self.data.binlog

    @property
    def committed(self) -> Data:
        """What a session sees that has no transaction open."""
        return self._before or self.data

    # Numbered transactions

    def open(self, number: int, session: object) -> None:
        """Begin transaction ``number``.

        Raises OvertakenError where the number is used up, DatabaseUnavailableError where another
        session has a transaction of the mapping open.
        """
        if self.committed.transactions != number - 1:
            raise OvertakenError("rows", number)
        if self._before is not None:
            raise DatabaseUnavailableError("Lock wait timeout exceeded")
        self._before, self._holder = self.data.copy(), session
        self.data.transactions = number

    def commit(self) -> None:
        """What the transaction did is there for all; its changes stand in the binlog."""
        for change in self._unlogged:
            self._places += 1
            self.data.binlog.append(replace(change, place=self._places))
        self._end()

    def roll_back(self) -> None:
        """Nothing of the transaction happened."""
        if self._before is not None:
            self.data = self._before
        self._end()

    def _end(self) -> None:
        for key in [key for key, session in self.locks.items() if session is self._holder]:
            del self.locks[key]
        self._before, self._holder, self._unlogged = None, None, []

    # Rows

    def refusal(self, write: TableWrite) -> Broken | None:
        """Why the server does not take a write; None: it does."""
        reason = self.refuses(write)
        if reason is not None:
            named = [
                c for c, v in write.cells.items() if self.refuses(replace(write, cells={c: v}))
            ]
            return Broken(3819, reason, tuple(named))
        return self.constraints.broken(write, self.data.table)

    def lock(self, key: RowKey, session: object) -> None:
        """Lock a row until the end of the transaction. What is not there cannot be locked.

        Raises DatabaseUnavailableError where another session has locked it.
        """
        if key in self.data.table:
            self._wait_for(key, session)
            self.locks[key] = session

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
        self._wait_for(key, session)
        before = self.data.table.get(key)
        if image is not None:
            image = self.made(before, image)
        for data in self._seen_by(session):
            if image is None:
                data.table.pop(key, None)
            else:
                data.table[key] = image
        if session is not None:
            self.locks[key] = session
        if before != image:
            after = None if image is None else dict(image)
            self._log(Change(0, key, before, after, time, own), session)

    def made(self, before: Image | None, image: Image) -> Image:
        """What a row is stored as: defaults and triggers have had their say."""
        absent = self.defaults if before is None else {}
        whole = {column: image.get(column, absent.get(column)) for column in self.columns}
        return self.trigger(whole if before is None else self.stamp(before, whole))

    def mark(self, token: str) -> None:
        """A row of the marker table."""
        self.markers.append((self.now, token))
        self._log(Change(0, None, None, None, self.now, marker=token), None)

    def alter(self, columns: tuple[str, ...], change: Callable[[Image], Image]) -> None:
        """ALTER TABLE: no event tells of it, and later ones have other columns."""
        self.columns = columns
        for data in self._seen_by(None):
            data.table = {key: change(image) for key, image in data.table.items()}

    def truncate(self, *, time: int) -> None:
        """Take every row at once; raises DatabaseUnavailableError where a session has locks."""
        if self.locks:
            raise DatabaseUnavailableError("Lock wait timeout exceeded")
        for data in self._seen_by(None):
            data.table.clear()
        self._log(Change(0, None, None, None, time, truncated=True), None)

    def _wait_for(self, key: RowKey, session: object) -> None:
        if self.locks.get(key, session) is not session:
            raise DatabaseUnavailableError("Lock wait timeout exceeded")

    def _seen_by(self, session: object) -> list[Data]:
        """What a statement changes: a program's is committed at once, and seen by all."""
        if self._before is None or session is self._holder:
            return [self.data]
        return [self.data, self._before]

    def _log(self, change: Change, session: object) -> None:
        if self._before is not None and session is self._holder:
            self._unlogged.append(change)  # the binlog has it at the commit
            return
        self._places += 1
        for data in self._seen_by(session):
            data.binlog.append(replace(change, place=self._places))
