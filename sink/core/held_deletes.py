"""Held deletes: kept beside the row until a person answers, then resolved as of their own time."""

from __future__ import annotations

from collections.abc import Callable

from sink.core.change_event import HeldAnswer
from sink.core.crossing import forget_in_db, merge_delete
from sink.core.decision import Decision, Loss
from sink.core.policies import Rules
from sink.core.row_state import WHOLE_ROW, HeldDelete, RowState
from sink.core.version import EVER, Origin, Version, newer


def hold(state: RowState, delete: HeldDelete) -> None:
    """Keep ``delete`` for an answer; of two by one side the first."""
    if all(held.origin is not delete.origin for held in state.held):
        state.held = (*state.held, delete)


def tombstone_of(delete: HeldDelete) -> Version:
    """The version of the row's existence that the delete makes."""
    if delete.origin is Origin.DATABASE:
        # of the future it would win over whatever comes, as in ``DatabaseChange.edited_at``
        time = delete.time if delete.latest is None else min(delete.time, delete.latest)
        return Version(False, time, delete.origin, in_db=EVER, seen_from=delete.received)
    return Version(
        False,
        delete.time,
        delete.origin,
        seen_from=delete.time,
        shown=delete.time,
        author=delete.author,
    )


def sight_of(delete: HeldDelete) -> Callable[[Version], bool]:
    """Whether the delete was made in sight of a version; the same now as when it was held.

    In the database that is whatever was in the table by then; in the sheet, whatever was shown when
    the row was last surely there.
    """
    if delete.origin is Origin.DATABASE:
        return lambda held: held.known_to_database(delete.time)

    def saw(held: Version) -> bool:
        if held.of_sheet or held.made:
            return True
        if held.seen_from > delete.time or held.shown is None:
            return False
        return held.shown <= delete.saw_until

    return saw


def approve_by_return(origin: Origin, time: int, decision: Decision, rules: Rules) -> None:
    """A later event of a delete's own side shows the row again: the delete was meant.

    In the database that is any event, for they come in the binlog's order (and those of one
    transaction bear one time); in the sheet a younger one.
    """
    delete = _take(origin, decision.state, before=None if origin is Origin.DATABASE else time)
    if delete is not None:
        _resolve(delete, decision, rules)


def answer_held(event: HeldAnswer, decision: Decision, rules: Rules) -> None:
    """Resolve the held delete of ``event.origin``, or put the row back; nothing where none is."""
    state = decision.state
    delete = _take(event.origin, state)
    if delete is None:
        return
    if event.release and event.refused is None:
        _resolve(delete, decision, rules)
        return
    if event.refused is not None:
        state.refused[WHOLE_ROW] = event.refused
    if state.life is not None:
        decision.losses.append(Loss(None, tombstone_of(delete), state.life, "refused"))
    if state.alive and delete.origin is Origin.DATABASE:
        forget_in_db(state)


def _take(origin: Origin, state: RowState, *, before: int | None = None) -> HeldDelete | None:
    for delete in state.held:
        if delete.origin is origin and (before is None or delete.time < before):
            state.held = tuple(held for held in state.held if held is not delete)
            return delete
    return None


def _resolve(delete: HeldDelete, decision: Decision, rules: Rules) -> None:
    """Merge the delete now; of two tombstones the older is logged, for both were acts of people."""
    tombstone, life = tombstone_of(delete), decision.state.life
    if life is not None and not decision.state.alive:
        pair = (life, tombstone) if newer(tombstone, life) else (tombstone, life)
        decision.losses.append(Loss(None, *pair, "last_write_wins"))
    merge_delete(decision, tombstone, rules, saw=sight_of(delete))
