"""The database's side of the ladder: rungs 2 to 4 and 7 for what Debezium read from the binlog."""

from __future__ import annotations

from dataclasses import replace

from sink.core.change_event import DatabaseChange, Image, Op
from sink.core.crossing import merge_cell, merge_delete, revive
from sink.core.decision import Decision
from sink.core.held_deletes import approve_by_return, hold
from sink.core.policies import Rules
from sink.core.row_state import HeldDelete, OpenWrite, RowState
from sink.core.values.codec import Value
from sink.core.version import ABSENT, EVER, Absent, Origin, Version
from sink.core.waiting_rows import cross_waiting, waiting_cells


def merge_database_change(event: DatabaseChange, decision: Decision, rules: Rules) -> None:
    """Merge a row change of the database into ``decision.state``."""
    state = decision.state
    if event.op is Op.SNAPSHOT:
        absent, waiting = not state.alive, waiting_cells(state)
        _fill_unknown(event, state)
        if absent:
            cross_waiting(decision, waiting, rules)
        return
    rules = rules.denying(event.denied)
    if event.found:
        _close_unheard(event, state)
    last = _before_ours(event, state)
    state.table = event.after
    changed = _changed(event, last)
    if event.own_write is not None:
        decision.echo = True
        ours = _settle_echo(event, state)
        changed = {column: cell for column, cell in changed.items() if column not in ours}
        if not changed or not _differs_from(last, event.before):
            return
    if event.op is Op.DELETE and event.held and state.alive:
        hold(state, HeldDelete(Origin.DATABASE, event.time, event.received, latest=event.latest))
    elif event.op is Op.DELETE:
        tombstone = _version(False, event)
        merge_delete(
            decision, tombstone, rules, saw=lambda held: held.known_to_database(event.time)
        )
    else:
        approve_by_return(Origin.DATABASE, event.time, decision, rules)
        _merge_image(event, decision, rules, changed)


def _merge_image(
    event: DatabaseChange,
    decision: Decision,
    rules: Rules,
    changed: dict[str, tuple[Value, Value | Absent]],
) -> None:
    state = decision.state
    absent, waiting = not state.alive, waiting_cells(state)
    created = _exists(event, changed, decision, rules)
    for column, (new, old) in changed.items():
        held = state.cells.get(column)
        if held is not None and held.made and _awaits_echo(state, column):
            continue
        shown = _already_shown(state, column, new, event.received)
        challenger = _version(new, event, shown)
        seen = created or (held is not None and held.known_to_database(event.time))
        merge_cell(decision, column, challenger, rules, seen=seen, base=old)
    if absent:
        cross_waiting(decision, waiting, rules)


def _version(value: Value, event: DatabaseChange, shown: int | None = None) -> Version:
    return Version(
        value,
        event.edited_at,
        Origin.DATABASE,
        in_db=EVER,
        seen_from=event.received,
        shown=shown,
    )


def _already_shown(state: RowState, column: str, value: Value, now: int) -> int | None:
    """The sheet shows a value from now on that it is sure to hold already."""
    belief = state.beliefs.get(column)
    return now if belief is not None and belief.surely() == value else None


def _changed(event: DatabaseChange, last: Image | None) -> dict[str, tuple[Value, Value | Absent]]:
    """Columns that the event changed, each with its new value and the one before.

    Rung 4: a column whose before image is not what the last event left was changed by an event
    that never came; so was every column of a row that no event has shown.
    """
    if event.after is None:
        return {}
    if event.before is None or last is None:
        return {column: (new, ABSENT) for column, new in event.after.items()}
    found: dict[str, tuple[Value, Value | Absent]] = {}
    for column, new in event.after.items():
        old = event.before.get(column, ABSENT)
        gap = last.get(column, ABSENT) != old
        if old != new or gap:
            found[column] = (new, old)
    return found


def _before_ours(event: DatabaseChange, state: RowState) -> Image | None:
    """The row as it was known before the event; where older writes of ours were passed over with
    their part of the binlog, as those left it."""
    row = state.table
    for write in state.open_writes:
        if event.own_write is not None and write.number < event.own_write:
            row = write.over(row)
    return row


def _differs_from(last: Image | None, before: Image | None) -> bool:
    """Whether a write of ours met another row than was known, or one where none was known."""
    return before is not None and last != before


def _settle_echo(event: DatabaseChange, state: RowState) -> frozenset[str]:
    """Rung 3: the versions of our write are in the database now; the columns that it set.

    An echo whose write is not remembered changes nothing: all its columns count as ours.
    """
    number = event.own_write or 0
    write = next((mine for mine in state.open_writes if mine.number == number), None)
    state.open_writes = tuple(mine for mine in state.open_writes if mine.number > number)
    if write is None:
        return frozenset(event.after or {})
    _confirm(write, state)
    return frozenset(write.wrote) | write.made


def _close_unheard(event: DatabaseChange, state: RowState) -> None:
    """The echoes of our older writes are lost; the last of them is what the table was left with.

    Which are older their numbers tell: the server's clock may have been set back since.
    """
    closed = [write for write in state.open_writes if write.number <= event.ours_until]
    for write in closed:
        _confirm(write, state)
        state.table = write.over(state.table)
    state.open_writes = state.open_writes[len(closed) :]


def _confirm(write: OpenWrite, state: RowState) -> None:
    in_db = _since(write, state)
    for column in (*write.wrote, *write.made):
        held = state.cells.get(column)
        wrote = write.wrote.get(column)
        if held is not None and (held.made if wrote is None else held.same_edit(wrote)):
            state.cells[column] = held.found_in(in_db)
    if state.life is not None and write.life is not None and state.life.same_edit(write.life):
        state.life = state.life.found_in(in_db)


def _since(write: OpenWrite, state: RowState) -> int:
    """``in_db`` of what an echo shows: a delete that is held came before it, and did not see it."""
    times = [held.time for held in state.held if held.origin is Origin.DATABASE]
    return max(write.server_time, *(time + 1 for time in times)) if times else EVER


def _awaits_echo(state: RowState, column: str) -> bool:
    """Whether an event precedes the echo of what the database made beside our write."""
    return any(column in write.made for write in state.open_writes)


def _fill_unknown(event: DatabaseChange, state: RowState) -> None:
    """A snapshot row is no edit: it fills what has no version and beats nothing.

    Nor is it the binlog's word of what the table holds: what it shows otherwise than believed, a
    comparison of the table finds. Of columns that no event has told of (they are new) it is. Where
    the echo of a write of ours is lost with what it skips, it shows that the write came through.
    """
    _shows_ours(event, state)
    unknown = replace(_version(True, event), time=None)
    if state.life is None:
        state.life, state.table = unknown, event.after
    elif state.table is not None:
        untold = {c: value for c, value in (event.after or {}).items() if c not in state.table}
        state.table = {**untold, **state.table}
        for column, value in untold.items():
            held = state.cells.get(column)
            if held is not None and held.value != value and held.is_databases:
                state.cells[column] = replace(unknown, value=value)
    for column, value in (event.after or {}).items():
        state.cells.setdefault(column, replace(unknown, value=value))


def _shows_ours(event: DatabaseChange, state: RowState) -> None:
    """What we wrote stands in the table: commits since that write were made in sight of it.

    Its echo may still come. Until then its time counts, as with what a row lock shows: a change
    that was skipped may have been made before, and have set the same value.
    """
    row = event.after or {}
    for write in state.open_writes:
        for column, wrote in write.wrote.items():
            held = state.cells.get(column)
            if held is None or held.in_db is not None or not held.same_edit(wrote):
                continue
            if row.get(column, ABSENT) == held.value:
                state.cells[column] = held.found_in(write.server_time)


def _exists(
    event: DatabaseChange,
    changed: dict[str, tuple[Value, Value | Absent]],
    decision: Decision,
    rules: Rules,
) -> bool:
    """See to the row's existence; True where the event creates it in sight of its tombstone."""
    state = decision.state
    if state.life is None:
        if rules.mute is not Origin.DATABASE:
            state.life = _version(True, event)
        return False
    if state.alive:
        if event.op is Op.CREATE:
            state.life = state.life.found_in(EVER)
        return False
    challenger = _version(True, event)
    in_sight = state.life.known_to_database(event.time) and rules.mute is not Origin.DATABASE
    if event.op is Op.CREATE and in_sight:
        state.life = challenger
        return True
    cells = [(column, _version(new, event)) for column, (new, _) in changed.items()]
    revive(decision, challenger, rules, cells, created=event.op is Op.CREATE)
    return False
