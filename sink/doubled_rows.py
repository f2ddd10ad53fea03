"""Keys that stand twice in the sheet because both sides made the row at once.

A person typed the key while our insert of the same row was on its way. Ours is the row that shows
what the insert wrote, or edits of it that were heard since; it is taken away, and the person's row
is looked at like any other. Where it cannot be told, the rows are the person's to mend.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sink.core.errors import UnfitValueError
from sink.core.mapped_table import MappedTable
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.posted_rows import value_of
from sink.writers.sheets.call import Removal
from sink.writers.sheets.compact_rows import Contents
from sink.writers.sheets.reading import StandingRow


def our_rows(
    doubles: Mapping[RowKey, Sequence[StandingRow]],
    states: Mapping[RowKey, RowState],
    table: MappedTable,
) -> list[Removal]:
    """The rows of ours among those whose key stands twice, as far as that is certain."""
    found: list[Removal] = []
    for key, standing in doubles.items():
        state = states.get(key)
        if state is None or state.inserted_until is None or len(standing) > 2:
            continue
        pure = [row for row in standing if _shows(row.contents, state, table, edited=False)]
        ours = pure or [row for row in standing if _shows(row.contents, state, table, edited=True)]
        if len(ours) == 1:
            found.append(Removal(key, ours[0].row))
    return found


def _shows(contents: Contents, state: RowState, table: MappedTable, *, edited: bool) -> bool:
    """Whether a row shows what our insert wrote; ``edited``: or what was heard of it since."""
    for column in table.cells:
        belief = state.beliefs.get(column)
        try:
            value = value_of(column, contents.get(column), state, table)
        except UnfitValueError:
            return False
        if belief is None or value not in {belief.value, *(belief.possible() if edited else ())}:
            return False
    return True
