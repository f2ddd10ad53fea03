"""Keys that MySQL gives, and what is remembered of rows typed without one."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from deploy.local.connections import a_new_connection_each_time
from deploy.local.endpoints import Endpoints
from sink.core.change_event import Image
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Mapping
from sink.core.row_key import RowKey
from sink.core.tagged_row import TaggedRow
from sink.state.catalog import read_table
from sink.state.given_keys import give_key
from sink.state.migrate import migrate
from sink.state.tagged_rows import KEPT, read_tagged, save_tagged, unfinished, with_tags
from sink.writers.table_reader import TableReader

pytestmark = pytest.mark.stack("mysql")


@pytest.fixture
def root(stack: Endpoints) -> Iterator[Engine]:
    engine = a_new_connection_each_time(stack.root_mysql_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE DATABASE IF NOT EXISTS demo_keys"))
    yield engine
    with engine.begin() as connection:
        connection.execute(text("DROP DATABASE demo_keys"))


def made(root: Engine, columns: str, key: tuple[str, ...]) -> MappedTable:
    name = f"demo_keys.t{uuid.uuid4().hex[:8]}"
    with root.begin() as connection:
        connection.execute(text(f"CREATE TABLE {name} ({columns})"))
    mapping = Mapping("keys", name, "spreadsheet", "keys", key)
    return MappedTable.of(mapping, read_table(root, name))


def given(root: Engine, table: MappedTable, cells: Image) -> RowKey | str:
    """The key, in a transaction that commits."""
    with root.begin() as connection:
        return give_key(connection, table, cells, TableReader(connection, table).outside)


def rows(root: Engine, table: MappedTable) -> int:
    with root.connect() as connection:
        counted = connection.execute(text(f"SELECT COUNT(*) FROM {table.mapping.table}"))
        return int(counted.scalar_one())


def test_a_number_is_given_once_and_nothing_is_inserted(root: Engine) -> None:
    table = made(root, "id INT AUTO_INCREMENT PRIMARY KEY, a INT NOT NULL CHECK (a > 0)", ("id",))
    assert table.given == {"id"}
    assert [given(root, table, {"a": 1}) for _ in range(2)] == [
        RowKey.from_values(("id",), (number,)) for number in (1, 2)
    ]
    refused = given(root, table, {"a": -1})
    assert isinstance(refused, str)
    assert "a > 0" in refused
    assert rows(root, table) == 0
    with root.begin() as connection:
        connection.execute(text(f"INSERT INTO {table.mapping.table} (a) VALUES (1)"))
        number = connection.execute(text(f"SELECT id FROM {table.mapping.table}")).scalar_one()
    assert int(number) > 2


@pytest.mark.parametrize(
    ("declared", "shape"),
    [
        ("CHAR(36) DEFAULT (UUID())", r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ("BINARY(16) DEFAULT (UUID_TO_BIN(UUID()))", r".+"),
        ("VARCHAR(40) DEFAULT (CONCAT('it''s ', a, '%', b))", r"it's 1%2"),
    ],
)
def test_what_a_default_s_expression_gives_is_known(
    root: Engine, declared: str, shape: str
) -> None:
    columns = f"a INT NOT NULL, b INT NOT NULL, id {declared} PRIMARY KEY"
    table = made(root, columns, ("id",))
    assert table.given == {"id"}
    key = given(root, table, {"a": 1, "b": 2})
    assert isinstance(key, RowKey)
    assert re.fullmatch(shape, str(key.values[0]))
    assert rows(root, table) == 0


def test_a_part_of_the_key_is_typed_and_the_other_given(root: Engine) -> None:
    columns = "shop VARCHAR(10), n INT AUTO_INCREMENT UNIQUE, PRIMARY KEY (shop, n)"
    table = made(root, columns, ("shop", "n"))
    assert table.given == {"n"}
    assert given(root, table, {"shop": "Ulm"}) == RowKey.from_values(("shop", "n"), ("Ulm", 1))


def test_a_literal_default_gives_no_keys(root: Engine) -> None:
    table = made(root, "id INT DEFAULT 7 PRIMARY KEY, a INT", ("id",))
    assert table.given == frozenset()


def test_tagged_rows_are_remembered_until_they_are_long_finished(root: Engine) -> None:
    migrate(root)
    mapping = 4_000_000
    key = RowKey.from_values(("id",), (7,))

    def read(raw: bytes) -> RowKey:
        assert raw == key.canonical
        return key

    lacking = TaggedRow("one", 5, None, {"price": "is missing"})
    waiting = TaggedRow("two", 5, key)
    with root.begin() as connection:
        save_tagged(connection, mapping, [lacking, waiting, TaggedRow("three", 5, key, {}, 6)])
        assert read_tagged(connection, mapping, read, unfinished()) == [lacking, waiting]
        save_tagged(connection, mapping, [TaggedRow("one", 9, finished=9)])
        tags = with_tags(["one", "two", "three"])
        found = {row.tag for row in read_tagged(connection, mapping, read, tags)}
        assert found == {"two", "three"}
        save_tagged(connection, mapping, [TaggedRow("two", 5, key, {}, KEPT + 10)])
        found = {row.tag for row in read_tagged(connection, mapping, read, tags)}
        assert found == {"two"}
        connection.rollback()
