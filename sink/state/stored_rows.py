"""The states of many rows, stored and read in few statements of written SQL.

Parameters would be quoted one by one, in Python, for about as long as the server takes to store
the row; for longer where a first sync has left it (agreed values, no record).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import orjson
from sqlalchemy import Connection

from sink.core.scanned_rows import ScannedRows
from sink.state.records import AT_REST, StoredRow
from sink.state.schema import SCHEMA
from sink.state.statements import driver_cursor, run_whole

STATEMENT_BYTES = 1_000_000
"""Of one INSERT: the least that servers are set to take (``max_allowed_packet``)."""

KEYS_ASKED = 1_000
"""Of one ``IN (…)``."""

_SELECT = (
    f"SELECT row_key, CAST(agreed AS BINARY) FROM {SCHEMA}.row_state "
    f"WHERE mapping_id = %d AND (record IS NULL OR attention = {AT_REST}) AND row_key IN (%b)"
).encode()

_INSERT = (
    f"INSERT INTO {SCHEMA}.row_state (mapping_id, row_key, agreed, record, attention, gone_since) "
    "VALUES "
).encode()


_OVER = (
    b" AS new ON DUPLICATE KEY UPDATE agreed = new.agreed, record = new.record,"
    b" attention = new.attention, gone_since = new.gone_since"
)


def insert_as_read(connection: Connection, mapping_id: int, rows: ScannedRows) -> None:
    """Store ``rows``, none of which has a state. Raises DBAPIError like SQLAlchemy."""
    start = b"(%d," % mapping_id
    written = (
        b"".join((start, _literal(key), b",", _literal(orjson.dumps(image)), b",NULL,0,NULL)"))
        for key, image in zip(rows.canonical_keys, rows.images, strict=True)
    )
    run_whole(connection, _statements(written), _INSERT.decode())


def save_rows(
    connection: Connection, mapping_id: int, rows: Iterable[tuple[bytes, StoredRow]]
) -> None:
    """Store rows by their canonical keys, over what is stored of them. Raises DBAPIError."""
    written = (
        b"(%d,%b,%b,%b,%d,%b)"
        % (
            *(mapping_id, _literal(key), _literal(row.agreed)),
            b"NULL" if row.record is None else _literal(row.record),
            row.attention,
            b"NULL" if row.gone_since is None else b"%d" % row.gone_since,
        )
        for key, row in rows
    )
    run_whole(connection, _statements(written, _OVER), _INSERT.decode())


def read_at_rest(
    connection: Connection, mapping_id: int, keys: Sequence[bytes]
) -> dict[bytes, bytes]:
    """The agreed values (JSON) of those of ``keys`` whose rows are at rest.

    Raises DBAPIError like SQLAlchemy.
    """
    found: dict[bytes, bytes] = {}
    with driver_cursor(connection, _SELECT.decode()) as cursor:
        for at in range(0, len(keys), KEYS_ASKED):
            listed = b",".join(map(_literal, keys[at : at + KEYS_ASKED]))
            cursor.execute(_SELECT % (mapping_id, listed))
            found.update(cursor.fetchall())
    return found


def _statements(rows: Iterable[bytes], end: bytes = b"") -> Iterator[bytes]:
    gathered: list[bytes] = []
    size = 0
    for row in rows:
        if gathered and size + len(row) > STATEMENT_BYTES:
            yield _INSERT + b",".join(gathered) + end
            gathered, size = [], 0
        gathered.append(row)
        size += len(row) + 1
    if gathered:
        yield _INSERT + b",".join(gathered) + end


def _literal(utf8: bytes) -> bytes:
    """Text or bytes of UTF-8 in MySQL's quotes; backslashes escape (``sink.state.engine``).

    https://dev.mysql.com/doc/refman/9.4/en/string-literals.html
    """
    return b"'" + utf8.replace(b"\\", b"\\\\").replace(b"'", b"''") + b"'"
