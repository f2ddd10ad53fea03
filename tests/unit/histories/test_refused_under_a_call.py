"""Histories of content that is refused, and was typed while a call of ours was under way."""

from __future__ import annotations

import pytest

from sink.inbound import Inbox
from tests.unit.histories.test_refusals import TOO_LONG, posted
from tests.unit.histories.world import Call, World, key


def answered(world: World, call: Call, heard: str) -> None:
    """The call's answer comes; the post of what was typed under it is heard before, or after."""
    bad = Inbox(rows=[posted(3, "p", a=TOO_LONG)])
    if heard == "before":
        world.pipeline.apply(bad)
    world.answer(call, 5)
    if heard == "after":
        world.pipeline.apply(bad)


@pytest.mark.parametrize("heard", ["before", "after"])
@pytest.mark.parametrize("op", ["insert", "update"])
def test_what_is_refused_over_what_a_call_has_just_written_stands(op: str, heard: str) -> None:
    """The call is under way yet, and what it replaced is not what was typed."""
    world = World(empty=op == "insert")
    world.database(1, a="D", b="A")
    world.read_database()
    call = world.send(2)
    world.sheet[key()]["a"] = TOO_LONG
    answered(world, call, heard)
    assert list(world.state(key()).refused) == ["a"]
    assert world.state(key()).unfit == {"a": TOO_LONG}
    world.settle(6)
    assert world.sheet[key()] == {"a": TOO_LONG, "b": "A"}
    assert world.server.data.table[key()] == {"a": "D", "b": "A"}


@pytest.mark.parametrize("heard", ["before", "after"])
def test_what_is_refused_and_then_taken_away_by_a_call_is_told_and_not_marked(heard: str) -> None:
    world = World()
    world.database(1, a="D")
    world.read_database()
    world.sheet[key()]["a"] = TOO_LONG
    call = world.send(2)
    call.replaced[key()] = {"a": TOO_LONG}
    answered(world, call, heard)
    world.settle(6)
    assert not world.state(key()).refused
    assert world.both() == {"a": "D", "b": "A"}
    assert world.dead
