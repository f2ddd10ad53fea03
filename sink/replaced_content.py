"""A person's content that a write of ours had replaced, as edits of its own."""

from __future__ import annotations

from collections.abc import Mapping

from sink.core.change_event import CellEdit, ChangeEvent, SheetEdit
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.version import ABSENT


def edits_found(
    states: Mapping[RowKey, RowState], posts_until: int, received: int
) -> list[ChangeEvent]:
    """What no event has told of within the grace: found, no longer shown, without an old value.

    ``posts_until``: all that was posted by then has been merged; a find that is due later waits.
    """
    return [
        SheetEdit(
            f"replaced:{find.time}:{column}",
            key,
            {column: CellEdit(find.value, ABSENT)},
            find.time,
            received,
            found=True,
            shown=False,
        )
        for key, state in states.items()
        for column, find in state.finds.items()
        if find.due <= posts_until
    ]
