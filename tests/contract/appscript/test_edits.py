"""Gestures that change cells become signed posts."""

from tests.contract.appscript.conftest import Sheet


def test_a_typed_cell_is_posted_signed_with_its_key_and_old_value(sheet: Sheet) -> None:
    done = sheet.edit("B2", [[2005]], editor="ann@example.com")
    [post] = sheet.webhook.edits
    assert sheet.webhook.refused == []
    assert post["spreadsheet_id"] == sheet.spreadsheet_id
    assert post["editor"] == "ann@example.com"
    assert post["time_ms"] >= done["time_ms"] - 1
    assert post["rows"] == [
        {
            "row": 2,
            "key": {"tailnum": "N1"},
            "typed": True,
            "cells": {"year": {"value": 2005, "old": 2004}},
        }
    ]


def test_a_typed_date_is_a_wall_clock_whatever_the_zone(sheet: Sheet) -> None:
    sheet.edit("E2", [["2024-06-01"]])
    sheet.edit("E2", [["2024-11-03 01:30:00"]])  # an hour that New York has twice
    assert [post["rows"][0]["cells"]["built"] for post in sheet.webhook.edits] == [
        {"value": {"date": "2024-06-01T00:00:00.000"}, "old": 38020},
        {"value": {"date": "2024-11-03T01:30:00.000"}, "old": 45444},
    ]


def test_an_hour_that_the_zone_skips_is_left_to_the_comparison(sheet: Sheet) -> None:
    """A script reads 02:30 of that night as 03:30: no wrong value may be posted."""
    sheet.edit("E2:E3", [["2024-03-10 02:30:00"], ["2024-03-10 04:30:00"]])
    [post] = sheet.webhook.edits
    assert [row["row"] for row in post["rows"]] == [3]
    assert sheet.webhook.hints == [("EDIT", "planes")]


def test_texts_numbers_booleans_and_formulas_are_told_apart(sheet: Sheet) -> None:
    for typed in ["'007", "1e3", "TRUE", "=1+1", "=1/0", "12.5%", "\u00e9\u2713\U0001d11e"]:
        sheet.edit("B2", [[typed]])
    assert [post["rows"][0]["cells"]["year"]["value"] for post in sheet.webhook.edits] == [
        "007",
        1000,
        True,
        2,
        {"error": "#DIV/0!"},
        0.125,
        "\u00e9\u2713\U0001d11e",
    ]
    formulas = [post["rows"][0]["cells"]["year"].get("formula") for post in sheet.webhook.edits]
    assert formulas == [None, None, None, "=1+1", "=1/0", None, None]


def test_a_cleared_cell_is_null_with_its_old_value(sheet: Sheet) -> None:
    sheet.act("clear", range="D2")
    sheet.edit("D3", [[None]])
    assert [post["rows"][0]["cells"] for post in sheet.webhook.edits] == [
        {"maker": {"value": None, "old": "EMBRAER"}},
        {"maker": {"value": None, "old": "AIRBUS"}},
    ]


def test_a_paste_is_one_post_of_mapped_cells_in_order(sheet: Sheet) -> None:
    sheet.edit("B2:D4", [[1, "x", "A"], [2, "y", "B"], [3, "z", "C"]])
    [post] = sheet.webhook.edits
    assert [(row["key"]["tailnum"], row["cells"]) for row in post["rows"]] == [
        ("N1", {"year": {"value": 1}, "maker": {"value": "A"}}),
        ("N2", {"year": {"value": 2}, "maker": {"value": "B"}}),
        ("N3", {"year": {"value": 3}, "maker": {"value": "C"}}),
    ]
    assert all("typed" not in row for row in post["rows"])


def test_a_paste_of_1200_rows_grows_the_grid_and_is_split_in_order(sheet: Sheet) -> None:
    sheet.edit("A5", [[f"K{n}", n] for n in range(1200)])
    sizes = [len(post["rows"]) for post in sheet.webhook.edits]
    keys = [row["key"]["tailnum"] for post in sheet.webhook.edits for row in post["rows"]]
    assert (sizes, keys) == ([500, 500, 200], [f"K{n}" for n in range(1200)])


def test_an_edited_key_brings_the_whole_mapped_row_and_the_old_key(sheet: Sheet) -> None:
    sheet.edit("A2", [["N10"]])
    [row] = sheet.webhook.edits[0]["rows"]
    assert row["key"] == {"tailnum": "N10"}
    assert row["old_key"] == {"tailnum": "N1"}
    assert row["key_edited"] is True
    assert row["cells"] == {
        "tailnum": {"value": "N10", "old": "N1"},
        "year": {"value": 2004},
        "maker": {"value": "EMBRAER"},
        "built": {"value": {"date": "2004-02-03T00:00:00.000"}},
    }


def test_a_new_row_below_is_posted_whole(sheet: Sheet) -> None:
    sheet.edit("A5:E5", [["N5", 2020, "", "CESSNA", "2020-01-01"]])
    [row] = sheet.webhook.edits[0]["rows"]
    assert (row["row"], row["key"], row["key_edited"]) == (5, {"tailnum": "N5"}, True)
    assert "old_key" not in row


def test_what_the_api_or_a_script_writes_is_posted_by_nobody(sheet: Sheet) -> None:
    sheet.emulator.spreadsheet(sheet.spreadsheet_id).values_update("planes!B2", [[1]], actor="api")
    sheet.client.post("/_control/settle").raise_for_status()
    assert sheet.webhook.posts == []


def test_a_late_trigger_of_a_moved_row_is_a_hint(sheet: Sheet) -> None:
    sheet.settings(trigger_delay_ms=300)
    sheet.edit("B2", [[2005]], wait=False)
    sheet.settings(trigger_delay_ms=0)
    sheet.act("sort", column="tailnum", ascending=False)
    sheet.client.post("/_control/settle").raise_for_status()
    assert sheet.webhook.edits == []
    assert ("MOVED", "planes") in sheet.webhook.hints


def test_a_renamed_key_header_is_a_hint(sheet: Sheet) -> None:
    sheet.edit("A1", [["tail"]])
    assert (sheet.webhook.hints, sheet.webhook.edits) == ([("HEADER", "planes")], [])
