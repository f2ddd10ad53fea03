"""Two minutes of the nemesis, on a stack of its own so that the shared one stays whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.local.progress import Lines
from tests.fault.nemesis.play import play
from tests.fault.nemesis.report import told

SEED, MINUTES = 1, 2


@pytest.mark.stack
@pytest.mark.timeout(720)
def test_two_minutes_of_harm_lose_nothing(tmp_path: Path) -> None:
    directory = tmp_path / "stack"
    verdict = play(directory, SEED, MINUTES, Lines(), print)
    assert verdict.passed, told(verdict, SEED, MINUTES, directory)
