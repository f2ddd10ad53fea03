"""Rows are typed over, pasted, sorted, inserted, moved and deleted at full speed while the table
changes: no write of ours stays in a wrong row, and nothing that a person typed is gone unseen.

The production code from the merge point to the sheet's writer runs over the emulator's spreadsheet.
A call takes longer than several acts, and those happen between our read and our write.
"""

from __future__ import annotations

import os

import pytest

from tests.simulation.moving.play import play

SEEDS = (1, 2, 3)
"""``python -m tests.simulation.moving`` plays more."""

WHOLE = int(os.environ.get("SHEETBRIDGE_SEEDS", "0")) >= 3_000

MET_MOVED, MET_FRESH = 100, 20
"""How many of our writes found other rows in the place of theirs, and what a person had typed
meanwhile; with fewer the test would prove nothing."""


@pytest.mark.skipif(not WHOLE, reason="it takes long: played where everything is tested")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", SEEDS)
def test_no_write_stays_in_a_wrong_row_and_nothing_typed_is_lost(seed: int) -> None:
    ending = play(seed)
    print(f"{ending.moved} moved, {ending.fresh} fresh, in {ending.calls} calls")
    assert ending.wrong == []
    assert ending.moved >= MET_MOVED
    assert ending.fresh >= MET_FRESH
    assert min(ending.done.values()) > 0
