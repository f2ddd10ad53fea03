"""What a person sees at cells that the database does not take, and in a tab that has stopped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.cli.configuration import load
from deploy.cli.status import gather
from deploy.cli.status_line import Line
from deploy.local.run_directory import RunDirectory
from deploy.local.stack import Stack
from sink.core.marks import MARKER, Face, is_tint, own_part
from tests.integration.bridge import Bridge, eventually
from tests.integration.stock import key_beside, stock_mapping

pytestmark = pytest.mark.stack

GREEN = {"green": 1}


@pytest.fixture
def stock(running_stack: Stack, tmp_path: Path) -> Iterator[Bridge]:
    with stock_mapping(running_stack, tmp_path) as bridge:
        yield bridge


def says(stock: Bridge, cell: str, *words: str) -> Face:
    """A cell comes to be marked, with these words in its note."""
    return eventually(
        lambda: stock.face(cell),
        lambda face: is_tint(face.background) and all(word in face.note for word in words),
        f"the mark at {cell}",
    )


def is_as_before(stock: Bridge, cell: str, before: Face) -> None:
    eventually(lambda: stock.face(cell), lambda face: face == before, f"{cell} as before")


def test_refused_cells_are_marked_until_they_are_good(stock: Bridge) -> None:
    # a person's own note and colour stay under ours
    stock.decorate("C2", "ask Ann", GREEN)
    before = stock.face("C2")
    stock.edit("C2", [["cheap"]])
    face = says(stock, "C2", "“price”", "the database still holds 1.00")
    assert own_part(face.note) == "ask Ann"
    stock.edit("C2", [[2]])
    stock.row_becomes({"price": 2}, id=41)
    is_as_before(stock, "C2", before)

    # a constraint of the database, put right by the database
    stock.edit("C2", [[-5]])
    says(stock, "C2", MARKER, "the database still holds 2.00")
    stock.sql(f"UPDATE {stock.mapping.table} SET price = 3 WHERE id = 41")
    stock.sheet_shows({"price": 3}, 41)
    is_as_before(stock, "C2", before)

    # a new row with its key, cell by cell: what it lacks is said at its key
    stock.edit("A3", [[77]])
    says(stock, "A3", "not in the database yet", "“name”", "“price”")
    stock.edit("B3", [["Milk"]])
    eventually(
        lambda: stock.face("A3").note, lambda note: "“name”" not in note, "the name is there"
    )
    stock.edit("C3", [[1.5]])
    stock.row_becomes({"name": "Milk"}, id=77)
    is_as_before(stock, "A3", Face())

    # a tab that has stopped says so
    stock.edit("B1", [["label"]])
    eventually(
        lambda: stock.face("A1").note,
        lambda note: "no column with the header 'name'" in note and "Write 'name'" in note,
        "the reason in the tab",
    )
    stock.edit("B1", [["name"]])
    eventually(lambda: stock.face("A1").note, lambda note: note == "", "no trouble any more")
    stock.sql(f"UPDATE {stock.mapping.table} SET name = 'Cream' WHERE id = 77")
    stock.sheet_shows({"name": "Cream"}, 77)


def test_a_new_row_without_a_key_is_marked_until_it_is_stored_or_gone(stock: Bridge) -> None:
    # one that waits for its other cells: what it lacks is said where its key will stand
    stock.decorate("A3", "ask Ann", GREEN)
    before = stock.face("A3")
    stock.edit("B3", [["Milk"]])
    face = says(stock, "A3", "not in the database yet", "“price” is missing")
    assert own_part(face.note) == "ask Ann"

    # it goes with its row
    stock.insert_rows(2)
    says(stock, "A4", "ask Ann", "“price” is missing")

    # what does not fit is said there too
    stock.edit("C4", [["cheap"]])
    says(stock, "C4", "“price”", "number")
    stock.edit("C4", [[1.5]])
    milk = key_beside(stock, "Milk")
    is_as_before(stock, f"A{stock.place(milk)}", before)
    is_as_before(stock, f"C{stock.place(milk)}", Face())

    # what the database refuses as a whole; mended by a key of one's own
    stock.edit("B8:C8", [["Bread", -1]])
    says(stock, "A8", "not in the database yet")
    stock.edit("A8", [[91]])
    stock.edit("C8", [[2]])
    stock.row_becomes({"name": "Bread"}, id=91)
    is_as_before(stock, "A8", Face())

    # a row that is given up, and a total that never was one
    stock.edit("B12", [["Wine"]])
    says(stock, "A12", "“price” is missing")
    stock.edit("A12:B12", [["", ""]])
    is_as_before(stock, "A12", Face())
    stock.edit("B14:C14", [["Total", "=SUM(C2:C9)"]])
    stock.edit("B15", [["Wine"]])
    says(stock, "A15", "“price” is missing")
    assert stock.face("A14") == Face()


def test_a_key_that_does_not_fit_is_marked_until_it_does_or_the_row_is_gone(stock: Bridge) -> None:
    # a new row, typed at once
    stock.decorate("A3", "ask Ann", GREEN)
    before = stock.face("A3")
    stock.edit("A3:C3", [["4l", "Milk", 1.5]])
    face = says(stock, "A3", "not in the database yet", "“id” takes a whole number", "not “4l”")
    assert own_part(face.note) == "ask Ann"

    # it goes with its row, and says what is there now
    stock.insert_rows(2)
    says(stock, "A4", "ask Ann", "not “4l”")
    stock.edit("A4", [[99999999999]])
    eventually(lambda: stock.face("A4").note, lambda note: "4l" not in note, "the new reason")
    says(stock, "A4", "ask Ann", "“id” takes a whole number")
    stock.edit("A4", [[92]])
    stock.row_becomes({"name": "Milk"}, id=92)
    is_as_before(stock, "A4", before)

    # the key of a standing row that is typed over, and put back
    at = f"A{stock.place(41)}"
    before = stock.face(at)
    stock.edit(at, [["x"]])
    says(stock, at, "not in the database yet", "“id” takes a whole number", "not “x”")
    stock.edit(at, [[41]])
    is_as_before(stock, at, before)
    stock.sheet_shows({"name": "Salt"}, 41)

    # a row that is given up
    stock.edit("A9:B9", [["soon", "Wine"]])
    says(stock, "A9", "“id” takes a whole number")
    stock.edit("A9:B9", [["", ""]])
    is_as_before(stock, "A9", Face())


def test_a_protected_range_stops_its_mapping_alone(stock: Bridge, planes: Bridge) -> None:
    sheet_id = stock.layout("sheets.properties.sheetId", "A1")["properties"]["sheetId"]
    price = {"sheetId": sheet_id, "startColumnIndex": 2, "endColumnIndex": 3}
    protected = {"range": price, "editors": {"users": ["ann@example.com"]}, "protectedRangeId": 77}
    stock.batch_update({"addProtectedRange": {"protectedRange": protected}})
    stock.sql(f"UPDATE {stock.mapping.table} SET price = 3 WHERE id = 41")
    words = "protected range keeps Sheetbridge from writing"
    eventually(stock.reason, lambda reason: words in str(reason), "the reason")
    stock.tells(words)
    log = RunDirectory(Path(stock.endpoints.run_directory)).log("sink").read_text()
    assert f"mapping {stock.mapping.name} stopped: a {words}" in log
    # each time that it tries again the reason is gone for a moment
    eventually(
        lambda: _status(stock), lambda said: words in said[stock.mapping.name].says, "status"
    )
    assert _status(stock)["planes"].well

    # what people type there reaches the table still, and another tab is written to
    stock.edit("B2", [["Salt and more"]])
    stock.row_becomes({"name": "Salt and more"}, id=41)
    before = planes.row(tailnum="N10156")
    assert before is not None
    for seats in (before["seats"] + 1, before["seats"]):
        planes.sql("UPDATE demo.planes SET seats = :seats WHERE tailnum = 'N10156'", seats=seats)
        planes.sheet_shows({"seats": seats}, "N10156")
    assert planes.reason() is None

    stock.batch_update({"deleteProtectedRange": {"protectedRangeId": 77}})
    stock.sheet_shows({"price": 3}, 41)
    eventually(stock.reason, lambda reason: reason is None, "no reason any more")
    stock.tells("")


def _status(stock: Bridge) -> dict[str, Line]:
    """What ``status`` says of each mapping, by name."""
    lines = gather(load(Path(stock.endpoints.config)))
    return {line.part.removeprefix("Mapping "): line for line in lines}
