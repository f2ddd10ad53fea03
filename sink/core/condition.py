"""A mapping's condition (``where``): which rows of the table its tab shows.

The server evaluates it, over the row as it stands, so that it means just what it means in MySQL.
Here is only looked at its form: it must be one expression that can stand in brackets. Whether it
fits the table, and has the same result for the same row whenever it is asked, the server is asked
too (``sink.state.conditions``).

What the condition does to rows: one that satisfies it is shown, one that ceases to is taken from
the tab and stays in the table, which is neither an edit nor a delete. An edit in the sheet that
takes its row out of the condition is stored, and the row leaves the tab. A new row of the sheet
that does not satisfy it is refused and stays as the person wrote it, until it does; so is one with
the key of a row that the tab does not show. A delete in the sheet of a row that is on its way out
is no delete; it is logged under the rule ``where``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from sink.core.belief import Belief
from sink.core.change_event import ChangeEvent, SheetDelete, SheetEdit
from sink.core.decision import Decision, Loss
from sink.core.row_key import RowKey
from sink.core.row_state import WHOLE_ROW, RowState
from sink.core.version import ABSENT, Origin, Version

WHERE = "where"
"""The rule under which the conflict log keeps a delete of a row that was on its way out."""

HIDDEN = "the database has a row with this key already, which this tab does not show"
"""Why a row typed in the sheet is refused whose key such a row has."""

_TOKEN = re.compile(
    r"""(?P<text>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`]|``)*`)
    |(?P<open>['"`])|(?P<comment>\#|--|/\*|\*/)|(?P<end>;)|(?P<variable>@)
    |(?P<query>\b(?:SELECT|TABLE|VALUES|WITH)\b)|(?P<bracket>[()])""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)

_FAULTS = {
    "open": "a quote is not closed",
    "comment": "it has a comment",
    "end": "it has a semicolon",
    "variable": "it has a variable",
    "query": "it has a query in it; only the row's own columns can be asked",
}


def fault(condition: str) -> str | None:
    """What is wrong with the form of a condition, in words; None: nothing that can be seen."""
    if not condition.strip():
        return "it is empty"
    depth = 0
    for token in _TOKEN.finditer(condition):
        kind = token.lastgroup or ""
        if kind in _FAULTS:
            return _FAULTS[kind]
        if kind == "bracket":
            depth += 1 if token.group() == "(" else -1
            if depth < 0:
                break
    return "its brackets do not match" if depth else None


def not_shown(condition: str) -> str:
    """Why a new row is refused that does not satisfy the condition."""
    return f"this tab shows only rows where {condition}, so this one is not stored"


def kept_out(event: ChangeEvent, state: RowState) -> ChangeEvent:
    """The event, refused where it edits a row of the sheet that has a hidden row's key."""
    if not isinstance(event, SheetEdit) or not state.apart:
        return event
    refused = WHOLE_ROW in state.refused
    leaving = not refused and _may_stand(state.present, event.time)
    if leaving or not (event.key_edited or refused):
        return event
    return replace(event, refused={**event.refused, WHOLE_ROW: HIDDEN})


def _may_stand(present: Belief, time: int) -> bool:
    """Whether a row may have stood in the sheet until ``time``, for all that is known of it.

    What was heard while our call was under way may have come before the call or after it; either
    way it is in the past once the call has been answered, and the call decides.
    """
    if time > present.hi and present.written and present.surely() is ABSENT:
        return present.value is True
    return True in present.possible()


def deleted_on_its_way_out(event: SheetDelete, decision: Decision) -> None:
    """The condition has taken the row from the sheet, or it only had the key of such a row."""
    state = decision.state
    only_its_key = state.refused.pop(WHOLE_ROW, None) is not None
    if state.alive and state.life is not None and not only_its_key:
        deleted = Version(
            False,
            event.time,
            Origin.SHEET,
            seen_from=event.time,
            shown=event.time,
            author=event.author,
        )
        decision.losses.append(Loss(None, deleted, state.life, WHERE))


def note_outside(states: Iterable[RowState], outside: frozenset[RowKey]) -> None:
    """Note which rows the tab does not show, ``outside`` being those of the table as it is now."""
    for state in states:
        state.apart = state.key in outside
        if state.alive and not state.apart and state.refused.get(WHOLE_ROW) == HIDDEN:
            del state.refused[WHOLE_ROW]


def never_shown(before: RowState, after: RowState) -> bool:
    """Whether nothing need be remembered of a row: it was not known, and the tab does not show it.

    It counts as one that no event has told of, until one does that brings it in.
    """
    return before.life is None and after.apart and True not in after.present.possible()
