"""Where a mapping's streams were read to, stored in one round trip."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection

from sink.ports import Progress
from sink.state.schema import SCHEMA
from sink.state.statements import in_packets, run_whole

_OFFSET = (
    f"INSERT INTO {SCHEMA}.topic_offset (mapping_id, topic, next_offset) VALUES (%s, %s, %s) "
    "AS new ON DUPLICATE KEY UPDATE next_offset = new.next_offset"
)
_EDIT_ID = f"INSERT INTO {SCHEMA}.edit_id (mapping_id, id, seen_at) VALUES (%s, %s, %s)"
_FACTS = f"UPDATE {SCHEMA}.mapping SET {{}} WHERE id = %s"


def record_progress(connection: Connection, mapping_id: int, progress: Progress) -> None:
    """Store offsets, edit ids, the binlog position and times. Raises DBAPIError."""
    cursor: Any = connection.connection.cursor()
    written = (cursor.mogrify(*each) for each in _statements(mapping_id, progress))
    run_whole(connection, in_packets(written), "progress")


def _statements(mapping_id: int, progress: Progress) -> Iterator[tuple[str, Sequence[Any]]]:
    for topic, offset in progress.offsets.items():
        yield _OFFSET, (mapping_id, topic, offset)
    for name in progress.edit_ids:
        yield _EDIT_ID, (mapping_id, name, progress.seen_at(name))
    told = {"heartbeat": progress.heartbeat, "merged_at": progress.merged_at}
    facts: dict[str, object] = {name: time for name, time in told.items() if time}
    if progress.position is not None:
        place = progress.position
        facts["position"] = f"{place.file}:{place.offset}:{place.row}:{place.part}:{place.time}"
    if facts:
        sets = ", ".join(f"{name} = %s" for name in facts)
        yield _FACTS.format(sets), (*facts.values(), mapping_id)
