"""Posts older than the edit ids that are kept: nobody knows any more whether they were applied.

They are set aside and never applied (again). Nothing is lost: what the sheet shows of such an edit
is found by the next comparison of both sides, as an edit of that moment.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, datetime

import orjson

from sink.core.cell import encode_cell
from sink.core.change_event import OperatorEdit
from sink.core.errors import TooOldEditError
from sink.core.mapped_table import MappedTable
from sink.core.operator_record import Wish
from sink.inbound import FOUND, Inbox
from sink.keyless_rows import KeylessRow
from sink.ports import NO_RECORD, DeadLetter, Transaction
from sink.posted_rows import SheetRow

Posted = SheetRow | KeylessRow | OperatorEdit


def set_aside_old(
    transaction: Transaction, inbox: Inbox, known: AbstractSet[str], table: MappedTable
) -> list[DeadLetter]:
    """Take the rows of too old posts out of ``inbox``; returns a dead letter for each such row.

    ``known`` are the ids of posts that were applied before: those are repeats, however old. What an
    operator gave back is a post as well, as old as its record.
    """
    posted = [
        item
        for item in inbox.rows
        if isinstance(item, Posted) and _post(item) not in known and not _found(item)
    ]
    if not posted:
        return []
    since = transaction.edit_ids_since()
    old = {_post(item) for item in posted if _time(item, inbox) < since}
    if not old:
        return []
    inbox.rows = [
        item for item in inbox.rows if not (isinstance(item, Posted) and _post(item) in old)
    ]
    return [_letter(item, since, inbox, table) for item in posted if _post(item) in old]


def _post(item: Posted) -> str:
    return item.id if isinstance(item, OperatorEdit) else item.post.id


def _found(item: Posted) -> bool:
    """Whether it was found by looking, so that no id of it was ever kept."""
    return _post(item).startswith(FOUND)


def _time(item: Posted, inbox: Inbox) -> int:
    """When the post was made."""
    if isinstance(item, OperatorEdit):
        return inbox.progress.edit_times.get(item.id, item.time)
    return item.post.time


def _letter(item: Posted, since: int, inbox: Inbox, table: MappedTable) -> DeadLetter:
    reason = (
        f"The edit was made at {_moment(_time(item, inbox))}, and whether it was applied is known "
        f"of edits since {_moment(since)} only, so it was not applied. If it is still wanted and "
        "the sheet does not show it, type it again."
    )
    name, error = _post(item), TooOldEditError.__name__
    number = 0 if isinstance(item, OperatorEdit) else item.number
    letter = DeadLetter(
        *(table.mapping.sheet_topic, NO_RECORD, error, reason, None, name.encode()),
        edit=name,
        occasion=f"{name} row {number}",
    )
    record = inbox.records.get(name)
    if record is None:
        return letter
    value = record.value if isinstance(item, OperatorEdit) else record.of_row(number)
    wish = _wish(item, table)
    asked = None if wish is None else orjson.dumps(wish.to_json())
    return replace(
        letter, topic=record.topic, offset=record.offset, key=record.key, value=value, wish=asked
    )


def _wish(item: Posted, table: MappedTable) -> Wish | None:
    """What an operator gives back who wants the edit all the same."""
    match item:
        case KeylessRow():
            return None
        case OperatorEdit():
            return Wish(table.key_image(item.key), item.cells, exists=item.exists)
        case SheetRow():
            cells = item.row.cells
            contents = {
                column: encode_cell(cells[header].value)
                for header, column in table.columns_by_header.items()
                if header in cells and column in table.cells and column not in table.generated
            }
            created = True if item.row.key_edited else None
            return Wish(table.key_image(item.key), contents=contents, exists=created)


def _moment(micros: int) -> str:
    return f"{datetime.fromtimestamp(micros / 1_000_000, UTC):%Y-%m-%d %H:%M} UTC"
