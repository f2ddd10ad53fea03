"""A scan reads of every column type what the driver reads of it row by row; on MySQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine

from deploy.cli.configuration import load
from deploy.local.connections import a_new_connection_each_time
from deploy.local.endpoints import Endpoints
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Mapping
from sink.state.catalog import read_table
from sink.state.engine import open_engine
from sink.state.table_scan import scan
from sink.writers.table_reader import TableReader
from tests.contract.golden_tables import DATABASE, TABLES
from tests.contract.take_golden_events import connect, insert, make_database, make_tables

pytestmark = pytest.mark.stack("mysql", "configuration")


@pytest.fixture
def engine(stack: Endpoints) -> Iterator[Engine]:
    """The sink's own way to the golden tables, which are full."""
    with closing(connect(stack.mysql_url)) as database, database.cursor() as cursor:
        make_database(database, DATABASE)
        make_tables(database)
        for table in TABLES:
            insert(cursor, table)
    with a_new_connection_each_time(stack.root_mysql_url).begin() as root:
        root.exec_driver_sql(f"GRANT SELECT ON {DATABASE}.* TO sheetbridge")
    yield open_engine(load(Path(stack.config)).database)
    with closing(connect(stack.mysql_url)) as database, database.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {DATABASE}")


def test_a_scan_reads_what_the_driver_reads(engine: Engine) -> None:
    for golden in TABLES:
        name = f"{DATABASE}.{golden.name}"
        mapping = Mapping(golden.name, name, "spreadsheet", golden.name, golden.key)
        table = MappedTable.of(mapping, read_table(engine, name))
        scanned = {key: image for part in scan(engine, table) for key, image in part.rows}
        with engine.connect() as connection:
            reader = TableReader(connection, table)
            read = reader.rows(reader.keys())
        assert len(scanned) == golden.rows
        for key, image in read.items():  # by their text: True is not 1, nor -0.0 0.0
            assert repr(list(scanned[key].items())) == repr(list(image.items())), key
