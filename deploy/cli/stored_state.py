"""What the sink has stored, read for people: how far each mapping is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from deploy.cli.failure import CommandError
from sink.core.configuration import DatabaseSettings
from sink.core.declared import Declared
from sink.state import schema
from sink.state.engine import open_engine
from sink.state.held import HeldChanges, read_held
from sink.state.records import HAS_FINDS, OWED_TO_SHEET

_ALIVE = or_(
    schema.row_state.c.record.is_(None),
    func.json_unquote(func.json_extract(schema.row_state.c.record, "$.life[0]")) == "true",
)
"""Rows as the first sync left them have no record; of others it begins with whether they live."""

_REFUSED_CELLS = 4
"""The flag in ``row_state.attention`` of a row with a cell that the database refuses."""

_NO_SUCH_TABLE = (1049, 1146)  # no database, no table: the sink has never run


@dataclass(frozen=True, slots=True)
class Progress:
    """One mapping as the sink left it; ``next_offsets`` by topic.

    ``rows`` are alive (a deleted row's state is kept, as its tombstone), ``owed`` are not yet at
    rest, ``refused`` hold a cell that the database does not take. ``heartbeat`` is the last one of
    the script in the sheet, None where it has never sent one. ``held`` waits for a yes or a no.
    ``left`` are headers of columns that the table has dropped, ``passed_over`` columns that no cell
    can hold, with their declarations. ``filled`` of ``to_fill`` rows stand
    in the tab, while a first sync fills it.
    """

    name: str
    phase: str
    reason: str | None
    paused: bool
    rows: int
    owed: int
    conflicts: int
    refused: int
    next_offsets: dict[str, int]
    heartbeat: datetime | None = None
    held: tuple[HeldChanges, ...] = ()
    left: tuple[str, ...] = ()
    passed_over: Mapping[str, str] = field(default_factory=dict)
    filled: int | None = None
    to_fill: int | None = None


@contextmanager
def connected(settings: DatabaseSettings) -> Iterator[Connection]:
    """A connection as the sink's user. Raises CommandError where there is none to be had."""
    engine = open_engine(settings)
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        details = error.orig.args if error.orig is not None else ()
        if details and details[0] in _NO_SUCH_TABLE:
            raise CommandError(
                "the sink has not run yet: there is no state to show",
                mend="Start it: sheetbridge sink",
            ) from error
        reason = details[-1] if details else error
        raise CommandError(
            f"MySQL at {settings.host}:{settings.port} does not answer as expected: {reason}",
            mend="sheetbridge check tells what is wrong.",
        ) from error
    finally:
        engine.dispose()


def progress(connection: Connection) -> dict[str, Progress]:
    """Every mapping that the sink knows, by name."""
    mapping, row, offset = schema.mapping, schema.row_state, schema.topic_offset
    rows = dict(_counted(connection, row.c.mapping_id, _ALIVE))
    owed = dict(
        _counted(
            connection,
            row.c.mapping_id,
            row.c.attention.bitwise_and(OWED_TO_SHEET | HAS_FINDS) != 0,
        )
    )
    refused = dict(
        _counted(connection, row.c.mapping_id, row.c.attention.bitwise_and(_REFUSED_CELLS) != 0)
    )
    conflicts = dict(_counted(connection, schema.conflict.c.mapping_id))
    offsets: dict[int, dict[str, int]] = {}
    for each in connection.execute(
        select(offset.c.mapping_id, offset.c.topic, offset.c.next_offset)
    ):
        offsets.setdefault(each.mapping_id, {})[each.topic] = each.next_offset
    names = (
        *("id", "name", "phase", "reason", "paused", "heartbeat", "held_batch", "declared"),
        *("filled", "to_fill"),
    )
    return {
        each.name: Progress(
            name=each.name,
            phase=each.phase,
            reason=each.reason,
            paused=bool(each.paused),
            rows=rows.get(each.id, 0),
            owed=owed.get(each.id, 0),
            conflicts=conflicts.get(each.id, 0),
            refused=refused.get(each.id, 0),
            next_offsets=offsets.get(each.id, {}),
            heartbeat=moment(each.heartbeat),
            held=tuple(read_held(connection, each.id, each.held_batch)),
            left=() if each.declared is None else Declared.decoded(each.declared).left,
            passed_over=(
                {} if each.declared is None else Declared.decoded(each.declared).passed_over
            ),
            filled=each.filled,
            to_fill=each.to_fill,
        )
        for each in connection.execute(select(*(mapping.c[name] for name in names))).all()
    }


def _counted(
    connection: Connection, column: ColumnElement[int], *conditions: ColumnElement[bool]
) -> Iterator[tuple[int, int]]:
    query = select(column, func.count()).where(*conditions).group_by(column)
    for mapping_id, count in connection.execute(query):
        yield int(mapping_id), int(count)


def moment(stored: object) -> datetime | None:
    """Microseconds since the epoch as a time; 0 and NULL are none."""
    return (
        datetime.fromtimestamp(stored / 1_000_000, UTC)
        if isinstance(stored, int) and stored
        else None
    )
