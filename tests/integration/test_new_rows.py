"""New rows typed by people, cell by cell and without a key: they are made, and the key appears."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from deploy.local.stack import Stack
from tests.integration.bridge import Bridge, eventually
from tests.integration.stock import key_beside, rows, shown, stock_mapping, tags

pytestmark = pytest.mark.stack


@pytest.fixture
def stock(running_stack: Stack, tmp_path: Path) -> Iterator[Bridge]:
    with stock_mapping(running_stack, tmp_path) as bridge:
        yield bridge


def lacks(stock: Bridge) -> list[str]:
    """What is kept of rows that are not made yet."""
    return [
        lacks
        for (lacks,) in stock.state(
            "SELECT lacks FROM sheetbridge.tagged_row JOIN sheetbridge.mapping ON mapping_id = id "
            f"WHERE name = '{stock.mapping.name}' AND lacks IS NOT NULL"
        )
    ]


def test_rows_typed_without_a_key(stock: Bridge) -> None:
    # cell by cell: until the required cells are there, what is missing is kept for its person
    stock.edit("B3", [["Milk"]])
    eventually(lambda: lacks(stock), lambda kept: kept == ['{"price":"is missing"}'], "the price")
    stock.edit("D3", [["fresh"]])
    stock.edit("C3", [[1.25]])
    milk = key_beside(stock, "Milk")
    stock.sheet_shows({"name": "Milk", "price": 1.25, "note": "fresh", "state": "new"}, milk)
    assert [row[:2] for row in rows(stock)] == [(41, "Salt"), (milk, "Milk")]
    assert (tags(stock), lacks(stock)) == ([], [])

    # from then on it is a row like any other
    stock.edit(f"C{stock.place(milk)}", [[1.5]])
    eventually(lambda: str(rows(stock)[1][2]), lambda price: price == "1.50", "the new price")

    # what the database refuses is kept with its reason, and made when it is mended
    stock.edit("B4:C4", [["Bread", -1]])
    eventually(lambda: lacks(stock), lambda kept: "price" in str(kept), "the refusal")
    stock.edit("C4", [[2]])
    bread = key_beside(stock, "Bread")

    # a total below the table is no row; a new row whose trigger was lost is found
    with closing(httpx.Client(base_url=stock.endpoints.sheets_url, verify=False)) as sheets:
        sheets.put("/_control/settings", json={"drop_triggers": 2}).raise_for_status()
        stock.edit("B7:C7", [["Total", "=SUM(C2:C4)"]])
        stock.edit("B6:C6", [["Tea", 3]])
        sheets.put("/_control/settings", json={"drop_triggers": False}).raise_for_status()
    stock.insert_rows(20)  # a hint
    tea = key_beside(stock, "Tea")
    stock.delete_rows(stock.place(tea))
    stock.row_becomes(None, id=tea)

    # deleted or cleared before its key came: nothing is left of it
    stock.edit("B5", [["Wine"]])
    eventually(lambda: lacks(stock), lambda kept: len(kept) == 1, "the unfinished row")
    stock.delete_rows(5)
    eventually(lambda: (lacks(stock), tags(stock)), lambda left: left == ([], []), "nothing left")
    assert [row[:2] for row in rows(stock)] == [(41, "Salt"), (milk, "Milk"), (bread, "Bread")]


def test_two_people_at_once(stock: Bridge) -> None:
    with ThreadPoolExecutor(8) as people:
        others = [
            people.submit(stock.edit, f"B{3 + place}:C{3 + place}", [[f"Tea {place}", 2]])
            for place in range(3)
        ]
        cells = [("B9", "Milk"), ("C9", 1.25), ("D9", "fresh")]
        one_row = [people.submit(stock.edit, cell, [[value]]) for cell, value in cells]
        for done in (*others, *one_row):
            done.result()
    names = ["Milk", "Tea 0", "Tea 1", "Tea 2"]
    keys = {name: key_beside(stock, name) for name in names}
    stock.sheet_shows({"price": 1.25, "note": "fresh", "state": "new"}, keys["Milk"])

    def settled() -> list[str]:
        return sorted(str(row[1]) for row in rows(stock))

    eventually(settled, lambda there: there == sorted([*names, "Salt"]), "each row once")
    eventually(lambda: tags(stock), lambda left: left == [], "no tag left")
    assert len([row for row in shown(stock) if row]) >= len(names) + 1


def test_a_row_whose_key_a_person_types_in_any_order(weather: Bridge) -> None:
    place = len(weather.sheet()) + 3
    hour, day, origin = (weather.letter(column) for column in ("time_hour", "day", "origin"))
    weather.edit(f"{hour}{place}", [["2014-02-03 04:00:00"]])
    weather.edit(f"{day}{place}", [["2014-02-03"]])
    assert weather.row(origin="XYZ") is None
    weather.edit(f"{origin}{place}", [["XYZ"]])
    eventually(lambda: weather.row(origin="XYZ"), lambda row: row is not None, "the row")
    eventually(lambda: tags(weather), lambda left: left == [], "no tag left")
    weather.delete_rows(place)
    weather.row_becomes(None, origin="XYZ")
