"""Histories whose tab is read block by block, with writes between the blocks, as a large one is."""

from __future__ import annotations

import pytest

from sink import sifting
from sink.writers.sheets import reading, tab
from tests.simulation import play
from tests.simulation.__main__ import played

SEEDS = 60
ROWS = 10
PROCESSES = 2


@pytest.mark.timeout(300)
def test_writes_between_two_slices_of_a_reading_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "ROWS_PER_RANGE", ROWS)
    monkeypatch.setattr(tab, "ROWS_PER_RANGE", ROWS)
    monkeypatch.setattr(sifting, "CHUNK", 2)
    monkeypatch.setattr(play, "QUIET", 4 * play.QUIET)  # a comparison takes many calls
    failed, met = played(0, SEEDS, PROCESSES)
    assert [(verdict.seed, verdict.violations[0]) for verdict in failed] == []
    assert met["readings with calls between their slices"] >= SEEDS / 6
