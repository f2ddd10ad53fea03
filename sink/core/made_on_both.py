"""Rows that both sides make at once: what a person who typed one may not have seen of ours."""

from __future__ import annotations

from sink.core.change_event import SheetEdit
from sink.core.row_state import RowState
from sink.core.version import Version

TRIGGER_DELAY = 3_000_000
"""How long (µs) after an edit its trigger may start, and the event's time with it."""


def made_beside_ours(event: SheetEdit, state: RowState) -> bool:
    """Whether a person may have made the row without sight of the one that we had just inserted."""
    if not event.key_edited or state.inserted_until is None:
        return False
    return event.time <= state.inserted_until + TRIGGER_DELAY


def made_where_ours_was_taken(event: SheetEdit, state: RowState) -> bool:
    """Whether a person makes a row that lives, where a call of ours had taken it from the sheet.

    What they had typed in it before lived on, and was not to be seen any more.
    """
    taken = state.present.written and state.present.value is False
    return event.key_edited and state.alive and taken


def left_blank(held: Version | None, state: RowState) -> bool:
    """Whether a cell of a row is blank because nobody has put anything there since it was made."""
    if held is None or held.value not in (None, ""):
        return False
    made = None if state.life is None else state.life.time
    return held.time is None or made is None or held.time <= made
