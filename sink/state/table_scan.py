"""One consistent read of a whole table, in chunks, with the transactions that it covers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Engine

from sink.core.change_event import Image
from sink.core.mapped_table import MappedTable
from sink.core.row_key import RowKey
from sink.core.values.sql import quoted, read_expression
from sink.state.database_errors import translated
from sink.state.store import executed_gtids

ROWS_READ = 2_000


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows in key order, and the GTIDs that were executed before the read began.

    Events of those transactions are part of what was read. Later ones may be too; merging such an
    event again ends at the same values.
    """

    gtids: str
    rows: list[tuple[RowKey, Image]]


def scan(engine: Engine, table: MappedTable) -> Iterator[Chunk]:
    """Read every row that the mapping shows in one snapshot; the last chunk may be empty."""
    mapping = table.mapping
    columns = ", ".join(
        f"{read_expression(table.declared[column])} AS {quoted(column)}"
        for column in (*table.key, *table.cells)
    )
    name = f"{quoted(mapping.database)}.{quoted(mapping.table_name)}"
    order = ", ".join(quoted(column) for column in table.key)
    with translated(), engine.connect() as plain:
        connection = plain.execution_options(isolation_level="REPEATABLE READ")
        gtids = executed_gtids(connection)
        connection.exec_driver_sql("START TRANSACTION WITH CONSISTENT SNAPSHOT")
        streamed = connection.execution_options(stream_results=True, max_row_buffer=ROWS_READ)
        shown = "" if mapping.where is None else f" WHERE ({mapping.where.replace('%', '%%')})"
        result = streamed.exec_driver_sql(
            f"SELECT {columns} FROM {name}{shown} ORDER BY {order}", ()
        )
        rows = result.mappings()
        while chunk := [dict(row) for row in islice(rows, ROWS_READ)]:
            yield Chunk(gtids, [(_key(row, table), table.image_from_row(row)) for row in chunk])
        yield Chunk(gtids, [])


def _key(row: dict[str, object], table: MappedTable) -> RowKey:
    return table.key_from_values(
        {column: table.codecs[column].from_row(row[column]) for column in table.key}
    )
