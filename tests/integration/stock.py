"""A table that gives its keys itself, mapped on the running stack."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.local.endpoints import MappingEndpoint
from deploy.local.loopback import LOOPBACK
from deploy.local.stack import Stack
from tests.integration.added_mapping import added_mapping
from tests.integration.bridge import Bridge, eventually

COLUMNS = ["id", "name", "price", "note", "state"]
CREATE = """
    CREATE TABLE {table} (
        id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
        name VARCHAR(40) NOT NULL,
        price DECIMAL(8,2) NOT NULL CHECK (price > 0),
        note VARCHAR(40) NULL,
        state VARCHAR(10) NOT NULL DEFAULT 'new'
    ) AUTO_INCREMENT = 41"""


@contextmanager
def stock_mapping(stack: Stack, directory: Path) -> Iterator[Bridge]:
    """The mapping, with one row (41) in step on both sides; its name is never the same."""
    name = f"stock_{uuid.uuid4().hex[:6]}"
    table = f"demo_shop.{name}"
    mapping = MappingEndpoint(name, table, stack.endpoints.spreadsheet_id, name, ["id"], COLUMNS)
    statements = [
        CREATE.format(table=table),
        f"INSERT INTO {table} (name, price) VALUES ('Salt', 1)",
    ]
    with added_mapping(stack, mapping, statements, directory) as bridge:
        bridge.sheet_shows({"name": "Salt"}, 41)
        yield bridge
        eventually(lambda: _owed(bridge), lambda owed: owed == [], "nothing owed at the end")


def _owed(stock: Bridge) -> list[tuple[object, ...]]:
    """Rows that the sheet is owed, with their states."""
    return stock.state(
        "SELECT row_key, agreed, record FROM sheetbridge.row_state JOIN sheetbridge.mapping "
        f"ON mapping_id = id WHERE name = '{stock.mapping.name}' AND attention & 1"
    )


def rows(stock: Bridge) -> list[tuple[object, ...]]:
    """The table's rows, by key."""
    return [
        tuple(row[column] for column in COLUMNS)
        for _, row in sorted(stock.table().items(), key=str)
    ]


def shown(stock: Bridge) -> list[list[Any]]:
    """The tab's rows below the header as they stand, with keys and without."""
    answer = LOOPBACK.get(
        f"{stock.endpoints.sheets_url}/_control/spreadsheets/{stock.endpoints.spreadsheet_id}/values",
        params={"tab": stock.mapping.tab},
        timeout=30,
    )
    values: list[list[Any]] = answer.json()["values"]
    return values[1:]


def tags(stock: Bridge) -> list[str]:
    """The tags that rows of the tab bear."""
    return stock.row_metadata("sheetbridge.row")


def key_beside(stock: Bridge, name: str) -> int:
    """The key that comes to stand in the row that shows ``name``."""

    def look() -> object:
        return next((row[0] for row in shown(stock) if len(row) > 1 and row[1] == name), None)

    key = eventually(look, lambda key: isinstance(key, int), f"the key of {name}")
    assert isinstance(key, int)
    return key
