"""The sheet's side of the ladder for rows that are found to be gone from the grid."""

from __future__ import annotations

from sink.core.belief import Belief
from sink.core.change_event import SheetDelete
from sink.core.condition import deleted_on_its_way_out
from sink.core.crossing import merge_delete
from sink.core.decision import Decision
from sink.core.held_deletes import hold, sight_of, tombstone_of
from sink.core.out_of_sight import gone_unseen, nowhere, out_of_sight
from sink.core.policies import Rules
from sink.core.row_state import WHOLE_ROW, HeldDelete, RowState
from sink.core.version import Origin


def merge_sheet_delete(event: SheetDelete, decision: Decision, rules: Rules) -> None:
    """Merge the finding that a row is gone from the sheet.

    It is superseded by any later sheet edit of the row. What the person saw ends when the row was
    last surely there.
    """
    state = decision.state
    if _newest_edit(state) > event.time:
        return
    covered = sorted(out_of_sight(state, state.cells, event.time)) if state.alive else []
    if WHOLE_ROW in state.refused and not state.alive:
        covered = nowhere(state)
    state.present = Belief(False, event.time, event.time)
    state.beliefs.clear()
    state.formulas.clear()
    if state.apart:
        deleted_on_its_way_out(event, decision)
        return
    if event.refused is not None:
        state.refused[WHOLE_ROW] = event.refused
        return
    saw_until = min(event.seen_until or state.seen_until, event.time)
    delete = HeldDelete(Origin.SHEET, event.time, event.received, saw_until, event.author)
    if event.held and state.alive:
        hold(state, delete)
    elif state.life is not None:
        merge_delete(decision, tombstone_of(delete), rules, saw=sight_of(delete))
    if covered and (state.held or not state.alive):
        told = {loss.column for loss in decision.losses}
        unseen = [column for column in covered if column not in told]
        decision.losses.extend(gone_unseen(state, unseen, tombstone_of(delete)))
    if not state.alive:
        state.refused.clear()


def _newest_edit(state: RowState) -> int:
    """The time of the row's newest sheet edit, its creation included; 0 where there is none."""
    times = [*state.newest.values(), *(time for time, _ in state.present.heard)]
    if state.alive and state.life is not None and state.life.origin is Origin.SHEET:
        times.append(state.life.time or 0)
    return max(times, default=0)
