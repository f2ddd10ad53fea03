"""The tour on the real stack: it passes while all runs, and fails when a part does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.cli.demo.command import play
from deploy.local.endpoints import Endpoints
from deploy.local.stack import Stack


@pytest.mark.stack
def test_every_move_of_the_tour_arrives(
    stack: Endpoints, capsys: pytest.CaptureFixture[str]
) -> None:
    assert play(stack, Path(stack.run_directory)) == 0
    told = capsys.readouterr().out
    assert "All 10 moves arrived." in told
    for direction in ("MySQL → sheet", "sheet → MySQL"):
        for move in ("create", "read", "update", "delete"):
            assert f"✓ {direction}  {move}" in told


@pytest.mark.stack
@pytest.mark.parametrize("service", ["sink", "webhook"])
def test_the_tour_fails_while_a_part_stands_still(
    running_stack: Stack, service: str, capsys: pytest.CaptureFixture[str]
) -> None:
    endpoints = running_stack.endpoints
    with running_stack.frozen(service):
        assert play(endpoints, Path(endpoints.run_directory), patience=1.0) == 1
    assert "The tour failed" in capsys.readouterr().out
