"""Rows whose key cells are filled, and are no key of the table: a word where a number belongs.

No row of the table can be meant by them, so nothing of them is merged, and there is nothing that
they could be known by. So each is given a tag, as the script gives one to rows without a key, and
from then on what is wrong is said at its cells as at theirs (``sink.unfinished_rows``), until the
key fits or the row is gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from sink.core.cell import CellContent
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Direction
from sink.core.mark_texts import of_tagged
from sink.core.tagged_row import TaggedRow
from sink.parts import Parts
from sink.ports import Transaction
from sink.writers.sheets.repairs import plain
from sink.writers.sheets.stray_rows import Cells, StrayRow

MOST_TAGGED = 500
"""How many rows bear tags at most before others are given one: the metadata of a tab is limited to
30,000 characters, and the script needs its part. The others follow when these are mended.
https://developers.google.com/workspace/sheets/api/guides/metadata
"""

Shown = frozenset[tuple[str, CellContent]]


def shown_by(contents: Mapping[str, CellContent]) -> Shown:
    """What a row shows, to tell it from others by."""
    return frozenset((name, cell) for name, cell in contents.items() if cell not in (None, ""))


def has_unfit_key(cells: Cells, table: MappedTable) -> bool:
    """Whether a person means a row of the table by these cells, and its key is none.

    A total is no row: a cell that a row must have is a formula, or nothing but formulas stands
    beside a label in the key's column. Where the sheet may not make rows, none is meant.
    """
    if table.mapping.direction is Direction.TO_SHEET:
        return False
    if not table.unfit_key({column: content for column, (content, _) in cells.items()}):
        return False
    formulas = {column for column, (_, formula) in cells.items() if formula is not None}
    typed = any(
        content not in (None, "") and formula is None and column not in table.key
        for column, (content, formula) in cells.items()
    )
    return table.required.isdisjoint(formulas) and (typed or not formulas)


def remembered(stray: StrayRow, tag: str, table: MappedTable) -> TaggedRow:
    """Such a row as it is remembered from the moment when it was looked at."""
    shown = {column: plain(content) for column, (content, _) in stray.cells.items()}
    lacks = table.unfit_key({column: content for column, (content, _) in stray.cells.items()})
    return TaggedRow(tag, stray.lo, lacks=lacks, shown=shown)


def with_their_marks(
    found: Mapping[int, TaggedRow], transaction: Transaction, parts: Parts
) -> list[TaggedRow]:
    """The rows (by place, from 0) with what was said at their cells while they had a key.

    By that a person's colour below ours is known. Where another row stood in that place, its marks
    are not seen in these cells, and mean nothing.
    """
    stood = {row: key for key, row in parts.pipeline.places.rows.items() if row in found}
    states = transaction.states(list(stood.values()))
    rows = []
    for place, row in found.items():
        key = stood.get(place)
        state = None if key is None else states.get(key)
        marks = {} if state is None else state.marks
        rows.append(of_tagged(replace(row, marks=marks), parts.table))
    return rows


class Known:
    """The rows that are remembered already, while others are looked through.

    ``room`` is how many more may be given a tag.
    """

    def __init__(self, rows: Iterable[TaggedRow]) -> None:
        waiting = [row for row in rows if row.key is None]
        self._shown = Counter(shown_by(row.shown) for row in waiting if row.lacks)
        self.room = max(MOST_TAGGED - len(waiting), 0)

    def takes(self, shown: Shown) -> bool:
        """Whether a row that shows this is another one, and may be given a tag."""
        if self._shown[shown] > 0:
            self._shown[shown] -= 1
            return False
        self.room -= 1
        return self.room >= 0
