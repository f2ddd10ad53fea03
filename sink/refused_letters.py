"""Refused cells and rows as dead letters: the reason in a person's words, the record as it came.

Each carries a wish (``sink.core.operator_record``): what an operator gives back to try it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import orjson

from sink.core.change_event import (
    ChangeEvent,
    DatabaseChange,
    HeldAnswer,
    Image,
    OperatorEdit,
    SheetDelete,
    SheetEdit,
    SheetSight,
)
from sink.core.decision import Loss
from sink.core.mapped_table import MappedTable
from sink.core.mark_texts import in_words
from sink.core.operator_record import Wish, record
from sink.core.row_state import WHOLE_ROW, RowState
from sink.core.still_refused import is_still_refused
from sink.inbound import Inbox
from sink.ports import NO_RECORD, DeadLetter

ERROR = "RefusedEdit"

Reasons = Mapping[tuple[str, str], str]
"""Why cells were refused, by the edit's id and the column (``""``: the row)."""


def refused_letters(
    state: RowState,
    events: Iterable[ChangeEvent],
    reasons: Reasons,
    losses: Sequence[Loss],
    inbox: Inbox,
    table: MappedTable,
    before: RowState,
) -> list[DeadLetter]:
    """A dead letter for each cell or row that the column or the database refused.

    ``losses`` tell what was agreed before the database refused it (edit id ``""``). ``before`` is
    the row's state as it was stored before the batch.
    """
    if not reasons:
        return []
    by_id = {event.id: event for event in events}
    found: list[DeadLetter] = []
    for (name, column), reason in reasons.items():
        if name:
            wish = _wish(by_id.get(name), column, state, table)
        else:
            wish = _agreed_before(column, losses, state, table)
        said = reason if column == WHOLE_ROW else in_words(column, reason, state, table)
        letter = _letter(name, column, said, wish, before, inbox, table)
        stands = wish is not None and (
            is_still_refused(wish, column, state) or _is_overtaken(by_id.get(name), column, state)
        )
        found.append(replace(letter, stands=stands))
    return found


def _is_overtaken(event: ChangeEvent | None, column: str, state: RowState) -> bool:
    """Whether somebody has edited the cell since in sight of what stood there."""
    newest = state.newest.get(column, 0)
    return isinstance(event, SheetEdit) and event.shown and event.time < newest


def replaced_letter(
    state: RowState, column: str, content: str, reason: str, table: MappedTable
) -> DeadLetter:
    """The dead letter of a person's content that a write of ours replaced unheard."""
    wish = Wish(table.key_image(state.key), contents={column: content})
    said = in_words(column, reason, state, table)
    told = f"{said}, and it was put into the cell"
    return _letter("", column, told, wish, state, Inbox(), table)


def _letter(
    name: str,
    column: str,
    reason: str,
    wish: Wish | None,
    state: RowState,
    inbox: Inbox,
    table: MappedTable,
) -> DeadLetter:
    asked = None if wish is None else orjson.dumps(wish.to_json())
    row = inbox.posted(name)
    source = inbox.records.get(name if row is None else row.post.id)
    if source is not None:
        value = source.value if row is None else source.of_row(row.number)
        key, topic, offset = source.key, source.topic, source.offset
    else:
        topic, offset, key = table.mapping.sheet_topic, NO_RECORD, state.key.canonical
        told = {} if wish is None else wish.to_json()
        value = orjson.dumps(record(name, told, author="", time_ms=0))
    return DeadLetter(
        *(topic, offset, ERROR, reason, key, value),
        edit=name or None,
        wish=asked,
        column=column,
        occasion=_occasion(column, wish, state) if source is None else None,
    )


def _occasion(column: str, wish: Wish | None, before: RowState) -> str:
    """What tells a refusal that no record told from another one of the same cell.

    A batch that is merged again begins with the same row; when the next one comes, the row has been
    stored with this one, and the cell was edited or agreed upon anew.
    """
    versions = [before.life, before.cells.get(column)]
    newest = before.newest.get(column, 0) if column else max(before.newest.values(), default=0)
    told = {
        "row": before.key.canonical.decode(),
        "wish": None if wish is None else wish.to_json(),
        "versions": [each and (each.value, each.time, each.origin.value) for each in versions],
        "newest": newest,
    }
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode()


def _wish(
    event: ChangeEvent | None, column: str, state: RowState, table: MappedTable
) -> Wish | None:
    key = table.key_image(state.key)
    match event:
        case None | DatabaseChange() | SheetSight():
            return None
        case SheetDelete() | HeldAnswer():
            return Wish(key, exists=False)
        case SheetEdit() | OperatorEdit() if column in event.unfit:
            return Wish(key, contents={column: event.unfit[column]})
        case OperatorEdit():
            values = event.cells if column == WHOLE_ROW else {column: event.cells[column]}
            return Wish(key, values, exists=event.exists)
        case SheetEdit():
            if column != WHOLE_ROW:
                return Wish(key, {column: event.cells[column].new})
            values = {
                name: cell.new
                for name, cell in event.cells.items()
                if cell.new is not None and name not in event.refused
            }
            return Wish(key, values, exists=True)


def _agreed_before(
    column: str, losses: Sequence[Loss], state: RowState, table: MappedTable
) -> Wish | None:
    key = table.key_image(state.key)
    for loss in reversed(losses):  # a person's no to a delete may stand before
        if loss.rule == "refused" and (loss.column or WHOLE_ROW) == column:
            if loss.column is None:
                exists = loss.loser.value is True
                return Wish(key, _whole(state, table) if exists else {}, exists=exists)
            return Wish(key, {column: loss.loser.value})
    return None


def _whole(state: RowState, table: MappedTable) -> Image:
    """What a row held that goes from both sides, so that it can be brought back with all of it."""
    return {
        column: version.value
        for column, version in state.cells.items()
        if column in table.cells and column not in table.generated and version.value is not None
    }
