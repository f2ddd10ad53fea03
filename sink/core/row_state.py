"""What is remembered of one row: the agreed versions, and what each side is believed to hold.

What a side is *owed* is not stored anywhere: it is what differs between the agreed versions and
the belief about that side (``owed_to_table``, ``owed_to_sheet``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import itemgetter

from sink.core.change_event import Image
from sink.core.light import light
from sink.core.marks import Marks
from sink.core.row_key import RowKey
from sink.core.values.codec import Value
from sink.core.version import ABSENT, Absent, Origin, Version

WHOLE_ROW = ""
"""Stands for the row's existence where reasons are kept by column."""


@light
@dataclass(frozen=True, slots=True)
class Belief:
    """What a cell of the sheet showed at the last call or look, and what was heard since.

    The call or look was sent at ``lo`` and answered at ``hi`` (Google's clock). ``heard`` are the
    events since ``lo`` as (time, value). ``written``: the value came from a call of ours. ``wrote``
    are ``lo`` and ``hi`` of the last call of ours that wrote the cell. ``edited`` is when the
    newest edit among the events heard was made (0: all showed what was believed). ``over`` is what
    our last call replaced, with the time of the look or edit since when that had been believed;
    None: it was something else. ``hid`` is when a call of ours first put something else over the
    agreed value (0: never).
    """

    value: Value
    lo: int
    hi: int
    heard: tuple[tuple[int, Value], ...] = ()
    written: bool = False
    wrote: tuple[int, int] = (0, 0)
    edited: int = 0
    over: tuple[int, Value] | None = None
    hid: int = 0

    def hear(
        self, time: int, value: Value, *, news: bool = True, newest_only: bool = False
    ) -> Belief:
        """The belief after an event; events older than the last call or look say nothing new.

        ``newest_only``: of what was heard after ``hi`` the newest is kept, and nothing else.
        """
        new = time >= self.lo
        if not new and not newest_only:
            return self
        heard = (*self.heard, (time, value)) if new else self.heard
        if newest_only and len(heard) > 1:
            heard = self._newest_of(heard)
        # dataclasses.replace takes five times as long, and this is done for every edited cell
        return Belief(
            self.value,
            self.lo,
            self.hi,
            heard,
            self.written,
            self.wrote,
            max(self.edited, time) if new and news else self.edited,
            self.over,
            self.hid,
        )

    def _newest_of(self, heard: tuple[tuple[int, Value], ...]) -> tuple[tuple[int, Value], ...]:
        if len(heard) == 2 and self.hi < heard[0][0] < heard[1][0]:
            return heard[1:]  # nearly always
        later = [entry for entry in heard if entry[0] > self.hi]
        if len(later) < 2:
            return heard
        during = [entry for entry in heard if entry[0] <= self.hi]
        return (*during, max(later, key=itemgetter(0)))

    def met(self, over: tuple[int, Value] | None, heard: tuple[tuple[int, Value], ...]) -> Belief:
        """The belief once a call of ours has told what it replaced (see ``over``)."""
        return Belief(
            self.value,
            self.lo,
            self.hi,
            heard,
            self.written,
            self.wrote,
            self.edited,
            over,
            self.hid,
        )

    def possible(self) -> tuple[Value, ...]:
        """Every value that the cell may show: one where that is certain."""
        if not self.heard:
            return (self.value,)
        later = [entry for entry in self.heard if entry[0] > self.hi]
        if later:
            return (later[0] if len(later) == 1 else max(later, key=itemgetter(0)))[1:]
        values = [self.value]
        for _, value in self.heard:
            if value not in values:
                values.append(value)
        return tuple(values)

    def surely(self) -> Value | Absent:
        """The one value that the cell shows, or ABSENT where that is not certain."""
        if not self.heard:
            return self.value
        possible = self.possible()
        return possible[0] if len(possible) == 1 else ABSENT


@light
@dataclass(frozen=True, slots=True)
class OpenWrite:
    """A write of ours to the table whose echo is still to come.

    ``image`` is the row as it was read back (None: deleted), ``wrote`` the versions that were set,
    ``made`` the columns that the database changed beside. Its other columns may hold what no event
    has told yet, so they say nothing.
    """

    number: int
    image: Image | None
    server_time: int
    wrote: dict[str, Version] = field(default_factory=dict)
    made: frozenset[str] = frozenset()
    life: Version | None = None

    def over(self, row: Image | None) -> Image | None:
        """The row once this write is through, ``row`` being what it was before.

        Where there was none as far as is known and this was no insert, somebody has made the row
        again unread: its other columns stay unknown.
        """
        if self.image is None:
            return None
        ours = self.wrote.keys() | self.made
        written = {name: value for name, value in self.image.items() if name in ours}
        return written if row is None else {**row, **written}


@light
@dataclass(frozen=True, slots=True)
class Find:
    """A person's content that a write of ours replaced unheard, at ``time``.

    It waits until ``due`` for the event that tells of it; then it is an edit without old value.
    """

    value: Value
    time: int
    due: int


@dataclass(frozen=True, slots=True)
class HeldDelete:
    """A delete that waits for a person's yes; it is resolved as of its own time then.

    ``saw_until`` is when the sheet last surely had the row (sheet only); ``received`` is Google's
    time when it was held, ``latest`` what that was at most (database only; None: nobody knows).
    """

    origin: Origin
    time: int
    received: int
    saw_until: int = 0
    author: str | None = None
    latest: int | None = None


@dataclass(slots=True)
class RowState:
    """Everything that is remembered of one row.

    ``life`` is the agreed version of the row's existence; None: neither side ever had it.
    ``table`` is the last change event's after image (None: no such row); our open writes lie over
    it. ``present`` is the belief about the row's existence in the sheet, ``beliefs`` about its
    cells (a cell without one shows what was agreed first). ``newest`` is the time of the newest
    sheet edit of each cell, ``seen_until`` when the sheet last surely had the row.
    ``formulas`` are the cells that hold a formula, with the time of the newest word of it; we never
    write into them. ``refused`` are the reasons for which cells (``""``: the row) were not taken,
    ``unfit`` the texts that cells show and their columns cannot hold. ``marks`` are what we say at
    cells, wanted and shown. ``in_call``: a call of ours on this row is under way. ``held`` are
    deletes that wait for a yes, at most one of each side; until then the row merges on and neither
    side is owed anything. ``apart``: the mapping's condition leaves the row out of the sheet; the
    table has it. ``told`` is of a cell the value that was logged last as lost: until it is agreed
    again, or the database makes another value of the one that won, it is not logged again.
    """

    key: RowKey
    life: Version | None = None
    cells: dict[str, Version] = field(default_factory=dict)
    table: Image | None = None
    open_writes: tuple[OpenWrite, ...] = ()
    present: Belief = field(default_factory=lambda: Belief(False, 0, 0))
    beliefs: dict[str, Belief] = field(default_factory=dict)
    newest: dict[str, int] = field(default_factory=dict)
    seen_until: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    unfit: dict[str, str] = field(default_factory=dict)
    finds: dict[str, Find] = field(default_factory=dict)
    marks: Marks = field(default_factory=dict)
    in_call: bool = False
    held: tuple[HeldDelete, ...] = ()
    formulas: dict[str, int] = field(default_factory=dict)
    apart: bool = False
    told: dict[str, Value] = field(default_factory=dict)

    def copy(self) -> RowState:
        """A state that can be changed without touching this one."""
        return RowState(  # dataclasses.replace takes longer, and this is done for every event
            self.key,
            self.life,
            self.cells.copy(),
            self.table,
            self.open_writes,
            self.present,
            self.beliefs.copy(),
            self.newest.copy(),
            self.seen_until,
            self.refused.copy(),
            self.unfit.copy(),
            self.finds.copy(),
            self.marks.copy(),
            self.in_call,
            self.held,
            self.formulas.copy(),
            self.apart,
            self.told.copy(),
        )

    @property
    def alive(self) -> bool:
        """Whether the row is agreed to exist."""
        return self.life is not None and self.life.value is True

    @property
    def waits(self) -> bool:
        """Whether what the sheet has of the row is a person's alone: it is not taken, or not yet.

        No cell of it is owed anything.
        """
        refused = WHOLE_ROW in self.refused and (self.apart or not self.alive)
        return self.life is None or refused

    @property
    def agreed(self) -> Image:
        """The agreed values of the row's cells."""
        return {column: version.value for column, version in self.cells.items()}

    @property
    def believed_table(self) -> Image | None:
        """The table's row as it is once our open writes are through; None where there is none."""
        row = self.table
        for write in self.open_writes:
            row = write.over(row)
        return row

    @property
    def inserted_until(self) -> int | None:
        """When our insert of the row into the sheet was answered; None where somebody looked since.

        A row of the same key that a person typed before then was typed without sight of ours.
        """
        there = self.present
        fresh = there.written and there.value is True and there.lo == there.wrote[0]
        return there.hi if fresh else None

    def belief(self, column: str) -> Belief | None:
        """What the sheet's cell is believed to hold; None where nothing is known."""
        return self.beliefs.get(column)

    def owed_to_table(self) -> tuple[str, Image]:
        """What the table must still be given: ("insert" | "update" | "delete" | "", columns).

        Cells that the database made by itself are never written, nor are refused ones.
        """
        row = self.believed_table
        if self.life is None or self.held:
            return "", {}
        if not self.alive:
            return ("", {}) if row is None else ("delete", {})
        due = {
            column: version.value
            for column, version in self.cells.items()
            if not version.made and (row is None or row.get(column, ABSENT) != version.value)
        }
        if row is None:
            return "insert", due
        return ("update", due) if due else ("", {})

    def owed_to_sheet(self) -> tuple[str, Image]:
        """What the sheet must still be given: what it *may* show other than what is agreed.

        A refused cell, or row, is left as the person wrote it until either side changes it; a
        formula is always left.
        """
        if self.life is None or self.held:
            return "", {}
        there = self.present.possible()
        if self.apart or not self.alive:
            kept = True not in there or WHOLE_ROW in self.refused
            return ("", {}) if kept else ("delete", {})
        if True not in there:
            return "insert", {
                name: value for name, value in self.agreed.items() if name not in self.formulas
            }
        due = {
            column: version.value
            for column, version in self.cells.items()
            if column not in self.refused
            and column not in self.formulas
            and self._may_differ(column, version.value)
        }
        return ("update", due) if due else ("", {})

    @property
    def owes_marks(self) -> bool:
        """Whether a cell may say other things of ours than what is wanted."""
        return any(mark.owed for mark in self.marks.values())

    def _may_differ(self, column: str, value: Value) -> bool:
        belief = self.beliefs.get(column)
        return column in self.unfit or belief is None or belief.surely() != value
