"""Repairs of the same cells joined, so that those that wait are never more than the cells they hit.

While a person moves rows without end, a repair may hit yet another row, which has to be put back
too. Cells that were hit again before they were put back need what stood there first, once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sink.core.values.meaning import shows
from sink.writers.sheets.repairs import NOWHERE, Repair, plain


def joined(repairs: Sequence[Repair], *, placed: bool = False) -> tuple[Repair, ...]:
    """The repairs, the newest first, without those that put back what another one overwrote.

    A repair that would leave every cell as it is goes too. ``placed``: a reading has just shown
    where each is to be made, so that two in one row are of that row.
    """
    kept: list[Repair] = []
    for older in repairs:
        _take_in(kept, older, placed=placed)
    return tuple(_needed(kept))


def _take_in(kept: list[Repair], older: Repair, *, placed: bool) -> None:
    """Each of several newer repairs may have hit some of its cells: the nearest in time is first.

    ``kept`` stays in its order, the newest first: what is left of the older one comes after those
    between the two, which may have hit its other cells.
    """
    at = len(kept)
    kept.append(older)
    for place in reversed(range(at)):
        together = _together(kept[place], kept[at], placed=placed)
        if together is None:
            continue
        second, kept[at] = together
        if second.columns:
            kept[place] = second
        else:
            del kept[place]
            at -= 1
        if not kept[at].columns:
            del kept[at]
            return


def _together(newer: Repair, older: Repair, *, placed: bool) -> tuple[Repair, Repair] | None:
    """What is left of two repairs of one row, the newer and the older one's part of it.

    None where they are, or may be, of two.
    """
    common = set(newer.columns) & set(older.columns)
    if newer.key != older.key or not common or newer.faces or older.faces:
        return None
    here = placed and newer.row == older.row != NOWHERE
    if placed and newer.nameless and not here:
        return None
    left = dict(zip(newer.columns, newer.left, strict=True))
    back = dict(zip(newer.columns, newer.back, strict=True))
    was = dict(zip(older.columns, older.left, strict=True))
    ours = {
        column
        for column in common
        if column not in {*newer.formulas, *older.left_formulas}
        and shows(back[column], plain(was[column]))
    }
    # a row without a key is known by what a write of ours left in it
    blank = not here and all(was[column] in (None, "") for column in common)
    unknown = ours != common or blank
    if newer.key is None and unknown:
        return None
    # where the older one's cell shows something else since, that is what has to stand there
    gone = common - ours
    first = older.part(set(older.columns) - gone)
    first = replace(
        first,
        row=newer.row,
        left=tuple(
            left.get(c, content) for c, content in zip(first.columns, first.left, strict=True)
        ),
        left_formulas=tuple(
            c for c in first.columns if c in (newer if c in left else older).left_formulas
        ),
    )
    return newer.part(set(newer.columns) - ours), first


def _needed(repairs: Sequence[Repair]) -> Iterator[Repair]:
    for repair in repairs:
        if repair.deleted:
            yield repair
            continue
        cells = zip(repair.columns, repair.left, repair.back, strict=True)
        changed = {
            column
            for column, left, back in cells
            if column in {*repair.formulas, *repair.left_formulas} or not shows(back, plain(left))
        }
        part = repair.part(changed)
        if part.columns or part.faces:
            yield part
