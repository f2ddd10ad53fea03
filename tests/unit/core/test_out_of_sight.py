"""What a misplaced write of ours had hidden from the person who then changed or removed the row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sink.core.belief import Belief
from sink.core.decision import Loss
from sink.core.out_of_sight import (
    gone_unseen,
    hidden_from,
    hit_before_it_went,
    out_of_sight,
    typed_over_a_hit,
    typed_unseen,
    written_later,
)
from sink.core.row_key import RowKey
from sink.core.row_state import Find, RowState
from sink.core.version import Origin, Version

AGREED = Version("E", 5, Origin.DATABASE)
GONE = Version(False, 20, Origin.SHEET)
CALL = 10


def row(life: Version | None = None, **cells: Version) -> RowState:
    return RowState(RowKey(("id",), (1,)), life=life, cells=dict(cells))


def written(value: str) -> Belief:
    return Belief(value, CALL, 12, written=True, wrote=(CALL, 12))


def hidden() -> RowState:
    state = row(Version(True, 1, Origin.DATABASE), a=AGREED)
    state.beliefs["a"] = written("D")
    return state


def test_a_cell_that_our_write_covered_is_out_of_sight_from_its_call_on() -> None:
    assert out_of_sight(hidden(), ["a"], CALL) == {"a"}
    assert out_of_sight(hidden(), ["a"], CALL - 1) == set()


def test_every_column_is_looked_at() -> None:
    state = hidden()
    assert out_of_sight(state, ["unknown", "a"], CALL) == {"a"}


@pytest.mark.parametrize(
    "belief",
    [
        written("E"),
        replace(written("D"), written=False),
        replace(written("D"), heard=((11, "E"),)),
    ],
    ids=["it shows what is agreed", "we did not write it", "it may show what was heard since"],
)
def test_what_may_be_in_sight_is_not_out_of_it(belief: Belief) -> None:
    state = hidden()
    state.beliefs["a"] = belief
    assert out_of_sight(state, ["a"], 20) == set()


def test_a_cell_of_which_only_other_content_was_heard_since_is_out_of_sight() -> None:
    state = hidden()
    state.beliefs["a"] = replace(written("D"), heard=((11, "X"),))
    assert out_of_sight(state, ["a"], 20) == {"a"}


def test_what_the_database_made_was_never_typed() -> None:
    state = hidden()
    state.cells["a"] = replace(AGREED, made=True)
    assert out_of_sight(state, ["a"], 20) == set()


def test_what_went_unseen_lost_to_the_row_s_delete() -> None:
    assert gone_unseen(hidden(), ["a"], GONE) == [Loss("a", AGREED, GONE, "seen")]


def test_a_row_that_went_before_our_call_s_answer_loses_what_the_call_covered() -> None:
    state = row(GONE, a=AGREED, b=AGREED)
    assert hit_before_it_went(state, {"a": "D"}, CALL) == [Loss("a", AGREED, GONE, "seen")]
    assert hit_before_it_went(state, {"a": "D"}, 20) == [Loss("a", AGREED, GONE, "seen")]


@pytest.mark.parametrize(
    "life",
    [
        None,
        Version(True, 20, Origin.SHEET),
        replace(GONE, origin=Origin.DATABASE),
        replace(GONE, time=None),
        replace(GONE, time=CALL - 1),
    ],
    ids=["never there", "alive", "a program's delete", "at no known time", "gone before the call"],
)
def test_otherwise_nobody_deleted_what_the_call_wrote(life: Version | None) -> None:
    assert hit_before_it_went(row(life, a=AGREED), {"a": "D"}, CALL) == []


@pytest.mark.parametrize(
    ("held", "column"),
    [
        (AGREED, "c"),
        (replace(AGREED, made=True), "a"),
        (replace(AGREED, value="D"), "a"),
        (replace(AGREED, value=None), "a"),
    ],
    ids=["a column without a version", "made by the database", "the same value", "blank"],
)
def test_nothing_is_lost_where_nothing_was_covered(held: Version, column: str) -> None:
    assert hit_before_it_went(row(GONE, a=held), {column: "D"}, CALL) == []


TYPED_AT = 14
TYPED = Version("T", TYPED_AT, Origin.SHEET)


def replaced(before: RowState, **finds: Find) -> RowState:
    """The row once a call's answer has shown what it replaced."""
    state = before.copy()
    state.finds.update(finds)
    return state


@pytest.mark.parametrize(
    ("held", "lost"),
    [
        (Version("E", 5, Origin.SHEET), True),
        (replace(AGREED, shown=TYPED_AT), True),
        (replace(AGREED, shown=TYPED_AT + 1), False),
        (AGREED, False),
    ],
    ids=["the sheet's own", "shown before", "shown only since", "never shown"],
)
def test_what_a_person_typed_unheard_hid_what_a_mistaken_write_had_covered(
    held: Version, lost: bool
) -> None:
    """The first column's find was known already: the second one is looked at all the same."""
    before = hidden()
    before.beliefs["b"], before.finds["b"] = written("D"), Find("U", 13, 20)
    before.cells |= {"a": held, "b": AGREED}
    before.finds = {"b": before.finds["b"]}
    state = replaced(before, a=Find("T", TYPED_AT, 20))
    assert typed_unseen(before, state) == ([Loss("a", held, TYPED, "seen")] if lost else [])
    assert state.told == ({"a": "E"} if lost else {})


def test_of_two_contents_that_calls_replaced_unheard_the_first_is_lost() -> None:
    before = row(Version(True, 1, Origin.DATABASE), a=AGREED)
    before.finds["a"] = Find("U", 13, 20)
    first = Version("U", 13, Origin.SHEET)
    again = replaced(before, a=Find("T", TYPED_AT, 20))
    assert typed_unseen(before, again) == [Loss("a", first, TYPED, "seen")]
    assert typed_unseen(before, replaced(before, a=Find("U", TYPED_AT, 20))) == []
    assert typed_unseen(before, replaced(before)) == []


def test_from_the_call_that_puts_a_value_back_it_is_out_of_sight_until_its_answer() -> None:
    state = row(Version(True, 1, Origin.DATABASE), a=Version("E", 5, Origin.SHEET))
    state.beliefs["a"] = replace(written("E"), over=(6, "D"))
    assert [time for time in range(8, 15) if out_of_sight(state, ["a"], time)] == [10, 11, 12]


def test_what_the_database_made_of_the_edit_that_a_call_replaced_was_not_out_of_sight() -> None:
    """A trigger made 10 of the 13 that was typed at 5, and the call shows that."""
    state = row(Version(True, 1, Origin.DATABASE), a=Version("10", 5, Origin.SHEET))
    state.beliefs["a"] = replace(written("10"), over=(5, "13"))
    assert [time for time in range(8, 15) if out_of_sight(state, ["a"], time)] == []


@pytest.mark.parametrize(("shown", "unseen"), [(6, [6, 7, 8, 9]), (7, []), (None, [])])
@pytest.mark.parametrize("last", ["D", "E"])
def test_before_our_last_call_it_was_out_of_sight_since_an_earlier_one_had_hidden_it(
    last: str, shown: int | None, unseen: list[int]
) -> None:
    """Unless another value is agreed since, or the last call was the first to hide it."""
    state = row(Version(True, 1, Origin.DATABASE), a=replace(AGREED, shown=shown))
    state.beliefs["a"] = replace(written(last), hid=6)
    covered = [] if last == "E" else [CALL]
    assert [t for t in range(5, CALL + 1) if out_of_sight(state, ["a"], t)] == unseen + covered


@pytest.mark.parametrize(
    ("held", "hid", "after"),
    [
        (replace(AGREED, shown=5), 0, CALL),
        (replace(AGREED, shown=CALL), 0, CALL),
        (replace(AGREED, shown=5), 5, 5),
        (replace(AGREED, shown=5), 4, CALL),
        (replace(AGREED, shown=CALL + 1), 4, 4),
        (AGREED, 4, 4),
        (None, 4, 4),
        (replace(AGREED, value="D", shown=5), 4, 4),
    ],
    ids=[
        "the first call to hide it",
        "it was shown just then",
        "an earlier call has hidden it",
        "what an earlier call had hidden is no longer agreed",
        "shown only since",
        "never shown",
        "nothing is agreed",
        "the call wrote what is agreed",
    ],
)
def test_the_first_call_that_hid_what_is_agreed(held: Version | None, hid: int, after: int) -> None:
    assert hidden_from(replace(written("D"), hid=hid), held, CALL) == after


def test_the_sheet_s_own_value_stood_there_again_only_since_our_call() -> None:
    state = hidden()
    mine = Version("E", 5, Origin.SHEET)
    assert not written_later(row(None, a=mine), "a", mine, CALL - 1)
    state.beliefs["a"] = written("E")
    assert written_later(state, "a", mine, CALL - 1)
    assert not written_later(state, "a", mine, CALL)
    assert not written_later(state, "a", mine, CALL + 1)
    assert not written_later(state, "a", AGREED, CALL - 1)
    assert not written_later(state, "a", replace(mine, value="F"), CALL - 1)


def test_what_a_call_took_from_another_row_before_a_person_typed_there_is_lost() -> None:
    typed = Version("T", CALL, Origin.SHEET)
    state = row(Version(True, 1, Origin.DATABASE), a=typed, b=typed, c=AGREED)
    taken = Version("E", CALL, Origin.SHEET)
    lost = [Loss("a", taken, typed, "seen")]
    assert typed_over_a_hit(state, {"a": "E", "b": "T", "c": "D", "x": "E"}, CALL) == lost
    assert typed_over_a_hit(state, {"x": "E", "a": "E"}, CALL) == lost
    assert typed_over_a_hit(state, {"a": "E"}, CALL + 1) == []
    assert typed_over_a_hit(state, {"a": None}, CALL) == []
    state.finds["a"] = Find("E", CALL, 20)
    assert typed_over_a_hit(state, {"a": "E"}, CALL) == []
    state.finds["a"] = Find("F", CALL, 20)
    assert typed_over_a_hit(state, {"a": "E"}, CALL) == lost
    state.told["a"] = "F"
    assert typed_over_a_hit(state, {"a": "E"}, CALL) == lost
    state.told["a"] = "E"
    assert typed_over_a_hit(state, {"a": "E"}, CALL) == []
    other = [Loss("b", taken, typed, "seen")]
    assert typed_over_a_hit(state, {"a": "E", "b": "E"}, CALL) == other
    unknown = row(None, a=replace(typed, time=None))
    assert typed_over_a_hit(unknown, {"a": "E"}, CALL) == []
