"""One mapping for all tests of what a tab can hold: it is added once for the whole folder.

Its table has a column for each matter, and two of types that no cell can hold.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from deploy.local.endpoints import MappingEndpoint
from deploy.local.plan import ALL
from tests.integration.added_mapping import added_mapping
from tests.integration.bridge import Bridge
from tests.stack import StackOfTheRun

ZONE = "Europe/Berlin"
"""In which the mapping shows its TIMESTAMP."""

COLUMNS = {
    "id": "VARCHAR(8) PRIMARY KEY",
    "name": "VARCHAR(60) NULL",
    "size": "INT NULL",
    "price": "DECIMAL(8,2) NULL",
    "done": "TINYINT(1) NOT NULL DEFAULT 0",
    "sure": "BOOLEAN NULL",
    "words": "MEDIUMTEXT NULL",
    "day": "DATE NULL",
    "due": "DATE NOT NULL DEFAULT '2026-01-01'",
    "moment": "DATETIME NULL",
    "instant": "TIMESTAMP NULL",
}
PASSED_OVER = {"place": "POINT NULL", "likeness": "VECTOR(3) NULL"}


@pytest.fixture(scope="package")
def features(
    stack_of_the_run: StackOfTheRun, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bridge]:
    """The mapping, with one row (``first``) in which nothing but a zero date stands."""
    stack = stack_of_the_run.with_parts(ALL)
    name = f"features_{uuid.uuid4().hex[:6]}"
    mapping = MappingEndpoint(
        name, f"demo.{name}", stack.endpoints.spreadsheet_id, name, ["id"], list(COLUMNS)
    )
    declared = ", ".join(f"{column} {kind}" for column, kind in (COLUMNS | PASSED_OVER).items())
    statements = [
        f"CREATE TABLE {mapping.table} ({declared})",
        "SET SESSION sql_mode = ''",
        f"INSERT INTO {mapping.table} (id, size, day, place, likeness) VALUES "
        "('first', 1, '2004-00-00', POINT(1, 2), STRING_TO_VECTOR('[1, 2, 3]'))",
    ]
    directory = tmp_path_factory.mktemp("features")
    settings = f'time_zone = "{ZONE}"\n'
    with added_mapping(stack, mapping, statements, directory, settings) as bridge:
        bridge.sheet_shows({"size": 1}, "first")
        yield bridge
