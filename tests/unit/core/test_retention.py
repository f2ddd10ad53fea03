"""How long what is kept, and which rows may be forgotten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from sink.core.belief import Belief
from sink.core.configuration import RetentionSettings
from sink.core.retention import DAY, Horizon, Retention
from sink.core.row_key import RowKey
from sink.core.row_state import Find, HeldDelete, OpenWrite, RowState
from sink.core.tombstones import gone_since
from sink.core.version import EVER, Origin, Version

NOW = 1_000 * DAY
KEY = RowKey.from_values(("id",), (1,))


def gone() -> RowState:
    state = RowState(KEY)
    state.life = Version(False, 5, Origin.DATABASE, in_db=EVER, seen_from=6, shown=9)
    state.cells = {"a": Version("A", 1, Origin.DATABASE, in_db=EVER)}
    state.present = Belief(False, 7, 8)
    state.newest = {"a": 4}
    state.seen_until = 3
    return state


def test_settings_are_days() -> None:
    retention = Retention.of(RetentionSettings(edit_ids=1, tombstones=2, conflicts=3))
    assert retention.horizon(NOW, NOW) == Horizon(NOW - DAY, NOW - 2 * DAY, NOW - 3 * DAY)


@pytest.mark.parametrize(("google", "server"), [(NOW, NOW + 400 * DAY), (NOW + 400 * DAY, NOW)])
def test_a_clock_that_runs_ahead_forgets_nothing_early(google: int, server: int) -> None:
    retention = Retention(DAY, DAY, DAY)
    assert retention.horizon(google, server) == retention.horizon(NOW, NOW)


def test_a_tombstone_outlives_the_edit_ids_whatever_is_set() -> None:
    assert Retention(5, 2, 1).horizon(100, 100).tombstones == 95


def test_a_row_is_gone_since_the_newest_time_that_its_state_knows() -> None:
    assert gone_since(gone()) == 9
    state = gone()
    state.newest["b"] = 20
    assert gone_since(state) == 20


def test_a_row_that_was_never_agreed_and_is_not_there_is_gone_too() -> None:
    state = RowState(KEY, newest={"a": 4}, present=Belief(False, 5, 5))
    assert gone_since(state) == 5


def confirmed_by_a_lock(state: RowState) -> None:
    assert state.life is not None
    state.life = replace(state.life, in_db=8)


def told_as_lost(state: RowState) -> None:
    state.told = {"a": "lost"}


def heard_late(state: RowState) -> None:
    state.beliefs = {"a": Belief("A", 0, 0, heard=((4, "X"),))}


def formula_heard_late(state: RowState) -> None:
    state.formulas = {"a": 4}


def refused_late(state: RowState) -> None:
    state.refused, state.unfit = {"a": "is no number"}, {"a": "X"}


def refused_whole(state: RowState) -> None:
    """The row was typed, not taken, and deleted again."""
    state.refused = {"": "this row needs a b"}


@pytest.mark.parametrize(
    "change",
    [
        confirmed_by_a_lock,
        told_as_lost,
        heard_late,
        formula_heard_late,
        refused_late,
        refused_whole,
    ],
)
def test_what_waits_for_nothing_keeps_no_row(change: Callable[[RowState], None]) -> None:
    state = gone()
    change(state)
    assert gone_since(state) == 9


@pytest.mark.parametrize("change", [heard_late, formula_heard_late, confirmed_by_a_lock])
def test_a_row_is_not_gone_before_what_it_knows(change: Callable[[RowState], None]) -> None:
    state = RowState(KEY, life=Version(False, None, Origin.SHEET, in_db=EVER))
    change(state)
    assert gone_since(state) in (4, 8)


def lives(state: RowState) -> None:
    state.life = Version(True, 5, Origin.DATABASE, in_db=EVER)


def echo_to_come(state: RowState) -> None:
    state.open_writes = (OpenWrite(3, None, 5),)


def deleted_unconfirmed(state: RowState) -> None:
    assert state.life is not None
    state.life = replace(state.life, in_db=None)


def still_in_the_table(state: RowState) -> None:
    state.table = {"a": "A"}


def perhaps_in_the_sheet(state: RowState) -> None:
    state.present = Belief(False, 7, 8, heard=((8, True),))


def in_a_call(state: RowState) -> None:
    state.in_call = True


def find_waits(state: RowState) -> None:
    state.finds = {"a": Find("X", 5, 9)}


def held(state: RowState) -> None:
    state.held = (HeldDelete(Origin.SHEET, 5, 6),)


@pytest.mark.parametrize(
    "change",
    [
        lives,
        echo_to_come,
        deleted_unconfirmed,
        still_in_the_table,
        perhaps_in_the_sheet,
        in_a_call,
        find_waits,
        held,
    ],
)
def test_a_row_of_which_anything_waits_is_kept(change: Callable[[RowState], None]) -> None:
    state = gone()
    change(state)
    assert gone_since(state) is None
