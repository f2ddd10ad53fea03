"""What a look at the sheet says of a row: belief alone, no edit."""

from __future__ import annotations

from dataclasses import replace

from sink.core.belief import Belief
from sink.core.change_event import SheetSight
from sink.core.row_state import RowState
from sink.core.values.codec import Value


def believe_sight(event: SheetSight, state: RowState) -> None:
    """A look settles what the sheet shows, unless a call or an event has touched it since."""
    if not _untouched(state.present, event.time):
        return
    state.present = _sighted(state.present, event.present, event.time)
    if not event.present:
        state.beliefs.clear()
        state.formulas.clear()
        return
    state.seen_until = max(state.seen_until, event.time)
    for column, value in event.cells.items():
        belief = state.beliefs.get(column)
        if belief is not None and not _untouched(belief, event.time):
            continue
        if belief is not None and belief.written and belief.value == value:
            state.refused.pop(column, None)  # our write has come after what was refused
        state.beliefs[column] = _sighted(belief, value, event.time)
        held = state.cells.get(column)
        if held is not None and held.value == value and held.shown is None:
            state.cells[column] = replace(held, shown=event.time)


def _sighted(belief: Belief | None, value: Value, time: int) -> Belief:
    if belief is None:
        return Belief(value, time, time)
    ours = belief.written and not belief.heard and belief.value == value
    return Belief(value, time, time, (), ours, belief.wrote, over=belief.over, hid=belief.hid)


def _untouched(belief: Belief, since: int) -> bool:
    return belief.lo <= since and all(time <= since for time, _ in belief.heard)
