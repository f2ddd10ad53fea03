"""One consistent read of a whole table, in chunks, with the transactions that it covers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from sqlalchemy import Engine

from sink.core.mapped_table import MappedTable
from sink.core.row_key import RowKey
from sink.core.values.sql import quoted, read_expression
from sink.ports import ScannedRows
from sink.state.database_errors import translated
from sink.state.server_gtids import executed_gtids

ROWS_READ = 2_000

PATIENCE_SECONDS = 900
"""How long the server waits for us to take rows: calls to Google, and their quota, lie between."""


def scan(engine: Engine, table: MappedTable) -> Iterator[ScannedRows]:
    """Read every row that the mapping shows in one snapshot; the last part is empty."""
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
        connection.exec_driver_sql(f"SET SESSION net_write_timeout = {PATIENCE_SECONDS}")
        connection.exec_driver_sql("START TRANSACTION WITH CONSISTENT SNAPSHOT")
        streamed = connection.execution_options(stream_results=True, max_row_buffer=ROWS_READ)
        shown = "" if mapping.where is None else f" WHERE ({mapping.where.replace('%', '%%')})"
        result = streamed.exec_driver_sql(
            f"SELECT {columns} FROM {name}{shown} ORDER BY {order}", ()
        )
        rows = result.mappings()
        while chunk := [dict(row) for row in islice(rows, ROWS_READ)]:
            yield ScannedRows(
                gtids, [(_key(row, table), table.image_from_row(row)) for row in chunk]
            )
        yield ScannedRows(gtids, [])


def _key(row: dict[str, object], table: MappedTable) -> RowKey:
    return table.key_from_values(
        {column: table.codecs[column].from_row(row[column]) for column in table.key}
    )
