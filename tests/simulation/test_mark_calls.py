"""What marks cost, and what they live through: a restart, a sort, inserted rows, moved columns."""

from __future__ import annotations

import pytest

from sink.core.marks import MARKER, Face, Mark, MarkWrite, is_tint
from sink.core.row_state import WHOLE_ROW, RowState
from sink.sheet_writing import note_answer
from sink.writers.sheets.answer import CallAnswer, Replaced
from sink.writers.sheets.call import PlacedWrite, RowWrite
from sink.writers.sheets.client import Answered
from tests.doubles.memory_store import MemoryStore
from tests.simulation.acts import row_key
from tests.simulation.agenda import SECOND
from tests.simulation.google import SimulatedClient
from tests.simulation.play import World
from tests.simulation.refusals import faces
from tests.simulation.sheet import HEADERS
from tests.simulation.test_stopped_tab import comes, program, world

__all__ = ["world"]


def types(world: World, key: int, column: str, value: str) -> None:
    """A person types into a row."""
    place = f"{'ABCDE'[HEADERS.index(column)]}{world.sheet.row_of(key)}"
    done = world.sheet.gesture("edit", range=place, values=[[value]])
    world.script.fire(done, lambda time, edits: None)


def face(world: World, key: int, column: int) -> Face:
    row = world.sheet.row_of(key)
    assert row is not None
    return faces(world.sheet)[row - 2][column]


def marked(world: World, key: int, column: int = 1) -> bool:
    shown = face(world, key, column)
    return is_tint(shown.background) and MARKER in shown.note


def calls(world: World) -> int:
    return world.met["calls"]


@pytest.fixture
def marked_world(world: World) -> World:
    types(world, 1, "a", "bad!")
    comes(world, lambda: marked(world, 1), "the mark")
    world.agenda.advance(5 * SECOND)
    return world


def test_a_mark_takes_one_call_to_set_and_none_to_stay(world: World) -> None:
    world.agenda.advance(20 * SECOND)
    before = calls(world)
    types(world, 1, "a", "bad!")
    comes(world, lambda: marked(world, 1), "the mark")
    world.agenda.advance(200 * SECOND)
    assert calls(world) == before + 1


def test_many_marks_go_with_one_call_and_with_what_values_are_owed(world: World) -> None:
    world.agenda.advance(20 * SECOND)
    before = calls(world)
    for key in (1, 2, 3):
        types(world, key, "a", f"bad{key}!")
    comes(world, lambda: all(marked(world, key) for key in (1, 2, 3)), "the marks")
    assert calls(world) - before <= 2  # the first look may come between two of the edits
    before = calls(world)
    for key in (1, 2, 3):
        program(world, key, a=f"good{key}")
    comes(world, lambda: not any(marked(world, key) for key in (1, 2, 3)), "no marks")
    world.agenda.advance(100 * SECOND)
    assert calls(world) - before <= 4


def test_a_mark_lives_through_a_restart_and_is_taken_away_after_it(marked_world: World) -> None:
    before = calls(marked_world)
    marked_world.rebalance()
    marked_world.agenda.advance(100 * SECOND)
    assert marked(marked_world, 1)
    assert calls(marked_world) <= before + 1  # the new worker lays its fence
    types(marked_world, 1, "a", "good")
    comes(marked_world, lambda: face(marked_world, 1, 1) == Face(), "the cell as before")


def test_a_mark_goes_with_its_row_in_a_sort_and_below_inserted_rows(marked_world: World) -> None:
    for name, body in (
        ("sort", {"column": "a", "ascending": False}),
        ("insert_rows", {"start": 2, "count": 2}),
    ):
        done = marked_world.sheet.gesture(name, **body)
        marked_world.script.fire(done, lambda time, edits: None)
        marked_world.agenda.advance(30 * SECOND)
        assert marked(marked_world, 1)
    types(marked_world, 1, "a", "good")
    comes(marked_world, lambda: face(marked_world, 1, 1) == Face(), "the cell as before")


def test_a_mark_goes_with_its_column(marked_world: World) -> None:
    source = {"sheetId": 1, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}
    moved = {"moveDimension": {"source": source, "destinationIndex": 4}}
    marked_world.document.batch_update([moved])
    marked_world.agenda.advance(30 * SECOND)
    assert marked(marked_world, 1, 3)
    program(marked_world, 1, a="new")
    comes(marked_world, lambda: face(marked_world, 1, 3) == Face(), "the cell as before")


def test_a_mark_whose_column_moves_unheard_is_written_again_once(world: World) -> None:
    world.agenda.advance(20 * SECOND)
    before = calls(world)
    types(world, 1, "a", "bad!")
    source = {"sheetId": 1, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}
    moved = {"moveDimension": {"source": source, "destinationIndex": 4}}
    world.document.batch_update([moved])
    comes(world, lambda: marked(world, 1, 3), "the mark")
    assert calls(world) - before <= 3  # where the column stood, that cell mended, where it stands
    assert [at for at in range(5) if face(world, 1, at) != Face()] == [3]


def test_the_tab_is_looked_over_for_lost_marks_while_there_are_any(
    marked_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0
    read_faces = SimulatedClient.read_faces

    def counted(client: SimulatedClient, a1_range: str) -> Answered:
        nonlocal looks
        looks += 1
        return read_faces(client, a1_range)

    monkeypatch.setattr(SimulatedClient, "read_faces", counted)
    marked_world.agenda.advance(100 * SECOND)
    assert looks > 1
    types(marked_world, 1, "a", "good")
    comes(marked_world, lambda: face(marked_world, 1, 1) == Face(), "the cell as before")
    marked_world.agenda.advance(100 * SECOND)
    looks = 0
    marked_world.agenda.advance(100 * SECOND)
    assert looks == 0


def pastes(world: World, place: str, *rows: list[object]) -> None:
    """A person pastes rows of cells; no post tells which keys stood there before."""
    done = world.sheet.gesture("edit", range=place, values=[list(row) for row in rows])
    world.script.fire(done, lambda time, edits: None)


def all_marked(world: World) -> list[tuple[object, str]]:
    """The cells that say anything of ours, by the key of their row and their header."""
    shown = zip(world.sheet.grid(), faces(world.sheet), strict=False)
    return [
        (cells[0], header)
        for cells, row in shown
        for header, face in zip(HEADERS, row, strict=True)
        if is_tint(face.background) or MARKER in face.note
    ]


@pytest.mark.parametrize("restarts", [False, True])
def test_a_mark_whose_row_is_given_another_key_by_a_paste_goes(
    marked_world: World, *, restarts: bool
) -> None:
    """The worker that comes next knows of no mark there, and looks the tab over too."""
    pastes(marked_world, "A2", [5, "five"])
    if restarts:
        marked_world.agenda.advance(5 * SECOND)
        marked_world.rebalance()
    comes(marked_world, lambda: all_marked(marked_world) == [], "no marks")


def refused_row(world: World) -> None:
    """A person types a row that the database refuses as a whole."""
    world.server.refuses = lambda write: "no row 6" if write.key == row_key(6) else None
    pastes(world, "A6", [6, "six"])


def test_a_refused_row_whose_key_is_pasted_elsewhere_is_marked_there(world: World) -> None:
    refused_row(world)
    comes(world, lambda: all_marked(world) == [(6, "id")], "the mark")
    world.agenda.advance(5 * SECOND)
    pastes(world, "A5", [6, "six"], [5, "five"])
    world.agenda.advance(100 * SECOND)
    assert all_marked(world) == [(6, "id")]


@pytest.mark.parametrize("heard", [False, True])
def test_a_row_of_which_was_heard_during_the_call_that_marks_it_is_looked_at_again(
    world: World, *, heard: bool
) -> None:
    """Its key may have been pasted elsewhere since, and the answer tells of it as it stood."""
    key = row_key(6)
    state = RowState(key, refused={WHOLE_ROW: "no row 6"}, marks={"id": Mark("No row 6.")})
    if heard:
        state.present = state.present.hear(4, True)
    write = RowWrite("update", key, {}, marks={"id": MarkWrite("No row 6.", Face(), Face())})
    reached = Replaced(PlacedWrite(write, 5, 0), {}, {"id": Face()})
    with MemoryStore(world.server).begin() as transaction:
        transaction.save([state])
        noted = note_answer(transaction, CallAnswer([reached]), 3, 5, world.table)
    assert noted.states[key].owes_marks is heard


def test_a_mark_that_is_doubted_after_its_row_has_gone_is_forgotten(marked_world: World) -> None:
    """Nobody can look at it any more, and the mapping would never be at rest."""
    world = marked_world
    world.sheet.gesture("delete_rows", start=world.sheet.row_of(1), count=1)
    world.agenda.advance(60 * SECOND)
    point = world.processes[-1].point
    with point.parts.store.begin() as transaction:
        state = transaction.states([row_key(1)])[row_key(1)]
        assert not state.alive
        state.marks = {"a": Mark(None, None, sure=False)}
        transaction.save([state])
    point._sheet._calls.marking.owe([row_key(1)])
    world.agenda.advance(10 * SECOND)
    assert MemoryStore(world.server).states([row_key(1)])[row_key(1)].marks == {}
    assert not point._sheet._calls.marking.owed
