"""Histories of refused values: the row's state tells when their dead letters are settled."""

from __future__ import annotations

import orjson
import pytest

from sink.core.operator_record import Wish
from sink.core.still_refused import is_still_refused
from sink.inbound import Inbox
from tests.unit.histories.test_refusals import TOO_LONG, posted, refusing
from tests.unit.histories.world import World, key


def stands(world: World, number: int = -1) -> bool:
    """Whether the row's state says that what a dead letter holds is refused still."""
    letter = world.dead[number]
    wish = Wish(**orjson.loads(letter.wish or b""))
    return letter.stands and is_still_refused(wish, letter.column, world.state(key()))


@pytest.mark.parametrize("told", ["by the column", "by the database"])
@pytest.mark.parametrize("mends", ["person", "program", "delete"])
def test_the_state_tells_when_a_letter_is_settled(told: str, mends: str) -> None:
    world = World()
    if told == "by the column":
        world.sheet[key()]["a"] = TOO_LONG
        world.pipeline.apply(Inbox(rows=[posted(1, "p", a=TOO_LONG)]))
    else:
        refusing(world, "a", "X")
        world.typed(1, a="X")
    world.settle(5)
    assert stands(world)
    world.typed(10, b="B")
    world.settle(15)
    assert stands(world), "another cell of the row was edited"
    if mends == "person":
        world.typed(20, a="ok")
    elif mends == "program":
        world.database(20, a="ok")
    else:
        world.database_delete(20)
    world.settle(30)
    assert (len(world.dead), stands(world)) == (1, False)


def test_of_two_values_that_were_refused_one_after_the_other_the_newer_stands() -> None:
    world = World()
    world.pipeline.apply(Inbox(rows=[posted(1, "p", a=TOO_LONG)]))
    world.pipeline.apply(Inbox(rows=[posted(2, "q", a=TOO_LONG + "y")]))
    assert [stands(world, number) for number in (0, 1)] == [False, True]


def test_what_was_mended_before_it_was_read_is_settled_from_the_beginning() -> None:
    world = World()
    world.pipeline.apply(Inbox(rows=[posted(1, "p", a=TOO_LONG), posted(2, "q", a="ok")]))
    (letter,) = world.dead
    assert letter.stands
    assert not stands(world)


def test_a_row_that_may_not_be_deleted_is_told_until_it_is_edited() -> None:
    world = World()
    world.server.refuses = lambda write: "rows refer to it" if write.op == "delete" else None
    world.deleted()
    world.settle(5)
    world.settle(10)
    assert world.both() == {"a": "A", "b": "A"}
    assert stands(world)
    world.typed(20, b="B")
    world.settle(25)
    assert not stands(world)
