"""The sink is killed at named points of its work; what was acknowledged arrives, once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local.stack import Stack
from sink.service import PAUSE_VARIABLE
from tests.integration.bridge import Bridge, eventually
from tests.integration.topics import topic

pytestmark = pytest.mark.stack


def _key_for(point: str) -> str:
    """A key of its own for each point: six characters, as the column takes no more than eight."""
    return f"K{sum(point.encode())}"


@contextmanager
def sink_that_stops_at(point: str, stack: Stack, log: Path) -> Iterator[None]:
    """Instead of the stack's sink one that stops dead at ``point``; killed at the end."""
    stack.kill("sink", signal.SIGKILL)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.cli.main", "sink", "--config", stack.endpoints.config],
            env={**os.environ, PAUSE_VARIABLE: point},
            stdout=output,
            stderr=output,
        )
    try:
        yield
        paused = f"paused at {point}"
        eventually(lambda: log.read_text(errors="replace"), lambda text: paused in text, paused)
    finally:
        process.kill()
        process.wait()
        stack.restart("sink")


@pytest.mark.parametrize(
    "point", ["before_database_write", "before_offset_commit", "after_database_write"]
)
def test_an_edit_survives_a_sink_killed_at(
    point: str, running_stack: Stack, planes: Bridge, tmp_path: Path
) -> None:
    tailnum, seats = _key_for(point), 11
    planes.sql("INSERT INTO demo.planes (tailnum, seats) VALUES (:key, 10)", key=tailnum)
    planes.sheet_shows({"seats": 10}, tailnum)
    row = planes.place(tailnum)
    with topic(planes.endpoints.kafka_bootstrap, "cdc.demo.planes") as changes:
        before = changes.end()
        with sink_that_stops_at(point, running_stack, tmp_path / "sink.log"):
            planes.edit(f"{planes.letter('seats')}{row}", [[seats]])
        planes.row_becomes({"seats": seats}, tailnum=tailnum)
        # a program's write after it, shown in the sheet: the sink is past the edit
        planes.sql("UPDATE demo.planes SET speed = 9 WHERE tailnum = :key", key=tailnum)
        planes.sheet_shows({"seats": seats, "speed": 9}, tailnum)
        ops = [
            event["op"]
            for event in changes.since(before)
            if isinstance(after := event.get("after"), dict) and after.get("tailnum") == tailnum
        ]
    assert ops == ["u", "u"], "the edit was written once, and the program's write stands"


@pytest.mark.parametrize("point", ["before_sheet_write", "after_sheet_write"])
def test_a_program_s_write_survives_a_sink_killed_at(
    point: str, running_stack: Stack, planes: Bridge, tmp_path: Path
) -> None:
    tailnum = _key_for(point)
    with sink_that_stops_at(point, running_stack, tmp_path / "sink.log"):
        planes.sql("INSERT INTO demo.planes (tailnum, seats) VALUES (:key, 12)", key=tailnum)
    planes.sheet_shows({"seats": 12}, tailnum)
    planes.sql("UPDATE demo.planes SET seats = 13 WHERE tailnum = :key", key=tailnum)
    planes.sheet_shows({"seats": 13}, tailnum)
    keys = [key for key in planes.sheet() if key == (tailnum,)]
    assert keys == [(tailnum,)]
