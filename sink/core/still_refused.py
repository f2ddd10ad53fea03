"""Whether a refused value still stands in its cell: what tells open dead letters from settled ones.

The row's state keeps why a cell is refused for as long as the cell shows what was refused.
"""

from __future__ import annotations

from sink.core.operator_record import Wish
from sink.core.row_state import WHOLE_ROW, RowState


def is_still_refused(wish: Wish, column: str, state: RowState) -> bool:
    """Whether the row still refuses what ``wish`` asks of ``column`` (``""``: of the row)."""
    return column in state.refused and not is_replaced(wish, column, state)


def is_replaced(wish: Wish, column: str, state: RowState) -> bool:
    """Whether the cell surely shows another value than the one that ``wish`` asks for."""
    if column == WHOLE_ROW:
        return False
    if column in wish.contents:
        shown = state.unfit.get(column)
        return shown is None or shown != str(wish.contents[column])
    if column in state.unfit:
        return True
    belief = state.beliefs.get(column)
    return belief is not None and wish.values.get(column) not in belief.possible()
