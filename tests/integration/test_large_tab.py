"""A tab of 10,000 rows: a row that a person deletes is found and deleted in the table."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.endpoints import MappingEndpoint
from deploy.local.stack import Stack
from tests.integration.added_mapping import added_mapping
from tests.integration.bridge import Bridge
from tests.integration.commands import sheetbridge

pytestmark = pytest.mark.stack

ROWS = 10_000
DIGITS = " CROSS JOIN ".join(
    f"(SELECT 0 d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 "
    f"UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) {name}"
    for name in "abcd"
)


@pytest.fixture
def large(running_stack: Stack, tmp_path: Path) -> Iterator[Bridge]:
    name = f"large_{uuid.uuid4().hex[:6]}"
    mapping = MappingEndpoint(
        name, f"demo.{name}", running_stack.endpoints.spreadsheet_id, name, ["id"], ["id", "name"]
    )
    statements = [
        f"CREATE TABLE {mapping.table} (id INT PRIMARY KEY, name VARCHAR(20) NULL)",
        f"INSERT INTO {mapping.table} "
        "SELECT 1 + a.d + 10 * b.d + 100 * c.d + 1000 * d.d, CONCAT('row ', a.d, b.d, c.d, d.d) "
        f"FROM {DIGITS}",
    ]
    with added_mapping(running_stack, mapping, statements, tmp_path) as bridge:
        bridge.sheet_shows({}, ROWS)
        yield bridge


def test_a_deleted_row_of_a_large_tab_is_deleted_in_the_table(large: Bridge) -> None:
    key = ROWS // 2
    assert len(large.sheet()) == ROWS
    large.edit("B2", [["typed"]])
    large.row_becomes({"name": "typed"}, id=1)
    # nothing is under way any more from the first sync
    sheetbridge(large.endpoints, "reconcile", large.mapping.name)
    place = large.place(key)
    began = time.monotonic()
    large.delete_rows(place)
    large.row_becomes(None, id=key)
    took = time.monotonic() - began
    print(f"a row of {ROWS:,} deleted in the sheet: gone from the table after {took:.1f} s")
    large.row_becomes({"name": "typed"}, id=1)
    large.sheet_shows({}, ROWS)
