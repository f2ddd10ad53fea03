"""Putting back what a call hit by mistake, from the copies that it left in the hidden tab.

A repair is a write like any other: a person may have typed where it puts something back. So what
stands there is copied first, and where that is not what our mistaken write left, the answer shows
it and the next call puts the person's content back. A row without a key is known again by what our
write left in it: it may have moved since, as rows had when it was hit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sink.core.cell import CellContent
from sink.core.marks import Face
from sink.core.row_key import RowKey
from sink.core.values.codec import Shown
from sink.core.values.meaning import shows
from sink.writers.sheets.compact_rows import Contents
from sink.writers.sheets.faces import face_request
from sink.writers.sheets.layout import TabLayout
from sink.writers.sheets.reading import Reading
from sink.writers.sheets.row_requests import Request, copies, from_copy, insert_rows, runs

NOWHERE = -1
"""Stands for the row of a repair that waits until a whole row is back: it may be that one's."""


@dataclass(frozen=True, slots=True)
class Repair:
    """Cells that a write hit by mistake and that only their copy can give back.

    These are formulas, and rows that are none of the mapping's. ``key`` None: such a row.
    ``columns`` and ``faces`` empty: the whole row was deleted; it is put back where it stood. By
    column, ``left`` is what our write left there and ``back`` what is put back, None also for a
    formula; ``formulas`` are the columns of those, ``left_formulas`` those where what our write
    left is one: an earlier repair had put it back. ``faces`` are notes and backgrounds by column.
    """

    key: RowKey | None
    row: int
    copy_row: int
    columns: tuple[int, ...]
    left: tuple[CellContent, ...] = ()
    back: tuple[CellContent, ...] = ()
    faces: tuple[tuple[int, Face], ...] = ()
    formulas: tuple[int, ...] = ()
    left_formulas: tuple[int, ...] = ()

    @property
    def deleted(self) -> bool:
        """Whether the whole row has to come back."""
        return not self.columns and not self.faces

    @property
    def nameless(self) -> bool:
        """Whether it is for a row that no key tells from others."""
        return self.key is None and bool(self.columns)

    def part(self, columns: Collection[int]) -> Repair:
        """The repair in some of its columns."""
        at = [place for place, column in enumerate(self.columns) if column in columns]
        return replace(
            self,
            columns=tuple(self.columns[place] for place in at),
            left=tuple(self.left[place] for place in at),
            back=tuple(self.back[place] for place in at),
            formulas=tuple(column for column in self.formulas if column in columns),
            left_formulas=tuple(column for column in self.left_formulas if column in columns),
        )

    def by_cell(self) -> list[Repair]:
        """A repair for each cell in which our write left anything."""
        cells = zip(self.columns, self.left, strict=True)
        return [self.part({column}) for column, left in cells if left not in (None, "")]


@dataclass(frozen=True, slots=True)
class Mended:
    """A repair in a call: where, and the row of the copy of what stood there before."""

    repair: Repair
    before: int


def located(repairs: Sequence[Repair], reading: Reading) -> tuple[Repair, ...]:
    """The repairs with the rows without key where a reading shows them, in the order in which the
    next call makes them.

    Of several rows that show what our write left the nearest is taken. What one repair puts back
    may be what another one is known by: a cell that was hit twice, or one whose row stood where a
    repair was made. One that no row shows as a whole is made cell by cell: others may have taken
    some of it elsewhere. What no row shows is left out: the row is gone, or a person has made it
    another. But while a whole row is still to come back, that row may be it: then the repair waits.
    """
    shown = {each.row: dict(each.contents) for each in reading.keyless}
    placed: list[Repair] = []
    waiting = _place(list(repairs), placed, reading, shown)
    if any(each.deleted for each in repairs):
        return (*placed, *(replace(each, row=NOWHERE) for each in waiting))
    _place([cell for each in waiting for cell in each.by_cell()], placed, reading, shown)
    return tuple(placed)


def _place(
    waiting: list[Repair],
    placed: list[Repair],
    reading: Reading,
    shown: dict[int, Contents],
) -> list[Repair]:
    """Put those whose rows are shown into ``placed``; returns the others."""
    while waiting:
        for repair in waiting:
            found = _located(repair, reading, shown) if repair.nameless else repair
            if found is not None:
                break
        else:
            break
        waiting.remove(repair)
        placed.append(found)
        if found.nameless:
            shown.setdefault(found.row, {}).update(_by_name(found, found.back, reading))
    return waiting


def _located(repair: Repair, reading: Reading, shown: Mapping[int, Contents]) -> Repair | None:
    left = _by_name(repair, repair.left, reading)
    standing = {
        row
        for row, contents in shown.items()
        if all(shows(contents.get(name), plain(content)) for name, content in left.items())
    }
    if reading.rows and set(next(iter(reading.rows)).columns) & left.keys():
        # its key was overwritten: it may look like another row of the mapping
        standing |= {
            reading.layout.index.by_key[key]
            for key, contents in reading.rows.items()
            if all(shows(contents.get(name), plain(content)) for name, content in left.items())
        }
    known = repair.row != NOWHERE and repair.row not in shown
    blank = known and _is_unnamed(repair.row, reading)
    if blank and all(content in (None, "") for content in left.values()):
        standing.add(repair.row)  # it shows nothing by which it could be known elsewhere
    row = min(standing, key=lambda row: abs(row - repair.row), default=None)
    return None if row is None else replace(repair, row=row)


def _by_name(repair: Repair, cells: Sequence[CellContent], reading: Reading) -> Contents:
    names = {place: name for name, place in reading.layout.columns.items()}
    pairs = zip(repair.columns, cells, strict=True)
    return {names[place]: content for place, content in pairs if place in names}


def _is_unnamed(row: int, reading: Reading) -> bool:
    keys = reading.layout.index.rows
    return row >= len(keys) or keys[row] is None


def plain(content: CellContent) -> Shown:
    """Content that a call can write; what it cannot is equal to nothing."""
    return content if isinstance(content, bool | int | float | str) else None


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
    """Copies of what stands where cells are put back, and the cells."""
    for each in mended:
        repair = each.repair
        # one after the other: a repair may be known by what the one before it has put back
        yield from copies([repair.row], layout, each.before)
        for first, count in runs(sorted(repair.columns)):
            # contents alone: whatever row is reached, its notes and formats stay
            yield from_copy(
                repair.copy_row, repair.row, first, count, layout, paste_type="PASTE_FORMULA"
            )
    for repair in repairs:
        row = _row(repair, layout)
        if row is None:
            continue
        for column, face in repair.faces:
            yield face_request(layout.sheet_id, row, column, [face])


def returning_rows(
    repairs: Sequence[Repair], layout: TabLayout, row_count: int
) -> Iterator[Request]:
    """Rows that were deleted, put back where they stood; what stands below moves down.

    The tab has ``row_count`` rows by then: a person may have taken more away.
    """
    for repair in repairs:
        if repair.deleted:
            row = min(repair.row, row_count)
            yield insert_rows(layout, row, 1)
            yield from_copy(repair.copy_row, row, 0, layout.column_count, layout)


def _row(repair: Repair, layout: TabLayout) -> int | None:
    """Where the repair's row stands now; None: it is gone, and there is nothing to mend yet."""
    if repair.key is not None:
        return layout.index.by_key.get(repair.key)
    return None if repair.row == NOWHERE else repair.row
