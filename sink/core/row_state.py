"""What is remembered of one row: the agreed versions, and what each side is believed to hold.

What a side is *owed* is not stored anywhere: it is what differs between the agreed versions and
the belief about that side (``owed_to_table``, ``owed_to_sheet``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sink.core.belief import Belief
from sink.core.change_event import Image
from sink.core.light import light
from sink.core.marks import Marks
from sink.core.row_key import RowKey
from sink.core.values.codec import Value
from sink.core.version import ABSENT, Origin, Version

WHOLE_ROW = ""
"""Stands for the row's existence where reasons are kept by column."""


@dataclass(init=False, slots=True)
class OpenWrite:
    """A write of ours to the table whose echo is still to come.

    ``image`` is the row as it was read back (None: deleted), ``wrote`` the versions that were set,
    ``made`` the columns that the database changed beside. Its other columns may hold what no event
    has told yet, so they say nothing.
    """

    number: Final[int]
    image: Final[Image | None]
    server_time: Final[int]
    wrote: Final[dict[str, Version]]
    made: Final[frozenset[str]]
    life: Final[Version | None]

    def __init__(
        self,
        number: int,
        image: Image | None,
        server_time: int,
        wrote: dict[str, Version] | None = None,
        made: frozenset[str] = frozenset(),
        life: Version | None = None,
    ) -> None:
        self.number = number
        self.image = image
        self.server_time = server_time
        self.wrote = {} if wrote is None else wrote
        self.made = made
        self.life = life

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


@dataclass(init=False, slots=True)
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
    life: Version | None
    cells: dict[str, Version]
    table: Image | None
    open_writes: tuple[OpenWrite, ...]
    present: Belief
    beliefs: dict[str, Belief]
    newest: dict[str, int]
    seen_until: int
    refused: dict[str, str]
    unfit: dict[str, str]
    finds: dict[str, Find]
    marks: Marks
    in_call: bool
    held: tuple[HeldDelete, ...]
    formulas: dict[str, int]
    apart: bool
    told: dict[str, Value]

    def __init__(
        self,
        key: RowKey,
        *,
        life: Version | None = None,
        cells: dict[str, Version] | None = None,
        table: Image | None = None,
        open_writes: tuple[OpenWrite, ...] = (),
        present: Belief | None = None,
        beliefs: dict[str, Belief] | None = None,
        newest: dict[str, int] | None = None,
        seen_until: int = 0,
        refused: dict[str, str] | None = None,
        unfit: dict[str, str] | None = None,
        finds: dict[str, Find] | None = None,
        marks: Marks | None = None,
        in_call: bool = False,
        held: tuple[HeldDelete, ...] = (),
        formulas: dict[str, int] | None = None,
        apart: bool = False,
        told: dict[str, Value] | None = None,
    ) -> None:
        self.key = key
        self.life = life
        self.cells = {} if cells is None else cells
        self.table = table
        self.open_writes = open_writes
        self.present = Belief(False, 0, 0) if present is None else present
        self.beliefs = {} if beliefs is None else beliefs
        self.newest = {} if newest is None else newest
        self.seen_until = seen_until
        self.refused = {} if refused is None else refused
        self.unfit = {} if unfit is None else unfit
        self.finds = {} if finds is None else finds
        self.marks = {} if marks is None else marks
        self.in_call = in_call
        self.held = held
        self.formulas = {} if formulas is None else formulas
        self.apart = apart
        self.told = {} if told is None else told

    def copy(self) -> RowState:
        """A state that can be changed without touching this one."""
        return RowState(  # dataclasses.replace takes longer, and this is done for every event
            self.key,
            life=self.life,
            cells=self.cells.copy(),
            table=self.table,
            open_writes=self.open_writes,
            present=self.present,
            beliefs=self.beliefs.copy(),
            newest=self.newest.copy(),
            seen_until=self.seen_until,
            refused=self.refused.copy(),
            unfit=self.unfit.copy(),
            finds=self.finds.copy(),
            marks=self.marks.copy(),
            in_call=self.in_call,
            held=self.held,
            formulas=self.formulas.copy(),
            apart=self.apart,
            told=self.told.copy(),
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
