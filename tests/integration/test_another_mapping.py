"""One table more: `mapping add` and `register`, also in a database that was not captured before."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from deploy.local.endpoints import MappingEndpoint
from deploy.local.stack import Stack
from tests.integration.bridge import Bridge

pytestmark = pytest.mark.stack

TABLE = "demo_shop.orders"


@pytest.fixture
def orders(running_stack: Stack, tmp_path: Path) -> Iterator[Bridge]:
    """The stack with a third mapping: a table of another database, keyed by two columns."""
    endpoints = running_stack.endpoints
    root = create_engine(endpoints.root_mysql_url, poolclass=NullPool)
    with root.begin() as connection:
        connection.execute(text("CREATE DATABASE IF NOT EXISTS demo_shop"))
        connection.execute(
            text(
                f"CREATE TABLE {TABLE} (shop VARCHAR(10), number BIGINT UNSIGNED, note TEXT, "
                "price DECIMAL(20,4), PRIMARY KEY (shop, number))"
            )
        )
        connection.execute(
            text(f"INSERT INTO {TABLE} VALUES ('Köln', 18446744073709551615, '=1+1', 0.1000)")
        )
        connection.execute(text("GRANT SELECT ON demo_shop.* TO reader"))
    config = Path(endpoints.config)
    before = config.read_text()
    _sheetbridge(
        *("mapping", "add", TABLE, "--spreadsheet", endpoints.spreadsheet_id),
        *("--key", "shop", "--key", "number", "--config", str(config)),
    )
    _sheetbridge("register", "--config", str(config))
    running_stack.restart("sink")
    running_stack.restart("webhook")
    _run_script(endpoints.sheets_url, endpoints.spreadsheet_id, "sheetbridgeSetUp")
    columns = ["shop", "number", "note", "price"]
    mapping = MappingEndpoint(
        "orders", TABLE, endpoints.spreadsheet_id, "orders", ["shop", "number"], columns
    )
    endpoints.mappings.append(mapping)
    with closing(Bridge(endpoints, "orders", tmp_path)) as bridge:
        yield bridge
    endpoints.mappings.remove(mapping)
    config.write_text(before)
    _sheetbridge("register", "--config", str(config))
    running_stack.restart("sink")
    running_stack.restart("webhook")


def _sheetbridge(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "deploy.cli.main", *arguments],
        check=True,
        capture_output=True,
        timeout=120,
    )


def _run_script(sheets_url: str, spreadsheet_id: str, function: str) -> None:
    """Run one of the script's functions as its owner: it learns of the new mapping."""
    httpx.post(
        f"{sheets_url}/_control/spreadsheets/{spreadsheet_id}/script/run",
        json={"function": function, "args": []},
        timeout=60,
    ).raise_for_status()


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
