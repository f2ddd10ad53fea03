"""The marker tables: a row written here travels in its table's own topic, in binlog order.

Who writes a marker at T and reads it from the topic has read everything committed before T. They
must be there before the connector is registered, because it captures them by name. This is the
only place that knows their form.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, text

from sink.core.mapping import Mapping

CREATE_SCHEMA = "CREATE DATABASE IF NOT EXISTS `sheetbridge`"

CREATE_MARKER_TABLE = """
CREATE TABLE IF NOT EXISTS {table} (
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    token VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    at DATETIME(6) NOT NULL
) COMMENT 'Marks a moment in the stream of change events; old rows may be deleted at any time'
"""


def quoted(table: str) -> str:
    """``database.table`` as an SQL identifier."""
    return ".".join(f"`{part.replace('`', '``')}`" for part in table.split(".", 1))


def ensure_markers(connection: Connection, mappings: Iterable[Mapping]) -> list[str]:
    """Create what is missing: the schema and one marker table for each mapped table.

    Returns the tables that were made. Needs CREATE on schema ``sheetbridge`` only where something
    is missing. DDL commits by itself in MySQL.
    """
    wanted = {mapping.marker_table for mapping in mappings}
    rows = connection.execute(
        text("SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'sheetbridge'")
    )
    missing = sorted(wanted - {f"sheetbridge.{row[0]}" for row in rows})
    if missing:
        connection.execute(text(CREATE_SCHEMA))
    for table in missing:
        connection.exec_driver_sql(CREATE_MARKER_TABLE.format(table=quoted(table)))
    return missing


def write_marker(connection: Connection, mapping: Mapping, token: str) -> None:
    """Insert one marker row; the caller commits. ``token`` has at most 64 ASCII characters."""
    table = quoted(mapping.marker_table)
    connection.execute(
        text(f"INSERT INTO {table} (token, at) VALUES (:token, utc_timestamp(6))"),
        {"token": token},
    )


def prune_markers(connection: Connection, mapping: Mapping, before: int, most: int) -> int:
    """Delete marker rows written before ``before`` (µs), at most ``most``; the caller commits.

    They go by their numbers, so that the delete locks no more than it takes. Returns how many.
    """
    table = quoted(mapping.marker_table)
    found = connection.execute(
        text(f"SELECT id, at < FROM_UNIXTIME(:before) FROM {table} ORDER BY id LIMIT :most"),
        {"before": before / 1_000_000, "most": most},
    )
    old = [number for number, is_old in found if is_old]
    if old:
        connection.execute(text(f"DELETE FROM {table} WHERE id <= :last"), {"last": old[-1]})
    return len(old)
