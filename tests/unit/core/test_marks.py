"""Marks: a note below the person's own and a tint, and how both are taken away again."""

from __future__ import annotations

import json

import pytest

from sink.core import marks
from sink.core.marks import MARKER, TINT, Face, Mark, MarkWrite, is_tint, own_part, with_text

RED = json.dumps({"rgbColor": {"red": 1}})
SAID = "“price” takes a number; the database still holds 12.50."


def written(mark: Mark, face: Face) -> MarkWrite:
    """What is written to a cell that shows ``face``."""
    _, writes = marks.plan({"a": mark}, {"a": face})
    return writes["a"]


def through(mark: Mark, face: Face) -> tuple[Mark, Face]:
    """The mark and the cell after one look and one call, with nobody in between."""
    write = written(mark, face)
    return marks.reached({"a": mark}, {"a": write}, {"a": face}).get("a", Mark()), write.face


@pytest.mark.parametrize("own", ["", "mine", "two\nlines", "a blank\n\nbetween", "ends open\n"])
def test_the_person_s_note_is_above_ours_and_is_left_when_ours_goes(own: str) -> None:
    both = with_text(own, SAID)
    assert both.startswith(own)
    assert both.endswith(f"{MARKER}\n{SAID}")
    assert own_part(both) == own


def test_our_text_is_one_line_so_that_what_a_person_adds_below_is_theirs() -> None:
    note = with_text("mine", "several\nlines") + "\nadded"
    assert own_part(note) == "mine\nadded"


@pytest.mark.parametrize(("own", "left"), [("", "ask Ann"), ("mine", "mine\nask Ann")])
def test_what_a_person_adds_at_the_end_of_our_text_is_theirs(own: str, left: str) -> None:
    mark, face = through(Mark(wanted="several\nlines"), Face(own))
    added = Face(f"{face.note} ask Ann", face.background)
    good = Mark(None, mark.shown, mark.sure, mark.under)
    assert through(good, added)[1] == Face(left)
    changed = Mark("other", mark.shown, mark.sure, mark.under)
    assert through(changed, added)[1].note == with_text(left, "other")


def test_what_a_person_adds_to_our_text_between_look_and_call_is_given_back() -> None:
    mark, face = through(Mark(wanted=SAID), Face())
    good = Mark(None, mark.shown, mark.sure, mark.under)
    write = written(good, face)
    added = Face(f"{face.note} ask Ann", face.background)
    owed = marks.reached({"a": good}, {"a": write}, {"a": added})["a"]
    assert written(owed, write.face).face == Face("ask Ann")


def test_a_cell_is_marked_and_looks_as_before_when_it_is_good_again() -> None:
    before = Face("mine", RED)
    mark, face = through(Mark(wanted=SAID), before)
    assert face == Face(with_text("mine", SAID), TINT)
    assert not mark.owed
    mark, face = through(Mark(None, mark.shown, mark.sure, mark.under), face)
    assert face == before
    assert mark.void


def test_a_colour_that_a_person_gave_a_marked_cell_stays() -> None:
    mark, face = through(Mark(wanted=SAID), Face())
    unwanted = Mark(None, mark.shown, mark.sure, mark.under)
    assert written(unwanted, Face(face.note, RED)).face == Face("", RED)


def test_a_new_text_takes_the_place_of_the_old_one() -> None:
    mark, face = through(Mark(wanted="old"), Face("mine", RED))
    mark, face = through(Mark("new", mark.shown, mark.sure, mark.under), face)
    assert face == Face(with_text("mine", "new"), TINT)
    assert mark.under == RED


def test_what_the_cell_shows_already_is_not_written_again() -> None:
    doubtful = Mark("said", "said", sure=False, under=RED)
    left, writes = marks.plan({"a": doubtful}, {"a": Face(with_text("mine", "said"), TINT)})
    assert not writes
    assert left == {"a": Mark("said", "said", sure=True, under=RED)}


def test_a_cell_that_nobody_looked_at_is_not_written() -> None:
    wanted = {"a": Mark(wanted=SAID)}
    assert marks.plan(wanted, {}) == (wanted, {})


@pytest.mark.parametrize("said", [SAID, None])
def test_what_a_person_noted_between_look_and_call_is_given_back(said: str | None) -> None:
    shown = Face(with_text("mine", "old"), TINT) if said is None else Face("mine")
    mark = Mark(said, None if said else "old", under=RED if said is None else None)
    write = written(mark, shown)
    meanwhile = Face(with_text("newer", "old") if said is None else "newer", shown.background)
    mark = marks.reached({"a": mark}, {"a": write}, {"a": meanwhile})["a"]
    assert mark.owed
    again = written(mark, write.face)
    assert own_part(again.face.note) == "newer"
    assert is_tint(again.face.background) is (said is not None)
    noted = marks.reached({"a": mark}, {"a": again}, {"a": write.face}).get("a", Mark())
    assert not noted.owed


def test_a_colour_given_between_look_and_call_is_given_back_when_the_mark_goes() -> None:
    mark = Mark(wanted=SAID)
    write = written(mark, Face())
    mark = marks.reached({"a": mark}, {"a": write}, {"a": Face("", RED)})["a"]
    left, writes = marks.plan({"a": mark}, {"a": write.face})
    assert not writes, "the tint is there already"
    mark = left["a"]
    assert mark.under == RED
    _, face = through(Mark(None, mark.shown, mark.sure, mark.under), write.face)
    assert face == Face("", RED)


def test_a_note_that_a_copy_leaves_out_is_not_taken_for_deleted() -> None:
    mark = Mark(wanted=SAID)
    write = written(mark, Face("mine"))
    assert not marks.reached({"a": mark}, {"a": write}, {"a": Face()})["a"].owed


def test_a_row_that_was_hit_in_another_s_stead_gets_its_own_face_back() -> None:
    write = written(Mark(wanted=SAID), Face())
    theirs = Face("theirs", RED)
    mark = marks.hit({}, {"a": write}, {"a": theirs})["a"]
    again = written(mark, write.face)
    assert again.face == theirs


EXCEL = ("FCE4D6", "FBE5D6", "FDE9D9", "F8CBAD", "FFF2CC")
GOOGLE = ("FCE5CD", "F9CB9C", "F4CCCC", "FFF2CC", "E6B8AF")


@pytest.mark.parametrize("hexadecimal", sorted({*EXCEL, *GOOGLE}))
def test_a_colour_that_people_pick_is_not_taken_for_our_tint(hexadecimal: str) -> None:
    parts = zip(("red", "green", "blue"), bytes.fromhex(hexadecimal), strict=True)
    picked = json.dumps({"rgbColor": {part: value / 255 for part, value in parts}})
    assert not is_tint(picked)
    assert marks.adopt({}, {"a": Face("", picked)}) == {}
    mark, face = through(Mark(wanted=SAID), Face("", picked))
    assert through(Mark(None, mark.shown, mark.sure, mark.under), face)[1] == Face("", picked)


def test_a_colour_is_known_again_as_google_rounds_it() -> None:
    rounded = {
        part: round(value * 255) / 255 for part, value in json.loads(TINT)["rgbColor"].items()
    }
    assert is_tint(json.dumps({"rgbColor": rounded}))
    assert not is_tint(RED)
    assert not is_tint(json.dumps({"themeColor": "ACCENT1"}))
    assert not is_tint(None)


def test_a_row_takes_over_what_was_said_at_its_cells_before_it_was_known() -> None:
    old = Mark("old", "old", under=RED)
    assert marks.taken_over({}, {"a": old}) == {"a": Mark(None, "old", under=RED)}
    assert marks.taken_over({"a": Mark("new")}, {"a": old}) == {"a": Mark("new", "old", under=RED)}
    known = {"a": Mark("new", "new", under=RED)}
    assert marks.taken_over(known, {"a": Mark("old")}) == known
    assert marks.taken_over({}, {"a": Mark("never shown")}) == {}
