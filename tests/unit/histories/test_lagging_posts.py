"""Histories in which the sheet's topic is read late: nobody is thought to have said nothing
before all that was posted has been heard."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from sink.core.row_key import RowKey
from sink.record import Record
from tests.simulation.agenda import SECOND
from tests.unit.histories.whole import Bridge


def lag(bridge: Bridge, seconds: int) -> None:
    """Nothing of the sheet's topic is read for that long."""
    until, posts = bridge.world.agenda.now + seconds * SECOND, bridge.world.posts
    read = posts.after

    def later(offset: int, most: int) -> list[Record]:
        return [] if bridge.world.agenda.now < until else read(offset, most)

    posts.after = later  # type: ignore[method-assign]  # what Kafka does to a reader that lags


@pytest.mark.parametrize("seconds", [0, 6, 20])
def test_look_too_early_while_the_posts_lag(seconds: int) -> None:
    """The sink was away. The person's edit, which a comparison shows, is older than the program's,
    and its post says so."""
    bridge = Bridge()
    away = bridge.sink
    away.zombie = True
    away.die()
    bridge.edit(a="older")
    bridge.pass_time(5 * SECOND)
    bridge.database(a="younger")
    bridge.pass_time(5 * SECOND)
    lag(bridge, seconds)
    bridge.world._start_sink()
    bridge.pass_time(25 * SECOND)
    bridge.rest()
    row = bridge.both()
    assert row is not None
    assert row["a"] == "younger"
    assert bridge.logged() == [("a", "older")]


@pytest.mark.parametrize("seconds", [2, 10])
def test_what_our_call_replaced_waits_for_its_post(seconds: int) -> None:
    """The person's edit is the older one; without its post it counts as made when our call came."""
    bridge = Bridge()
    done = list[str]()

    def meanwhile(point: str, _keys: Collection[RowKey]) -> None:
        if point == "before_sheet_write" and not done:
            done.append("seen")
            lag(bridge, seconds)

    bridge.sink.point.parts.pipeline.at = meanwhile
    lag(bridge, seconds)
    bridge.edit(a="older")
    bridge.pass_time(100_000)
    bridge.database(a="younger")
    bridge.pass_time(25 * SECOND)
    bridge.rest()
    row = bridge.both()
    assert row is not None
    assert row["a"] == "younger"
    assert bridge.logged() == [("a", "older")]
