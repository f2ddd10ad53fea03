"""One seed from its first act to its end, and what is wrong then."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tests.simulation import checks
from tests.simulation.moving.hands import Person, Program
from tests.simulation.moving.stage import Stage

ACTS = 1_500


@dataclass(frozen=True, slots=True)
class Ending:
    """``moved`` writes found other rows in the place of theirs, ``fresh`` cells what had just been
    typed, in ``calls``; ``done`` are the acts by their kinds, ``wrong`` what should not be.
    """

    seed: int
    moved: int
    fresh: int
    calls: int
    done: dict[str, int]
    wrong: list[str]


def play(seed: int) -> Ending:
    """Play a seed."""
    stage = Stage(seed)
    program = Program(stage, Random(f"{seed}/program"))
    person = Person(stage, program, Random(f"{seed}/person"))
    turns = Random(f"{seed}/turns")
    acts = [person.act if turns.random() < 0.7 else program.act for _ in range(ACTS)]
    stage.play(acts, person.interrupt)
    wrong = [
        *stage.crossings(),
        *stage.model.differences(list(stage.seen())),
        *stage.table_differences(),
        *checks.said_to_be_owed(stage.server),
        *stage.untraced(),
    ]
    done = {f"person: {kind}": number for kind, number in person.done.items()}
    done |= {f"program: {kind}": number for kind, number in program.done.items()}
    return Ending(seed, stage.moved, stage.fresh, stage.met["calls"], done, wrong)
