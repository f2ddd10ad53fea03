"""What a person sees at a new row without a key that the database does not take."""

from __future__ import annotations

from typing import Any

import pytest

from sink.core.marks import MARKER, Face, is_tint, own_part
from tests.simulation.acts import row_key
from tests.simulation.agenda import SECOND
from tests.simulation.play import World
from tests.simulation.refusals import faces
from tests.simulation.setting import FIRST_GIVEN
from tests.simulation.sheet import HEADERS
from tests.simulation.test_stopped_tab import comes, program, world

__all__ = ["world"]

RED = {"red": 1}


def place_of(world: World, value: object) -> int:
    """The row of the tab (from 1) that shows a value."""
    (place,) = [at for at, row in enumerate(world.sheet.grid(), start=2) if value in row]
    return place


def gesture(world: World, name: str, **body: Any) -> None:
    done = world.sheet.gesture(name, **body)
    world.script.fire(done, lambda time, edits: None)


def edit(world: World, place: str, *values: object) -> None:
    gesture(world, "edit", range=place, values=[list(values)])


def decorate(world: World, place: int, note: str, column: str = "id") -> None:
    """A person's own note and colour at a cell."""
    cell = {"note": note, "userEnteredFormat": {"backgroundColor": RED}}
    start = {"sheetId": 1, "rowIndex": place - 1, "columnIndex": HEADERS.index(column)}
    fields = "note,userEnteredFormat.backgroundColor"
    request = {"start": start, "rows": [{"values": [cell]}], "fields": fields}
    world.document.batch_update([{"updateCells": request}])


def face(world: World, place: int, column: str = "id") -> Face:
    shown = faces(world.sheet)
    at = place - 2
    return shown[at][HEADERS.index(column)] if at < len(shown) else Face()


def says(face: Face, *words: str) -> bool:
    return is_tint(face.background) and all(word in face.note for word in (MARKER, *words))


def all_marks(world: World) -> list[Face]:
    shown = [face for row in faces(world.sheet) for face in row]
    return [one for one in shown if is_tint(one.background) or own_part(one.note) != one.note]


def begin(world: World, value: str = "bad!") -> int:
    """A person types a row that the database refuses; returns where."""
    place = len(world.sheet.grid()) + 3
    decorate(world, place, "mine")
    edit(world, f"B{place}", value)
    return place


@pytest.fixture
def own(world: World) -> Face:
    world.agenda.advance(20 * SECOND)
    decorate(world, 30, "mine")
    return face(world, 30)


@pytest.fixture
def place(world: World, own: Face) -> int:
    at = begin(world)
    comes(world, lambda: says(face(world, at), "mine", "not in the database yet"), "the mark")
    return at


def test_it_takes_one_call_and_none_to_stay(world: World, own: Face) -> None:
    before = world.met["calls"]
    at = begin(world)
    comes(world, lambda: says(face(world, at), "takes no exclamation marks"), "the mark")
    world.agenda.advance(200 * SECOND)
    assert world.met["calls"] == before + 1
    assert face(world, at).note.startswith("mine\n")


def test_a_row_that_is_mended_gets_its_key_and_its_own_face_back(
    world: World, place: int, own: Face
) -> None:
    edit(world, f"B{place}", "good")
    comes(world, lambda: face(world, place_of(world, "good")) == own, "the face as before")
    world.agenda.advance(5 * SECOND)
    assert world.sheet.grid()[place_of(world, "good") - 2][0] in (FIRST_GIVEN, FIRST_GIVEN + 1)
    assert all_marks(world) == []


def test_a_row_that_is_given_a_key_by_hand_is_a_row_like_others(
    world: World, place: int, own: Face
) -> None:
    edit(world, f"A{place}", 77)
    comes(world, lambda: says(face(world, place, "a")), "the refused cell of a row with its key")
    edit(world, f"B{place}", "good")
    comes(world, lambda: all_marks(world) == [], "no marks")
    assert face(world, place) == own
    assert world.server.data.table[row_key(77)]["a"] == "good"


def test_a_key_that_does_not_fit_is_told_too(world: World, place: int, own: Face) -> None:
    edit(world, f"A{place}", "x")
    world.agenda.advance(100 * SECOND)
    assert says(face(world, place), "“id”", "number")
    edit(world, f"A{place}", 78)
    edit(world, f"B{place}", "good")
    comes(world, lambda: face(world, place) == own, "the face as before")


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


def test_a_row_that_becomes_a_total_says_nothing(world: World, place: int, own: Face) -> None:
    edit(world, f"B{place}", "=1+1")
    comes(world, lambda: face(world, place) == own, "the face as before")


def test_it_lives_through_a_restart_and_goes_after_it(world: World, place: int, own: Face) -> None:
    world.rebalance()
    world.agenda.advance(100 * SECOND)
    assert says(face(world, place))
    edit(world, f"B{place}", "good")
    comes(world, lambda: face(world, place_of(world, "good")) == own, "the face as before")


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
        assert says(face(world, place_of(world, "bad!")), "mine")
        assert len(all_marks(world)) == 1
    edit(world, f"B{place_of(world, 'bad!')}", "good")
    comes(world, lambda: face(world, place_of(world, "good")) == own, "the face as before")
    assert all_marks(world) == []


@pytest.mark.parametrize(
    "fate", ["lost", "late", "unheard", "killed", "killed unheard", "killed late 3", "quota"]
)
def test_a_call_of_any_fate_leaves_the_mark_and_the_person_s_own(
    world: World, own: Face, fate: str
) -> None:
    at = begin(world)
    for process in world.processes:
        process.fates.append(fate)
    if fate.startswith("killed"):
        comes(world, lambda: not world.processes[-1].fates, "the kill")
        world.processes[-1].die()
    comes(world, lambda: says(face(world, at), "mine"), "the mark")
    world.agenda.advance(60 * SECOND)
    assert len(all_marks(world)) == 1
    edit(world, f"B{at}", "good")
    comes(world, lambda: face(world, place_of(world, "good")) == own, "the face as before")


@pytest.mark.parametrize("then", ["mended", "keyed", "emptied", "deleted", "typed on"])
@pytest.mark.parametrize("fate", ["unheard", "late", "answered"])
def test_what_becomes_of_the_row_during_the_call_leaves_no_mark_behind(
    world: World, own: Face, fate: str, then: str
) -> None:
    at = begin(world)
    world.processes[-1].fates.append(fate)
    for _ in range(1000):
        if world.server.data.notes.get("open_call") is not None:
            break
        world.agenda.advance(SECOND // 100)
    else:
        pytest.fail("no call")
    match then:
        case "mended":
            edit(world, f"B{at}", "good")
        case "keyed":
            edit(world, f"A{at}:B{at}", 77, "good")
        case "emptied":
            gesture(world, "clear", range=f"A{at}:E{at}")
        case "deleted":
            gesture(world, "delete_rows", start=at, count=1)
        case _:
            edit(world, f"C{at}", "more")
    world.agenda.advance(100 * SECOND)
    assert len(all_marks(world)) == (1 if then == "typed on" else 0)
    if then == "deleted":
        return
    assert own_part(face(world, at).note) == "mine"
    assert then == "typed on" or face(world, at) == own


def test_a_row_that_may_not_be_marked_keeps_neither_values_nor_other_marks_away(
    world: World, own: Face
) -> None:
    place = {"sheetId": 1, "startRowIndex": 11, "endRowIndex": 12}
    protected = {"range": place, "editors": {"users": ["ann@example.com"]}}
    (reply,) = world.document.batch_update([{"addProtectedRange": {"protectedRange": protected}}])
    edit(world, "B12", "bad!")
    edit(world, "B14", "worse!")
    program(world, 1, a="new")
    comes(world, lambda: world.sheet.rows()[1]["a"] == "new", "the value")
    world.agenda.advance(300 * SECOND)
    assert says(face(world, 14))
    assert face(world, 12) == Face()
    known = reply["addProtectedRange"]["protectedRange"]["protectedRangeId"]
    world.document.batch_update([{"deleteProtectedRange": {"protectedRangeId": known}}])
    world.agenda.advance(100 * SECOND)
    assert says(face(world, 12))
