"""Rows are typed over, pasted, sorted, inserted, moved and deleted at full speed while the table
changes: no write of ours stays in a wrong row, and nothing that a person typed is gone unseen.

The production code from the merge point to the sheet's writer runs over the emulator's spreadsheet.
A call takes longer than several acts, and those happen between our read and our write.
"""

from __future__ import annotations

from random import Random

import pytest

from tests.simulation import checks
from tests.simulation.moving.hands import Person, Program
from tests.simulation.moving.stage import Stage

ACTS = 1_500
SEEDS = (4,)

MET_MOVED, MET_FRESH = 100, 20
"""How many of our writes found other rows in the place of theirs, and what a person had typed
meanwhile; with fewer the test would prove nothing."""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", SEEDS)
def test_no_write_stays_in_a_wrong_row_and_nothing_typed_is_lost(seed: int) -> None:
    stage = Stage(seed)
    program = Program(stage, Random(f"{seed}/program"))
    person = Person(stage, program, Random(f"{seed}/person"))
    turns = Random(f"{seed}/turns")
    acts = [person.act if turns.random() < 0.7 else program.act for _ in range(ACTS)]
    stage.play(acts, person.interrupt)
    calls = stage.met["calls"]
    print(f"{stage.moved} writes met moved rows, {stage.fresh} fresh cells, in {calls} calls")

    assert [
        *stage.crossings(),
        *stage.model.differences(list(stage.seen())),
        *stage.table_differences(),
        *checks.said_to_be_owed(stage.server),
        *stage.untraced(),
    ] == []
    assert stage.moved >= MET_MOVED
    assert stage.fresh >= MET_FRESH
    assert min(*person.done.values(), *program.done.values()) > 0
