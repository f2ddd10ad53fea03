"""What a person sees at a row whose key does not fit its column."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from deploy.sheets_emulator.api.errors import invalid
from sink.core.mapping import Rule
from sink.core.marks import Face, own_part
from tests.simulation.acts import row_key
from tests.simulation.agenda import SECOND
from tests.simulation.play import World
from tests.simulation.setting import FIRST_GIVEN, Setting
from tests.simulation.test_marks_without_key import (
    all_marks,
    decorate,
    edit,
    face,
    gesture,
    own,
    place_of,
    says,
)
from tests.simulation.test_stopped_tab import comes, program, world

__all__ = ["own", "world"]

WHOLE_NUMBER = "“id” takes a whole number"
TOO_LONG = "“a” takes at most 40 characters"


def type_row(world: World, *values: object) -> int:
    """A person types a row whose key is none, all at once; returns where."""
    at = len(world.sheet.grid()) + 3
    decorate(world, at, "mine")
    edit(world, f"A{at}", *values)
    return at


def standing(world: World, key: int) -> int:
    """Where the row of a key stands."""
    at = world.sheet.row_of(key)
    assert at is not None
    return at


def waits(world: World, at: int) -> bool:
    return says(face(world, at), "mine", "not in the database yet", WHOLE_NUMBER)


@pytest.fixture
def place(world: World, own: Face) -> int:
    at = type_row(world, "4l", "good")
    comes(world, lambda: waits(world, at), "the mark")
    return at


def test_it_takes_one_call_and_none_to_stay(world: World, own: Face) -> None:
    before = world.met["calls"]
    at = type_row(world, "4l", "good")
    comes(world, lambda: waits(world, at), "the mark")
    world.agenda.advance(200 * SECOND)
    assert world.met["calls"] == before + 2  # its tag, and the mark
    assert len(world.letters) == 1
    assert len(world.server.data.tagged) == 1
    assert "not “4l”" in face(world, at).note
    assert all(key.values[0] in (1, 2, 3, 4) for key in world.server.data.table)


def test_a_key_that_is_mended_makes_the_row_and_gives_the_face_back(
    world: World, place: int, own: Face
) -> None:
    edit(world, f"A{place}", 41)
    comes(world, lambda: row_key(41) in world.server.data.table, "the row")
    assert world.server.data.table[row_key(41)]["a"] == "good"
    comes(world, lambda: face(world, place) == own, "the face as before")
    comes(world, lambda: not world.server.data.tagged, "nothing is remembered")
    world.agenda.advance(60 * SECOND)
    assert all_marks(world) == []
    assert len(world.letters) == 1


def test_another_key_that_does_not_fit_is_told_in_its_place(
    world: World, place: int, own: Face
) -> None:
    edit(world, f"A{place}", 99999999999)
    comes(world, lambda: "not “99999999999”" in face(world, place).note, "the new reason")
    assert "4l" not in face(world, place).note
    edit(world, f"B{place}", "better")
    world.agenda.advance(100 * SECOND)
    assert waits(world, place)
    assert len(all_marks(world)) == 1


def test_a_key_that_is_cleared_is_left_to_the_database(world: World, place: int, own: Face) -> None:
    edit(world, f"A{place}", "")
    comes(world, lambda: face(world, place) == own, "the face as before")
    comes(world, lambda: not any(row[0] is None for row in world.sheet.grid()[4:] if row[1]), "key")
    assert world.server.data.table[row_key(FIRST_GIVEN)]["a"] == "good"
    world.agenda.advance(60 * SECOND)
    assert all_marks(world) == []


@pytest.mark.parametrize("value", ["4l", 1.5, 99999999999])
def test_the_key_of_a_standing_row_that_is_typed_over_is_told(
    world: World, own: Face, value: object
) -> None:
    at = standing(world, 2)
    decorate(world, at, "mine")
    edit(world, f"A{at}", value)
    comes(world, lambda: waits(world, at), "the mark")
    edit(world, f"A{at}", 2)
    comes(world, lambda: face(world, at) == own, "the face as before")
    world.agenda.advance(100 * SECOND)
    assert all_marks(world) == []
    assert world.server.data.table[row_key(2)]["a"] == world.sheet.rows()[2]["a"]


@pytest.mark.parametrize("late", [False, True])
def test_what_else_is_refused_of_the_row_is_told_again_with_its_key(
    world: World, own: Face, late: bool
) -> None:
    at = standing(world, 2)
    decorate(world, at, "mine", "a")
    edit(world, f"B{at}", "long" * 11)
    comes(world, lambda: says(face(world, at, "a"), TOO_LONG), "the cell")
    edit(world, f"A{at}", "x")
    comes(world, lambda: says(face(world, at), WHOLE_NUMBER), "the key")
    world.agenda.advance((100 if late else 1) * SECOND)
    edit(world, f"A{at}", 2)
    comes(world, lambda: face(world, at) == Face(), "the key's face as before")
    world.agenda.advance(100 * SECOND)
    assert says(face(world, at, "a"), TOO_LONG)
    assert len(all_marks(world)) == 1
    edit(world, f"B{at}", "short")
    comes(world, lambda: face(world, at, "a") == own, "the cell's face as before")


def test_a_row_that_may_not_be_tagged_keeps_nothing_from_being_written(
    world: World, own: Face, monkeypatch: pytest.MonkeyPatch
) -> None:
    takes = world.document.apply

    def full(method: str, arguments: dict[str, Any], **rest: Any) -> Any:
        if "createDeveloperMetadata" in str(arguments):
            refused.append(method)
            raise invalid("The tab holds no more metadata.")
        return takes(method, arguments, **rest)

    refused: list[str] = []
    monkeypatch.setattr(world.document, "apply", full)
    at = type_row(world, "4l", "good")
    world.agenda.advance(60 * SECOND)
    program(world, 1, a="new")
    comes(world, lambda: world.sheet.rows()[1]["a"] == "new", "the value")
    world.agenda.advance(100 * SECOND)
    assert world.server.data.notes.get("reason") is None
    assert 2 <= len(refused) <= 20
    monkeypatch.undo()
    comes(world, lambda: waits(world, at), "the mark")


def test_rows_that_no_post_told_of_are_found(world: World, own: Face) -> None:
    at = len(world.sheet.grid()) + 3
    world.sheet.gesture("edit", range=f"A{at}", values=[["4l", "good"]])
    comes(world, lambda: says(face(world, at), WHOLE_NUMBER), "the mark")


def test_labels_and_totals_are_no_rows(world: World, own: Face) -> None:
    at = len(world.sheet.grid()) + 3
    edit(world, f"A{at}", "Total", "=COUNTA(B2:B5)")
    edit(world, f"A{at + 1}", "4l", "good")
    comes(world, lambda: says(face(world, at + 1), WHOLE_NUMBER), "the mark of the other")
    world.agenda.advance(100 * SECOND)
    assert face(world, at) == Face()


def test_looks_that_take_long_keep_nothing_from_being_written() -> None:
    logging.disable(logging.CRITICAL)
    slow = World(replace(Setting.quiet(Rule()), call_time=3 * SECOND))
    comes(slow, lambda: slow.server.data.notes.get("fence") is not None, "the sink runs")
    at = len(slow.sheet.grid()) + 3
    edit(slow, f"A{at}", "4l", "good")
    comes(slow, lambda: says(face(slow, at), WHOLE_NUMBER), "the mark")
    program(slow, 1, a="new")
    comes(slow, lambda: slow.sheet.rows()[1]["a"] == "new", "the value")


def test_a_tint_that_went_astray_is_taken_away(world: World, place: int, own: Face) -> None:
    world.agenda.advance(60 * SECOND)
    at = standing(world, 2)
    source, destination = (
        {"sheetId": 1, "startRowIndex": row - 1, "endRowIndex": row, "endColumnIndex": 1}
        for row in (place, at)
    )
    paste = {"source": source, "destination": destination, "pasteType": "PASTE_FORMAT"}
    world.document.batch_update([{"copyPaste": paste}], actor="person")
    assert len(all_marks(world)) == 2
    comes(world, lambda: len(all_marks(world)) == 1, "one mark")
    assert waits(world, place)


@pytest.mark.parametrize("told", [True, False])
def test_a_row_that_is_emptied_says_nothing(
    world: World, place: int, own: Face, told: bool
) -> None:
    done = world.sheet.gesture("clear", range=f"A{place}:E{place}")
    if told:
        world.script.fire(done, lambda time, edits: None)
    comes(world, lambda: face(world, place) == own, "the face as before")
    comes(world, lambda: not world.server.data.tagged, "nothing is remembered")


def test_a_row_that_is_deleted_leaves_nothing(world: World, place: int) -> None:
    gesture(world, "delete_rows", start=place, count=1)
    comes(world, lambda: not world.server.data.tagged, "nothing is remembered")
    assert all_marks(world) == []


@pytest.mark.parametrize("restart", [True, False])
def test_it_goes_along_with_a_sort_and_inserted_rows(
    world: World, place: int, own: Face, restart: bool
) -> None:
    program(world, 1, a="zz")
    world.agenda.advance(5 * SECOND)
    for name, body in (
        ("sort", {"column": "a", "ascending": True}),
        ("insert_rows", {"start": 2, "count": 2}),
        ("sort", {"column": "a", "ascending": False}),
    ):
        gesture(world, name, **body)
        if restart:
            world.rebalance()
        world.agenda.advance(60 * SECOND)
        assert waits(world, place_of(world, "4l"))
        assert len(all_marks(world)) == 1
    edit(world, f"A{place_of(world, '4l')}", 41)
    comes(world, lambda: face(world, place_of(world, 41)) == own, "the face as before")
    assert all_marks(world) == []


@pytest.mark.parametrize(
    "fate", ["lost", "late", "unheard", "killed", "killed unheard", "killed late 3", "quota"]
)
def test_a_call_of_any_fate_leaves_one_mark_and_the_person_s_own(
    world: World, own: Face, fate: str
) -> None:
    at = type_row(world, "4l", "good")
    for process in world.processes:
        process.fates.append(fate)
    if fate.startswith("killed"):
        comes(world, lambda: not world.processes[-1].fates, "the kill")
        world.processes[-1].die()
    comes(world, lambda: waits(world, at), "the mark")
    world.agenda.advance(60 * SECOND)
    assert len(all_marks(world)) == 1
    edit(world, f"A{at}", 41)
    comes(world, lambda: face(world, at) == own, "the face as before")


@pytest.mark.parametrize("then", ["mended", "cleared", "emptied", "deleted", "moved", "typed on"])
@pytest.mark.parametrize("fate", ["unheard", "late", "answered"])
def test_what_becomes_of_the_row_during_the_call_leaves_no_mark_behind(
    world: World, own: Face, fate: str, then: str
) -> None:
    at = type_row(world, "4l", "good")
    world.processes[-1].fates.append(fate)
    for _ in range(1000):
        if world.server.data.notes.get("open_call") is not None:
            break
        world.agenda.advance(SECOND // 100)
    else:
        pytest.fail("no call")
    match then:
        case "mended":
            edit(world, f"A{at}", 41)
        case "cleared":
            edit(world, f"A{at}", "")
        case "emptied":
            gesture(world, "clear", range=f"A{at}:E{at}")
        case "deleted":
            gesture(world, "delete_rows", start=at, count=1)
        case "moved":
            gesture(world, "insert_rows", start=2, count=1)
        case _:
            edit(world, f"C{at}", "more")
    world.agenda.advance(100 * SECOND)
    stays = then in ("typed on", "moved")
    assert len(all_marks(world)) == stays
    if then == "deleted":
        return
    assert own_part(face(world, at + (then == "moved")).note) == "mine"
    assert stays or face(world, at) == own
