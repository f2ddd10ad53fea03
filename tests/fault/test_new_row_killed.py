"""The sink is killed between the insert of a row typed without a key and the key's writing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.stack import Stack
from sink.pausing import VARIABLE
from tests.integration.bridge import Bridge, eventually
from tests.integration.stock import key_beside, rows, stock_mapping, tags

pytestmark = pytest.mark.stack


@pytest.fixture
def stock(running_stack: Stack, tmp_path: Path) -> Iterator[Bridge]:
    with stock_mapping(running_stack, tmp_path) as bridge:
        yield bridge


def paused_sink(point: str, mapping: str, stack: Stack, log: Path) -> subprocess.Popen[bytes]:
    """A sink that stops dead at ``point`` once it holds a row of the mapping there."""
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "deploy.cli.main", "sink", "--config", stack.endpoints.config],
            env={**os.environ, VARIABLE: f"{point}:{mapping}:1:"},
            stdout=output,
            stderr=output,
        )


def wait_until_paused(point: str, log: Path) -> None:
    """Until a sink stands there."""
    eventually(
        lambda: log.read_text(errors="replace"),
        lambda text: f"paused at {point}" in text,
        f"the sink at {point}",
    )


def test_a_kill_between_insert_and_key_makes_no_second_row(
    running_stack: Stack, stock: Bridge, tmp_path: Path
) -> None:
    points = [
        "before_offset_commit",
        "after_database_write",
        "before_sheet_write",
        "after_sheet_write",
    ]
    keys: list[int] = []
    for number, point in enumerate(points):
        name, log = f"Tea {number}", tmp_path / f"{point}.log"
        running_stack.kill("sink", signal.SIGTERM)
        eventually(lambda: running_stack.alive()["sink"], lambda alive: not alive, "its end")
        sink = paused_sink(point, stock.mapping.name, running_stack, log)
        try:
            stock.edit(f"B{3 + number}:C{3 + number}", [[name, 2]])
            wait_until_paused(point, log)
        finally:
            sink.kill()
            sink.wait()
        running_stack.restart("sink")
        keys.append(key_beside(stock, name))
    eventually(lambda: tags(stock), lambda left: left == [], "no tag left")
    named = [(key, f"Tea {number}") for number, key in enumerate(keys)]
    assert [row[:2] for row in rows(stock)] == [(41, "Salt"), *named]
    for key in keys:
        stock.sheet_shows({"state": "new"}, key)
