"""ALTER TABLE under a running mapping, a table that cannot be written for a while, and headers that
people rename and take away."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from deploy.local.connections import a_new_connection_each_time
from deploy.local.endpoints import MappingEndpoint
from deploy.local.stack import Stack
from tests.integration.added_mapping import added_mapping
from tests.integration.bridge import Bridge, eventually
from tests.integration.commands import listed

pytestmark = pytest.mark.stack

COLUMNS = ["id", "name", "price", "stock"]
TABLES = {
    "test_the_table_changes_and_the_sheet_follows": "altered",
    "test_another_key_stops_the_mapping_alone_until_it_is_put_back": "rekeyed",
    "test_headers_that_people_change": "retitled",
    "test_what_is_typed_while_a_table_cannot_be_written_waits": "frozen",
}


def statements(table: str) -> list[str]:
    """What makes a test's table."""
    return [
        f"DROP TABLE IF EXISTS {table}",
        f"CREATE TABLE {table} (id INT PRIMARY KEY, name VARCHAR(20), price DECIMAL(8,2), "
        "stock INT NOT NULL)",
        f"INSERT INTO {table} VALUES (1, 'bolt', 1.50, 10), (2, 'nut', 0.25, 20), (3, '7', 3, 30)",
    ]


class Changing:
    """The mapping's bridge, and an administrator at its table."""

    def __init__(self, bridge: Bridge) -> None:
        self.bridge = bridge
        self.table = bridge.mapping.table
        self._root = a_new_connection_each_time(bridge.endpoints.root_mysql_url)

    def alter(self, clauses: str) -> None:
        """ALTER TABLE, as whoever owns the table does."""
        self.run(f"ALTER TABLE {self.table} {clauses}")

    def run(self, statement: str) -> None:
        """Any statement, as an administrator."""
        with self._root.begin() as connection:
            connection.execute(text(statement))

    def header(self) -> list[object]:
        """The header row; a cell that is empty is None."""
        values = self.bridge.grid("1:1")
        return [cell if cell != "" else None for cell in values[0]] if values else []

    def title(self, header: str, *, over: str) -> None:
        """Type a header over another one."""
        self.bridge.edit(f"{self.letter(over)}1", [[header]])

    def letter(self, header: str) -> str:
        """The A1 letter of the column with that header now."""
        return chr(ord("A") + self.header().index(header))

    def has_header(self, wanted: list[object]) -> None:
        eventually(self.header, lambda header: header == wanted, f"the header {wanted}")

    def stops(self, words: str) -> None:
        eventually(
            self.bridge.reason, lambda reason: reason is not None and words in reason, "the reason"
        )

    def goes_on(self) -> None:
        eventually(self.bridge.reason, lambda reason: reason is None, "no reason any more")

    def follows(self, **sets: object) -> None:
        """An edit of each side of row 1 reaches the other."""
        for number, (column, value) in enumerate(sets.items()):
            if number % 2:
                self.bridge.edit(f"{self.letter(column)}{self.bridge.place(1)}", [[value]])
                self.bridge.row_becomes({column: value}, id=1)
            else:
                self.bridge.sql(
                    f"UPDATE {self.table} SET {column} = :value WHERE id = 1", value=value
                )
                self.bridge.sheet_shows({column: value}, 1)


@pytest.fixture
def parts(
    running_stack: Stack, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Changing]:
    """A mapping of a table of the test's own."""
    spreadsheet, name = running_stack.endpoints.spreadsheet_id, TABLES[request.node.name]
    table = f"demo_changing.{name}"
    mapping = MappingEndpoint(name, table, spreadsheet, name, ["id"], COLUMNS)
    with added_mapping(running_stack, mapping, statements(table), tmp_path) as bridge:
        bridge.sheet_shows({"name": "bolt", "stock": 10}, 1)
        yield Changing(bridge)


def test_the_table_changes_and_the_sheet_follows(parts: Changing, planes: Bridge) -> None:
    bridge = parts.bridge
    # a person's own column, and a total below
    bridge.edit("E1:E2", [["mine"], ["=1+1"]])
    bridge.edit("G4", [["no header"]])

    # added: at the end of the table, in the middle, and one that takes no NULL
    parts.alter(
        "ADD COLUMN colour VARCHAR(10) DEFAULT 'red', ADD COLUMN day DATE AFTER name, "
        "ADD COLUMN weight INT NOT NULL"
    )
    parts.has_header(["id", "name", "price", "stock", "mine", "day", "colour", "weight"])
    bridge.sheet_shows({"colour": "red", "day": None, "weight": 0, "mine": 2}, 1)
    assert [cell for row in bridge.grid("A4:Z4") for cell in row if cell == "no header"]
    parts.follows(colour="blue", weight=7, stock=11)
    bridge.edit(f"{parts.letter('day')}{bridge.place(2)}", [["2026-05-01"]])
    bridge.row_becomes({"day": date(2026, 5, 1)}, id=2)
    bridge.sql(f"INSERT INTO {parts.table} (id, stock, weight) VALUES (4, 1, 2)")
    bridge.sheet_shows({"colour": "red", "stock": 1, "weight": 2}, 4)

    # renamed: the column keeps its place
    parts.alter("RENAME COLUMN colour TO tint")
    parts.has_header(["id", "name", "price", "stock", "mine", "day", "tint", "weight"])
    bridge.sheet_shows({"tint": "blue"}, 1)
    parts.follows(tint="green", weight=8)

    # reordered: nothing happens
    parts.alter("MODIFY COLUMN weight INT NOT NULL AFTER id")
    parts.follows(weight=9, stock=12)

    # retyped: the cells are shown anew, and take what fits the new type
    parts.alter("MODIFY COLUMN stock VARCHAR(5), MODIFY COLUMN price DECIMAL(8,1)")
    bridge.sheet_shows({"stock": "12", "price": 1.5}, 1)
    bridge.sheet_shows({"stock": "20", "price": 0.3}, 2)
    parts.follows(stock="many", name="a bolt")
    bridge.edit(f"{parts.letter('price')}{bridge.place(1)}", [[2.25]])
    bridge.edit(f"{parts.letter('price')}{bridge.place(2)}", [[0.5]])
    bridge.row_becomes({"price": Decimal("0.5")}, id=2)
    bridge.row_becomes({"price": Decimal("1.5")}, id=1)

    # dropped: the column is the person's now
    parts.alter("DROP COLUMN day")
    parts.follows(tint="grey", weight=10)
    assert "day" in parts.header()
    bridge.edit(f"{parts.letter('day')}{bridge.place(1)}", [["whenever"]])
    parts.follows(tint="white", weight=11)
    bridge.sheet_shows({"day": "whenever", "mine": 2}, 1)

    # it comes again: the person's column stands in its way, until that is renamed
    parts.alter("ADD COLUMN day DATE")
    parts.stops("a column of yours with that header")
    planes.sql("UPDATE demo.planes SET speed = 307 WHERE tailnum = 'N11113'")
    planes.sheet_shows({"speed": 307}, "N11113")
    parts.title("old day", over="day")
    parts.has_header(["id", "name", "price", "stock", "mine", "old day", "tint", "weight", "day"])
    parts.goes_on()
    bridge.sheet_shows({"old day": "whenever", "day": None, "tint": "white"}, 1)
    parts.follows(tint="black", weight=12)


def test_another_key_stops_the_mapping_alone_until_it_is_put_back(
    parts: Changing, planes: Bridge
) -> None:
    parts.alter("DROP PRIMARY KEY, ADD PRIMARY KEY (id, stock)")
    parts.stops("is not the primary key")
    parts.bridge.tells("is not the primary key")
    planes.sql("UPDATE demo.planes SET speed = 305 WHERE tailnum = 'N11113'")
    planes.sheet_shows({"speed": 305}, "N11113")
    parts.bridge.sql(f"UPDATE {parts.table} SET name = 'meanwhile' WHERE id = 2")
    parts.alter("DROP PRIMARY KEY, ADD PRIMARY KEY (id)")
    parts.goes_on()
    parts.bridge.tells("")
    parts.bridge.sheet_shows({"name": "meanwhile"}, 2)

    parts.alter("MODIFY COLUMN id VARCHAR(10)")
    parts.stops("the key column 'id' was int and is varchar(10) now")
    parts.alter("MODIFY COLUMN id INT")
    parts.goes_on()
    parts.follows(name="last", stock=77)


def test_what_is_typed_while_a_table_cannot_be_written_waits(parts: Changing) -> None:
    bridge = parts.bridge
    database, _, table = parts.table.partition(".")
    name, stock = parts.letter("name"), parts.letter("stock")

    # a schema that is read-only for the time of a migration
    parts.run(f"ALTER DATABASE {database} READ ONLY = 1")
    try:
        bridge.edit(f"{name}{bridge.place(1)}", [["typed"]])
        new = bridge.place(3) + 1
        bridge.edit(f"A{new}", [["9", "new", 1, 5]])
        parts.stops(f"Schema '{database}' is in read only mode")
        parts.bridge.tells("is in read only mode")
        time.sleep(5)  # it begins anew meanwhile, and stops again
    finally:
        parts.run(f"ALTER DATABASE {database} READ ONLY = 0")
    bridge.row_becomes({"name": "typed"}, id=1)
    bridge.row_becomes({"name": "new", "stock": 5}, id=9)
    parts.goes_on()

    # a trigger whose definer is gone: it is of no row's making
    parts.run("CREATE USER IF NOT EXISTS passing")
    parts.run(
        f"CREATE DEFINER = passing TRIGGER {database}.doomed BEFORE UPDATE ON {parts.table} "
        "FOR EACH ROW SET NEW.name = UPPER(NEW.name)"
    )
    parts.run("DROP USER passing")
    bridge.edit(f"{stock}{bridge.place(2)}", [[21]])
    parts.stops("passing")
    parts.run(f"DROP TRIGGER {database}.doomed")
    bridge.row_becomes({"stock": 21}, id=2)
    parts.goes_on()

    assert listed(bridge.endpoints, "dead-letters", table) == []
    parts.follows(name="on", stock=12)


def test_headers_that_people_change(parts: Changing, planes: Bridge) -> None:
    bridge = parts.bridge
    # moved: the columns are followed
    bridge.move_column(parts.letter("price"), to="A")
    parts.has_header(["price", "id", "name", "stock"])
    parts.follows(name="moved", price=9.5, stock=1)

    # renamed: stops alone, goes on once mended; what both did meanwhile is merged
    parts.title("cost", over="price")
    parts.stops("no column with the header 'price'")
    bridge.sql(f"UPDATE {parts.table} SET name = 'meanwhile' WHERE id = 2")
    bridge.edit(f"{parts.letter('stock')}{bridge.place(3)}", [[33]])
    planes.sql("UPDATE demo.planes SET speed = 306 WHERE tailnum = 'N11113'")
    planes.sheet_shows({"speed": 306}, "N11113")
    parts.title("price", over="cost")
    parts.goes_on()
    bridge.sheet_shows({"name": "meanwhile", "price": 0.25}, 2)
    bridge.row_becomes({"stock": 33}, id=3)

    # removed with its column: nothing is cleared in the table; a header brings the column back
    bridge.delete_column(parts.letter("price"))
    parts.stops("no column with the header 'price'")
    bridge.edit("D1", [["price"]])
    parts.goes_on()
    bridge.sheet_shows({"price": 0.25}, 2)
    bridge.row_becomes({"price": Decimal("9.50")}, id=1)
    parts.follows(price=2, stock=5)
