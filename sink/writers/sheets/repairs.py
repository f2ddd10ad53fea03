"""Putting back what a call hit by mistake, from the copies that it left in the hidden tab.

A repair is a write like any other: a person may have typed where it puts something back. So what
stands there is copied first, and where that is not what our mistaken write left, the answer shows
it and the next call puts the person's content back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sink.core.cell import CellContent
from sink.core.marks import Face
from sink.core.row_key import RowKey
from sink.writers.sheets.faces import face_request
from sink.writers.sheets.layout import TabLayout
from sink.writers.sheets.row_requests import Request, copies, from_copy, insert_rows, runs


@dataclass(frozen=True, slots=True)
class Repair:
    """Cells that a write hit by mistake and that only their copy can give back.

    These are formulas, and rows that are none of the mapping's. ``key`` None: such a row; it is
    put back where it stood. ``columns`` empty: the whole row was deleted. By column, ``left`` is
    what our write left there and ``back`` what is put back, None also for a formula. ``faces`` are
    notes and backgrounds by column.
    """

    key: RowKey | None
    row: int
    copy_row: int
    columns: tuple[int, ...]
    left: tuple[CellContent, ...] = ()
    back: tuple[CellContent, ...] = ()
    faces: tuple[tuple[int, Face], ...] = ()

    @property
    def deleted(self) -> bool:
        """Whether the whole row has to come back."""
        return not self.columns and not self.faces


@dataclass(frozen=True, slots=True)
class Mended:
    """A repair in a call: where, and the row of the copy of what stood there before."""

    repair: Repair
    before: int


def mended_of(repairs: Sequence[Repair], at: int, layout: TabLayout) -> tuple[Mended, ...]:
    """The repairs of cells whose row is still there, each with its place for a copy."""
    placed = [
        replace(each, row=row)
        for each in repairs
        if each.columns and (row := _row(each, layout)) is not None
    ]
    return tuple(Mended(repair, at + number) for number, repair in enumerate(placed))


def mending_requests(
    repairs: Sequence[Repair], mended: Sequence[Mended], layout: TabLayout
) -> Iterator[Request]:
    """Copies of what stands where cells are put back, the cells, and rows that were deleted."""
    for each in mended:
        yield from copies([each.repair.row], layout, each.before)
    for each in mended:
        repair = each.repair
        for first, count in runs(sorted(repair.columns)):
            yield from_copy(repair.copy_row, repair.row, first, count, layout)
    for repair in repairs:
        row = _row(repair, layout)
        if row is None:
            continue
        for column, face in repair.faces:
            yield face_request(layout.sheet_id, row, column, [face])
        if repair.deleted:
            yield insert_rows(layout, row, 1)
            yield from_copy(repair.copy_row, row, 0, layout.column_count, layout)


def _row(repair: Repair, layout: TabLayout) -> int | None:
    """Where the repair's row stands now; None: it is gone since, and there is nothing to mend."""
    return repair.row if repair.key is None else layout.index.by_key.get(repair.key)
