"""What a mistaken write of ours hid in a new row from the person who then typed there.

Nothing is agreed of such a row yet, so only its copy tells what it held. A call puts that back, and
finds what the person has typed instead; the next one puts back that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sink.core.decision import Loss
from sink.core.errors import UnfitValueError
from sink.core.mapped_table import MappedTable
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.version import Origin, Version
from sink.ports import Transaction
from sink.posted_rows import value_of
from sink.writers.sheets.answer import Mishit


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
