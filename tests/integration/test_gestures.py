"""A person's less common gestures on the real stack: their effect reaches the table.

Fills and ticks fire an edit event; find-and-replace fires a change alone, undo and redo nothing at
all, so the comparison must find what they did. It runs every few seconds here, not minutes.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy.local.endpoints import MappingEndpoint
from deploy.local.loopback import LOOPBACK
from deploy.local.plan import ALL
from tests.integration.added_mapping import added_mapping
from tests.integration.bridge import Bridge, eventually
from tests.integration.conftest import READS_FOR_TESTS
from tests.stack import StackOfTheRun

pytestmark = pytest.mark.stack

COMPARE_EVERY = 5  # seconds
COLUMNS = ["id", "name", "size", "half", "done"]
CREATE = (
    "CREATE TABLE {table} (id VARCHAR(8) PRIMARY KEY, name VARCHAR(40) NULL, size INT NULL, "
    "half DECIMAL(8,2) NULL, done TINYINT(1) NOT NULL DEFAULT 0)"
)
ROWS = 8


@pytest.fixture(scope="module")
def tab(
    stack_of_the_run: StackOfTheRun, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bridge]:
    """A mapping of its own for all tests here, compared every few seconds."""
    stack = stack_of_the_run.with_parts(ALL)
    endpoints, name = stack.endpoints, f"boxes_{uuid.uuid4().hex[:6]}"
    LOOPBACK.put(  # comparing three mappings this often takes more than Google's 60 a minute
        f"{endpoints.sheets_url}/_control/settings",
        json={"quota_reads_per_minute": READS_FOR_TESTS},
    ).raise_for_status()
    mapping = MappingEndpoint(
        name, f"demo.{name}", endpoints.spreadsheet_id, name, ["id"], list(COLUMNS)
    )
    statements = [
        CREATE.format(table=mapping.table),
        f"INSERT INTO {mapping.table} VALUES ('first', 'first', 0, NULL, 0)",
    ]
    config = Path(endpoints.config)
    before = config.read_text()
    config.write_text(comparing_often(before))
    directory = tmp_path_factory.mktemp("tab")
    with added_mapping(stack, mapping, statements, directory) as bridge:
        bridge.sheet_shows({"size": 0}, "first")
        yield bridge
    config.write_text(before)
    stack.restart("sink")


@pytest.fixture
def boxes(tab: Bridge, prefix: str) -> Bridge:
    """Eight rows of the test's own, one below the other, with a checkbox each."""
    rows = ", ".join(
        f"('{prefix}{at}', '{prefix} old {at}', {at * 10}, NULL, 0)" for at in range(1, ROWS + 1)
    )
    tab.sql(f"INSERT INTO {tab.mapping.table} VALUES {rows}")
    tab.sheet_shows({"size": ROWS * 10}, f"{prefix}{ROWS}")
    assert tab.place(f"{prefix}{ROWS}") - tab.place(f"{prefix}1") == ROWS - 1
    return tab


def comparing_often(config: str) -> str:
    line = f"reconcile_every = {COMPARE_EVERY}\n"
    if "[sink]\n" in config:
        return config.replace("[sink]\n", f"[sink]\n{line}", 1)
    return f"{config}\n[sink]\n{line}"


def cell(bridge: Bridge, column: str, key: str) -> str:
    return f"{bridge.letter(column)}{bridge.place(key)}"


def becomes(bridge: Bridge, what: str, wanted: Mapping[str, Mapping[str, Any] | None]) -> None:
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

        return of(bridge.sheet()), of(bridge.table()), sum(key != "" for key in bridge.column("id"))

    eventually(sides, lambda seen: seen[0] == seen[1] and seen[2] == len(seen[1]), "equal sides")


def test_what_is_filled_down_reaches_the_table(boxes: Bridge, prefix: str) -> None:
    top = boxes.place(f"{prefix}1")
    boxes.gesture("fill", source=f"B{top}", range=f"B{top + 1}:B{top + 4}")
    same = {"name": f"{prefix} old 1"}
    becomes(boxes, "fill of values", {f"{prefix}{at}": same for at in range(2, 6)})

    boxes.edit(f"D{top}", [[f"=C{top}/2"]])
    boxes.row_becomes({"half": 5}, id=f"{prefix}1")
    last = top + ROWS - 1
    boxes.gesture("fill", source=f"D{top}", range=f"D{top + 1}:D{last}")
    halves = {f"{prefix}{at}": {"half": at * 5} for at in range(1, ROWS + 1)}
    becomes(boxes, "fill of a formula", halves)
    assert [boxes.formula(f"D{row}") for row in (top + 1, last)] == [
        f"=C{top + 1}/2",
        f"=C{last}/2",
    ]
    in_step(boxes)


def test_a_checkbox_is_ticked_and_unticked_and_a_program_flips_it(
    boxes: Bridge, prefix: str
) -> None:
    key = f"{prefix}3"
    boxes.gesture("tick", range=cell(boxes, "done", key))
    becomes(boxes, "tick", {key: {"done": 1}})
    boxes.gesture("tick", range=cell(boxes, "done", key))
    becomes(boxes, "untick", {key: {"done": 0}})
    boxes.sql(f"UPDATE {boxes.mapping.table} SET done = 1 WHERE id = '{key}'")
    boxes.sheet_shows({"done": True}, key)
    boxes.gesture("tick", range=cell(boxes, "done", key))
    becomes(boxes, "untick after a program's tick", {key: {"done": 0}})

    keys = [f"{prefix}{at}" for at in range(1, ROWS + 1)]
    with boxes.no_triggers():
        for each in keys:
            boxes.gesture("tick", range=cell(boxes, "done", each))
    becomes(boxes, "ticks whose triggers are lost", {each: {"done": 1} for each in keys})


def test_cut_cells_are_followed_to_where_they_are_pasted(boxes: Bridge, prefix: str) -> None:
    source, target = (cell(boxes, "name", f"{prefix}{at}") for at in (2, 5))
    boxes.gesture("cut_paste", source=source, range=target)
    moved: dict[str, dict[str, Any]] = {
        f"{prefix}5": {"name": f"{prefix} old 2"},
        f"{prefix}2": {"name": None},
    }
    becomes(boxes, "cut and paste", moved)

    key = f"{prefix}7"  # a whole row, its key too, goes below the last one
    row, free = boxes.place(key), boxes.place(f"{prefix}{ROWS}") + 3
    boxes.gesture("cut_paste", source=f"A{row}:E{row}", range=f"A{free}")
    in_step(boxes)
    assert boxes.place(key) == free
    boxes.sql(f"UPDATE {boxes.mapping.table} SET size = 71 WHERE id = '{key}'")
    boxes.sheet_shows({"size": 71}, key)
    in_step(boxes)


def test_what_was_replaced_is_found(boxes: Bridge, prefix: str) -> None:
    cells = f"{cell(boxes, 'name', f'{prefix}1')}:{cell(boxes, 'name', f'{prefix}{ROWS}')}"
    boxes.gesture("find_replace", find="old", replacement="new", range=cells)
    wanted = {f"{prefix}{at}": {"name": f"{prefix} new {at}"} for at in range(1, ROWS + 1)}
    becomes(boxes, "find and replace", wanted)
    in_step(boxes)


def test_an_undone_and_a_redone_edit_are_followed(boxes: Bridge, prefix: str) -> None:
    key, old = f"{prefix}4", {"name": f"{prefix} old 4"}
    boxes.edit(cell(boxes, "name", key), [["typed"]])
    boxes.row_becomes({"name": "typed"}, id=key)
    boxes.gesture("undo")
    becomes(boxes, "undone edit", {key: old})
    boxes.gesture("redo")
    becomes(boxes, "redone edit", {key: {"name": "typed"}})
    boxes.gesture("undo", fires=["edit", "change"])
    becomes(boxes, "undone edit with its events", {key: old})
    in_step(boxes)


@pytest.mark.parametrize("fires", [[], ["change"]])
def test_an_undone_delete_is_followed(boxes: Bridge, prefix: str, fires: list[str]) -> None:
    whole = {key: boxes.row(id=key) for key in (f"{prefix}3", f"{prefix}4")}
    at = boxes.place(f"{prefix}3")
    boxes.delete_rows(at, 2)
    becomes(boxes, "delete", dict.fromkeys(whole))
    boxes.sql(f"UPDATE {boxes.mapping.table} SET size = 11 WHERE id = '{prefix}1'")
    boxes.sheet_shows({"size": 11}, f"{prefix}1")
    boxes.gesture("undo", fires=fires)
    becomes(boxes, f"undone delete, events {fires}", whole)
    assert boxes.place(f"{prefix}3") == at
    boxes.sheet_shows({"size": 11}, f"{prefix}1")
    boxes.gesture("redo", fires=fires)
    becomes(boxes, f"redone delete, events {fires}", dict.fromkeys(whole))
    in_step(boxes)


def test_a_delete_undone_at_once_loses_nothing(boxes: Bridge, prefix: str) -> None:
    held = boxes.table()
    boxes.delete_rows(boxes.place(f"{prefix}3"), 2)
    boxes.gesture("undo")
    boxes.sort(1, ascending=False)
    boxes.gesture("undo")
    boxes.edit(cell(boxes, "name", f"{prefix}1"), [["last"]])
    becomes(boxes, "an edit after them", {f"{prefix}1": {"name": "last"}})
    in_step(boxes)
    assert boxes.table().keys() == held.keys()


def test_hidden_and_filtered_rows_take_our_writes_and_stay_hidden(
    boxes: Bridge, prefix: str
) -> None:
    """What Google's own copyPaste and insertDimension do below a filter is not known for certain:
    the emulator's touch hidden rows like any others.
    """
    table, keys = boxes.mapping.table, [f"{prefix}{at}" for at in range(ROWS + 2)]
    boxes.gesture("hide_rows", start=boxes.place(keys[2]), count=2)
    boxes.gesture("hide_columns", start=3)
    filtered = [f"{prefix} old 5", f"{prefix} old 6"]
    below = boxes.place(keys[ROWS])
    boxes.gesture("set_filter", range=f"A1:E{below}", column="name", hide=filtered)
    flags = {keys[2]: BY_USER, keys[3]: BY_USER, keys[5]: BY_FILTER, keys[6]: BY_FILTER}
    assert hidden(boxes) == flags
    before = boxes.table()
    time.sleep(2 * COMPARE_EVERY)
    assert boxes.table() == before

    boxes.sql(f"UPDATE {table} SET size = size + 1, name = CONCAT(name, '!') WHERE id <> 'first'")
    boxes.sql(f"INSERT INTO {table} VALUES ('{keys[9]}', 'new', 90, NULL, 1)")
    boxes.sql(f"DELETE FROM {table} WHERE id IN ('{keys[3]}', '{keys[7]}')")
    boxes.sheet_shows({"size": 90}, keys[9])
    in_step(boxes)
    boxes.edit(cell(boxes, "size", keys[6]), [[600]])  # below the filter
    boxes.delete_rows(boxes.place(keys[1]))
    becomes(boxes, "edit and delete below a filter", {keys[6]: {"size": 600}, keys[1]: None})
    in_step(boxes)
    assert hidden(boxes) == {key: flags[key] for key in (keys[2], keys[5], keys[6])}
    seen = layout(boxes)
    assert seen["data"][0]["columnMetadata"][2]["hiddenByUser"] is True
    assert "filterSpecs" in seen["basicFilter"]

    boxes.gesture("clear_filter")
    boxes.gesture("show_rows", start=1, count=below + 2)
    boxes.gesture("show_columns", start=3)
    assert hidden(boxes) == {}
    in_step(boxes)


BY_USER, BY_FILTER = "hiddenByUser", "hiddenByFilter"


def hidden(bridge: Bridge) -> dict[str, str]:
    """Which keys' rows are hidden, and by what."""
    lines = layout(bridge)["data"][0]["rowMetadata"]
    return {
        str(key): flag
        for (key,), row in bridge.sheet().items()
        for flag in (BY_USER, BY_FILTER)
        if isinstance(row["row"], int) and lines[row["row"] - 1].get(flag)
    }


def layout(bridge: Bridge) -> dict[str, Any]:
    """The tab's filter and the flags of its first rows and columns."""
    return bridge.layout("sheets(basicFilter,data(rowMetadata,columnMetadata))", "A1:E300")
