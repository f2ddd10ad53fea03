"""What a call of ours leaves in the cells that it reached."""

from __future__ import annotations

from dataclasses import replace

from sink.core.belief import Belief
from sink.core.out_of_sight import hidden_from
from sink.core.row_state import RowState
from sink.core.values.codec import Value
from sink.core.version import Version


def note_written(
    state: RowState, column: str, value: Value, lo: int, hi: int, *, unfit: str | None = None
) -> None:
    """The cell shows our value, unless an event since tells otherwise: what was refused is gone.

    ``unfit``: the text that has been typed over our value since.
    """
    belief = believed(state.beliefs.get(column), value, lo, hi)
    hid = hidden_from(belief, state.cells.get(column), lo)
    state.beliefs[column] = belief if hid == belief.hid else replace(belief, hid=hid)
    if unfit is not None:
        state.unfit[column] = unfit
        return
    state.unfit.pop(column, None)
    if not belief.heard and column not in state.formulas:  # a formula is put back as it was
        state.refused.pop(column, None)


def believed(belief: Belief | None, value: Value, lo: int, hi: int) -> Belief:
    """The belief after our write: events since it was sent may lie before or after it."""
    before = belief or Belief(value, lo, hi)
    heard = tuple(entry for entry in before.heard if entry[0] >= lo)
    edited = before.edited if before.edited >= lo else 0
    # dataclasses.replace takes five times as long, and this is done for every written cell
    return Belief(value, lo, hi, heard, True, (lo, hi), edited, before.over, before.hid)


def shown_by(version: Version | None, value: Value, hi: int) -> Version | None:
    """The version once the sheet surely shows ``value``; it keeps an earlier time of that."""
    if version is None or version.value != value or version.shown is not None:
        return version
    return version.shown_from(hi)
