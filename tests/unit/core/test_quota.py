"""The paces under which Google's quota is kept."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from sink.core.quota import WINDOW, Allowance, Pace


def spent(per_minute: int, *times: float) -> Pace:
    pace = Pace(per_minute)
    for time in times:
        pace.spend(time)
    return pace


@pytest.mark.parametrize("longest", [0.0, 0.5])
def test_a_minute_s_calls_are_never_exceeded_in_any_minute(longest: float) -> None:
    """Google counts them as they come, and they take up to ``longest`` on their way."""
    pace, come, now, chance = Pace(60), list[float](), 0.0, Random(1)
    while now < 180:
        wait = pace.wait(now)
        if wait <= 0:
            pace.spend(now)
            come.append(now + chance.uniform(0.0, longest))
        now += max(wait, 0.01)
    for first in come:
        assert sum(first <= time < first + 60 for time in come) <= 60
    assert len(come) >= 170, "and what is granted is used"


@pytest.mark.parametrize("took", [0.02, 0.4, 1.0])
def test_a_long_burst_never_ends_in_a_stall(took: float) -> None:
    """One call after another, each as soon as it may: what has gone at once is made up for."""
    pace, sent, now = Pace(60), list[float](), 0.0
    while now < 300:
        wait = pace.wait(now)
        if wait <= 0:
            pace.spend(now)
            sent.append(now)
            wait = took
        now += max(wait, 0.001)
    longest = max(b - a for a, b in pairwise(sent))
    assert longest <= max(took, WINDOW / 48) + 0.01, "a minute without the fifth that went at once"
    assert len(sent) >= 295


def test_at_low_load_a_call_goes_at_once() -> None:
    assert spent(60, *(float(second) for second in range(10))).wait(10.0) == 0.0


def test_a_share_is_left_while_less_than_it_was_used() -> None:
    pace = spent(10, 0.0, 1.0, 2.0, 3.0)
    assert pace.wait_for_share(5.0, 0.5) == 0.0
    pace.spend(5.0)
    assert pace.wait_for_share(6.0, 0.5) == pytest.approx(WINDOW - 6.0), (
        "until the first is a minute old"
    )
    assert pace.wait_for_share(WINDOW, 0.5) == 0.0


def test_of_a_tiny_quota_a_share_is_one_call() -> None:
    assert spent(1).wait_for_share(0.0, 0.5) == 0.0
    assert spent(1, 0.0).wait_for_share(30.0, 0.5) == pytest.approx(WINDOW - 30.0)


def test_places_granted_a_minute_ago_are_not_counted_any_more_and_bar_nobody() -> None:
    allowance = Allowance(2)
    slow = allowance.grant(0.0, 1, "slow")
    assert slow is not None
    assert allowance.wait(59.0, slow) == 0.0
    assert allowance.grant(61.0, 2, "other") is not None
    assert allowance.wait(62.0, slow) == pytest.approx(WINDOW - 1.0), (
        "others have the minute by now"
    )


def test_work_of_few_calls_does_not_keep_work_of_many_waiting_for_ever() -> None:
    allowance, now = Allowance(30), 0.0
    while now < 300:
        if now % 10 == 0 and (places := allowance.grant(now, 4, "small")):
            for _ in range(4):
                allowance.spend(now, places)
        if now > 60 and allowance.grant(now, 30, "large"):
            break
        now += 0.5
    assert now <= 61.0 + WINDOW, "a minute after it was refused all that went before has gone"


def test_whoever_asks_later_takes_what_those_who_wait_leave() -> None:
    allowance = Allowance(10)
    assert allowance.grant(0.0, 6, "first") is not None
    assert allowance.grant(1.0, 7, "large") is None
    assert allowance.grant(2.0, 2, "small") is None
    assert allowance.grant(WINDOW, 7, "other") is None
    assert allowance.grant(WINDOW, 2, "small") is not None, "three are left beside the large one"
    assert allowance.grant(WINDOW, 7, "large") is not None


def test_who_asks_no_more_keeps_nobody_waiting() -> None:
    allowance = Allowance(10)
    assert allowance.grant(0.0, 1, "first") is not None
    assert allowance.grant(1.0, 10, "gone") is None
    assert allowance.grant(WINDOW + 0.5, 1, "other") is None
    assert allowance.grant(WINDOW + 1.0, 1, "other") is not None
