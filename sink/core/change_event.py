"""Change events: one origin's change of one row, typed and addressed by row key.

Times are microseconds since the epoch: of the commit on the database server's clock, or of the
trigger's start on Google's clock. ``received`` is the reader's estimate of Google's clock when the
event was merged: the moment of agreement.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from sink.core.light import light
from sink.core.row_key import RowKey
from sink.core.values.codec import Value
from sink.core.version import Absent, Origin

Image = dict[str, Value]
"""A row's mapped columns and their values."""


class Op(StrEnum):
    """Debezium's operations."""

    CREATE = "c"
    UPDATE = "u"
    DELETE = "d"
    SNAPSHOT = "r"


@light
@dataclass(frozen=True, slots=True)
class Position:
    """Where an event stands in the binlog, and the newest commit time (µs) up to there.

    ``part`` is 1 for the create that follows the delete of a key change: both come from one row of
    one binlog event.
    """

    file: str
    offset: int
    row: int
    part: int = 0
    time: int = 0

    def repeats(self, last: Position | None) -> bool:
        """Whether this event was delivered before, ``last`` being the newest applied one.

        A binlog that began anew (a reset, another server) has earlier places but later times: its
        events are no repeats.
        """
        if last is None or self.time > last.time:
            return False
        return self._place() <= last._place()

    def after(self, last: Position | None) -> Position:
        """This position as the newest one: times need not rise along the binlog."""
        return self if last is None else replace(self, time=max(self.time, last.time))

    def _place(self) -> tuple[int, str, int, int, int]:
        """Binlog files are numbered; a longer name is a later one."""
        return (len(self.file), self.file, self.offset, self.row, self.part)


@dataclass(init=False, slots=True)
class DatabaseChange:
    """A row change that Debezium read from the binlog.

    ``own_write`` is the number of this mapping's transaction where the change is its echo.
    ``found``: no event told of it; the table was seen to hold it by a look that began at ``time``,
    with the stream read past that moment. Then an echo of our transactions up to ``ours_until``
    that has not come by now never will.
    ``held``: a guard holds the delete. ``denied``: a person refused these columns' change.
    ``latest`` is what Google's clock showed at most when it was merged (None: nobody knows).
    """

    id: Final[str]
    key: Final[RowKey]
    op: Final[Op]
    before: Final[Image | None]
    after: Final[Image | None]
    time: Final[int]
    received: Final[int]
    own_write: Final[int | None]
    position: Final[Position | None]
    found: Final[bool]
    held: Final[bool]
    denied: Final[frozenset[str]]
    latest: Final[int | None]
    ours_until: Final[int]

    def __init__(
        self,
        id: str,
        key: RowKey,
        op: Op,
        before: Image | None,
        after: Image | None,
        time: int,
        received: int,
        own_write: int | None = None,
        position: Position | None = None,
        *,
        found: bool = False,
        held: bool = False,
        denied: frozenset[str] = frozenset(),
        latest: int | None = None,
        ours_until: int = 0,
    ) -> None:
        self.id = id
        self.key = key
        self.op = op
        self.before = before
        self.after = after
        self.time = time
        self.received = received
        self.own_write = own_write
        self.position = position
        self.found = found
        self.held = held
        self.denied = denied
        self.latest = latest
        self.ours_until = ours_until

    @property
    def edited_at(self) -> int:
        """The commit's time where it is compared with the sheet's: none of the future.

        Within the database ``time`` counts, however wrong the server's clock: commits and row locks
        bear the times of one clock.
        """
        return self.time if self.latest is None else min(self.time, self.latest)


@dataclass(init=False, slots=True)
class CellEdit:
    """What a sheet cell shows now, and what it showed before where that is known."""

    new: Final[Value]
    old: Final[Value | Absent]

    def __init__(
        self,
        new: Value,
        old: Value | Absent,
    ) -> None:
        self.new = new
        self.old = old


@dataclass(init=False, slots=True)
class SheetEdit:
    """Edited cells of one row of the sheet.

    ``key_edited``: a key cell was edited, so that ``cells`` holds every mapped cell of the row.
    ``typed``: one cell, typed by hand, so that its old value is what the person saw.
    ``found``: seen by looking (a reconciliation, or content that a write of ours replaced), not
    told by a trigger; its time is when looking began. ``refused`` gives reasons by column for cells
    that the column or the database does not take (``""``: the whole new row); they are believed to
    be shown and not agreed. ``shown`` False: a write of ours has replaced it since.
    ``unfit`` is the text of cells that their columns cannot hold. ``denied``: a person refused the
    edit of these columns. ``formulas`` says of cells whether they hold a formula. ``whole``: the
    key was put in over itself, so that all cells are told of, whoever edited them.
    """

    id: Final[str]
    key: Final[RowKey]
    cells: Final[dict[str, CellEdit]]
    time: Final[int]
    received: Final[int]
    key_edited: Final[bool]
    typed: Final[bool]
    found: Final[bool]
    author: Final[str | None]
    refused: Final[dict[str, str]]
    shown: Final[bool]
    unfit: Final[dict[str, str]]
    denied: Final[frozenset[str]]
    formulas: Final[dict[str, bool]]
    whole: Final[bool]

    def __init__(
        self,
        id: str,
        key: RowKey,
        cells: dict[str, CellEdit],
        time: int,
        received: int,
        *,
        key_edited: bool = False,
        typed: bool = False,
        found: bool = False,
        author: str | None = None,
        refused: dict[str, str] | None = None,
        shown: bool = True,
        unfit: dict[str, str] | None = None,
        denied: frozenset[str] = frozenset(),
        formulas: dict[str, bool] | None = None,
        whole: bool = False,
    ) -> None:
        self.id = id
        self.key = key
        self.cells = cells
        self.time = time
        self.received = received
        self.key_edited = key_edited
        self.typed = typed
        self.found = found
        self.author = author
        self.refused = {} if refused is None else refused
        self.shown = shown
        self.unfit = {} if unfit is None else unfit
        self.denied = denied
        self.formulas = {} if formulas is None else formulas
        self.whole = whole


@light
@dataclass(frozen=True, slots=True)
class SheetDelete:
    """A row that is gone from the sheet. Always found, as Google tells no trigger which row went.

    ``time`` is when looking began; ``seen_until`` is when the row was last surely there.
    ``refused``: why the database does not delete the row; it is put back. ``held``: a guard holds
    the delete.
    """

    id: str
    key: RowKey
    time: int
    received: int
    seen_until: int = 0
    author: str | None = None
    refused: str | None = None
    held: bool = False


@light
@dataclass(frozen=True, slots=True)
class SheetSight:
    """What a look that began at ``time`` showed of a row, where it may well have shown that.

    It is no edit: it ends a doubt about what the sheet holds. ``present`` False: no such row.
    """

    id: str
    key: RowKey
    present: bool
    cells: Image
    time: int
    received: int


@dataclass(frozen=True, slots=True)
class OperatorEdit:
    """An edit made at neither side: an operator gives back what a log has kept.

    It was made in sight of what is agreed when it is merged; ``time`` is that moment. ``exists``
    False deletes the row, True brings it back; None: whatever the cells need. ``refused`` are the
    reasons by column (``""``: the row) for which it was not taken; ``unfit`` are contents, as the
    sheet's posts have them, of cells that their columns cannot hold.
    """

    id: str
    key: RowKey
    cells: Image
    time: int
    received: int
    exists: bool | None = None
    author: str | None = None
    refused: dict[str, str] = field(default_factory=dict)
    unfit: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HeldAnswer:
    """An operator releases or refuses the held delete of a row that ``origin`` made.

    ``refused``: why the database does not delete the row all the same; it is put back.
    """

    id: str
    key: RowKey
    origin: Origin
    release: bool
    time: int
    received: int
    refused: str | None = None


ChangeEvent = DatabaseChange | SheetEdit | SheetDelete | SheetSight | OperatorEdit | HeldAnswer


@dataclass(slots=True)
class Batch:
    """Events of one mapping in the order in which they were read, and the offsets behind them."""

    events: list[ChangeEvent] = field(default_factory=list)
    offsets: dict[str, int] = field(default_factory=dict)
