"""Keys that stand twice in the sheet because both sides made the row at once.

A person typed the key while our insert of the same row was on its way. Ours is the row that shows
just what the insert wrote; it is taken away, and the person's row is looked at like any other.
Where it cannot be told (both look alike, or ours was edited), the rows are the person's to mend.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sink.core.errors import UnfitValueError
from sink.core.mapped_table import MappedTable
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.posted_rows import value_of
from sink.writers.sheets.call import Removal
from sink.writers.sheets.reading import Contents, StandingRow


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
        ours = [row for row in standing if _as_inserted(row.contents, state, table)]
        if len(ours) == 1:
            found.append(Removal(key, ours[0].row))
    return found


def _as_inserted(contents: Contents, state: RowState, table: MappedTable) -> bool:
    for column in table.cells:
        belief = state.beliefs.get(column)
        try:
            value = value_of(column, contents.get(column), state, table)
        except UnfitValueError:
            return False
        if belief is None or value != belief.value:
            return False
    return True
