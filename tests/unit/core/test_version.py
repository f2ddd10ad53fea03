"""The order of versions, and what a side knew of one."""

from __future__ import annotations

from itertools import combinations

import pytest

from sink.core.values.codec import Value
from sink.core.version import ABSENT, EVER, Origin, Version, newer, value_order

RISING: tuple[Value, ...] = (None, False, True, -1, 0, 1, 1.5, 2, "", "A", "a", "b")


def version(value: Value, time: int | None, origin: Origin = Origin.SHEET) -> Version:
    return Version(value, time, origin)


def test_values_have_a_total_order() -> None:
    for lower, higher in combinations(RISING, 2):
        assert value_order(lower) < value_order(higher)
    assert all(value_order(value) == value_order(value) for value in RISING)


@pytest.mark.parametrize("origin", list(Origin))
@pytest.mark.parametrize("later", [1, 2])
def test_the_later_write_wins_whoever_made_it(origin: Origin, later: int) -> None:
    older = version("B", later - 1, origin.other)
    assert newer(version("A", later, origin), older)
    assert not newer(older, version("A", later, origin))


def test_an_unknown_time_loses_to_any_known_one() -> None:
    unknown, known = version("B", None, Origin.DATABASE), version("A", 0)
    assert newer(known, unknown)
    assert not newer(unknown, known)


@pytest.mark.parametrize("time", [None, 5])
def test_of_one_time_the_database_wins(time: int | None) -> None:
    ours, theirs = version("B", time), version("A", time, Origin.DATABASE)
    assert newer(theirs, ours)
    assert not newer(ours, theirs)


@pytest.mark.parametrize("origin", list(Origin))
def test_of_one_time_and_side_the_greater_value_wins(origin: Origin) -> None:
    lower, higher = version("A", 5, origin), version("B", 5, origin)
    assert newer(higher, lower)
    assert not newer(lower, higher)
    assert not newer(lower, lower)


def test_a_commit_saw_what_was_in_the_table_by_then() -> None:
    assert version("A", 5, Origin.DATABASE).known_to_database(0)
    assert not version("A", 5).known_to_database(9)
    assert Version("A", 5, Origin.SHEET, in_db=EVER).known_to_database(0)
    locked = Version("A", 5, Origin.SHEET, in_db=7)
    assert [at for at in (6, 7, 8) if locked.known_to_database(at)] == [7, 8]
    at_zero = Version("A", 5, Origin.SHEET, in_db=0)
    assert not Version("A", 5, Origin.SHEET, in_db=None).known_to_database(0)
    assert at_zero.value == "A"


def test_one_edit_is_one_whatever_is_learned_of_it() -> None:
    edit = version("A", 5)
    assert edit.same_edit(Version("A", 5, Origin.SHEET, in_db=EVER, shown=9))
    for other in (version("B", 5), version("A", 6), version("A", 5, Origin.DATABASE)):
        assert not edit.same_edit(other)


def test_absent_is_neither_true_nor_a_value() -> None:
    assert not ABSENT
    assert repr(ABSENT) == "ABSENT"
