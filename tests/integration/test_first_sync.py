"""First syncs on the real stack: a fill that is killed twice, an empty table, both sides full."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local.endpoints import MappingEndpoint
from deploy.local.stack import Stack
from sink.pausing import VARIABLE
from tests.integration.added_mapping import added_mapping
from tests.integration.bridge import Bridge, eventually
from tests.integration.commands import listed, sheetbridge, within

pytestmark = pytest.mark.stack

ROWS = 8_000
LONG = 600
"""Characters of a cell: the rows fill three calls and a part of a fourth."""

CREATE = (
    "CREATE TABLE {table} (id INT PRIMARY KEY, note TEXT NULL, size ENUM('S','M') NULL, "
    "done TINYINT(1) NOT NULL DEFAULT 0, big BIGINT UNSIGNED NULL, day DATE NULL)"
)
FILL = (
    "INSERT INTO {table} WITH RECURSIVE digits (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM digits "
    "WHERE n < 99) SELECT number, CONCAT('=', number, REPEAT('x', {long})), "
    "ELT(1 + number % 2, 'S', 'M'), number % 2, 18446744073709551615, '2026-02-28' FROM "
    "(SELECT 1 + high.n * 100 + low.n AS number FROM digits high, digits low) numbers "
    "WHERE number <= {rows}"
)
COLUMNS = ["id", "note", "size", "done", "big", "day"]


def new_mapping(stack: Stack) -> MappingEndpoint:
    name = f"begun_{uuid.uuid4().hex[:6]}"
    spreadsheet = stack.endpoints.spreadsheet_id
    return MappingEndpoint(name, f"demo.{name}", spreadsheet, name, ["id"], COLUMNS)


@contextmanager
def sink_that_stops_at(point: str, bridge: Bridge, log: Path) -> Iterator[None]:
    """A sink that stands still at ``point`` once it holds many rows whose keys begin with 7: in the
    fill's last block. It is killed at the end.
    """
    argv = [sys.executable, "-m", "deploy.cli.main", "sink"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*argv, "--config", bridge.endpoints.config],
            env={**os.environ, VARIABLE: f"{point}:{bridge.mapping.name}:500:7"},
            stdout=output,
            stderr=output,
        )
    try:
        eventually(
            lambda: log.read_text(errors="replace"),
            lambda text: f"paused at {point}" in text,
            f"the sink at {point}",
        )
        yield
    finally:
        process.kill()
        process.wait()


def status(bridge: Bridge) -> str:
    """What ``status`` says of the mapping."""
    told = within(bridge.endpoints, "status")
    _, _, says = told.stdout.partition(f"Mapping {bridge.mapping.name}")
    return " ".join(says.split())


def in_step(bridge: Bridge, columns: Sequence[str]) -> None:
    """Both sides come to hold the same rows, each once, equal in these columns."""

    def sides() -> tuple[object, object, int]:
        shown = {key[0]: [row[column] for column in columns] for key, row in bridge.sheet().items()}
        held = {key[0]: [row[column] for column in columns] for key, row in bridge.table().items()}
        return shown, held, len(bridge.column("id"))

    eventually(
        sides, lambda seen: seen[0] == seen[1] and seen[2] == len(bridge.table()), "equal sides"
    )


def test_a_fill_that_is_killed_twice_doubles_and_loses_nothing(
    running_stack: Stack, tmp_path: Path
) -> None:
    mapping = new_mapping(running_stack)
    statements = [
        CREATE.format(table=mapping.table),
        FILL.format(table=mapping.table, long=LONG, rows=ROWS),
    ]
    with added_mapping(running_stack, mapping, statements, tmp_path, begins=False) as bridge:
        with sink_that_stops_at("before_fill", bridge, tmp_path / "first.log"):
            assert f"of {ROWS:,} rows" in status(bridge)
            assert "filling the sheet" in status(bridge)
            sent = len(bridge.column("id"))
            assert 0 < sent < ROWS
        bridge.sql(f"UPDATE {mapping.table} SET note = 'changed' WHERE id IN (1, 7999)")
        bridge.sql(f"DELETE FROM {mapping.table} WHERE id IN (2, 7998)")
        bridge.sql(f"INSERT INTO {mapping.table} (id, note) VALUES (9000, 'new')")
        with sink_that_stops_at("after_fill", bridge, tmp_path / "second.log"):
            bridge.edit(f"{bridge.letter('note')}{bridge.place(3)}", [["typed"]])
            bridge.sql(f"UPDATE {mapping.table} SET note = 'again' WHERE id = 4")
        running_stack.restart("sink")
        eventually(lambda: status(bridge), lambda says: " running" in f" {says}", "the end")
        bridge.sheet_shows({"note": "changed"}, 1)
        bridge.sheet_shows({"note": "again"}, 4)
        bridge.row_becomes({"note": "typed"}, id=3)
        bridge.sheet_shows({"note": "new"}, 9000)
        bridge.sheet_shows({"note": "changed"}, 7999)
        in_step(bridge, ["note", "size", "done"])
        assert len(bridge.table()) == ROWS - 1
        # nobody can know that the person had seen in a half-filled tab what they typed over
        logged = listed(bridge.endpoints, "conflicts", mapping.name)
        assert [each["key"] for each in logged] in ([], [{"id": 3}])
        looks_like_its_types(bridge)


def test_a_sink_that_is_told_to_end_does_not_finish_the_fill_first(
    running_stack: Stack, tmp_path: Path
) -> None:
    mapping = new_mapping(running_stack)
    statements = [
        CREATE.format(table=mapping.table),
        FILL.format(table=mapping.table, long=LONG, rows=ROWS),
    ]
    with added_mapping(running_stack, mapping, statements, tmp_path, begins=False) as bridge:
        with bridge.latency(2_000):
            argv = [sys.executable, "-m", "deploy.cli.main", "sink"]
            sink = subprocess.Popen([*argv, "--config", bridge.endpoints.config])
            try:
                says = f"of {ROWS:,} rows"
                eventually(lambda: status(bridge), lambda told: says in told, "the first block")
            finally:
                sink.terminate()
                assert sink.wait() == 0
        assert 0 < len(bridge.column("id")) < ROWS
        running_stack.restart("sink")
        eventually(lambda: status(bridge), lambda told: " running" in f" {told}", "the end")
        in_step(bridge, ["note", "size", "done"])


def looks_like_its_types(bridge: Bridge) -> None:
    """Header, formats, choices and the warning at the key."""
    looks = bridge.looks()
    assert looks["properties"]["gridProperties"]["frozenRowCount"] == 1
    (protected,) = looks["protectedRanges"]
    assert protected["warningOnly"] is True
    block = looks["data"][0]
    assert not any(row.get("hiddenByUser") for row in block["rowMetadata"])
    header, first, _ = (row["values"] for row in block["rowData"])
    assert header[0]["userEnteredFormat"]["textFormat"]["bold"] is True
    cells = dict(zip(COLUMNS, first, strict=False))
    assert cells["size"]["dataValidation"]["condition"]["type"] == "ONE_OF_LIST"
    assert cells["done"]["dataValidation"]["condition"]["type"] == "BOOLEAN"
    assert cells["done"]["userEnteredValue"] == {"boolValue": True}
    assert cells["big"]["userEnteredValue"] == {"stringValue": "18446744073709551615"}
    assert cells["day"]["userEnteredFormat"]["numberFormat"]["type"] == "DATE"


SHEET: list[list[object]] = [
    ["id", "mine", *COLUMNS[1:]],
    [1, "a note", "sheet's", "S", True, "", ""],
    [2, "", "only here", "M", False, 2**40, "2026-02-28"],
]


def test_a_tab_fills_an_empty_table(running_stack: Stack, tmp_path: Path) -> None:
    mapping = new_mapping(running_stack)
    statements = [CREATE.format(table=mapping.table)]
    with added_mapping(running_stack, mapping, statements, tmp_path, begins=False) as bridge:
        bridge.add_tab(SHEET)
        running_stack.restart("sink")
        bridge.row_becomes({"note": "sheet's", "size": "S", "done": 1, "big": None}, id=1)
        bridge.row_becomes({"note": "only here", "done": 0, "big": 2**40}, id=2)
        in_step(bridge, ["note", "size", "done"])
        assert bridge.grid("A1:H3")[0] == SHEET[0]
        assert bridge.grid("B2") == [["a note"]]
        assert "protectedRanges" not in bridge.looks()  # how a person's tab looks is theirs


@pytest.mark.parametrize(
    ("prefer", "kept", "lost"),
    [("sheet", "sheet's", "table's"), ("database", "table's", "sheet's")],
)
def test_where_both_are_full_they_are_met_by_key(
    prefer: str, kept: str, lost: str, running_stack: Stack, tmp_path: Path
) -> None:
    mapping = new_mapping(running_stack)
    statements = [
        CREATE.format(table=mapping.table),
        f"INSERT INTO {mapping.table} (id, note, size, done) VALUES (1, 'table''s', 'S', 1), "
        "(3, 'only there', NULL, 0)",
    ]
    with added_mapping(
        running_stack, mapping, statements, tmp_path, options=("--prefer", prefer), begins=False
    ) as bridge:
        bridge.add_tab(SHEET)
        running_stack.restart("sink")
        bridge.row_becomes({"note": kept}, id=1)
        bridge.sheet_shows({"note": kept, "mine": "a note"}, 1)
        bridge.row_becomes({"note": "only here"}, id=2)
        bridge.sheet_shows({"note": "only there"}, 3)
        in_step(bridge, ["note", "size", "done"])
        logged = listed(bridge.endpoints, "conflicts", mapping.name)
        assert [(each["column"], each["loser"]) for each in logged] == [("note", lost)]
        assert "running" in sheetbridge(bridge.endpoints, "status")
