"""What a mistaken write of ours hid in a new row from the person who then typed there.

Nothing is agreed of such a row yet, so only its copy tells what it held. A call puts that back, and
finds what the person has typed instead; the next one puts back that. Or it finds no row any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from sink.core.decision import Loss
from sink.core.errors import UnfitValueError
from sink.core.mapped_table import MappedTable
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.version import Origin, Version
from sink.ports import Transaction
from sink.posted_rows import value_of
from sink.writers.sheets.answer import Mishit
from sink.writers.sheets.repairs import Repair


def log_hidden(
    transaction: Transaction,
    typed_over: Iterable[Mishit],
    states: Mapping[RowKey, RowState],
    lo: int,
    table: MappedTable,
) -> None:
    """Log what the call sent at ``lo`` (µs, Google's clock) put back and will not stay."""
    for over in typed_over:
        state = states.get(over.key) or RowState(over.key)
        transaction.log(over.key, list(_hidden(over, state, lo, table)))


def log_gone(
    transaction: Transaction,
    given_up: Iterable[Repair],
    lo: int,
    columns: Mapping[str, int],
    table: MappedTable,
) -> None:
    """Log what was to be put back into rows that were gone when the call sent at ``lo`` (µs,
    Google's clock) was planned.

    Whoever took the row away saw what was meant for another one. ``columns`` is where those of the
    table stood.
    """
    repairs = [(repair.key, repair) for repair in given_up if repair.key is not None]
    states = transaction.states([key for key, _ in repairs])
    for key, repair in repairs:
        state = states.get(key) or RowState(key)
        transaction.log(key, list(_gone(repair, state, lo, columns, table)))


def _gone(
    repair: Repair, state: RowState, lo: int, columns: Mapping[str, int], table: MappedTable
) -> Iterator[Loss]:
    names = {columns[name]: name for name in table.cells if name in columns}
    dead = state.life if state.life is not None and not state.alive else None
    for place, content in zip(repair.columns, repair.back, strict=True):
        if place not in names or place in repair.formulas:
            continue
        with suppress(UnfitValueError):
            value = value_of(names[place], content, state, table)
            if value is not None:
                nothing = Version(None, lo, Origin.SHEET)
                yield Loss(names[place], Version(value, lo, Origin.SHEET), dead or nothing, "seen")


def _hidden(over: Mishit, state: RowState, lo: int, table: MappedTable) -> Iterator[Loss]:
    for column, content in over.after.items():
        try:
            hidden = value_of(column, content, state, table)
            typed = value_of(column, over.before[column], state, table)
        except UnfitValueError:
            continue
        if hidden is not None:
            loser, winner = (Version(value, lo, Origin.SHEET) for value in (hidden, typed))
            yield Loss(column, loser, winner, "seen")
