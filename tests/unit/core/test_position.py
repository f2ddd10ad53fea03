"""Which change events are repeats of ones that were applied."""

from __future__ import annotations

from sink.core.change_event import Position

APPLIED = Position("binlog.000009", 500, 2, 0, 1_000)


def test_an_event_at_or_before_the_last_place_is_a_repeat() -> None:
    assert APPLIED.repeats(APPLIED)
    assert Position("binlog.000009", 400, 7, 0, 900).repeats(APPLIED)


def test_the_create_of_a_key_change_is_no_repeat_of_its_delete() -> None:
    assert not Position("binlog.000009", 500, 2, 1, 1_000).repeats(APPLIED)


def test_the_millionth_binlog_file_comes_after_the_one_before() -> None:
    last = Position("binlog.999999", 500, 0, 0, 1_000)
    assert not Position("binlog.1000000", 4, 0, 0, 1_000).repeats(last)


def test_a_binlog_that_began_anew_brings_no_repeats() -> None:
    assert not Position("binlog.000001", 4, 0, 0, 1_001).repeats(APPLIED)


def test_an_older_commit_time_further_on_does_not_make_earlier_events_new() -> None:
    newest = Position("binlog.000009", 600, 0, 0, 990).after(APPLIED)
    assert APPLIED.repeats(newest)
