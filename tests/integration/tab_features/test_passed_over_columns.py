"""A table with columns that no cell can hold is kept in step without them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from deploy.cli.check.areas import areas, open_pieces
from deploy.cli.check.finding import Level
from deploy.cli.check.runner import run
from deploy.cli.configuration import load
from deploy.cli.sink_command import mapping_of
from deploy.cli.status import gather
from deploy.live_feed.tables import TableReader
from tests.integration.bridge import Bridge, eventually
from tests.integration.tab_features.conftest import COLUMNS
from tests.integration.tab_features.rows import cell

pytestmark = pytest.mark.stack

TOLD = "no cell can hold the type of 'place' (point) and 'likeness' (vector(3)): not mapped"


def holds(bridge: Bridge, size: int, place: str) -> None:
    """The first row of the table comes to hold these; PyMySQL itself cannot read a VECTOR."""
    statement = f"SELECT size, ST_AsText(place) FROM {bridge.mapping.table} WHERE id = 'first'"
    wanted = [(size, place)]
    eventually(lambda: bridge.state(statement), lambda rows: rows == wanted, "the first row")


def test_columns_that_no_cell_can_hold_stop_nothing_and_are_told(features: Bridge) -> None:
    table = features.mapping.table
    assert features.grid("1:1") == [list(COLUMNS)]

    features.edit(cell(features, "size", "first"), [[2]])
    holds(features, 2, "POINT(1 2)")
    features.sql(f"UPDATE {table} SET place = POINT(3, 4) WHERE id = 'first'")
    features.sql(
        f"UPDATE {table} SET likeness = STRING_TO_VECTOR('[4, 5, 6]'), size = 3 WHERE id = 'first'"
    )
    features.sheet_shows({"size": 3}, "first")
    holds(features, 3, "POINT(3 4)")

    configuration = load(Path(features.endpoints.config))
    (line,) = [
        line for line in gather(configuration) if line.part == f"Mapping {features.mapping.name}"
    ]
    assert (line.well, line.warns) == (True, True)
    assert TOLD in line.says
    with open_pieces(configuration) as pieces:
        wanted = [
            area
            for area in areas(configuration, pieces)
            if area.title == f"mapping {features.mapping.name}"
        ]
        found = [finding for _, finding in run(wanted, progress=lambda title: None)]
    (warned,) = [finding.what for finding in found if finding.level is Level.WARNING]
    assert warned == f"{table}: {TOLD}."


def test_the_page_beside_the_sheet_shows_the_columns_that_are_kept_in_step(
    features: Bridge,
) -> None:
    configuration = load(Path(features.endpoints.config))
    mapping = mapping_of(configuration, features.mapping.name)
    with closing(TableReader(features.endpoints.reader_mysql_url)) as tables:
        page = tables.page(mapping, offset=0, limit=1_000)
    assert [column.name for column in page.columns] == list(COLUMNS)
    assert "first" in [row[0] for row in page.rows]
