"""The sink asks the server for its time now and then, and says when clocks are apart."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

import pytest

from sink.clock_watch import ASK_SECONDS, ClockWatch
from sink.core.clock_difference import SECOND, Clocks, Difference
from sink.core.status_record import StatusRecord

WALL = 1_800_000_000 * SECOND


@dataclass
class Clockwork:
    """The local clocks, and the server's, which is ahead; asking takes ten milliseconds."""

    now: int = 0
    ahead: int = 0
    asked: int = 0
    google: Difference | None = field(default_factory=lambda: Difference(WALL, WALL))

    def server_time(self) -> int:
        self.asked += 1
        self.now += 5_000
        shown = WALL + self.now + self.ahead
        self.now += 5_000
        return shown

    def watch(self) -> ClockWatch:
        return ClockWatch(
            self.server_time, lambda: self.google, lambda: self.now, lambda: WALL + self.now
        )


def test_the_differences_go_into_every_record() -> None:
    clocks = Clockwork(ahead=3 * SECOND)
    records = [StatusRecord("planes", 1, "running"), StatusRecord("weather", 1, "running")]
    told = clocks.watch().tell(records)
    assert [record.mapping for record in told] == ["planes", "weather"]
    for record in told:
        database = record.clocks.database
        assert database is not None
        assert database.low <= 3 * SECOND <= database.high <= 3 * SECOND + 10_000
        assert record.clocks.machine == Difference(0, 0)


def test_without_mappings_nobody_is_asked() -> None:
    clocks = Clockwork()
    assert clocks.watch().tell([]) == []
    assert clocks.asked == 0


def test_the_server_is_asked_now_and_then() -> None:
    clocks = Clockwork()
    watch = clocks.watch()
    watch.look()
    asked = clocks.asked
    watch.look()
    assert clocks.asked == asked
    clocks.now += int(ASK_SECONDS * SECOND)
    watch.look()
    assert clocks.asked > asked


def test_before_google_answers_nothing_is_known() -> None:
    assert Clockwork(google=None).watch().look() == Clocks()


def test_clocks_that_are_apart_are_logged_once_and_so_is_their_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    clocks = Clockwork(ahead=-5 * SECOND)
    watch = clocks.watch()
    watch.look()
    watch.look()
    (said,) = caplog.messages
    assert "MySQL's clock is 5.0 s behind Google's" in said
    clocks.ahead = 0
    clocks.now += int(ASK_SECONDS * SECOND)
    watch.look()
    watch.look()
    assert len(caplog.messages) == 2
    assert "together again" in caplog.messages[1]
