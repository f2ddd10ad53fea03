"""The marks that go along with what a call writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sink.core import marks
from sink.core.marks import Faces, MarkWrite
from sink.core.row_state import RowState
from sink.ports import Transaction
from sink.writers.sheets.call import RowWrite
from sink.writers.sheets.layout import TabLayout


def planned_marks(
    transaction: Transaction, state: RowState | None, faces: Faces | None
) -> dict[str, MarkWrite]:
    """The marks to write; what the faces show already is noted."""
    if state is None or faces is None or not state.owes_marks:
        return {}
    settled, writes = marks.plan(state.marks, faces)
    if settled != state.marks:
        state.marks = settled
        transaction.save([state])
    return writes


def without_tints_from_above(
    transaction: Transaction, writes: Sequence[RowWrite], layout: TabLayout
) -> list[RowWrite]:
    """New rows take their formats from the last keyed row, but not a mark's tint."""
    above = layout.index.rows[layout.index.end - 1] if layout.index.rows else None
    if above is None or all(write.op != "insert" for write in writes):
        return list(writes)
    state = transaction.states([above]).get(above)
    tinted = {} if state is None else marks.inherited(state.marks)
    return [replace(write, marks=tinted) if write.op == "insert" else write for write in writes]
