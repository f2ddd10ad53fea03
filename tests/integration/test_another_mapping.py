"""One table more: `mapping add` and `register`, also in a database that was not captured before."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from deploy.local.endpoints import MappingEndpoint
from deploy.local.stack import Stack
from tests.integration.added_mapping import added_mapping
from tests.integration.bridge import Bridge

pytestmark = pytest.mark.stack

TABLE = "demo_shop.orders"


@pytest.fixture
def orders(running_stack: Stack, tmp_path: Path) -> Iterator[Bridge]:
    """The stack with a third mapping: a table of another database, keyed by two columns."""
    mapping = MappingEndpoint(
        "orders",
        TABLE,
        running_stack.endpoints.spreadsheet_id,
        "orders",
        ["shop", "number"],
        ["shop", "number", "note", "price"],
    )
    statements = [
        f"CREATE TABLE {TABLE} (shop VARCHAR(10), number BIGINT UNSIGNED, note TEXT, "
        "price DECIMAL(20,4), PRIMARY KEY (shop, number))",
        f"INSERT INTO {TABLE} VALUES ('Köln', 18446744073709551615, '=1+1', 0.1000)",
    ]
    with added_mapping(running_stack, mapping, statements, tmp_path) as bridge:
        yield bridge


def test_a_table_of_another_database_is_added_while_the_others_run(
    orders: Bridge, planes: Bridge
) -> None:
    key = ("Köln", "18446744073709551615")  # more digits than a double holds: shown as text
    orders.sheet_shows({"note": "=1+1", "price": 0.1}, *key)

    orders.edit(f"{orders.letter('price')}{orders.place(*key)}", [[2.5]])
    orders.row_becomes({"price": Decimal("2.5000")}, shop="Köln", number=2**64 - 1)

    orders.sql(f"INSERT INTO {TABLE} VALUES ('Ulm', 7, NULL, 3)")
    orders.sheet_shows({"note": None, "price": 3}, "Ulm", 7)

    planes.sql("UPDATE demo.planes SET speed = 303 WHERE tailnum = 'N11113'")
    planes.sheet_shows({"speed": 303}, "N11113")
