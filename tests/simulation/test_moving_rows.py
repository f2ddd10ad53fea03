"""Rows are typed over, pasted, sorted, inserted, moved and deleted at full speed while the table
changes: no write of ours stays in a wrong row, and nothing that a person typed is gone unseen.

The acts fall between our read and our write, because calls take ten times as long as an act.
"""

from __future__ import annotations

from random import Random

import pytest

from tests.simulation import checks
from tests.simulation.agenda import MILLISECOND, SECOND
from tests.simulation.moving.hands import Person, Program
from tests.simulation.moving.stage import Stage

ACTS = 1_500
PAUSE = 7 * MILLISECOND
SEEDS = (1, 2)

MET_MOVED, MET_FRESH = 100, 20


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", SEEDS)
def test_no_write_stays_in_a_wrong_row_and_nothing_typed_is_lost(seed: int) -> None:
    stage = Stage(seed)
    program = Program(stage, Random(f"{seed}/program"))
    person = Person(stage, program, Random(f"{seed}/person"))
    chance = Random(f"{seed}/turns")
    begin = stage.agenda.now + SECOND
    for number in range(ACTS):
        hand = person if chance.random() < 0.7 else program
        stage.agenda.at(begin + number * PAUSE, hand.act)
    stage.agenda.advance(SECOND + ACTS * PAUSE)
    stage.rest()
    print(stage.moved, stage.fresh, stage.met["calls"], person.done, program.done)

    found = [
        *stage.model.differences(list(stage.seen())),
        *stage.table_differences(),
        *checks.said_to_be_owed(stage.server),
        *stage.untraced(),
    ]
    assert found == []
    assert stage.moved >= MET_MOVED
    assert stage.fresh >= MET_FRESH
    assert min(person.done.values()) > 0, person.done
