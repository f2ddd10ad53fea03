"""What the sheet is believed to show, agreed or not, and what our writes replaced there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sink.core.belief import Belief
from sink.core.change_event import SheetEdit
from sink.core.decision import Loss
from sink.core.row_state import WHOLE_ROW, Find
from sink.core.version import Origin, Version
from tests.unit.core.rows import (
    edit,
    merged,
    of_database,
    ours,
    standing,
    written,
)


def test_an_empty_cell_of_a_new_row_is_content_and_no_edit() -> None:
    state = merged(standing(), [edit(5, a=None, b="T", key_edited=True)]).state
    assert state.agreed == {"a": "A", "b": "T"}
    assert state.newest == {"b": 5}
    assert state.beliefs["a"].possible() == (None,)
    emptied = merged(standing(), [edit(5, a=None)]).state
    assert emptied.agreed == {"a": None, "b": "A"}


def test_a_refused_cell_is_believed_and_not_agreed() -> None:
    event = edit(5, a="S", b="T", refused={"a": "too long"}, unfit={"a": "text"})
    state = merged(standing(), [event]).state
    assert state.agreed == {"a": "A", "b": "T"}
    assert state.beliefs["a"].possible() == ("S",)
    assert state.newest == {"a": 5, "b": 5}
    assert state.refused == {"a": "too long"}
    assert state.unfit == {"a": "text"}


def test_an_older_refusal_says_nothing_of_what_is_shown_now() -> None:
    before = merged(standing(), [edit(6, a="S")]).state
    late = edit(5, refused={"a": "too long", "b": "no"}, unfit={"a": "text"}, a="X", b="Y")
    state = merged(before, [late]).state
    assert state.refused == {"b": "no"}
    assert state.unfit == {}
    assert state.newest == {"a": 6, "b": 5}
    same = merged(before, [replace(late, time=6)]).state
    assert same.refused == {"a": "too long", "b": "no"}
    gone = merged(standing(), [replace(late, shown=False)]).state
    assert gone.refused == gone.unfit == {}
    assert gone.beliefs["a"] == standing().beliefs["a"]


def test_text_that_fits_no_column_is_the_newest_though_it_has_no_cell() -> None:
    event = edit(5, refused={"a": "no number", "b": "no"}, unfit={"a": "text"})
    state = merged(standing(), [event]).state
    assert state.refused == {"a": "no number", "b": "no"}
    assert state.unfit == {"a": "text"}
    assert state.newest == {"a": 5}


def test_a_new_event_of_a_cell_ends_its_refusal() -> None:
    state = standing()
    state.refused = {WHOLE_ROW: "no", "a": "too long", "b": "too long"}
    state.unfit = {"a": "text", "b": "text"}
    after = merged(state, [edit(5, a="S")]).state
    assert after.refused == {"b": "too long"}
    assert after.unfit == {"b": "text"}
    gone = merged(state, [edit(5, a="S", shown=False)]).state
    assert gone.refused == {"b": "too long"}
    assert gone.unfit == {"a": "text", "b": "text"}


def test_an_edit_that_loses_ends_the_refusal_too_so_that_the_winner_is_written() -> None:
    state = standing()
    state.cells["a"] = of_database("D", 9)
    state.refused = {"a": "too long"}
    decision = merged(state, [edit(5, a="S")])
    assert decision.losses == [Loss("a", ours("S", 5), state.cells["a"], "last_write_wins")]
    assert decision.state.refused == {}
    assert decision.state.owed_to_sheet() == ("update", {"a": "D"})


@pytest.mark.parametrize(("time", "replaced"), [(9, True), (12, True), (13, False)])
def test_a_refusal_of_what_our_call_has_replaced_is_not_kept(time: int, replaced: bool) -> None:
    event = edit(time, a="S", b="T", refused={"a": "too long", "b": "no"})
    kept = {"b": "no"} if replaced else {"a": "too long", "b": "no"}
    assert merged(written(), [event]).state.refused == kept
    for belief in (None, replace(written().beliefs["a"], written=False)):
        state = written()
        state.beliefs.pop("a")
        if belief is not None:
            state.beliefs["a"] = belief
        assert merged(state, [event]).state.refused == {"a": "too long", "b": "no"}


def test_what_is_no_longer_shown_is_agreed_and_not_believed() -> None:
    state = standing()
    after = merged(state, [edit(5, a="S", found=True, shown=False)]).state
    assert after.cells["a"] == ours("S", 5)
    assert after.beliefs == state.beliefs
    assert after.present == state.present
    assert after.seen_until == state.seen_until


def test_the_event_of_what_our_write_replaced_ends_the_find() -> None:
    state = written()
    state.finds["a"] = Find("S", 10, 15)
    told = merged(state, [edit(9, a="S")]).state
    assert told.finds == {}
    assert told.beliefs["a"] == state.beliefs["a"], "it is no longer shown"
    at_the_end = merged(state, [edit(12, a="S")]).state
    assert at_the_end.beliefs["a"] == state.beliefs["a"]
    after = merged(state, [edit(13, a="S")]).state
    assert after.finds == {}
    assert after.beliefs["a"].possible() == ("S",)


def test_another_event_leaves_the_find() -> None:
    state = written()
    state.finds["a"] = Find("S", 10, 15)
    assert merged(state, [edit(9, a="T")]).state.finds == state.finds
    assert merged(state, [edit(10, a="T", found=True, shown=False)]).state.finds == {}
    state.beliefs["a"] = replace(state.beliefs["a"], written=False)
    told = merged(state, [edit(13, a="S")]).state
    assert told.beliefs["a"].possible() == ("S",)
    del state.beliefs["a"]
    assert merged(state, [edit(9, a="S")]).state.beliefs["a"].possible() == ("S",)


def test_a_later_look_leaves_the_find_which_is_logged_as_replaced() -> None:
    state = written()
    state.finds["a"] = Find("S", 10, 15)
    looked = merged(state, [edit(20, a="X", found=True)]).state
    assert looked.finds == state.finds
    told = merged(looked, [edit(10, a="S", found=True, shown=False)])
    assert told.state.finds == {}
    assert told.state.cells["a"].value == "X"
    assert [(loss.loser.value, loss.rule) for loss in told.losses] == [("S", "superseded")]


def test_a_late_event_tells_that_what_we_replaced_was_an_edit_of_its_own() -> None:
    state = written(over=(3, "A"))
    held = state.cells["a"]
    decision = merged(state, [edit(5, a="S")])
    after = decision.state
    assert after.finds == {"a": Find("A", 10, 12)}
    assert after.beliefs["a"] == replace(state.beliefs["a"], over=None)
    assert after.cells["a"] == held
    assert after.newest == state.newest
    assert decision.losses == [Loss("a", ours("S", 5), held, "superseded")]


def test_what_waited_before_that_is_logged_as_replaced_by_it() -> None:
    state = written(over=(3, "A"))
    state.finds["a"] = Find("V", 8, 9)
    decision = merged(state, [edit(5, a="S")])
    assert decision.state.finds == {"a": Find("A", 10, 12)}
    waited, replaced = (Version(each, at, Origin.SHEET) for each, at in (("V", 8), ("A", 10)))
    assert decision.losses[0] == Loss("a", waited, replaced, "seen")


@pytest.mark.parametrize(
    "event",
    [
        edit(3, a="S"),
        edit(10, a="S"),
        edit(5, a="A"),
        edit(5, a="S", found=True),
        edit(5, a="S", shown=False),
    ],
)
def test_any_other_event_does_not_tell_that(event: SheetEdit) -> None:
    assert merged(written(over=(3, "A")), [event]).state.finds == {}


def test_without_a_call_under_way_only_the_newest_event_after_the_answer_matters() -> None:
    state = merged(standing(), [edit(5, a="S"), edit(7, a="T"), edit(6, a="U")]).state
    assert state.beliefs["a"].heard == ((7, "T"),)
    state.in_call = True
    calling = merged(state, [edit(8, a="V")]).state
    assert calling.beliefs["a"].heard == ((7, "T"), (8, "V"))
    during = standing()
    during.beliefs["a"] = Belief("A", 4, 9)
    events = [edit(5, a="S"), edit(9, a="T"), edit(11, a="U"), edit(10, a="V")]
    assert merged(during, events).state.beliefs["a"].heard == ((5, "S"), (9, "T"), (11, "U"))


def test_of_two_edits_at_once_the_one_read_later_is_written_as_the_other_may_show() -> None:
    for first, second in (("S", "T"), ("T", "S"), ("S", None)):
        state = merged(standing(), [edit(5, a=first), edit(5, a=second)]).state
        assert state.beliefs["a"].heard == ((5, first),)
        assert state.owed_to_sheet() == ("update", {"a": second})


def test_the_first_of_all_times_is_a_time_like_any_other() -> None:
    assert merged(standing(), [edit(0, a="S")]).state.agreed == {"a": "S", "b": "A"}
    event = edit(0, a="S", refused={"a": "too long", "b": "no number"})
    refused = merged(standing(), [event]).state
    assert refused.newest == {"a": 0}
    assert refused.refused == event.refused


def test_a_cell_without_belief_showed_its_old_value() -> None:
    state = standing()
    state.beliefs.clear()
    after = merged(state, [edit(5, a="S", old="Z")]).state
    assert after.beliefs["a"] == Belief("Z", 0, 0, ((5, "S"),), edited=5)
    blind = merged(state, [edit(5, a="S")]).state
    assert blind.beliefs["a"] == Belief(None, 0, 0, ((5, "S"),), edited=5)
