"""What MySQL makes of our own write reaches the sheet: it is no echo, and starts no second write.

A trigger, ``ON UPDATE CURRENT_TIMESTAMP``, generated columns, a default, and collations under which
other text is the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.endpoints import MappingEndpoint
from deploy.local.stack import Stack
from tests.integration.added_mapping import added_mapping
from tests.integration.bridge import Bridge, eventually

pytestmark = pytest.mark.stack

COLUMNS = ["name", "code", "label", "stock", "price", "total", "loud", "state", "changed"]
TABLE = "demo_made.goods"
STATEMENTS = [
    f"DROP TABLE IF EXISTS {TABLE}",
    f"""
    CREATE TABLE {TABLE} (
        name VARCHAR(10) COLLATE utf8mb4_0900_ai_ci PRIMARY KEY,
        code CHAR(6), label VARCHAR(20) COLLATE utf8mb4_general_ci, stock INT, price DECIMAL(6,2),
        total DECIMAL(10,2) AS (price * stock) STORED,
        loud VARCHAR(20) AS (UPPER(label)) VIRTUAL,
        state VARCHAR(10) NOT NULL DEFAULT 'new',
        changed DATETIME(3) DEFAULT '2020-01-01' ON UPDATE CURRENT_TIMESTAMP(3)
    )""",
    f"INSERT INTO {TABLE} (name, code, label, stock, price) VALUES ('milk', 'M1', 'fresh', 10, 2)",
    f"CREATE TRIGGER {TABLE}_by_five BEFORE UPDATE ON {TABLE} FOR EACH ROW "
    "SET NEW.stock = NEW.stock - NEW.stock % 5",
]


@pytest.fixture
def goods(running_stack: Stack, tmp_path: Path) -> Iterator[Bridge]:
    spreadsheet = running_stack.endpoints.spreadsheet_id
    mapping = MappingEndpoint("goods", TABLE, spreadsheet, "goods", ["name"], COLUMNS)
    with added_mapping(running_stack, mapping, STATEMENTS, tmp_path) as bridge:
        bridge.sheet_shows({"total": 20, "loud": "FRESH", "state": "new"}, "milk")
        # what is edited before the first sync has ended may not have been made in sight of it
        phase = "SELECT phase FROM sheetbridge.mapping WHERE name = 'goods'"
        eventually(lambda: list(bridge.state(phase)), lambda seen: seen == [("running",)], phase)
        yield bridge


def conflicts(goods: Bridge) -> int:
    ((number,),) = goods.state(
        "SELECT COUNT(*) FROM sheetbridge.conflict JOIN sheetbridge.mapping m ON mapping_id = m.id "
        "WHERE m.name = 'goods'"
    )
    return int(number)


def test_what_mysql_makes_of_our_write_reaches_the_sheet(goods: Bridge) -> None:
    # a trigger changes what was typed; a generated column and a stamp change beside it
    before = goods.shown("milk")
    assert before is not None
    goods.edit(f"{goods.letter('stock')}{goods.place('milk')}", [[13]])
    goods.sheet_shows({"stock": 10}, "milk")
    goods.edit(f"{goods.letter('stock')}{goods.place('milk')}", [[27]])
    goods.sheet_shows({"stock": 25, "total": 50}, "milk")
    stamped = eventually(
        lambda: goods.shown("milk") or {},
        lambda row: row.get("changed") not in (None, before["changed"]),
        "the stamp of our write",
    )["changed"]

    # a virtual column, text that is equal under its collation, and spaces that CHAR does not keep
    goods.edit(f"{goods.letter('label')}{goods.place('milk')}", [["FRESH"]])
    goods.row_becomes({"label": "FRESH", "loud": "FRESH"}, name="milk")
    goods.edit(f"{goods.letter('label')}{goods.place('milk')}", [["fresh "]])
    goods.row_becomes({"label": "fresh "}, name="milk")
    goods.edit(f"{goods.letter('label')}{goods.place('milk')}", [["sour"]])
    goods.sheet_shows({"label": "sour", "loud": "SOUR"}, "milk")
    goods.edit(f"{goods.letter('code')}{goods.place('milk')}", [["M2  "]])
    goods.row_becomes({"code": "M2"}, name="milk")
    goods.sheet_shows({"code": "M2  "}, "milk")  # they are no part of the value, so it is shown
    eventually(
        lambda: goods.shown("milk") or {},
        lambda row: row.get("changed") != stamped,
        "the stamp of our last write",
    )

    # a new row: a default, a generated column, a stamp that has a default
    new = goods.place("milk") + 1
    goods.edit(f"A{new}:E{new}", [["Bread", "B1", "dark", 3, 1.5]])
    goods.sheet_shows({"stock": 3, "total": 4.5, "loud": "DARK", "state": "new"}, "Bread")

    # a key in other letters is the same key
    goods.sql(f"UPDATE {TABLE} SET name = 'BREAD', price = 2 WHERE name = 'bread'")
    eventually(
        lambda: [row for key, row in goods.sheet().items() if str(key[0]).lower() == "bread"],
        lambda rows: [row["price"] for row in rows] == [2],
        "one row of bread, at its new price",
    )

    # nothing was taken for a conflict, and no row stands twice
    goods.edit(f"{goods.letter('label')}{goods.place('milk')}", [["last"]])
    goods.sheet_shows({"loud": "LAST"}, "milk")
    assert len(goods.table()) == len(goods.sheet()) == 2
    assert goods.reason() is None
    assert conflicts(goods) == 0
