"""A formula in a mapped cell is the sheet's.

Its value goes to the database like an edit. Whatever the database makes of the cell loses to it
(rule ``formula``): it is logged, and the table is given the formula's value again. We never write
into such a cell; where a person typed a formula in the instant before our write reached the cell,
the next call puts it back. What recalculates fires no trigger: a comparison finds the new value,
which replaces the formula's own old one without a word in the log.

A formula that changes by itself would write to the database for ever: it is refused. So is one
whose value the column does not take (an error, too many decimals), or that a person refuses when it
was held with others (``sink.core.guards``). Of a refused formula the cell stays as it is, and the
table keeps a value of its own. What refers to a cell that changes by itself is not seen to do so:
it is taken when two readings in a row show the same.

What the database itself makes of a formula's value as we write it (a trigger, rounding) stands in
the table and is told at the cell: the two would chase each other for ever.

A formula ends with the row, or when a post or a comparison shows a plain cell. A key cell that is a
formula counts as its value; one that changes by itself makes the row no row.
"""

from __future__ import annotations

import re

from sink.core.change_event import SheetEdit
from sink.core.row_state import RowState
from sink.core.values.codec import Value
from sink.core.version import Origin, Version

FORMULA = "formula"
"""The rule under which the conflict log keeps what lost to a formula."""

CHANGING = frozenset(
    {
        "NOW",
        "TODAY",
        "RAND",
        "RANDBETWEEN",
        "RANDARRAY",
        "IMPORTDATA",
        "IMPORTFEED",
        "IMPORTHTML",
        "IMPORTRANGE",
        "IMPORTXML",
        "GOOGLEFINANCE",
    }
)
"""Functions whose results change though nobody edits the spreadsheet.

https://support.google.com/docs/answer/58515 (recalculation, and functions of outside data),
https://support.google.com/docs/answer/13211927 (RANDARRAY).
"""

DENIED = "holds a formula whose value was held with many other changes and then refused"
"""Why the table keeps its own value beside a formula that a person refused."""

SET_BY_DATABASE = "is set by the database itself, so the formula's value does not stay there"
"""Why the sheet shows something else than the table in a cell with a formula."""

_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_CALLED = re.compile(r"([A-Za-z][A-Za-z0-9_.]*)\s*\(")


def changes_by_itself(formula: str | None) -> str | None:
    """Why a formula is refused that changes by itself, in a person's words; None: it does not."""
    if formula is None:
        return None
    for name in _CALLED.findall(_QUOTED.sub("", formula)):
        if name.upper() in CHANGING:
            return f"holds a formula that changes by itself ({name.upper()}), so it is not stored"
    return None


def is_the_sheets(state: RowState, column: str) -> bool:
    """Whether the cell holds a formula whose value is agreed."""
    return column in state.formulas and column not in state.refused


def beats(state: RowState, column: str, challenger: Version, holder: Version) -> bool:
    """Whether a formula keeps its cell against a change that was made anywhere else."""
    elsewhere = challenger.origin is Origin.DATABASE or challenger.outside
    return elsewhere and not holder.made and is_the_sheets(state, column)


def shows_another(state: RowState, column: str, value: Value) -> bool:
    """Whether a formula's value is not the agreed one, which we cannot write into the cell."""
    held = state.cells.get(column)
    return column in state.formulas and held is not None and held.value != value


def learn_of(event: SheetEdit, state: RowState) -> None:
    """A post or a look says which cells hold a formula."""
    if not event.shown:
        return
    for column, formula in event.formulas.items():
        if event.time < max(state.newest.get(column, 0), state.formulas.get(column, 0)):
            continue
        find = state.finds.get(column)
        if formula:
            if find is None or find.time <= event.time:  # else our call met a plain cell since
                state.formulas[column] = event.time
        elif column in state.formulas and not _shows_ours(event, column, state):
            # else a trigger re-read our write, which the next call takes from the formula again
            del state.formulas[column]


def _shows_ours(event: SheetEdit, column: str, state: RowState) -> bool:
    cell, belief = event.cells.get(column), state.beliefs.get(column)
    if cell is None or belief is None or belief.heard:
        return False
    return belief.written and belief.value == cell.new
