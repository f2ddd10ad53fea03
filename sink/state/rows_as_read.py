"""Many rows as a first sync leaves them, stored and read in few statements of written SQL.

What is stored of such a row is its agreed values and no record (``sink.state.records``). Parameters
would be quoted one by one, in Python, for longer than the server takes to store the row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import orjson
from sqlalchemy import Connection

from sink.core.scanned_rows import ScannedRows
from sink.state.records import AT_REST
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


def insert_as_read(connection: Connection, mapping_id: int, rows: ScannedRows) -> None:
    """Store ``rows``, none of which has a state. Raises DBAPIError like SQLAlchemy."""
    run_whole(connection, _statements(mapping_id, rows), _INSERT.decode())


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


def _statements(mapping_id: int, rows: ScannedRows) -> Iterator[bytes]:
    start = b"(%d," % mapping_id
    gathered: list[bytes] = []
    size = 0
    for key, image in zip(rows.canonical_keys, rows.images, strict=True):
        row = b"".join(
            (start, _literal(key), b",", _literal(orjson.dumps(image)), b",NULL,0,NULL)")
        )
        if gathered and size + len(row) > STATEMENT_BYTES:
            yield _INSERT + b",".join(gathered)
            gathered, size = [], 0
        gathered.append(row)
        size += len(row) + 1
    if gathered:
        yield _INSERT + b",".join(gathered)


def _literal(utf8: bytes) -> bytes:
    """Text or bytes of UTF-8 in MySQL's quotes; backslashes escape (``sink.state.engine``).

    https://dev.mysql.com/doc/refman/9.4/en/string-literals.html
    """
    return b"'" + utf8.replace(b"\\", b"\\\\").replace(b"'", b"''") + b"'"
