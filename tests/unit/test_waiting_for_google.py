"""Who waits for a call's turn under the quota is not waited for when it is to end."""

from __future__ import annotations

import pytest

from sink.core.clock import GoogleClock
from sink.core.quota import Pace
from sink.stopping import StoppedError
from sink.writers.sheets.client import WANTED_SECONDS, Quota


def test_a_call_that_is_not_wanted_any_more_is_not_waited_for() -> None:
    slept: list[float] = []

    def go_on() -> None:
        if sum(slept) > 1.0:
            raise StoppedError("the next goes on")

    pace = Pace(1)
    quota = Quota(
        pace,
        Pace(1),
        GoogleClock.starting_from(0, 0),
        sleep=slept.append,
        micros=lambda: int(1_000_000 * sum(slept)),
    )
    quota.spend(pace, require_wanted=go_on)
    with pytest.raises(StoppedError):
        quota.spend(pace, require_wanted=go_on)
    assert sum(slept) <= 1.0 + 2 * WANTED_SECONDS, "of the minute until its turn"
    assert len(pace.sent) == 1, "what is not sent is not counted"
