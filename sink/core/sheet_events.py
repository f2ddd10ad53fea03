"""The sheet's side of the ladder: rungs 2, 5 and 7 for what people did in the grid."""

from __future__ import annotations

from sink.core.belief import Belief
from sink.core.change_event import CellEdit, SheetDelete, SheetEdit
from sink.core.crossing import lose_unmerged, merge_cell, revive
from sink.core.decision import Decision
from sink.core.formulas import DENIED, FORMULA, is_the_sheets, learn_of, shows_another
from sink.core.held_deletes import approve_by_return
from sink.core.late_events import contradicted, meet_find, meets_copy, put_back
from sink.core.made_on_both import left_blank, made_beside_ours, made_where_ours_was_taken
from sink.core.out_of_sight import (
    out_of_sight,
    written_later,
)
from sink.core.policies import Rules
from sink.core.row_state import WHOLE_ROW, RowState
from sink.core.values.codec import Value
from sink.core.version import ABSENT, EVER, Absent, Origin, Version
from sink.core.waiting_rows import typed_so_far


def merge_sheet_edit(event: SheetEdit, decision: Decision, rules: Rules) -> None:
    """Merge edited cells of one row into ``decision.state``.

    An empty cell of a row whose key was typed or pasted is content but no edit; so is a refused
    one. A row that is not agreed yet is created once its required columns are there; until then it
    is belief only. A row whose creation was refused is created by the edit that mends it; an event
    that does not leaves it in the sheet with its reason.
    """
    reason = decision.state.refused.get(WHOLE_ROW)
    _merge_row(event, decision, rules)
    state = decision.state
    if reason is not None and state.life is not None and not state.alive:
        state.refused.setdefault(WHOLE_ROW, reason)


def _merge_row(event: SheetEdit, decision: Decision, rules: Rules) -> None:
    state = decision.state
    rules = rules.denying(event.denied)
    if event.shown:
        approve_by_return(Origin.SHEET, event.time, decision, rules)
    again = WHOLE_ROW in state.refused and not state.alive and event.shown
    unlike = _unlike(event, state) | out_of_sight(state, event.cells, event.time)
    beside = made_beside_ours(event, state) or made_where_ours_was_taken(event, state)
    formulas_before = frozenset(state.formulas)
    learn_of(event, state)
    edits_back = put_back(event, state)
    edits = _told(event, decision)
    if event.shown:
        state.present = state.present.hear(event.time, True, newest_only=not state.in_call)
        state.seen_until = max(state.seen_until, event.time)
    _refuse(event, state)
    if WHOLE_ROW in event.refused:
        return
    if state.life is None or again:
        typed = {name: CellEdit(value, ABSENT) for name, value in typed_so_far(state).items()}
        edits = {**typed, **edits}
    lacking = rules.mute is Origin.SHEET or not rules.required <= edits.keys()
    if lacking and (state.life is None or again):
        return
    created = False
    # a row that only a side has which may not make any: it is taken up, and was not seen
    taken_up = state.life is None and state.table is not None
    if not state.alive:
        if not edits and not event.key_edited:
            return
        created = (
            _appear(event, edits, decision, rules, again=again) and rules.mute is not Origin.SHEET
        )
    for column, cell in edits.items():
        held = state.cells.get(column)
        unseen = ((beside or taken_up) and not left_blank(held, state)) or column in unlike
        recalculated = column in formulas_before and (event.found or event.whole)
        _merge_edit(
            event,
            column,
            cell,
            decision,
            rules,
            created=created,
            unseen=unseen,
            recalculated=recalculated,
        )
    for column, newer in edits_back.items():
        unseen = bool(out_of_sight(state, [column], newer.time))
        cell = newer.cells[column]
        _merge_edit(
            newer, column, cell, decision, rules, created=False, unseen=unseen, recalculated=False
        )


def _unlike(event: SheetEdit, state: RowState) -> set[str]:
    """The cells that held something else before the edit than they can have shown.

    Somebody edited them unheard, or they are another row's of the same key: either way the edit may
    not have been made in sight of what we believe.
    """
    found = set()
    for column, cell in event.cells.items():
        belief = state.beliefs.get(column)
        if column in state.formulas and not (belief is not None and belief.written):
            continue  # it may have recalculated since
        if belief is None or isinstance(cell.old, Absent) or cell.old == belief.value:
            continue
        if cell.old not in belief.possible():
            found.add(column)
    return found


def _told(event: SheetEdit, decision: Decision) -> dict[str, CellEdit]:
    """Rung 2: note what the event says of the sheet; returns the cells that are edits."""
    state = decision.state
    edits: dict[str, CellEdit] = {}
    state.refused.pop(WHOLE_ROW, None)
    for column, cell in event.cells.items():
        state.refused.pop(column, None)
        if event.shown:
            state.unfit.pop(column, None)
        replaced = meet_find(state, column, cell, event)
        if event.key_edited and cell.new is None:
            _hear(state, column, cell, event.time)
        elif column in event.refused:
            state.newest[column] = max(state.newest.get(column, 0), event.time)
            _hear_shown(state, column, cell, event)
        elif not _is_old_news(event, column, cell, decision, replaced=replaced):
            state.newest[column] = event.time
            if not replaced:
                _hear_shown(state, column, cell, event)
            edits[column] = cell
    return edits


def _refuse(event: SheetEdit, state: RowState) -> None:
    """Keep the reasons of what was not taken, while the sheet still shows it."""
    for column, reason in event.refused.items():
        if not event.shown or event.time < state.newest.get(column, 0):
            continue
        belief = state.beliefs.get(column)
        if belief is not None and _was_replaced(belief, event.time):
            continue
        state.refused[column] = reason
        if column in event.unfit:
            state.unfit[column] = event.unfit[column]
            state.newest[column] = event.time


def _was_replaced(belief: Belief, time: int) -> bool:
    """Whether a call of ours has meanwhile replaced what was put into the cell at that time.

    Of what was put there under the call nobody can tell, but where the call met what had been
    believed (``over``): then it came after the call.
    """
    called, answered = belief.wrote
    return belief.written and (time < called or (time <= answered and belief.over is None))


def _merge_edit(
    event: SheetEdit,
    column: str,
    cell: CellEdit,
    decision: Decision,
    rules: Rules,
    *,
    created: bool,
    unseen: bool,
    recalculated: bool,
) -> None:
    """``unseen``: the edit may not have been made in sight of what we believe to be shown.

    ``recalculated``: the cell held a formula before, and no edit is known to have changed it.
    """
    held = decision.state.cells.get(column)
    formula = is_the_sheets(decision.state, column)
    own = formula and recalculated and held is not None and held.of_sheet
    surely = created or held is None or _surely_saw(event, held)
    typed_over = (
        held is not None and event.typed and event.time >= held.seen_from and cell.old == held.value
    )
    covered = held is not None and written_later(decision.state, column, held, event.time)
    # posts overtake one another: of two edits in one millisecond nobody can tell the later one
    at_once = held is not None and held.of_sheet and held.time == event.time
    # our call's answer has shown the edit, and told what that hid
    logged = held is not None and decision.state.told.get(column, ABSENT) == held.value
    merge_cell(
        decision,
        column,
        _version(cell.new, event),
        rules,
        seen=surely or typed_over or formula,
        base=cell.old,
        log_seen=not (own or logged)
        and (event.found or unseen or at_once or covered or not surely),
        seen_by=FORMULA if formula and not (surely or typed_over) else "seen",
    )
    agreed = decision.state.cells.get(column)
    if formula and column in event.denied and agreed is not None and agreed.value != cell.new:
        decision.state.refused[column] = DENIED  # the formula stays, and shows what it shows


def _surely_saw(event: SheetEdit, held: Version) -> bool:
    if held.of_sheet or held.made:
        return True
    return held.shown is not None and event.time >= held.shown


def _version(value: Value, event: SheetEdit | SheetDelete) -> Version:
    time = event.time
    return Version(value, time, Origin.SHEET, seen_from=time, shown=time, author=event.author)


def _is_old_news(
    event: SheetEdit, column: str, cell: CellEdit, decision: Decision, *, replaced: bool
) -> bool:
    """Rung 5: the event is superseded by the sheet itself, or shows what was sure to be shown.

    What is no edit and yet is not the agreed value is logged; so is what a call of ours has
    ``replaced``: whoever typed after that did not see it.
    """
    state = decision.state
    belief = state.beliefs.get(column)
    if meets_copy(event, column, cell, decision):
        _log_as(event, column, cell, decision, "superseded")
        return True
    if event.time < state.newest.get(column, 0) or contradicted(event, cell, belief):
        if replaced or (event.found and not event.shown):
            _log_as(event, column, cell, decision, "superseded")  # our write has taken it away
        return True
    if belief is None or event.found or shows_another(state, column, cell.new):
        return False
    shows_ours = (
        belief.written
        and not belief.heard
        and belief.value == cell.new
        and event.time >= belief.wrote[0]
    )
    if event.key_edited:
        # a late trigger may have read what our call put in the place of what the person typed
        written = belief.written and belief.value == cell.new
        return written and (state.inserted_until is not None or column in state.finds)
    certain = event.time > belief.hi and state.present.surely() is True and not state.in_call
    if certain and belief.surely() == cell.new:
        if not (shows_ours and column in state.finds):
            # else a trigger re-read our write: what that had replaced is the person's edit
            state.newest[column] = event.time
            _hear(state, column, cell, event.time, news=False)
    elif replaced or not (shows_ours and not event.typed):
        return False  # the cell held it before our write, which put the same there
    return _log_as(event, column, cell, decision, "no_news")


def _log_as(event: SheetEdit, column: str, cell: CellEdit, decision: Decision, rule: str) -> bool:
    """Log what is no edit and yet is not the agreed value; False where nothing is agreed."""
    held = decision.state.cells.get(column)
    challenger = _version(cell.new, event)
    if held is not None and held.value != cell.new:
        lose_unmerged(decision, column, challenger, held, rule)
    return held is not None


def _hear_shown(state: RowState, column: str, cell: CellEdit, event: SheetEdit) -> None:
    if event.shown:
        _hear(state, column, cell, event.time)


def _hear(state: RowState, column: str, cell: CellEdit, time: int, *, news: bool = True) -> None:
    before = None if isinstance(cell.old, Absent) else cell.old
    belief = state.beliefs.get(column) or Belief(before, 0, 0)
    # while no call is under way only the newest event matters
    state.beliefs[column] = belief.hear(time, cell.new, news=news, newest_only=not state.in_call)


def _appear(
    event: SheetEdit,
    edits: dict[str, CellEdit],
    decision: Decision,
    rules: Rules,
    *,
    again: bool,
) -> bool:
    """A row shows that is not agreed to exist; True where it is created in sight of that."""
    state = decision.state
    challenger = _version(True, event)
    if state.life is None:
        state.life = challenger
        state.cells = _still_in_table(state, event.time)
        return True
    create = event.key_edited or again
    # a look tells when it began, not when the row was made: that may be before an operator's delete
    unseen = event.found and state.life.outside and state.life.shown is None
    in_sight = create and event.time >= state.life.seen_from and not unseen
    if in_sight and rules.mute is not Origin.SHEET:
        state.life = challenger
        state.cells = _still_in_table(state, event.time)
        return True
    cells = [(column, _version(cell.new, event)) for column, cell in edits.items()]
    revive(decision, challenger, rules, cells, created=event.key_edited)
    return False


def _still_in_table(state: RowState, now: int) -> dict[str, Version]:
    """What a created row begins with: nothing, unless the table has a row of that key.

    Its delete has not reached the table yet, or it was made where the database may make no rows.
    Then it is taken up, and the cells that the new row leaves blank are its.
    """
    row = state.believed_table or {}
    return {
        column: Version(value, None, Origin.DATABASE, in_db=EVER, seen_from=now)
        for column, value in row.items()
    }
