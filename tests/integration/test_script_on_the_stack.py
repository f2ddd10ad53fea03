"""The script's menu on the real stack: what the sink says reaches the sheet, and commands it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.cli import stored_state
from deploy.cli.configuration import load
from deploy.local.loopback import LOOPBACK
from tests.integration.bridge import Bridge, eventually

pytestmark = pytest.mark.stack


def run(bridge: Bridge, function: str) -> dict[str, Any]:
    """Run one of the script's functions as the spreadsheet's owner."""
    answer = LOOPBACK.post(
        f"{bridge.endpoints.sheets_url}/_control/spreadsheets/{bridge.endpoints.spreadsheet_id}"
        "/script/run",
        json={"function": function, "args": []},
        timeout=60,
    )
    record: dict[str, Any] = answer.json()
    assert record["error"] is None, record["error"]
    return record


def status(bridge: Bridge) -> dict[str, Any]:
    """What the script knows of the mapping's sink."""
    told = run(bridge, "sheetbridgeStatus")["result"]["sync"]
    assert told["error"] is None
    found = next(each for each in told["mappings"] if each["name"] == bridge.mapping.name)
    sink: dict[str, Any] = found["sink"] or {}
    return sink


def becomes(bridge: Bridge, wanted: Callable[[dict[str, Any]], bool], what: str) -> dict[str, Any]:
    return eventually(lambda: status(bridge), wanted, what)


@pytest.fixture
def plane(planes: Bridge, prefix: str) -> str:
    """The key of a plane that both sides know."""
    key = f"{prefix}S"
    planes.sql("INSERT INTO demo.planes (tailnum, seats) VALUES (:key, 10)", key=key)
    planes.sheet_shows({"seats": 10}, key)
    return key


def test_a_tab_in_step_a_refused_cell_and_its_mending_are_told_in_the_sheet(
    planes: Bridge, plane: str
) -> None:
    cell = f"{planes.letter('seats')}{planes.place(plane)}"
    began = time.time() * 1000
    planes.edit(cell, [[11]])
    planes.row_becomes({"seats": 11}, tailnum=plane)
    sink = becomes(
        planes,
        lambda said: said.get("waiting") == 0 and (said["last_change_ms"] or 0) >= began - 2_000,
        "in step",
    )
    assert (sink["phase"], sink["reason"], sink["paused"]) == ("running", None, False)
    assert sink["at_ms"] >= began - 2_000

    def names(said: dict[str, Any]) -> list[tuple[str, str]]:
        return [(each["key"], each["header"]) for each in said["refused"]["examples"]]

    refused = (f'{{"tailnum":"{plane}"}}', "seats")
    planes.edit(cell, [["many"]])
    sink = becomes(planes, lambda said: refused in names(said), "the refused cell")
    assert sink["refused"]["rows"] >= 1
    [reason] = [each["reason"] for each in sink["refused"]["examples"] if each["key"] == refused[0]]
    assert "number" in reason
    planes.edit(cell, [[12]])
    planes.row_becomes({"seats": 12}, tailnum=plane)
    becomes(planes, lambda said: refused not in names(said), "the mended cell")


def test_sync_now_finds_an_edit_whose_trigger_was_lost(planes: Bridge, plane: str) -> None:
    sheets = httpx.Client(base_url=planes.endpoints.sheets_url, verify=False)
    with closing(sheets):
        sheets.put("/_control/settings", json={"drop_triggers": 1}).raise_for_status()
        planes.edit(f"{planes.letter('seats')}{planes.place(plane)}", [[77]])
        sheets.put("/_control/settings", json={"drop_triggers": False}).raise_for_status()
    run(planes, "sheetbridgeSyncNow")
    planes.row_becomes({"seats": 77}, tailnum=plane)


def test_the_heartbeat_of_the_script_is_kept_for_status(planes: Bridge) -> None:
    began = time.time()
    run(planes, "sheetbridgeSetUp")  # which begins with a heartbeat
    settings = load(Path(planes.endpoints.config)).database

    def heartbeat() -> float:
        with stored_state.connected(settings) as connection:
            found = stored_state.progress(connection)[planes.mapping.name].heartbeat
        return 0.0 if found is None else found.timestamp()

    eventually(heartbeat, lambda at: at >= began - 2, "the heartbeat")
