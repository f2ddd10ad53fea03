"""Forgetting in MySQL what is older than a horizon, a few rows at a time.

Deletes go by an index in the order of age, so that each locks no more than it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, select, update

from sink.core.retention import Horizon
from sink.core.row_key import RowKey
from sink.ports import Prunable
from sink.state import schema

MICROSECONDS = 1_000_000

ReadKey = Callable[[bytes], RowKey]


def prunable(
    connection: Connection, mapping_id: int, horizon: Horizon, most: int, key: ReadKey
) -> Prunable:
    """What of a mapping is older than ``horizon``; at most ``most`` rows are named."""
    states = schema.row_state
    gone = connection.execute(
        select(states.c.row_key)
        .where(states.c.mapping_id == mapping_id)
        .where(states.c.gone_since < horizon.tombstones)
        .order_by(states.c.gone_since)
        .limit(most)
    )
    return Prunable(
        entries=any(
            connection.execute(select(1).where(old).limit(1)).first() is not None
            for _, old in _logs(mapping_id, horizon)
        ),
        gone=[key(bytes(row.row_key)) for row in gone],
    )


def prune_entries(connection: Connection, mapping_id: int, horizon: Horizon, most: int) -> int:
    """Delete edit ids and conflicts older than ``horizon``, ``most`` of each; returns how many."""
    return sum(
        connection.execute(delete(table).where(old).with_dialect_options(mysql_limit=most)).rowcount
        for table, old in _logs(mapping_id, horizon)
    )


def raise_horizon(connection: Connection, mapping_id: int, since: int) -> None:
    """Edit ids older than ``since`` are not known any more; it never goes back."""
    mapping = schema.mapping
    connection.execute(
        update(mapping)
        .where(mapping.c.id == mapping_id)
        .values(edit_ids_since=func.greatest(mapping.c.edit_ids_since, since))
    )


def forget_rows(connection: Connection, mapping_id: int, keys: Sequence[RowKey]) -> None:
    """Delete the states of rows."""
    states = schema.row_state
    connection.execute(
        delete(states)
        .where(states.c.mapping_id == mapping_id)
        .where(states.c.row_key.in_([key.canonical for key in keys]))
    )


def _logs(mapping_id: int, horizon: Horizon) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """The tables of entries, each with what is old in it. Conflicts bear the server's time."""
    ids, conflicts = schema.edit_id, schema.conflict
    yield ids, and_(ids.c.mapping_id == mapping_id, ids.c.seen_at < horizon.edit_ids)
    before = func.from_unixtime(horizon.conflicts / MICROSECONDS)
    yield conflicts, and_(conflicts.c.mapping_id == mapping_id, conflicts.c.noted < before)
