"""Posts that overtake one another: what an older event tells of what was believed since.

A paste's trigger may run later than that of the next edit, and our calls come between.
"""

from __future__ import annotations

from dataclasses import replace
from operator import itemgetter

from sink.core.belief import Belief
from sink.core.change_event import CellEdit, SheetEdit
from sink.core.decision import Decision, Loss
from sink.core.out_of_sight import typed_as
from sink.core.row_state import Find, RowState


def put_back(event: SheetEdit, state: RowState) -> dict[str, SheetEdit]:
    """The newer edits that a late event tells of: each was heard already, as no news.

    It showed what had been believed since the last look or edit. If something else stood there
    between, a person has put that back, and it crosses with the agreed value.
    """
    found: dict[str, SheetEdit] = {}
    if event.found or not event.shown or event.key_edited:
        return found
    for column, cell in event.cells.items():
        if event.time >= state.newest.get(column, 0) or column in state.formulas:
            continue
        belief = state.beliefs.get(column)
        if belief is None or not belief.heard:
            continue
        time, back = max(belief.heard, key=itemgetter(0))
        if cell.new != back and max(belief.hi, belief.edited) < event.time < time:
            state.beliefs[column] = replace(belief, edited=time)
            cells = {column: CellEdit(back, cell.new)}
            found[column] = replace(event, cells=cells, time=time, typed=False, author=None)
    return found


def meets_copy(event: SheetEdit, column: str, cell: CellEdit, decision: Decision) -> bool:
    """Whether a late event tells that what our call replaced was not what it looked like.

    The cell showed the event's value after the last look, and something else when our call reached
    it: so a person had edited it once more, and what was replaced is that edit.
    """
    state = decision.state
    belief = state.beliefs.get(column)
    if belief is None or belief.over is None or event.found or not event.shown:
        return False
    since, replaced = belief.over
    called, answered = belief.wrote
    if cell.new == replaced or not since < event.time < called:
        return False
    state.beliefs[column] = replace(belief, over=None)
    waiting, find = state.finds.get(column), Find(replaced, called, answered)
    if waiting is not None and waiting.value != replaced:
        decision.losses.append(Loss(column, typed_as(waiting), typed_as(find), "seen"))
    state.finds[column] = find
    return True


def meet_find(state: RowState, column: str, cell: CellEdit, event: SheetEdit) -> bool:
    """The event tells of what a write of ours replaced, or is that finding itself.

    A later look that shows something else is neither: what was replaced is still to be told. True
    where the event was made before that write reached the cell: it is no longer shown.
    """
    find, belief = state.finds.get(column), state.beliefs.get(column)
    itself = event.found and not event.shown
    if find is None or not (itself or find.value == cell.new):
        return False
    del state.finds[column]
    return belief is not None and belief.written and event.time <= belief.wrote[1]


def contradicted(event: SheetEdit, cell: CellEdit, belief: Belief | None) -> bool:
    """A look after the event shows otherwise, and no write of ours came between them."""
    if belief is None or not event.shown:
        return False
    return belief.wrote[1] < event.time < belief.lo and belief.surely() != cell.new
