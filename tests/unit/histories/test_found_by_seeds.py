"""Histories that only the simulation met, each made small."""

from __future__ import annotations

from tests.simulation.acts import row_key
from tests.unit.histories.whole import Bridge
from tests.unit.histories.world import World


def test_typed_over_a_write_that_hit_another_row() -> None:
    """Our call wrote row 4's value into row 5, which had moved up; the person sees that alone."""
    bridge = Bridge()
    bridge.create(5, a="E")
    bridge.pass_time(1_000_000)
    bridge.database(4, a="D")
    bridge.delete(3, heard=False)

    def hit() -> bool:
        belief = bridge.sink.point.parts.store.states([row_key(5)])[row_key(5)].beliefs["a"]
        return belief.written and belief.value == "D"

    bridge.until(hit, "a write into the wrong row")
    bridge.edit(5, a="F")
    bridge.rest()
    row = bridge.both(5)
    assert row is not None
    assert row["a"] == "F"
    assert ("a", "E") in bridge.logged()


def test_two_posts_of_one_millisecond_read_the_other_way_round() -> None:
    """Their times are equal, so the one that is read first is taken for the older one."""
    world = World()
    first = world.pasted(1, a="B")
    second = world.typed(1, a="C")
    world.read_sheet(second)
    world.read_sheet(first)
    world.settle(5)
    assert world.both() == {"a": "B", "b": "A"}
    assert ("a", "C") in world.logged()
