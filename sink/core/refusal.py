"""What the database refuses for good: taken back from the merge, kept in sight of the person.

A refused edit is not agreed. It stays what the cell is believed to show, with its reason, and is
owed nothing until either side changes the cell. Where none of the events at hand is to blame (the
value was agreed earlier), what the table holds is agreed instead, and the loser is logged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sink.core.change_event import (
    CellEdit,
    ChangeEvent,
    DatabaseChange,
    HeldAnswer,
    OperatorEdit,
    SheetDelete,
    SheetEdit,
    SheetSight,
)
from sink.core.decision import Loss
from sink.core.row_key import RowKey
from sink.core.row_state import WHOLE_ROW, RowState
from sink.core.version import EVER, Origin, Version


@dataclass(frozen=True, slots=True)
class Refusal:
    """A write that the database refused: a constraint, or a value that does not fit.

    ``columns`` are those without which it takes the row; none where it takes nothing of it.
    ``reason`` is in a person's words; it follows the column's name where there are columns.
    ``code`` is MySQL's number.
    """

    key: RowKey
    op: str
    columns: tuple[str, ...]
    reason: str
    code: int


def refused(event: ChangeEvent, refusal: Refusal, state: RowState) -> tuple[ChangeEvent, list[str]]:
    """The event with its refused part marked, and the columns of it that are to blame.

    Of a cell only those that brought the value which was written, as ``state`` has it.
    """
    match event:
        case DatabaseChange() | SheetSight():
            return event, []
        case SheetDelete() | HeldAnswer():
            if refusal.op != "delete" or event.refused is not None:
                return event, []
            return replace(event, refused=refusal.reason), [WHOLE_ROW]
        case SheetEdit():
            blamed = _blamed(event, refusal, state)
            reasons = {**event.refused, **dict.fromkeys(blamed, refusal.reason)}
            return replace(event, refused=reasons), blamed
        case OperatorEdit():
            blamed = [WHOLE_ROW] if refusal.op == "delete" else _blamed(event, refusal, state)
            reasons = {**event.refused, **dict.fromkeys(blamed, refusal.reason)}
            return replace(event, refused=reasons), blamed


def _blamed(event: SheetEdit | OperatorEdit, refusal: Refusal, state: RowState) -> list[str]:
    if WHOLE_ROW in event.refused or refusal.op == "delete":
        return []
    if not refusal.columns:
        return [WHOLE_ROW] if refusal.op == "insert" else []
    return [c for c in refusal.columns if c not in event.refused and _brought(event, c, state)]


def _brought(event: SheetEdit | OperatorEdit, column: str, state: RowState) -> bool:
    if column not in event.cells or column not in state.cells:
        return False
    cell = event.cells[column]
    value = cell.new if isinstance(cell, CellEdit) else cell
    return value == state.cells[column].value


def without_which(
    columns: Sequence[str],
    needed: Sequence[str],
    refuses: Callable[[Sequence[str]], str | None],
) -> dict[str, str]:
    """Those of ``columns`` that must be left out so that the rest is taken, with the reasons.

    ``refuses`` tries some columns and says why they are not taken (None: they are). ``needed`` are
    never left out. Empty where the database takes not even those.
    """
    taken = [column for column in columns if column in needed]
    if refuses(taken) is not None:
        return {}
    found: dict[str, str] = {}
    for column in columns:
        if column in taken:
            continue
        reason = refuses([*taken, column])
        if reason is None:
            taken.append(column)
        else:
            found[column] = reason
    return found


def leave_out(state: RowState, refusal: Refusal, received: int) -> list[Loss]:
    """Drop the cells without which the database takes a row that comes back.

    Changes ``state``; returns the values that lost.
    """
    losses: list[Loss] = []
    for column in refusal.columns:
        held = state.cells.pop(column, None)
        if held is not None:
            nothing = Version(None, held.time, Origin.DATABASE, EVER, received)
            losses.append(Loss(column, held, nothing, "refused"))
    return losses


def give_up(state: RowState, refusal: Refusal, received: int) -> list[Loss]:
    """Agree on what the table holds where it refuses what had been agreed.

    Changes ``state``; returns the values that lost.
    """
    losses: list[Loss] = []
    if refusal.op == "update":
        row = state.believed_table or {}
        for column in refusal.columns or tuple(row):
            held = state.cells.get(column)
            if held is None or column not in row or held.value == row[column]:
                continue
            stands = Version(row[column], held.time, Origin.DATABASE, EVER, received)
            losses.append(Loss(column, held, stands, "refused"))
            state.cells[column] = stands
            state.told.pop(column, None)  # what is agreed from now on may be lost anew
            state.refused[column] = refusal.reason
    elif state.life is not None:
        stands = Version(refusal.op == "delete", state.life.time, Origin.DATABASE, EVER, received)
        losses.append(Loss(None, state.life, stands, "refused"))
        state.life = stands
        state.refused[WHOLE_ROW] = refusal.reason
    return losses
