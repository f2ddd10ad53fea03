"""A person's less common gestures on the real stack: their effect reaches the table.

Fills and ticks fire an edit event; find-and-replace fires a change alone, undo and redo nothing at
all, so the comparison must find what they did. It runs every few seconds here, not minutes.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.local.endpoints import MappingEndpoint
from deploy.local.stack import Stack
from tests.integration.added_mapping import added_mapping
from tests.integration.bridge import Bridge, eventually

pytestmark = pytest.mark.stack

COMPARE_EVERY = 5  # seconds
COLUMNS = ["id", "name", "size", "half", "done"]
CREATE = (
    "CREATE TABLE {table} (id VARCHAR(8) PRIMARY KEY, name VARCHAR(40) NULL, size INT NULL, "
    "half DECIMAL(8,2) NULL, done TINYINT(1) NOT NULL DEFAULT 0)"
)
ROWS = 8
FILL = "INSERT INTO {table} VALUES " + ", ".join(
    f"('k{at}', 'old {at}', {at * 10}, NULL, 0)" for at in range(1, ROWS + 1)
)


@pytest.fixture
def boxes(running_stack: Stack, planes: Bridge, tmp_path: Path) -> Iterator[Bridge]:
    """A tab of eight rows with a checkbox each, filled from its table.

    With ``planes`` for its quota of reads: comparing three mappings this often takes more than 60.
    """
    name = f"boxes_{uuid.uuid4().hex[:6]}"
    endpoints = planes.endpoints
    mapping = MappingEndpoint(
        name, f"demo.{name}", endpoints.spreadsheet_id, name, ["id"], list(COLUMNS)
    )
    statements = [each.format(table=mapping.table) for each in (CREATE, FILL)]
    config = Path(endpoints.config)
    before = config.read_text()
    config.write_text(comparing_often(before))
    with added_mapping(running_stack, mapping, statements, tmp_path) as bridge:
        bridge.sheet_shows({"size": ROWS * 10}, f"k{ROWS}")
        yield bridge
    config.write_text(before)
    running_stack.restart("sink")


def comparing_often(config: str) -> str:
    line = f"reconcile_every = {COMPARE_EVERY}\n"
    if "[sink]\n" in config:
        return config.replace("[sink]\n", f"[sink]\n{line}", 1)
    return f"{config}\n[sink]\n{line}"


def cell(bridge: Bridge, column: str, key: str) -> str:
    return f"{bridge.letter(column)}{bridge.place(key)}"


def becomes(bridge: Bridge, what: str, wanted: dict[str, dict[str, Any] | None]) -> None:
    """The table's rows come to hold these values; tells how soon."""
    began = time.monotonic()
    for key, row in wanted.items():
        bridge.row_becomes(row, id=key)
    print(f"{what}: in the table after {time.monotonic() - began:.2f} s")


def in_step(bridge: Bridge) -> None:
    """Both sides come to hold the same rows, each once."""

    def sides() -> tuple[dict[Any, Any], dict[Any, Any], int]:
        def of(rows: dict[Any, dict[str, Any]]) -> dict[Any, Any]:
            return {
                key: [row[each] for each in ("name", "size", "done")] for key, row in rows.items()
            }

        return of(bridge.sheet()), of(bridge.table()), len(bridge.column("id"))

    eventually(sides, lambda seen: seen[0] == seen[1] and seen[2] == len(seen[1]), "equal sides")


def test_what_is_filled_down_reaches_the_table(boxes: Bridge) -> None:
    boxes.gesture("fill", source="B2", range="B3:B6")
    becomes(boxes, "fill of values", {f"k{at}": {"name": "old 1"} for at in range(2, 6)})

    boxes.edit("D2", [["=C2/2"]])
    boxes.row_becomes({"half": 5}, id="k1")
    boxes.gesture("fill", source="D2", range=f"D3:D{ROWS + 1}")
    becomes(boxes, "fill of a formula", {f"k{at}": {"half": at * 5} for at in range(1, ROWS + 1)})
    assert [boxes.formula(f"D{row}") for row in (3, ROWS + 1)] == ["=C3/2", f"=C{ROWS + 1}/2"]
    in_step(boxes)


def test_a_checkbox_is_ticked_and_unticked_and_a_program_flips_it(boxes: Bridge) -> None:
    boxes.gesture("tick", range=cell(boxes, "done", "k3"))
    becomes(boxes, "tick", {"k3": {"done": 1}})
    boxes.gesture("tick", range=cell(boxes, "done", "k3"))
    becomes(boxes, "untick", {"k3": {"done": 0}})
    boxes.sql(f"UPDATE {boxes.mapping.table} SET done = 1 WHERE id = 'k3'")
    boxes.sheet_shows({"done": True}, "k3")
    boxes.gesture("tick", range=cell(boxes, "done", "k3"))
    becomes(boxes, "untick after a program's tick", {"k3": {"done": 0}})

    with boxes.no_triggers():
        for at in range(1, ROWS + 1):
            boxes.gesture("tick", range=cell(boxes, "done", f"k{at}"))
    becomes(boxes, "ticks whose triggers are lost", {f"k{at}": {"done": 1} for at in range(1, 9)})


def test_cut_cells_are_followed_to_where_they_are_pasted(boxes: Bridge) -> None:
    boxes.gesture("cut_paste", source=cell(boxes, "name", "k2"), range=cell(boxes, "name", "k5"))
    becomes(boxes, "cut and paste", {"k5": {"name": "old 2"}, "k2": {"name": None}})

    row = boxes.place("k7")  # a whole row, its key too, goes below the last one
    boxes.gesture("cut_paste", source=f"A{row}:E{row}", range=f"A{ROWS + 4}")
    in_step(boxes)
    assert boxes.place("k7") == ROWS + 4
    boxes.sql(f"UPDATE {boxes.mapping.table} SET size = 71 WHERE id = 'k7'")
    boxes.sheet_shows({"size": 71}, "k7")
    in_step(boxes)


def test_what_was_replaced_is_found(boxes: Bridge) -> None:
    boxes.gesture("find_replace", find="old", replacement="new", range=f"B2:B{ROWS + 1}")
    wanted = {f"k{at}": {"name": f"new {at}"} for at in range(1, ROWS + 1)}
    becomes(boxes, "find and replace", wanted)
    in_step(boxes)


def test_an_undone_and_a_redone_edit_are_followed(boxes: Bridge) -> None:
    boxes.edit(cell(boxes, "name", "k4"), [["typed"]])
    boxes.row_becomes({"name": "typed"}, id="k4")
    boxes.gesture("undo")
    becomes(boxes, "undone edit", {"k4": {"name": "old 4"}})
    boxes.gesture("redo")
    becomes(boxes, "redone edit", {"k4": {"name": "typed"}})
    boxes.gesture("undo", fires=["edit", "change"])
    becomes(boxes, "undone edit with its events", {"k4": {"name": "old 4"}})
    in_step(boxes)


@pytest.mark.parametrize("fires", [[], ["change"]])
def test_an_undone_delete_is_followed(boxes: Bridge, fires: list[str]) -> None:
    whole = {key: boxes.row(id=key) for key in ("k3", "k4")}
    boxes.delete_rows(boxes.place("k3"), 2)
    becomes(boxes, "delete", dict.fromkeys(whole))
    boxes.sql(f"UPDATE {boxes.mapping.table} SET size = 11 WHERE id = 'k1'")
    boxes.sheet_shows({"size": 11}, "k1")
    boxes.gesture("undo", fires=fires)
    becomes(boxes, f"undone delete, events {fires}", whole)
    assert boxes.place("k3") == 4
    assert boxes.shown("k1") == {**(boxes.shown("k1") or {}), "size": 11}
    boxes.gesture("redo", fires=fires)
    becomes(boxes, f"redone delete, events {fires}", dict.fromkeys(whole))
    in_step(boxes)


def test_a_delete_undone_at_once_loses_nothing(boxes: Bridge) -> None:
    boxes.delete_rows(boxes.place("k3"), 2)
    boxes.gesture("undo")
    boxes.sort(1, ascending=False)
    boxes.gesture("undo")
    boxes.edit(cell(boxes, "name", "k1"), [["last"]])
    becomes(boxes, "an edit after them", {"k1": {"name": "last"}})
    in_step(boxes)
    assert len(boxes.table()) == ROWS


def test_hidden_and_filtered_rows_take_our_writes_and_stay_hidden(boxes: Bridge) -> None:
    """What Google's own copyPaste and insertDimension do below a filter is not known for certain:
    the emulator's touch hidden rows like any others.
    """
    table = boxes.mapping.table
    boxes.gesture("hide_rows", start=boxes.place("k2"), count=2)
    boxes.gesture("hide_columns", start=3)
    boxes.gesture("set_filter", range=f"A1:E{ROWS + 1}", column="name", hide=["old 5", "old 6"])
    flags = hidden(boxes)
    assert flags == {"k2": "hiddenByUser", "k3": "hiddenByUser", "k5": FILTERED, "k6": FILTERED}
    before = boxes.table()
    time.sleep(2 * COMPARE_EVERY)
    assert boxes.table() == before

    boxes.sql(f"UPDATE {table} SET size = size + 1, name = CONCAT(name, '!')")
    boxes.sql(f"INSERT INTO {table} VALUES ('k9', 'new', 90, NULL, 1)")
    boxes.sql(f"DELETE FROM {table} WHERE id IN ('k3', 'k7')")
    boxes.sheet_shows({"size": 90}, "k9")
    in_step(boxes)
    boxes.edit(cell(boxes, "size", "k6"), [[600]])  # below the filter, as a paste over it does
    boxes.delete_rows(boxes.place("k1"))
    becomes(boxes, "edit and delete below a filter", {"k6": {"size": 600}, "k1": None})
    in_step(boxes)
    assert hidden(boxes) == {key: flags[key] for key in ("k2", "k5", "k6")}
    seen = layout(boxes)
    assert seen["data"][0]["columnMetadata"][2]["hiddenByUser"] is True
    assert "filterSpecs" in seen["basicFilter"]

    boxes.gesture("clear_filter")
    boxes.gesture("show_rows", start=1, count=ROWS + 2)
    boxes.gesture("show_columns", start=3)
    assert hidden(boxes) == {}
    in_step(boxes)


FILTERED = "hiddenByFilter"


def hidden(bridge: Bridge) -> dict[str, str]:
    """Which keys' rows are hidden, and by what."""
    lines = layout(bridge)["data"][0]["rowMetadata"]
    return {
        str(key): flag
        for (key,), row in bridge.sheet().items()
        for flag in ("hiddenByUser", FILTERED)
        if isinstance(row["row"], int) and lines[row["row"] - 1].get(flag)
    }


def layout(bridge: Bridge) -> dict[str, Any]:
    """The tab's filter and the flags of its first rows and columns."""
    return bridge.layout("sheets(basicFilter,data(rowMetadata,columnMetadata))", "A1:E20")
