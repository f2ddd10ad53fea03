"""One consistent read of a whole table, in chunks, with the transactions that it covers."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import orjson
from sqlalchemy import Engine

from sink.core.mapped_table import MappedTable
from sink.core.scanned_rows import ScannedRows
from sink.core.values.sql import quoted
from sink.state.database_errors import translated
from sink.state.scanned_columns import ScannedColumn, json_array
from sink.state.server_gtids import executed_gtids

ROWS_READ = 10_000

PATIENCE_SECONDS = 900
"""How long the server waits for us to take rows: calls to Google, and their quota, lie between."""


def scan(engine: Engine, table: MappedTable) -> Generator[ScannedRows, None, None]:
    """Read every row that the mapping shows in one snapshot.

    The first part is empty and there at once: it tells which transactions the others cover.
    """
    mapping = table.mapping
    columns = [
        ScannedColumn.of(table.declared[column], table) for column in (*table.key, *table.cells)
    ]
    name = f"{quoted(mapping.database)}.{quoted(mapping.table_name)}"
    order = ", ".join(quoted(column) for column in table.key)
    with translated(), engine.connect() as plain:
        connection = plain.execution_options(isolation_level="REPEATABLE READ")
        gtids = executed_gtids(connection)
        connection.exec_driver_sql(f"SET SESSION net_write_timeout = {PATIENCE_SECONDS}")
        connection.exec_driver_sql("START TRANSACTION WITH CONSISTENT SNAPSHOT")
        yield ScannedRows.of(gtids, table.key, [])
        streamed = connection.execution_options(stream_results=True, max_row_buffer=ROWS_READ)
        shown = "" if mapping.where is None else f" WHERE ({mapping.where.replace('%', '%%')})"
        result = streamed.exec_driver_sql(
            f"SELECT {json_array(columns)} FROM {name}{shown} ORDER BY {order}", ()
        )
        try:
            for texts in result.scalars().partitions(ROWS_READ):
                yield _part(texts, columns, table, gtids)
        except GeneratorExit:
            plain.invalidate()  # or the rest of the table would be read before it is used again
            raise


def _part(
    texts: Sequence[str], columns: Sequence[ScannedColumn], table: MappedTable, gtids: str
) -> ScannedRows:
    raw = list(zip(*map(orjson.loads, texts), strict=True))
    key, cells = columns[: len(table.key)], columns[len(table.key) :]
    return ScannedRows(
        gtids,
        table.key,
        [column.key_values(values) for column, values in zip(key, raw, strict=False)],
        {
            column.name: column.values(values)
            for column, values in zip(cells, raw[len(key) :], strict=True)
        },
    )
