"""What a batch owes the table: lock, compare with what is believed, write, read back.

Nothing in the table is overwritten unseen. A cell that the lock shows otherwise than it is
believed has a change event on its way: it is left alone, and the event will settle it.
"""

from __future__ import annotations

from dataclasses import replace

from sink.core.change_event import Image
from sink.core.condition import HIDDEN
from sink.core.formulas import SET_BY_DATABASE
from sink.core.mapped_table import MappedTable
from sink.core.refusal import Refusal
from sink.core.row_key import RowKey
from sink.core.row_state import OpenWrite, RowState
from sink.core.values.codec import Value
from sink.core.version import ABSENT, Origin, Version
from sink.ports import TableWrite, Transaction
from sink.untold_cells import as_believed, may_replace_untold

DUPLICATE_KEY = 1062
"""MySQL's number for a value that a unique index holds already, the primary key's or another's."""


def write_owed(
    transaction: Transaction, states: dict[RowKey, RowState], table: MappedTable
) -> list[Refusal]:
    """Write what the rows in ``states`` are owed, and note in them what was written.

    Returns what the database refused; those rows' states are as they were.
    """
    owed = {key: state.owed_to_table() for key, state in states.items()}
    touched = [key for key, state in states.items() if owed[key][0] or _unconfirmed(state)]
    if not touched:
        return []
    locked, now = transaction.lock_now(touched)
    taken = [key for key in touched if owed[key][0] == "insert" and key in locked]
    hidden = [Refusal(key, "insert", (), HIDDEN, 0) for key in transaction.outside(taken)]
    writes: list[TableWrite] = []
    for key in touched:
        state, there = states[key], locked.get(key)
        op, cells = owed[key]
        write = _permitted(TableWrite(op, key, cells), state, there, table) if op else None
        if write is not None:
            writes.append(write)
        elif not op:
            _confirm(state, there, now)
    refusals = transaction.write(writes)
    refused = {refusal.key for refusal in refusals}
    refusals = _without_unseen(refusals, transaction)
    done = [write for write in writes if write.key not in refused]
    if done:
        after = transaction.lock([write.key for write in done])
        for write in done:
            before = locked.get(write.key)
            _note_write(states[write.key], write, before, after.get(write.key), transaction, now)
    return [*hidden, *refusals]


def _without_unseen(refusals: list[Refusal], transaction: Transaction) -> list[Refusal]:
    """The refusals without inserts of rows that somebody else inserted after our lock.

    READ COMMITTED locks no row that is not there. Such a row has a change event on its way: it is
    left alone, like any cell that is not as believed.
    https://dev.mysql.com/doc/refman/8.4/en/innodb-transaction-isolation-levels.html
    """
    doubles = [each.key for each in refusals if each.op == "insert" and each.code == DUPLICATE_KEY]
    unseen = transaction.lock(doubles) if doubles else {}
    hidden = transaction.outside(list(unseen))
    return [
        replace(each, reason=HIDDEN) if each.key in hidden else each
        for each in refusals
        if each.op != "insert" or each.key not in unseen or each.key in hidden
    ]


def _unconfirmed(state: RowState) -> bool:
    if state.open_writes or state.life is None:
        return False
    if not state.alive:
        return state.life.in_db is None and state.table is None
    return any(version.in_db is None for version in state.cells.values())


def _permitted(
    write: TableWrite, state: RowState, there: Image | None, table: MappedTable
) -> TableWrite | None:
    """The write as far as the table is as believed; None where nothing of it may be written."""
    believed = state.believed_table
    if write.op == "insert":
        if there is not None:
            return None
        cells = {
            column: value for column, value in write.cells.items() if column not in table.generated
        }
        return replace(write, cells=cells)
    if write.op == "delete":
        return write if there is not None and as_believed(there, believed) == believed else None
    if there is None or believed is None:
        return None
    cells = {
        column: value
        for column, value in write.cells.items()
        if column not in table.generated and _may_replace(column, value, there, believed, state)
    }
    return replace(write, cells=cells) if cells else None


def _may_replace(column: str, value: Value, there: Image, believed: Image, state: RowState) -> bool:
    """Whether the locked cell is as it is believed, and holds something else than ``value``."""
    if column not in there:
        return may_replace_untold(state, column)
    return there[column] == believed.get(column, ABSENT) and there[column] != value


def _confirm(state: RowState, there: Image | None, now: int) -> None:
    """The row lock shows agreed values, or no row, as no event and no echo has shown yet."""
    if there is None:
        if state.life is not None and not state.alive:
            state.life = state.life.found_in(now)
        return
    if not state.alive:
        return
    for column, version in state.cells.items():
        if version.in_db is None and there.get(column, ABSENT) == version.value:
            state.cells[column] = version.found_in(now)


def _note_write(
    state: RowState,
    write: TableWrite,
    before: Image | None,
    after: Image | None,
    transaction: Transaction,
    now: int,
) -> None:
    """What came back otherwise than it was set is taken as it is; what changed beside is made.

    But for a cell that was left out of the write because an event of it is on its way: its agreed
    value is still owed, and crosses with that event.
    """
    wrote: dict[str, Version] = {}
    made: set[str] = set()
    left_out = _left_out(state, before)
    for column, value in (after or {}).items():
        version = state.cells.get(column)
        if column in write.cells and version is not None:
            if value != version.value:
                version = replace(version, value=value, shown=None)
                _agree_on(state, column, version)
            wrote[column] = version
        elif column in left_out:
            continue
        elif before is None or before.get(column, ABSENT) != value:
            made.add(column)
            _agree_on(state, column, Version(value, None, Origin.DATABASE, seen_from=0, made=True))
    state.open_writes = (
        *state.open_writes,
        OpenWrite(transaction.number, after, now, wrote, frozenset(made), state.life),
    )


def _agree_on(state: RowState, column: str, version: Version) -> None:
    """The cell holds what the table made of it, which may be what was once told as lost."""
    if state.told.get(column, ABSENT) == version.value:
        del state.told[column]  # it may be lost again
    state.cells[column] = version
    _tell_formula(state, column)


def _left_out(state: RowState, before: Image | None) -> set[str]:
    """The columns that the sheet has changed, and of which the table shows an unread change."""
    believed = state.believed_table
    if before is None or believed is None:
        return set()
    return {
        column
        for column, version in state.cells.items()
        if column in before
        and before[column] != believed.get(column, ABSENT)
        and not version.made
        and version.value not in (before[column], believed.get(column, ABSENT))
    }


def _tell_formula(state: RowState, column: str) -> None:
    """The cell's formula shows something else from now on, and we do not write over it."""
    belief, held = state.beliefs.get(column), state.cells.get(column)
    shows = belief is not None and held is not None and belief.surely() == held.value
    if column in state.formulas and not shows:
        state.refused.setdefault(column, SET_BY_DATABASE)
