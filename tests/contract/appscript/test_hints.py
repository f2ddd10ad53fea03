"""Gestures that only move or remove rows are hints."""

from typing import Any

import pytest

from tests.contract.appscript.conftest import Sheet


@pytest.mark.parametrize(
    ("gesture", "body", "hint"),
    [
        ("insert_rows", {"start": 2, "count": 3}, "INSERT_ROW"),
        ("delete_rows", {"start": 2, "count": 1}, "REMOVE_ROW"),
        ("insert_columns", {"start": 2}, "INSERT_COLUMN"),
        ("delete_columns", {"start": 3}, "REMOVE_COLUMN"),
        ("sort", {"column": "year", "ascending": True}, "OTHER"),
        ("move_rows", {"start": 2, "to": 5}, "OTHER"),
    ],
)
def test_a_gesture_on_rows_or_columns_is_a_hint(
    sheet: Sheet, gesture: str, body: dict[str, Any], hint: str
) -> None:
    sheet.act(gesture, **body)
    assert (sheet.webhook.hints, sheet.webhook.edits) == ([(hint, "planes")], [])


def test_sorting_leaves_the_header_and_moves_whole_rows(sheet: Sheet) -> None:
    sheet.act("sort", column="B", ascending=True)
    assert [row[:2] for row in sheet.values()] == [
        ["tailnum", "year"],
        ["N2", 1998],
        ["N3", 2001],
        ["N1", 2004],
    ]


def test_rows_emptied_by_hand_are_a_hint(sheet: Sheet) -> None:
    sheet.act("clear", range="A2:E3")
    assert (sheet.webhook.hints, sheet.webhook.edits) == ([("EDIT", "planes")], [])


def test_a_new_tab_has_the_mapped_ones_compared(sheet: Sheet) -> None:
    sheet.act("add_tab", title="another")
    assert sheet.webhook.hints == [("INSERT_GRID", "planes")]


@pytest.mark.parametrize(
    ("item", "command"),
    [
        ("sheetbridgeSyncNow", "reconcile"),
        ("sheetbridgePause", "pause"),
        ("sheetbridgeResume", "resume"),
    ],
)
def test_the_menu_commands_every_mapped_tab(sheet: Sheet, item: str, command: str) -> None:
    assert sheet.run(item)["error"] is None
    assert sheet.webhook.commands == [(command, "planes")]
