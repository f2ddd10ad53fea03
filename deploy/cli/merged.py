"""Waits until the sink has merged a record of a mapping's sheet topic."""

from __future__ import annotations

import time

from sqlalchemy import select
from sqlalchemy.engine import Connection

from sink.core.mapping import Mapping
from sink.state import schema

PATIENCE_SECONDS = 10.0
BETWEEN_SECONDS = 0.1


def await_merged(
    connection: Connection, mapping: Mapping, offset: int, *, patience: float = PATIENCE_SECONDS
) -> bool:
    """Whether the record at ``offset`` is merged within ``patience`` seconds."""
    ends = time.monotonic() + patience
    known, read = schema.mapping, schema.topic_offset
    query = (
        select(read.c.next_offset)
        .join_from(read, known, read.c.mapping_id == known.c.id)
        .where(known.c.name == mapping.name)
        .where(read.c.topic == mapping.sheet_topic)
    )
    while True:
        connection.rollback()  # the next look sees what was committed meanwhile
        if (connection.execute(query).scalar() or 0) > offset:
            connection.rollback()
            return True
        if time.monotonic() >= ends:
            return False
        time.sleep(BETWEEN_SECONDS)
