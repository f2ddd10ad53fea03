"""Formulas in mapped columns, computed by the emulator: the sheet's, on the real stack."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from deploy.local.endpoints import MappingEndpoint
from deploy.local.stack import Stack
from tests.integration.added_mapping import added_mapping
from tests.integration.bridge import Bridge, eventually

pytestmark = pytest.mark.stack

PLANE = "N11119"
TABLE_ROW = {"tailnum": PLANE}


@pytest.fixture
def plane(planes: Bridge) -> Iterator[Bridge]:
    """A row whose seats are a formula over its engines."""
    before = planes.row(**TABLE_ROW)
    assert before is not None
    planes.sql("UPDATE demo.planes SET engines = 2 WHERE tailnum = :tailnum", **TABLE_ROW)
    planes.sheet_shows({"engines": 2}, PLANE)
    row = planes.place(PLANE)
    planes.edit(_seats(planes), [[f"={planes.letter('engines')}{row}*50"]])
    planes.row_becomes({"seats": 100}, **TABLE_ROW)
    yield planes
    planes.edit(_seats(planes), [[before["seats"]]])
    planes.sql(
        "UPDATE demo.planes SET engines = :engines WHERE tailnum = :tailnum",
        engines=before["engines"],
        **TABLE_ROW,
    )
    planes.row_becomes({"seats": before["seats"]}, **TABLE_ROW)
    planes.sheet_shows({"engines": before["engines"], "seats": before["seats"]}, PLANE)


def _seats(planes: Bridge) -> str:
    return f"{planes.letter('seats')}{planes.place(PLANE)}"


def test_what_a_program_writes_over_a_formula_is_logged_and_written_back(plane: Bridge) -> None:
    plane.sql("UPDATE demo.planes SET seats = 7 WHERE tailnum = :tailnum", **TABLE_ROW)
    eventually(
        lambda: plane.state("SELECT loser FROM sheetbridge.conflict WHERE rule = 'formula'"),
        lambda losers: any(json.loads(loser)["value"] == 7 for (loser,) in losers),
        "the program's value in the conflict log",
    )
    plane.row_becomes({"seats": 100}, **TABLE_ROW)
    assert plane.formula(_seats(plane)).startswith("=")


def test_a_formula_recalculates_into_the_table(plane: Bridge) -> None:
    plane.sql("UPDATE demo.planes SET engines = 3 WHERE tailnum = :tailnum", **TABLE_ROW)
    plane.row_becomes({"seats": 150}, **TABLE_ROW)
    assert plane.formula(_seats(plane)).startswith("=")


def test_one_that_changes_by_itself_is_refused_with_its_reason(plane: Bridge) -> None:
    plane.edit(_seats(plane), [["=NOW()"]])
    eventually(
        lambda: plane.state("SELECT record FROM sheetbridge.row_state WHERE attention & 4"),
        lambda records: any("changes by itself (NOW)" in str(record) for (record,) in records),
        "the reason at the row",
    )
    plane.sql("UPDATE demo.planes SET seats = 9 WHERE tailnum = :tailnum", **TABLE_ROW)
    plane.sql("UPDATE demo.planes SET speed = 303 WHERE tailnum = :tailnum", **TABLE_ROW)
    plane.sheet_shows({"speed": 303}, PLANE)
    assert plane.formula(_seats(plane)) == "=NOW()"
    plane.row_becomes({"seats": 9}, **TABLE_ROW)


def test_a_first_sync_meets_formulas(running_stack: Stack, planes: Bridge, tmp_path: Path) -> None:
    table, name = "demo_shop.priced", "priced"
    planes.batch_update({"addSheet": {"properties": {"title": name}}})
    planes.edit_tab(
        name,
        "A1",
        [["id", "net", "gross"], [1, 10, "=B2*1.5"], [2, 20, "=B3*2"], [3, 30, "=B4+NOW()"]],
    )
    mapping = MappingEndpoint(
        name, table, running_stack.endpoints.spreadsheet_id, name, ["id"], ["id", "net", "gross"]
    )
    statements = [
        f"CREATE TABLE {table} (id INT PRIMARY KEY, net DECIMAL(8,2), gross DECIMAL(8,2))",
        f"INSERT INTO {table} VALUES (1, 10, 11), (2, 20, 40), (3, 30, 33)",
    ]
    with added_mapping(running_stack, mapping, statements, tmp_path) as priced:
        priced.row_becomes({"gross": Decimal(15)}, id=1)
        for key in (1, 2, 3):
            priced.sql(f"UPDATE {table} SET net = 50, gross = 1 WHERE id = :id", id=key)
        priced.row_becomes({"net": Decimal(50), "gross": Decimal(75)}, id=1)
        priced.row_becomes({"net": Decimal(50), "gross": Decimal(100)}, id=2)
        priced.sheet_shows({"net": 50}, 3)
        assert priced.row(id=3) == {"id": 3, "net": Decimal(50), "gross": Decimal(1)}
        assert [priced.formula(f"C{row}") for row in (2, 3, 4)] == ["=B2*1.5", "=B3*2", "=B4+NOW()"]
