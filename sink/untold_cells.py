"""Cells of the table whose values no codec can tell, such as a zero date in a NOT NULL column.

They are absent from every reading of their row. Nobody but a person who types over one may replace
it: what is agreed of it is an older value, or what Debezium made of it.
"""

from __future__ import annotations

from sink.core.change_event import Image
from sink.core.row_state import RowState


def as_believed(row: Image | None, believed: Image | None) -> Image | None:
    """A row of the table; a cell that cannot be told is taken to hold what is believed of it."""
    if row is None or believed is None:
        return row
    return {**{column: value for column, value in believed.items() if column not in row}, **row}


def may_replace_untold(state: RowState, column: str) -> bool:
    """Whether what is agreed of the cell is an edit that the table has not had yet."""
    return state.cells[column].in_db is None
