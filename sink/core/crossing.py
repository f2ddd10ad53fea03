"""Rungs 6 to 9 of the ladder, and the existence of rows: what both sides' events share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from sink.core.decision import Decision, Loss
from sink.core.formulas import FORMULA, beats
from sink.core.policies import Crossing, Rules
from sink.core.row_state import RowState
from sink.core.values.codec import Value
from sink.core.version import ABSENT, Absent, Origin, Version


def merge_cell(
    decision: Decision,
    column: str,
    challenger: Version,
    rules: Rules,
    *,
    seen: bool,
    base: Value | Absent,
    log_seen: bool = False,
    seen_by: str = "seen",
) -> None:
    """Rungs 6 to 9: the challenger replaces the agreed version, or loses to it.

    ``seen``: the edit was made in sight of the agreed version. ``log_seen``: the version that it
    replaces is logged all the same, because that sight was inferred, under the rule ``seen_by``.
    """
    state = decision.state
    holder = state.cells.get(column)
    seen = seen and challenger.origin is not rules.mute and column not in rules.denied
    if holder is None:
        if challenger.origin is not rules.mute:
            agree(state, column, challenger)
        return
    if (
        state.formulas
        and rules.mute is not Origin.SHEET
        and beats(state, column, challenger, holder)
    ):
        if holder.value != challenger.value:
            decision.losses.append(Loss(column, challenger, holder, FORMULA))
        return
    equal = holder.value == challenger.value
    if seen and not equal:  # a rule is asked about crossings alone: it may be a user's function
        agree(state, column, challenger)
        if log_seen:
            _lose(decision, column, holder, challenger, seen_by)
        return
    wins, rule = rules.prefers_challenger(Crossing(column, challenger, holder, base, state.agreed))
    if equal:
        if wins:
            agree(state, column, challenger)
        return
    if wins:
        agree(state, column, challenger)
        _lose(decision, column, holder, challenger, rule)
    else:
        # the edit of a dead row has lost to its tombstone already
        if not any(loss.column == column and loss.loser == challenger for loss in decision.losses):
            lose_unmerged(decision, column, challenger, holder, rule)
        if holder.made and challenger.origin is Origin.DATABASE:
            # the table has lost what it had made by itself: it is to be given that again
            state.cells[column] = replace(holder, made=False)


def _lose(decision: Decision, column: str, holder: Version, challenger: Version, rule: str) -> None:
    decision.losses.append(Loss(column, holder, challenger, rule))
    decision.state.told[column] = holder.value


def lose_unmerged(
    decision: Decision, column: str, challenger: Version, holder: Version, rule: str
) -> None:
    """Log a value that was never agreed; once, where a trigger that ran twice told it twice."""
    told = decision.state.told.get(column, ABSENT)
    if challenger.origin is not Origin.SHEET or told != challenger.value:
        _lose(decision, column, challenger, holder, rule)


def agree(state: RowState, column: str, version: Version) -> None:
    """The cell has a new agreed version; what was refused of it before is history.

    So is what was told as lost, once the database has made another value of what it was lost to.
    """
    before = state.cells.get(column)
    state.cells[column] = version
    if column in state.told:
        told = state.told[column]
        known = before is not None and before.value in (version.value, told)
        if told == version.value or (version.origin is Origin.DATABASE and not known):
            del state.told[column]
    if state.refused and column not in state.formulas:  # a refused one stays what the cell shows
        state.refused.pop(column, None)


def merge_delete(
    decision: Decision, tombstone: Version, rules: Rules, *, saw: Callable[[Version], bool]
) -> None:
    """A delete crosses with every version that it had not seen; one that beats it keeps the row.

    A row that lives on is put back where it was deleted, so the database knows none of its cells.
    """
    state = decision.state
    life = state.life
    if life is None or not state.alive:
        _merge_tombstones(state, tombstone, rules)
        return
    agreed = state.agreed
    unseen = [(None, life), *state.cells.items()]
    losers: list[Loss] = []
    for column, version in unseen:
        if saw(version) and tombstone.origin is not rules.mute:
            continue
        wins, rule = rules.prefers_challenger(
            Crossing(column, tombstone, version, version.value, agreed)
        )
        if not wins:
            decision.losses.append(Loss(None, tombstone, version, rule))
            if tombstone.origin is Origin.DATABASE:
                forget_in_db(state)
            return
        losers.append(Loss(column, version, tombstone, rule))
    # the cells tell of the row; where all of them had been seen, its existence alone is lost, and
    # whoever gave a row back did not write its cells
    telling = [loss for loss in losers if loss.column is not None or loss.loser.outside]
    decision.losses.extend(telling or losers)
    state.life = tombstone
    state.refused.clear()


def _merge_tombstones(state: RowState, tombstone: Version, rules: Rules) -> None:
    held = state.life
    if held is None:
        state.life = tombstone
        return
    wins, _ = rules.prefers_challenger(Crossing(None, tombstone, held, True, state.agreed))
    wins = wins and not held.outside  # else what it brings back next would lose it unlogged
    # that the database deleted the row too does not mean that it has seen the other tombstone
    state.life = tombstone if wins else held


def revive(
    decision: Decision,
    challenger: Version,
    rules: Rules,
    cells: Iterable[tuple[str, Version]],
    *,
    created: bool,
) -> bool:
    """Whether an event that had not seen the tombstone beats it; the row then returns.

    One of its ``cells`` must beat it by that column's rule, or where the event ``created`` the row
    the creation itself: as where the delete is read later (``merge_delete``). Else the cells are
    logged; they are merged into those that the dead row keeps all the same.
    """
    state = decision.state
    held = state.life
    if held is None:
        state.life = challenger
        return True
    edits: list[tuple[str | None, Version]] = list(cells)
    agreed = state.agreed
    losers: list[Loss] = []
    for column, version in edits if edits and not created else [(None, challenger), *edits]:
        wins, rule = rules.prefers_challenger(Crossing(column, version, held, False, agreed))
        if wins:
            decision.losses.append(Loss(None, held, version, rule))
            state.life = challenger
            forget_in_db(state)
            return True
        losers.append(Loss(column, version, held, rule))
    told = [loss for loss in losers if _was_told(state, loss)]
    cells_alone = [loss for loss in losers if loss.column is not None and loss not in told]
    decision.losses.extend(cells_alone or ([] if told else losers))
    return False


def _was_told(state: RowState, loss: Loss) -> bool:
    """Whether the dead row keeps that very edit already: its trigger ran twice."""
    kept = state.cells.get(loss.column or "")
    same = kept is not None and kept.of_sheet and kept.value == loss.loser.value
    return same and kept is not None and kept.in_db is None and loss.loser.origin is Origin.SHEET


def forget_in_db(state: RowState) -> None:
    """A row that is put back is not known to be in the database, in none of its cells."""
    for column, version in state.cells.items():
        state.cells[column] = replace(version, in_db=None, made=False)
    if state.life is not None:
        state.life = state.life.found_in(None)
