"""Histories of a database server whose clock is wrong: it decides no more than it must."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from sink.core.mapping import Policy, Rule
from sink.core.version import Origin
from tests.simulation.agenda import MILLISECOND, SECOND
from tests.simulation.setting import START, Setting
from tests.unit.histories.whole import Bridge

MINUTE = 60 * SECOND


def wrong_by(skew: int, set_clock: tuple[int, int] | None = None) -> Bridge:
    """The database's clock is ``skew`` ahead; calls to the sheet take a second."""
    quiet = Setting.quiet(Rule(Policy.LAST_WRITE_WINS))
    return Bridge(setting=replace(quiet, skew=skew, set_clock=set_clock, call_time=SECOND))


def merged(bridge: Bridge) -> None:
    """Until the sink has merged the database's change; the sheet does not show it yet."""
    bridge.pass_time(100 * MILLISECOND)


@pytest.mark.parametrize("minutes", [-10, 0, 10])
def test_a_clock_ahead_does_not_win_for_ever(minutes: int) -> None:
    """The person types after the program, without sight of it: the person's edit is the last."""
    bridge = wrong_by(minutes * MINUTE)
    bridge.database(1, a="D")
    merged(bridge)
    bridge.edit(1, a="S")
    bridge.rest()
    assert bridge.both() == {"a": "S", "b": "A1", "u": "A1"}
    assert bridge.logged() == [("a", "D")]


@pytest.mark.parametrize("minutes", [0, 10])
def test_the_program_s_edit_is_the_last_where_it_is_later(minutes: int) -> None:
    bridge = wrong_by(minutes * MINUTE)
    bridge.edit(1, a="S")
    bridge.database(1, a="D")
    bridge.rest()
    assert bridge.both() == {"a": "D", "b": "A1", "u": "A1"}
    assert bridge.logged() == [("a", "S")]


def test_a_delete_of_the_future_does_not_keep_a_row_dead() -> None:
    bridge = wrong_by(10 * MINUTE)
    bridge.database_delete(1)
    merged(bridge)
    bridge.edit(1, a="S")
    bridge.rest()
    assert bridge.both() == {"a": "S", "b": "A1", "u": "A1"}


def test_no_version_bears_a_time_of_the_future() -> None:
    bridge = wrong_by(10 * MINUTE)
    bridge.database(1, a="D")
    bridge.pass_time(3 * SECOND)
    now = bridge.world.agenda.now
    states = bridge.sink.point.parts.store.states(list(bridge.world.server.data.states))
    times = [
        version.time
        for state in states.values()
        for version in state.cells.values()
        if version.origin is Origin.DATABASE and version.time is not None
    ]
    assert times
    assert max(times) <= now


@pytest.mark.parametrize("before", [-10, 10])
@pytest.mark.parametrize("after", [-10, 0, 10])
def test_a_clock_that_is_set_loses_nothing(before: int, after: int) -> None:
    bridge = wrong_by(before * MINUTE, (START + 5 * SECOND, after * MINUTE))
    bridge.database(1, a="D1")
    bridge.edit(2, a="S1")
    bridge.pass_time(6 * SECOND)
    bridge.database(1, a="D2")
    bridge.database(2, a="D3")
    bridge.pass_time(6 * SECOND)
    bridge.edit(1, b="S2")
    bridge.edit(2, a="S4")
    bridge.rest()
    assert bridge.both(1) == {"a": "D2", "b": "S2", "u": "A1"}
    assert bridge.both(2) == {"a": "S4", "b": "A2", "u": "A2"}
    assert bridge.logged() == [], "each edit was made in sight of the one before"


def test_a_post_of_the_future_does_not_win_for_ever() -> None:
    """Two changes of a program, neither in sight of the post: the second came after it was read."""
    bridge = wrong_by(0)
    world = bridge.world
    world.connector.away = True
    bridge.database(1, a="D1")
    bridge.pass_time(SECOND)
    bridge.edit(1, a="S")
    bridge.until(lambda: bool(world.posts.records), "a post")
    record = world.posts.records[-1]
    post = orjson.loads(record.value or b"")
    post["time_ms"] += 10 * MINUTE // MILLISECOND
    world.posts.records[-1] = replace(record, value=orjson.dumps(post))
    bridge.pass_time(3 * SECOND)
    bridge.database(1, a="D2")
    world.connector.away = False
    bridge.rest()
    assert bridge.both() == {"a": "D2", "b": "A1", "u": "A1"}
    assert bridge.logged() == [("a", "D1"), ("a", "S")]
