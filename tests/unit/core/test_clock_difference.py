"""How far clocks are apart: what readings say of it, and in which words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sink.core.clock_difference import (
    DRIFT,
    NOTICEABLE,
    SECOND,
    TOO_FAR,
    Clocks,
    Difference,
    ServerClock,
)

MS = SECOND // 1_000


@given(
    st.integers(-10 * SECOND, 10 * SECOND),
    st.lists(
        st.tuples(
            st.integers(0, SECOND),  # a pause before the request
            st.integers(0, SECOND),  # the way there
            st.integers(0, SECOND),  # the way back
        ),
        min_size=1,
        max_size=20,
    ),
)
def test_the_true_difference_is_never_left_out(
    offset: int, exchanges: list[tuple[int, int, int]]
) -> None:
    clock, now = ServerClock(), 0
    widths: list[int] = []
    known = Difference(0, 0)
    for pause, there, back in exchanges:
        sent = now + pause
        answered = sent + there + back
        clock.observe(sent + there + offset, sent, answered)
        now = answered
        known = clock.offset(now) or Difference(1, 0)
        assert known.low <= offset <= known.high
        widths.append(there + back)
    assert known.high - known.low <= min(widths) + 2 * (now // DRIFT + len(widths))


def test_a_server_that_was_never_asked_is_not_known() -> None:
    assert ServerClock().offset(17) is None


def test_a_quick_reading_tells_more_than_a_slow_one() -> None:
    clock = ServerClock()
    clock.observe(1_000 * SECOND, 0, SECOND)
    clock.observe(1_001 * SECOND, SECOND, SECOND + 2 * MS)
    clock.observe(1_002 * SECOND, 2 * SECOND, 4 * SECOND)
    known = clock.offset(4 * SECOND)
    assert known is not None
    assert known.high - known.low < 3 * MS


def test_what_is_known_wears_out() -> None:
    clock = ServerClock()
    clock.observe(5 * SECOND, 0, 0)
    assert clock.offset(0) == Difference(5 * SECOND, 5 * SECOND)
    assert clock.offset(100 * SECOND) == Difference(5 * SECOND - 10 * MS, 5 * SECOND + 10 * MS)


def test_a_clock_that_was_set_is_believed() -> None:
    clock = ServerClock()
    clock.observe(5 * SECOND, 0, 10 * MS)
    clock.observe(64 * SECOND, SECOND, SECOND + 10 * MS)
    assert clock.offset(SECOND + 10 * MS) == Difference(63 * SECOND - 10 * MS, 63 * SECOND)


def test_two_clocks_are_compared_by_a_third() -> None:
    server, google = Difference(10, 12), Difference(1, 4)
    assert server.less(google) == Difference(6, 11)


@pytest.mark.parametrize(
    ("low", "high", "surely"),
    [(3, 5, 3), (-5, -3, -3), (-1, 4, 0), (0, 4, 0), (-4, 0, 0), (0, 0, 0)],
)
def test_only_what_is_sure_counts(low: int, high: int, surely: int) -> None:
    assert Difference(low, high).surely == surely


@pytest.mark.parametrize("sign", [1, -1])
def test_more_than_a_person_s_quickness_is_noticeable(sign: int) -> None:
    def apart(least: int) -> Clocks:
        ends = sorted((sign * least, sign * (least + SECOND)))
        return Clocks(Difference(*ends), None)

    assert not apart(NOTICEABLE).noticeable
    assert apart(NOTICEABLE + 1).noticeable
    assert not apart(TOO_FAR).too_far
    assert apart(TOO_FAR + 1).too_far
    assert not Clocks(None, Difference(TOO_FAR * 2, TOO_FAR * 3)).noticeable
    assert not Clocks().too_far


def test_nothing_is_said_of_google_before_it_answers() -> None:
    assert Clocks.against(None, Difference(1, 2), Difference(3, 3)) == Clocks()
    assert Clocks().in_words() == "not compared yet: Google has not answered"


def test_both_clocks_are_compared_with_google_s() -> None:
    google = Difference(100, 200)
    assert Clocks.against(google, Difference(150, 160), Difference(130, 130)) == Clocks(
        Difference(-50, 60), Difference(-70, 30)
    )
    assert Clocks.against(google, None, Difference(130, 130)).database is None


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (4.04, 4.63, "MySQL's clock is 4.0 to 4.6 s ahead of Google's"),
        (-4.63, -4.04, "MySQL's clock is 4.0 to 4.6 s behind Google's"),
        (4.01, 4.02, "MySQL's clock is 4.0 s ahead of Google's"),
        (-0.3, 0.62, "MySQL's clock agrees with Google's to 0.6 s"),
    ],
)
def test_the_difference_in_words(low: float, high: float, words: str) -> None:
    known = Difference(int(low * SECOND), int(high * SECOND))
    assert Clocks(known, None).in_words() == words


def test_the_sink_s_own_clock_is_told_as_well() -> None:
    near = Difference(-300 * MS, 300 * MS)
    far = Difference(-8 * SECOND, -7 * SECOND)
    assert Clocks(near, far).in_words() == (
        "MySQL's clock agrees with Google's to 0.3 s, "
        "the sink's own is 7.0 to 8.0 s behind Google's"
    )
