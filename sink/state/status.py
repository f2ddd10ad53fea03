"""How far mappings are, as the state tables have it: what people are told in the sheet."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from sqlalchemy import Connection, Engine, Row, func, select

from sink.core.mapping import Mapping
from sink.core.row_state import WHOLE_ROW
from sink.core.status_record import EXAMPLES, Held, RefusedCell, StatusRecord
from sink.state import schema
from sink.state.database_errors import translated
from sink.state.held import read_held
from sink.state.records import HAS_FINDS, HAS_REFUSED, OWED_TO_SHEET


def read_status(engine: Engine, mappings: Sequence[Mapping]) -> list[StatusRecord]:
    """The records of those of ``mappings`` that are stored; ``at_ms`` is left 0.

    Rows are counted by their attention flags, through the index: what is at rest costs nothing.
    """
    table = schema.mapping
    by_name = {mapping.name: mapping for mapping in mappings}
    if not by_name:
        return []
    with translated(), engine.connect() as connection:
        stored = connection.execute(select(table).where(table.c.name.in_(list(by_name)))).all()
        return [_record(connection, row, by_name[row.name]) for row in stored]


def _record(connection: Connection, row: Row[tuple[object, ...]], mapping: Mapping) -> StatusRecord:
    stored = row._mapping
    states = schema.row_state
    counted = connection.execute(
        select(states.c.attention, func.count())
        .where(states.c.mapping_id == stored["id"])
        .where(states.c.attention > 0)
        .group_by(states.c.attention)
    )
    waiting = refused_rows = 0
    for attention, count in counted:
        waiting += count if attention & (OWED_TO_SHEET | HAS_FINDS) else 0
        refused_rows += count if attention & HAS_REFUSED else 0
    merged_at = stored["merged_at"]
    return StatusRecord(
        mapping.name,
        0,
        stored["phase"],
        stored["reason"],
        bool(stored["paused"]),
        merged_at // 1_000 or None,
        waiting,
        refused_rows,
        _examples(connection, stored["id"], mapping) if refused_rows else (),
        tuple(
            Held(held.what.value, held.count, held.origin.value, held.since // 1_000)
            for held in read_held(connection, stored["id"], stored["held_batch"])
        ),
    )


def _examples(
    connection: Connection, mapping_id: object, mapping: Mapping
) -> tuple[RefusedCell, ...]:
    states = schema.row_state
    rows = connection.execute(
        select(states.c.row_key, states.c.record)
        .where(states.c.mapping_id == mapping_id)
        .where(states.c.attention > 0)
        .where(states.c.attention.bitwise_and(HAS_REFUSED) != 0)
        .order_by(states.c.attention, states.c.row_key)
        .limit(EXAMPLES)
    )
    cells = [
        RefusedCell(
            bytes(row.row_key).decode("utf-8", "replace"),
            None if column == WHOLE_ROW else mapping.header(column),
            reason,
        )
        for row in rows
        for column, reason in orjson.loads(row.record)["refused"].items()
    ]
    return tuple(cells[:EXAMPLES])
