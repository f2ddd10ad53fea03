"""The tags of rows that were posted without a key, beside the data that they belong to.

A finished row with a key is kept for a while: a post that was under way, or waited in the script's
outbox, still finds its row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Row, delete, select
from sqlalchemy.dialects.mysql import insert

from sink.core.row_key import RowKey
from sink.core.tagged_row import TaggedRow
from sink.state import schema
from sink.state.record_marks import decode_marks, encode_marks

KEPT = 30 * 24 * 3600 * 1_000_000
"""How long (µs) a finished row is remembered."""

ReadKey = Callable[[bytes], RowKey]


def read_tagged(
    connection: Connection, mapping_id: int, key: ReadKey, condition: ColumnElement[bool]
) -> list[TaggedRow]:
    """The tagged rows of a mapping that meet ``condition``."""
    table = schema.tagged_row
    rows = connection.execute(
        select(table).where(table.c.mapping_id == mapping_id).where(condition)
    )
    return [_read(row, key) for row in rows]


def with_tags(tags: Sequence[str]) -> ColumnElement[bool]:
    """The condition that chooses these tags."""
    return schema.tagged_row.c.tag.in_(tags)


def unfinished() -> ColumnElement[bool]:
    """The condition that chooses what is still to be done."""
    return schema.tagged_row.c.finished.is_(None)


def save_tagged(connection: Connection, mapping_id: int, rows: Iterable[TaggedRow]) -> None:
    """Store tagged rows; what need not be remembered any more is deleted."""
    stored = list(rows)
    if not stored:
        return
    table = schema.tagged_row
    kept = [row for row in stored if row.key is not None or row.finished is None]
    if kept:
        statement = insert(table)
        columns = ("seen_at", "row_key", "lacks", "finished", "marks")
        connection.execute(
            statement.on_duplicate_key_update({name: statement.inserted[name] for name in columns}),
            [_written(row, mapping_id) for row in kept],
        )
    gone = [row.tag for row in stored if row.key is None and row.finished is not None]
    newest = max(row.finished or row.time for row in stored)
    old = table.c.finished < newest - KEPT
    connection.execute(
        delete(table)
        .where(table.c.mapping_id == mapping_id)
        .where(table.c.tag.in_(gone) | old if gone else old)
    )


def _written(row: TaggedRow, mapping_id: int) -> dict[str, Any]:
    return {
        "mapping_id": mapping_id,
        "tag": row.tag,
        "seen_at": row.time,
        "row_key": None if row.key is None else row.key.canonical,
        "lacks": orjson.dumps(dict(row.lacks)).decode() if row.lacks else None,
        "finished": row.finished,
        "marks": _encoded_marks(row),
    }


def _encoded_marks(row: TaggedRow) -> str | None:
    if not row.marks and not row.shown:
        return None
    return orjson.dumps([encode_marks(row.marks), dict(row.shown)]).decode()


def _read(row: Row[Any], key: ReadKey) -> TaggedRow:
    marks, shown = orjson.loads(row.marks) if row.marks else ({}, {})
    return TaggedRow(
        row.tag,
        row.seen_at,
        None if row.row_key is None else key(bytes(row.row_key)),
        orjson.loads(row.lacks) if row.lacks else {},
        row.finished,
        decode_marks(marks),
        shown,
    )
