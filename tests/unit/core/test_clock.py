"""Google's clock, estimated from whole-second ``Date`` headers."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sink.core.clock import SECOND, TRUSTED, GoogleClock

OFFSET = 7_300_000  # Google's time minus the monotonic one
LATENCY = 20_000


def answer(clock: GoogleClock, sent: int) -> None:
    written = sent + LATENCY // 2 + OFFSET
    clock.observe(written // SECOND * SECOND, sent, sent + LATENCY)


def test_many_answers_narrow_the_estimate_below_a_tenth_of_a_second() -> None:
    clock = GoogleClock.starting_from(0, 0)
    for number in range(40):
        answer(clock, number * 1_037_000)
    assert clock.uncertainty < 150_000
    assert abs(clock.at(60 * SECOND) - 60 * SECOND - OFFSET) < 100_000


def test_a_clock_that_was_set_is_believed_again() -> None:
    clock = GoogleClock.starting_from(0, 0)
    for number in range(20):
        answer(clock, number * 1_037_000)
    clock.observe(500 * SECOND, 30 * SECOND, 30 * SECOND + LATENCY)
    assert clock.at(31 * SECOND) >= 500 * SECOND


def test_a_badly_set_local_clock_is_corrected_by_the_first_answer() -> None:
    clock = GoogleClock.starting_from(OFFSET + 600 * SECOND, 0)
    answer(clock, 0)
    assert abs(clock.at(LATENCY) - LATENCY - OFFSET) < SECOND


@given(
    st.lists(st.integers(min_value=1, max_value=3 * SECOND), min_size=2, max_size=30),
    st.integers(min_value=-5 * SECOND, max_value=5 * SECOND),
)
def test_a_later_moment_never_has_an_earlier_time(pauses: list[int], wrong: int) -> None:
    clock = GoogleClock.starting_from(OFFSET + wrong, 0)
    answer(clock, 0)  # the first answer is believed at once, whatever the local clock said
    moment, before = LATENCY, clock.at(LATENCY)
    for pause in pauses:
        moment += pause
        now = clock.at(moment)
        assert now >= before
        answer(clock, moment)
        moment += LATENCY
        before = clock.at(moment)
        assert before >= now


def test_until_google_answers_this_machine_s_clock_may_be_wrong_by_minutes() -> None:
    clock = GoogleClock.starting_from(OFFSET - 200 * SECOND, 0)
    assert clock.offset is None
    assert clock.latest(LATENCY) == OFFSET - 200 * SECOND + LATENCY + TRUSTED


def test_once_google_has_answered_its_time_is_known_between_two_bounds() -> None:
    clock = GoogleClock.starting_from(0, 0)
    for number in range(10):
        answer(clock, number * 1_037_000)
    known = clock.offset
    assert known is not None
    assert known.low <= OFFSET <= known.high < known.low + SECOND
    assert clock.latest(20 * SECOND) <= 20 * SECOND + OFFSET + SECOND


@settings(max_examples=60)
@given(st.lists(st.integers(0, 3 * SECOND), min_size=1, max_size=12))
def test_what_was_sent_and_answered_lies_between_the_bounds(pauses: list[int]) -> None:
    """However little is known of Google's clock: its ``Date`` tells whole seconds."""
    clock, now = GoogleClock.starting_from(0, 0), 0
    for pause in pauses:
        now += pause
        answer(clock, now)
        assert clock.earliest(now) <= now + OFFSET <= clock.latest(now)


def test_before_google_answers_the_earliest_is_as_uncertain_as_the_latest() -> None:
    clock = GoogleClock.starting_from(OFFSET, 0)
    assert clock.latest(0) - clock.at(0) == clock.at(0) - clock.earliest(0) == TRUSTED
