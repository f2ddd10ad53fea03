"""Create, read, update and delete in each direction, on the real stack."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from tests.integration.bridge import Bridge, eventually

pytestmark = pytest.mark.stack


def test_the_sheet_shows_every_row_of_the_table(planes: Bridge) -> None:
    shown = eventually(planes.sheet, lambda rows: len(rows) >= 3_322, "rows in the sheet")
    for tailnum in ("N10156", "N999DN"):
        row = planes.row(tailnum=tailnum)
        assert row is not None
        assert {column: shown[(tailnum,)][column] for column in row} == row


def test_a_row_inserted_in_the_database_appears(planes: Bridge) -> None:
    planes.sql("INSERT INTO demo.planes (tailnum, year, model) VALUES ('T-NEW', 2001, '=1+1')")
    planes.sheet_shows({"year": 2001, "model": "=1+1", "speed": None}, "T-NEW")
    planes.sql("DELETE FROM demo.planes WHERE tailnum = 'T-NEW'")
    planes.sheet_shows(None, "T-NEW")


def test_an_update_in_the_database_changes_one_cell(planes: Bridge) -> None:
    planes.sql("UPDATE demo.planes SET seats = 77 WHERE tailnum = 'N102UW'")
    planes.sheet_shows({"seats": 77, "year": 1998}, "N102UW")


def test_a_cell_typed_in_the_sheet_reaches_the_database(planes: Bridge) -> None:
    row = planes.place("N103US")
    planes.edit(f"{planes.letter('seats')}{row}", [[88]])
    planes.row_becomes({"seats": 88, "year": 1999}, tailnum="N103US")


def test_a_cleared_cell_becomes_null(planes: Bridge) -> None:
    row = planes.place("N104UW")
    planes.edit(f"{planes.letter('seats')}{row}", [[""]])
    planes.row_becomes({"seats": None}, tailnum="N104UW")


def test_a_row_typed_in_the_sheet_is_created(planes: Bridge) -> None:
    end = len(planes.sheet()) + 2
    planes.edit(f"A{end}", [["T-TYPED", 2002, "Glider"]])
    planes.row_becomes({"year": 2002, "type": "Glider", "seats": None}, tailnum="T-TYPED")


def test_a_row_deleted_in_the_sheet_is_deleted(planes: Bridge) -> None:
    planes.sql("INSERT INTO demo.planes (tailnum, year) VALUES ('T-GONE', 2003)")
    planes.sheet_shows({"year": 2003}, "T-GONE")
    planes.delete_rows(planes.place("T-GONE"))
    planes.row_becomes(None, tailnum="T-GONE")
    planes.sheet_shows(None, "T-GONE")


def test_a_pasted_block_reaches_every_row(planes: Bridge) -> None:
    first = planes.place("N10575")
    keys = [
        key for key, row in planes.sheet().items() if first <= int(str(row["row"])) < first + 20
    ]
    letter = planes.letter("engines")
    planes.edit(
        f"{letter}{first}:{planes.letter('seats')}{first + 19}",
        [[3, 500 + number] for number in range(20)],
    )
    for number, (tailnum,) in enumerate(keys):
        planes.row_becomes({"engines": 3, "seats": 500 + number}, tailnum=tailnum)


def test_two_people_edit_different_cells_of_a_row_at_once(planes: Bridge) -> None:
    row = planes.place("N105UW")
    planes.sql("UPDATE demo.planes SET engine = 'Electric' WHERE tailnum = 'N105UW'")
    planes.edit(f"{planes.letter('speed')}{row}", [[432]])
    planes.row_becomes({"engine": "Electric", "speed": 432}, tailnum="N105UW")
    planes.sheet_shows({"engine": "Electric", "speed": 432}, "N105UW")


def test_a_sorted_sheet_still_receives_the_right_rows(planes: Bridge) -> None:
    planes.sort(1, ascending=False)
    planes.sql("UPDATE demo.planes SET seats = 91 WHERE tailnum = 'N107US'")
    planes.sheet_shows({"seats": 91}, "N107US")
    row = planes.place("N108UW")
    planes.edit(f"{planes.letter('seats')}{row}", [[92]])
    planes.row_becomes({"seats": 92}, tailnum="N108UW")
    planes.sort(1, ascending=True)


def test_a_composite_key_with_a_date_and_decimals_both_ways(weather: Bridge) -> None:
    hour = datetime(2013, 1, 1, 6)  # noqa: DTZ001  a DATETIME has no zone
    key = {"origin": "JFK", "time_hour": hour}
    weather.sql(
        "UPDATE demo.weather SET temp = 12.34 WHERE origin = 'JFK' AND time_hour = :hour", hour=hour
    )
    shown = eventually(
        weather.sheet,
        lambda rows: any(row["temp"] == 12.34 for row in rows.values()),
        "the temperature in the sheet",
    )
    (row,) = [row for row in shown.values() if row["temp"] == 12.34]
    weather.edit(f"{weather.letter('dewp')}{row['row']}", [[-1.5]])
    weather.row_becomes({"dewp": Decimal("-1.50"), "temp": Decimal("12.34")}, **key)


def test_an_existing_key_typed_into_another_row_stops_the_mapping_and_changes_nothing(
    planes: Bridge,
) -> None:
    row, other = planes.place("N111US"), planes.place("N11113")
    first, second = planes.row(tailnum="N111US"), planes.row(tailnum="N11113")
    planes.edit(f"A{row}", [["N11113"]])
    eventually(planes.reason, lambda reason: "N11113" in (reason or ""), "the reason")
    assert planes.row(tailnum="N111US") == first
    assert planes.row(tailnum="N11113") == second

    planes.edit(f"A{row}", [["N111US"]])
    eventually(planes.reason, lambda reason: reason is None, "the mapping goes on")
    planes.edit(f"{planes.letter('seats')}{other}", [[44]])
    planes.row_becomes({"seats": 44}, tailnum="N11113")
    planes.row_becomes(first, tailnum="N111US")
