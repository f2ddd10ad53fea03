"""What the database refuses for good: taken back from the merge, kept in sight of the person.

A refused edit is not agreed. It stays what the cell is believed to show, with its reason, and is
owed nothing until either side changes the cell. Where none of the events at hand is to blame (the
value was agreed earlier), what the table holds is agreed instead, and the loser is logged.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sink.core.change_event import (
    ChangeEvent,
    DatabaseChange,
    HeldAnswer,
    SheetDelete,
    SheetEdit,
    SheetSight,
)
from sink.core.decision import Loss
from sink.core.row_key import RowKey
from sink.core.row_state import WHOLE_ROW, RowState
from sink.core.version import Origin, Version


@dataclass(frozen=True, slots=True)
class Refusal:
    """A write that the database refused: a constraint, or a value that does not fit.

    ``columns`` are those that the server named, else all that were written.
    """

    key: RowKey
    op: str
    columns: tuple[str, ...]
    reason: str
    code: int


def refused(event: ChangeEvent, refusal: Refusal) -> tuple[ChangeEvent, list[str]]:
    """The event with its refused part marked, and the columns of it that are to blame."""
    match event:
        case DatabaseChange() | SheetSight():
            return event, []
        case SheetDelete() | HeldAnswer():
            if refusal.op != "delete" or event.refused is not None:
                return event, []
            return replace(event, refused=refusal.reason), [WHOLE_ROW]
        case SheetEdit():
            wanted = [WHOLE_ROW] if refusal.op == "insert" else list(refusal.columns)
            blamed = [
                column
                for column in wanted
                if column not in event.refused and (column in event.cells or not column)
            ]
            reasons = {**event.refused, **dict.fromkeys(blamed, refusal.reason)}
            return replace(event, refused=reasons), blamed


def give_up(state: RowState, refusal: Refusal, received: int) -> list[Loss]:
    """Agree on what the table holds where it refuses what had been agreed.

    Changes ``state``; returns the values that lost.
    """
    losses: list[Loss] = []
    if refusal.op == "update":
        row = state.believed_table or {}
        for column in refusal.columns:
            held = state.cells.get(column)
            if held is None or column not in row:
                continue
            stands = Version(row[column], held.time, Origin.DATABASE, True, received)
            losses.append(Loss(column, held, stands, "refused"))
            state.cells[column] = stands
            state.refused[column] = refusal.reason
    elif state.life is not None:
        stands = Version(refusal.op == "delete", state.life.time, Origin.DATABASE, True, received)
        losses.append(Loss(None, state.life, stands, "refused"))
        state.life = stands
        state.refused[WHOLE_ROW] = refusal.reason
    return losses
