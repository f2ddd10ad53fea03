"""Rows of the sheet that are not stored yet: they lack something, or the database refused them.

What people typed there waits. Where a program makes the row meanwhile, that crosses with it like
any edit; but where it was refused because the tab does not show the row of its key, it was told as
refused and stays so.
"""

from __future__ import annotations

from collections.abc import Mapping

from sink.core.condition import HIDDEN
from sink.core.crossing import merge_cell
from sink.core.decision import Decision
from sink.core.policies import Rules
from sink.core.row_state import WHOLE_ROW, RowState
from sink.core.values.codec import Value
from sink.core.version import ABSENT, Origin, Version


def typed_so_far(state: RowState) -> dict[str, Value]:
    """What such a row shows already, without the cells that were refused."""
    return {
        column: shown
        for column, belief in state.beliefs.items()
        if (shown := belief.possible()[-1]) is not None and column not in state.refused
    }


def waiting_cells(state: RowState) -> dict[str, Value]:
    """The same where the row waits; else nothing.

    A row that was never agreed waits too where nothing is missing: the sheet may not make rows.
    """
    reason = state.refused.get(WHOLE_ROW)
    waits = not state.alive and (state.life is None or reason is not None) and reason != HIDDEN
    return typed_so_far(state) if waits and state.present.possible()[-1] is True else {}


def cross_waiting(decision: Decision, waiting: Mapping[str, Value], rules: Rules) -> None:
    """The database has made the row: what was typed crosses with its cells."""
    state = decision.state
    if not state.alive or state.refused.get(WHOLE_ROW) == HIDDEN:
        return
    state.refused.pop(WHOLE_ROW, None)
    for column, value in waiting.items():
        time = state.newest.get(column, 0)
        typed = Version(value, time, Origin.SHEET, seen_from=time, shown=time)
        merge_cell(decision, column, typed, rules, seen=False, base=ABSENT)
