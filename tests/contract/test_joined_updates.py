"""Rows updated together become what they become one by one, for every type; on MySQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from deploy.cli.configuration import load
from deploy.local.connections import a_new_connection_each_time
from deploy.local.endpoints import Endpoints
from sink.core.change_event import Image
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Mapping
from sink.core.row_key import RowKey
from sink.ports import TableWrite
from sink.state.catalog import read_table
from sink.state.engine import open_engine
from sink.writers.database import TableWriter
from sink.writers.joined_updates import can_join, joined_updates
from tests.contract.golden_tables import (
    DATABASE,
    KEYS,
    NUMBERS,
    TABLES,
    TEXTS,
    TIMES,
    GoldenTable,
)
from tests.contract.take_golden_events import connect, insert, make_database, make_tables

pytestmark = pytest.mark.stack("mysql", "configuration")

TEXTS_IN_KEYS = tuple(
    GoldenTable(f"key_text_{number}", {"id": (kind, ("'a'", "'B'", "'%s 100 %'", "'ß'"))})
    for number, kind in enumerate(
        (
            "CHAR(12)",
            "VARCHAR(12) CHARACTER SET latin1",
            "VARCHAR(12) CHARACTER SET utf8mb3",
            "VARCHAR(12) COLLATE utf8mb4_bin",
            "VARCHAR(12) COLLATE utf8mb4_de_pb_0900_as_cs",
            "VARBINARY(12)",
        )
    )
)

ALONE = {
    *("key_decimal", "key_day", "key_moment", "key_instant"),
    *("key_clock", "key_choice", "key_double"),
}
"""The tables whose rows are updated one by one."""


class Bench:
    """An empty database, and the sink's connections to it; what these write is taken back."""

    def __init__(self, stack: Endpoints, engine: Engine) -> None:
        self._stack = stack
        self._engine = engine

    def run(self, *statements: str) -> None:
        """As the server's owner: triggers are not anybody's to make."""
        with a_new_connection_each_time(self._stack.root_mysql_url).begin() as root:
            for statement in statements:
                root.exec_driver_sql(statement)

    def make_all(self) -> None:
        """All golden tables, full."""
        with closing(connect(self._stack.mysql_url)) as database, database.cursor() as cursor:
            make_tables(database)
            for table in TABLES:
                insert(cursor, table)

    def make(self, golden: GoldenTable) -> None:
        """The table of ``golden`` anew, with its rows and a column ``cell``."""
        name = f"{DATABASE}.{golden.name}"
        columns = ", ".join(f"`{column}` {kind}" for column, (kind, _) in golden.columns.items())
        self.run(
            f"CREATE TABLE {name} ({columns}, PRIMARY KEY ({', '.join(golden.key)}))",
        )
        with closing(connect(self._stack.mysql_url)) as database, database.cursor() as cursor:
            insert(cursor, golden)
        self.run(f"ALTER TABLE {name} ADD COLUMN cell INT NULL")

    def open(self, name: str, key: tuple[str, ...]) -> tuple[Connection, MappedTable]:
        mapping = Mapping(name, f"{DATABASE}.{name}", "spreadsheet", name, key)
        return self._engine.connect(), MappedTable.of(
            mapping, read_table(self._engine, mapping.table)
        )


@pytest.fixture
def bench(stack: Endpoints) -> Iterator[Bench]:
    with closing(connect(stack.mysql_url)) as database:
        make_database(database, DATABASE)
    with a_new_connection_each_time(stack.root_mysql_url).begin() as root:
        root.exec_driver_sql(f"GRANT SELECT, UPDATE ON {DATABASE}.* TO sheetbridge")
    yield Bench(stack, open_engine(load(Path(stack.config)).database))
    with closing(connect(stack.mysql_url)) as database, database.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {DATABASE}")


def _full(rows: dict[RowKey, Image]) -> dict[RowKey, Image]:
    """The rows with each empty cell filled from another row: what is empty is written alone.

    Nor is there the text of no member, which MySQL stores for a wrong one outside strict mode.
    """
    rows = {
        key: {c: None if (c, value) == ("choice", "") else value for c, value in row.items()}
        for key, row in rows.items()
    }
    columns = next(iter(rows.values()))
    spare = {c: next(row[c] for row in rows.values() if row[c] is not None) for c in columns}
    return {
        key: {c: spare[c] if value is None else value for c, value in row.items()}
        for key, row in rows.items()
    }


def test_every_value_of_every_type_arrives_as_it_is(bench: Bench) -> None:
    bench.make_all()
    for golden in (NUMBERS, TEXTS, TIMES):
        connection, table = bench.open(golden.name, golden.key)
        with connection:
            writer = TableWriter(connection, table)
            keys = writer.keys()
            rows = _full(writer.rows(keys))
            assert (
                writer.write([TableWrite("update", k, dict.fromkeys(rows[k])) for k in keys]) == []
            )
            assert all(set(row.values()) == {None} for row in writer.rows(keys).values())
            assert writer.write([TableWrite("update", key, rows[key]) for key in keys]) == []
            after = writer.rows(keys)
            asked = connection.exec_driver_sql("SHOW SESSION STATUS LIKE 'Com_update_multi'")
            together = int(asked.one()[1])
            connection.rollback()
        assert together > 0
        for key, image in rows.items():  # by their text: True is not 1, nor -0.0 0.0
            assert repr(list(after[key].items())) == repr(list(image.items())), key


@pytest.mark.parametrize("golden", [*KEYS, *TEXTS_IN_KEYS], ids=lambda golden: golden.name)
def test_rows_of_every_key_are_found_and_no_others(bench: Bench, golden: GoldenTable) -> None:
    bench.make(golden)
    connection, table = bench.open(golden.name, golden.key)
    with connection:
        writer = TableWriter(connection, table)
        keys = writer.keys()
        wanted: dict[RowKey, Image] = {key: {"cell": 7 * number} for number, key in enumerate(keys)}
        left = keys[0]
        writes = [TableWrite("update", key, wanted[key]) for key in keys if key != left]
        assert writer.write(writes) == []
        assert writer.rows(keys) == {**wanted, left: {"cell": None}}
        connection.rollback()


@pytest.mark.parametrize("golden", [*KEYS, *TEXTS_IN_KEYS], ids=lambda golden: golden.name)
def test_rows_are_found_by_their_index(bench: Bench, golden: GoldenTable) -> None:
    bench.make(golden)
    connection, table = bench.open(golden.name, golden.key)
    key = [table.declared[column] for column in table.key]
    assert can_join(key) is (golden.name not in ALONE)
    if golden.name in ALONE:
        connection.close()
        return
    with connection:
        keys = TableWriter(connection, table).keys()
        values = [
            [table.codecs[c].to_parameter(value) for c, value in table.key_image(each).items()]
            for each in keys
        ]
        cursor = connection.connection.cursor()
        rows = [(each, [1]) for each in values]
        name = f"{DATABASE}.{golden.name}"
        statement, *more = joined_updates(name, key, ["cell"], rows, cursor.mogrify)
        assert not more
        cursor.execute(f"EXPLAIN FORMAT=TREE {statement}")
        plan = str(cursor.fetchall())
        assert "Single-row index lookup on t using PRIMARY" in plan, plan


BAD_CELLS = {
    "too long": {"text": "12345"},
    "none": {"text": None},
    "too great": {"number": 40_000},
    "not allowed": {"number": 13},
    "taken": {"only": 1},
    "no parent": {"parent": 5},
    "refused by a trigger": {"number": 14},
}
"""Each for one row: what its table refuses of it."""


@pytest.mark.parametrize("bad", BAD_CELLS.values(), ids=list(BAD_CELLS))
def test_what_one_row_is_refused_keeps_back_no_other(bench: Bench, bad: Image) -> None:
    name = f"{DATABASE}.strict"
    bench.run(
        f"CREATE TABLE {name} (id INT PRIMARY KEY, text VARCHAR(4) NOT NULL,"
        " number SMALLINT NULL CHECK (number <> 13), only INT NULL UNIQUE, parent INT NULL,"
        f" FOREIGN KEY (parent) REFERENCES {name} (id))",
        f"INSERT INTO {name} VALUES (1, 'a', 1, 1, NULL), (2, 'a', 1, 2, NULL), (3, 'a', 1, 3, 1)",
        f"CREATE TRIGGER {DATABASE}.no BEFORE UPDATE ON {name} FOR EACH ROW"
        " BEGIN IF NEW.number = 14 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no';"
        " END IF; END",
    )
    connection, table = bench.open("strict", ("id",))
    (column,) = bad
    good: Image = {"text": "b", "number": 9, "only": 9, "parent": 2}
    with connection:
        writer = TableWriter(connection, table)
        first, second, third = every = writer.keys()
        before = writer.rows(every)
        refusals = writer.write(
            [
                TableWrite("update", first, {column: good[column]}),
                TableWrite("update", second, bad),
                TableWrite("update", third, {column: before[third][column]}),
            ]
        )
        after = writer.rows(every)
        connection.rollback()
    if column == "only":  # the first row has given its value up
        assert refusals == []
        return
    assert [(each.key, each.columns) for each in refusals] == [(second, (column,))]
    assert after == {**before, first: {**before[first], column: good[column]}}
