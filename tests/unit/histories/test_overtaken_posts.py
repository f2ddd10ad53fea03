"""Posts that overtake one another: what an older event tells of what was believed since."""

from __future__ import annotations

import pytest

from sink.core.values.codec import Value
from tests.unit.histories.world import World, orders

GRACE_OVER = 9_000_000


@pytest.mark.parametrize("order", [*orders("l", "d"), "alone"])
def test_older_event_after_answer(order: str) -> None:
    """What the call replaced looked like the beginning; the late event (``l``) says it was not.

    ``d`` is an event of another cell, so that the row is written to in between.
    """
    world = World()
    world.database(0, a="B")
    world.read_database()
    late = world.typed(1, a="C")
    world.edits()
    world.typed(2, lost=True, a="A")
    world.call(3)
    for name in "l" if order == "alone" else order:
        if name == "l":
            world.read_sheet(late, now=4)
        else:
            world.database(3, b="E")
            world.read_database(now=4)
    world.grace(GRACE_OVER)
    world.settle(GRACE_OVER + 10)
    both = world.both()
    assert both is not None
    assert both["a"] == "A"
    assert ("a", "B") in world.logged()
    assert ("a", "C") in world.logged()


@pytest.mark.parametrize("edited", [True, False])
@pytest.mark.parametrize("called", [True, False])
def test_put_back_before_the_older_post_is_heard(called: bool, edited: bool) -> None:
    """What was put back looked like no edit; the older post (``late``) says it was one.

    It crosses with the program's older value, which the sheet had not shown. ``edited``: what was
    put back had been an edit itself, made since the last call.
    """
    world = World()
    before: Value = "A"
    if edited:
        before = "B"
        world.pasted(1, a=before)
        world.read()
    world.database(2, a="P")
    world.read_database()
    late = world.pasted(3, a="C")
    world.edits()
    world.pasted(4, a=before)
    world.read()
    if called:
        world.call(5)
    world.read_sheet(late, now=6)
    world.settle(10)
    assert world.both() == {"a": before, "b": "A"}
    assert ("a", "P") in world.logged()


def test_an_older_post_of_what_is_put_back_says_nothing_new() -> None:
    world = World()
    world.database(2, a="P")
    world.read_database()
    late = world.pasted(3, a="A")
    world.edits()
    world.pasted(4, a="A")
    world.read()
    world.read_sheet(late, now=6)
    world.settle(10)
    assert world.both() == {"a": "P", "b": "A"}
