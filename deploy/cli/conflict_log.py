"""The conflict log as the sink has stored it, read for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.engine import Connection

from deploy.cli.stored_state import moment
from sink.core.values.codec import Value
from sink.state import schema

_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two values. ``at`` is UTC, on the clock of ``origin``; None: not known.

    ``author`` is the editor of the sheet where Google tells who it was; the binlog tells none.
    """

    value: Value
    origin: str
    author: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A value that lost, and what beat it.

    ``column`` None is the row's existence: the values are then whether it is there. ``key`` are the
    canonical values of the row's key by column.
    """

    number: int
    mapping: str
    key: dict[str, Value]
    column: str | None
    loser: Side
    winner: Side
    rule: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which conflicts; ``key`` are the key's values as text, in key order."""

    mapping: str | None = None
    column: str | None = None
    key: Sequence[str] = ()
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Present:
    """What is agreed of a row now. ``alive`` None: nothing is known of it."""

    alive: bool | None
    cells: dict[str, Value]


def conflicts(connection: Connection, wanted: Filter, *, limit: int) -> list[Conflict]:
    """The newest ``limit`` of them, the newest first."""
    log = schema.conflict
    query = _all().order_by(log.c.id.desc())
    if wanted.mapping is not None:
        query = query.where(schema.mapping.c.name == wanted.mapping)
    if wanted.column is not None:
        query = query.where(log.c.column_name == wanted.column)
    if wanted.since is not None:
        query = query.where(log.c.logged_at >= int(wanted.since.timestamp() * 1_000_000))
    found: list[Conflict] = []
    for each in _pages(connection, query if wanted.key else query.limit(limit)):
        if not wanted.key or _is_key(each.key, wanted.key):
            found.append(each)
        if len(found) == limit:
            break
    return found


def conflict(connection: Connection, number: int) -> Conflict | None:
    """The conflict of that number; None where there is none."""
    rows = connection.execute(_all().where(schema.conflict.c.id == number)).mappings()
    return next((_conflict(dict(row)) for row in rows), None)


def present(connection: Connection, found: Conflict) -> Present:
    """What is agreed now of the row of a conflict."""
    state, known = schema.row_state, schema.mapping
    rows = connection.execute(
        select(state.c.row_key, state.c.agreed, state.c.record)
        .join_from(state, known, state.c.mapping_id == known.c.id)
        .where(known.c.name == found.mapping)
        .where(state.c.row_key == _canonical(found, connection))
    )
    row = rows.first()
    if row is None:
        return Present(None, {})
    record = {} if row.record is None else json.loads(row.record)
    life = record.get("life", [True])
    return Present(None if life is None else life[0] is True, json.loads(row.agreed))


def _canonical(found: Conflict, connection: Connection) -> bytes:
    """The key's bytes as they are stored: how they were written is the sink's business."""
    log = schema.conflict
    stored = connection.execute(select(log.c.row_key).where(log.c.id == found.number))
    return bytes(stored.scalar_one())


def _all() -> Select[tuple[object, ...]]:
    known, log = schema.mapping, schema.conflict
    return select(log, known.c.name).join_from(log, known, log.c.mapping_id == known.c.id)


def _pages(connection: Connection, query: Select[tuple[object, ...]]) -> Iterator[Conflict]:
    rows = connection.execution_options(yield_per=_AT_A_TIME).execute(query)
    for row in rows.mappings():
        yield _conflict(dict(row))


def _is_key(key: dict[str, Value], wanted: Sequence[str]) -> bool:
    return [str(part) for part in key.values()] == list(wanted)


def _conflict(row: dict[str, object]) -> Conflict:
    key = row["row_key"]
    return Conflict(
        number=int(str(row["id"])),
        mapping=str(row["name"]),
        key=json.loads(key if isinstance(key, bytes | str) else str(key)),
        column=None if row["column_name"] is None else str(row["column_name"]),
        loser=_side(str(row["loser"])),
        winner=_side(str(row["winner"])),
        rule=str(row["rule"]),
        at=moment(row["logged_at"]),
    )


def _side(stored: str) -> Side:
    version = json.loads(stored)
    return Side(
        version["value"], version["origin"], version.get("author"), moment(version.get("time"))
    )
