"""What an operator gives back from the conflict log or the dead letters, merged like any edit.

Such an edit replaces what is agreed, whatever the policy says: it was made in sight of that, and
what it replaces is logged, so that it can be given back in its turn. But neither side has seen it
until it is shown or written: whatever comes from them meanwhile crosses with it. It counts as the
sheet's where the policy asks for an origin, for a person made it. In a mapping that goes one way it
loses like any edit of the muted side.
"""

from __future__ import annotations

from sink.core.change_event import OperatorEdit
from sink.core.crossing import agree, forget_in_db
from sink.core.decision import Decision, Loss
from sink.core.formulas import FORMULA, beats
from sink.core.policies import Rules
from sink.core.row_state import WHOLE_ROW
from sink.core.values.codec import Value
from sink.core.version import Origin, Version

RESTORED = "restored"
"""The rule under which the conflict log keeps what such an edit replaced."""


def merge_operator_edit(event: OperatorEdit, decision: Decision, rules: Rules) -> None:
    """Merge what an operator gives back into ``decision.state``."""
    if WHOLE_ROW in event.refused:
        return
    if event.exists is False:
        if decision.state.life is not None:
            _exist(event, False, decision, rules)
        return
    cells = {column: v for column, v in event.cells.items() if column not in event.refused}
    if not decision.state.alive:
        if event.exists is None and not cells:
            return
        if not _exist(event, True, decision, rules):
            return
    for column, value in cells.items():
        _set(event, column, value, decision, rules)


def _exist(event: OperatorEdit, wanted: bool, decision: Decision, rules: Rules) -> bool:
    """The row is made, brought back or deleted; False where the mapping goes one way.

    A dead row that is deleted once more is dead as of now: what brought it back before, and was not
    read yet, had not seen that.
    """
    state = decision.state
    version = _version(wanted, event)
    held = state.life
    same = held is not None and held.value is wanted
    if rules.mute is not None:
        if held is not None and not same:
            decision.losses.append(Loss(None, version, held, "one_way"))
        return False
    if held is not None and not same:
        decision.losses.append(Loss(None, held, version, RESTORED))
    state.life = version
    if wanted:
        forget_in_db(state)
        state.refused.pop(WHOLE_ROW, None)
    else:
        state.refused.clear()
    return True


def _set(event: OperatorEdit, column: str, value: Value, decision: Decision, rules: Rules) -> None:
    state = decision.state
    held = state.cells.get(column)
    belief = state.beliefs.get(column)
    shown = event.received if belief is not None and belief.surely() == value else None
    version = _version(value, event, shown=shown)
    same = held is not None and held.value == value
    if rules.mute is not None:
        if held is not None and not same:
            decision.losses.append(Loss(column, version, held, "one_way"))
        return
    if held is not None and not same and beats(state, column, version, held):
        decision.losses.append(Loss(column, version, held, FORMULA))
        return
    if held is not None and not same:
        decision.losses.append(Loss(column, held, version, RESTORED))
    agree(state, column, version)


def _version(value: Value, event: OperatorEdit, *, shown: int | None = None) -> Version:
    return Version(
        value,
        event.time,
        Origin.SHEET,
        seen_from=event.received,
        shown=shown,
        author=event.author,
        outside=True,
    )
