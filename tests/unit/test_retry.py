"""Trying again: what is, how often, how long it waits, and when it is given up."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

import pytest

from sink.core.errors import SheetbridgeError
from sink.retry import Backoff, retry
from sink.state.errors import DatabaseUnavailableError, TableUnusableError


@dataclass
class Clock:
    """Moves only while somebody sleeps; ``costs`` are the seconds that each attempt takes."""

    now: float = 100.0
    costs: float = 0.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def backoff(self, deadline: float = 60.0, chance: float = 1.0) -> Backoff:
        return Backoff(0.1, 10.0, deadline, lambda: self.now, self.sleep, lambda: chance)


@dataclass
class Failing:
    """Fails with these errors, one after the other, then succeeds."""

    clock: Clock
    errors: list[Exception]
    attempts: int = 0

    def __call__(self) -> str:
        self.attempts += 1
        self.clock.now += self.clock.costs
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def unavailable(count: int) -> list[Exception]:
    return [DatabaseUnavailableError(f"gone {number}") for number in range(count)]


def test_what_succeeds_is_done_once() -> None:
    clock = Clock()
    action = Failing(clock, [])
    assert retry("merge", action, clock.backoff()) == "done"
    assert (action.attempts, clock.slept) == (1, [])


def test_what_may_pass_is_tried_again_after_longer_and_longer_waits() -> None:
    clock = Clock()
    action = Failing(clock, unavailable(9))
    assert retry("merge", action, clock.backoff()) == "done"
    assert action.attempts == 10
    assert clock.slept == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0])


@pytest.mark.parametrize(("chance", "share"), [(0.0, 0.5), (0.5, 0.75), (1.0, 1.0)])
def test_the_waits_are_spread_over_their_upper_half(chance: float, share: float) -> None:
    clock = Clock()
    retry("merge", Failing(clock, unavailable(3)), clock.backoff(chance=chance))
    assert clock.slept == pytest.approx([0.1 * share, 0.2 * share, 0.4 * share])


@pytest.mark.parametrize(
    "error", [TableUnusableError("shop.orders", "read only"), ValueError("a fault of ours")]
)
def test_what_does_not_pass_is_raised_at_once(error: Exception) -> None:
    clock = Clock()
    action = Failing(clock, [*unavailable(1), error])
    with pytest.raises(type(error)) as caught:
        retry("merge", action, clock.backoff())
    assert caught.value is error
    assert (action.attempts, len(clock.slept)) == (2, 1)


def test_no_attempt_starts_after_the_deadline_and_the_last_error_is_raised() -> None:
    clock = Clock()
    action = Failing(clock, unavailable(100))
    with pytest.raises(SheetbridgeError, match="gone 4"):
        retry("merge", action, clock.backoff(deadline=1.6))
    # 0.1 + 0.2 + 0.4 + 0.8 = 1.5; another 1.6 would end after the deadline
    assert action.attempts == 5
    assert clock.now == pytest.approx(101.5)


def test_the_time_that_attempts_take_counts() -> None:
    clock = Clock(costs=1.0)
    action = Failing(clock, unavailable(100))
    with pytest.raises(SheetbridgeError):
        retry("merge", action, clock.backoff(deadline=2.5))
    assert action.attempts == 3


def test_each_failure_is_told_with_the_wait_to_come(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)  # the simulation silences everything
    clock = Clock()
    retry("mapping orders: merge", Failing(clock, unavailable(1)), clock.backoff())
    assert [record.message for record in caplog.records] == [
        "mapping orders: merge: gone 0; again in 0.1 s"
    ]
