"""What a person sees when the mapping has stopped, and that it goes on by itself once mended."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from sink.core.cell import CellContent
from sink.core.command import Command, Order
from sink.core.mapping import Guards, Rule
from sink.core.marks import MARKER, is_tint
from sink.core.slices import Sliced
from sink.writers.sheets.reading import Reading
from tests.simulation.acts import row_key
from tests.simulation.agenda import SECOND
from tests.simulation.play import World
from tests.simulation.process import RECONCILE_SECONDS, CountingTab
from tests.simulation.refusals import faces
from tests.simulation.setting import CELLS, TAB, Setting
from tests.simulation.sheet import HEADERS

PATIENCE = 100


@pytest.fixture
def world() -> World:
    return running()


def running(guards: Guards | None = None) -> World:
    """A world whose sink has begun."""
    logging.disable(logging.CRITICAL)
    world = World(Setting.quiet(Rule()), guards)
    comes(world, lambda: world.server.data.notes.get("fence") is not None, "the sink runs")
    return world


def comes(world: World, wanted: Callable[[], bool], what: str) -> None:
    """Time passes until it is so."""
    for _ in range(PATIENCE):
        if wanted():
            return
        world.agenda.advance(SECOND)
    pytest.fail(f"{what}: not within {PATIENCE} s")


def header_note(world: World) -> str:
    return faces(world.sheet, "A1:E1")[0][0].note


def protect(world: World, columns: tuple[int, int]) -> dict[str, Any]:
    """A person lets nobody else edit these columns; returns the request that ends it."""
    place = {"sheetId": 1, "startColumnIndex": columns[0], "endColumnIndex": columns[1]}
    protected = {"range": place, "editors": {"users": ["ann@example.com"]}}
    (reply,) = world.document.batch_update([{"addProtectedRange": {"protectedRange": protected}}])
    known = reply["addProtectedRange"]["protectedRange"]["protectedRangeId"]
    return {"deleteProtectedRange": {"protectedRangeId": known}}


def cell(world: World, key: int, column: str) -> CellContent:
    return world.sheet.rows()[key][column]


def program(world: World, key: int, **cells: str) -> None:
    """A program's UPDATE."""
    row = {**world.server.data.table[row_key(key)], **cells}
    world.server.put(row_key(key), row, time=world.server.now)


def test_a_change_into_a_protected_range_stops_the_mapping_until_it_is_mended(world: World) -> None:
    mend = protect(world, (1, 2))
    program(world, 1, a="new")
    comes(world, lambda: "protected range" in str(world.server.data.notes.get("reason")), "reason")
    comes(world, lambda: "protected range" in header_note(world), "the note")
    assert header_note(world).startswith(MARKER)
    assert cell(world, 1, "a") == "A1"
    # what people type still reaches the database
    world.script.fire(
        world.sheet.gesture("edit", range=f"D{world.sheet.row_of(2)}", values=[["typed"]]),
        lambda time, edits: None,
    )
    comes(world, lambda: "typed" in str(list(world.server.data.table.values())), "the edit")
    world.document.batch_update([mend])
    comes(world, lambda: cell(world, 1, "a") == "new", "the value")
    comes(world, lambda: world.server.data.notes.get("reason") is None, "no reason")
    comes(world, lambda: header_note(world) == "", "no note")


def spent(world: World) -> tuple[int, int]:
    """Reads and writes of Google's so far."""
    return world.met["reads"], world.met["calls"]


def test_a_long_stop_wears_nothing_out(world: World) -> None:
    mend = protect(world, (1, 2))
    program(world, 1, a="new")
    comes(world, lambda: "protected range" in header_note(world), "the note")
    world.agenda.advance(60 * SECOND)
    before = spent(world)
    world.agenda.advance(60 * SECOND)
    reads, writes = (now - then for now, then in zip(spent(world), before, strict=True))
    assert reads <= 20  # a minute; the quota is for other mappings too
    assert writes <= 5
    world.agenda.advance(3 * 3600 * SECOND)
    assert "protected range" in header_note(world)
    world.document.batch_update([mend])
    comes(world, lambda: cell(world, 1, "a") == "new", "the value")
    world.sheet.gesture("edit", range="B1", values=[["renamed"]])
    world.agenda.advance(3600 * SECOND)
    world.sheet.gesture("edit", range="B1", values=[["a"]])
    program(world, 1, a="newer")
    comes(world, lambda: cell(world, 1, "a") == "newer", "the next value")


def test_a_mark_that_may_not_be_set_stops_nothing(world: World) -> None:
    protect(world, (1, 2))
    place = f"B{world.sheet.row_of(1)}"
    done = world.sheet.gesture("edit", range=place, values=[["bad!"]])
    world.script.fire(done, lambda time, edits: None)
    comes(world, lambda: len(world.letters) > 0, "the refusal")
    world.agenda.advance(5 * SECOND)
    program(world, 2, b="new")
    comes(world, lambda: cell(world, 2, "b") == "new", "another cell")
    assert world.server.data.notes.get("reason") is None


def test_marks_that_may_not_be_set_keep_no_others_away(world: World) -> None:
    protect(world, (1, 2))
    for place in (f"B{world.sheet.row_of(1)}", f"D{world.sheet.row_of(2)}"):
        done = world.sheet.gesture("edit", range=place, values=[["bad!"]])
        world.script.fire(done, lambda time, edits: None)

    def tinted(key: int, column: int) -> bool:
        row = world.sheet.row_of(key)
        return row is not None and is_tint(faces(world.sheet)[row - 2][column].background)

    for _ in range(2):  # tried in parts, one a minute
        world.agenda.advance(70 * SECOND)
    comes(world, lambda: tinted(2, 3), "the other mark")
    done = world.sheet.gesture("edit", range=f"E{world.sheet.row_of(3)}", values=[["bad!"]])
    world.script.fire(done, lambda time, edits: None)
    comes(world, lambda: tinted(3, 4), "one typed later")
    assert world.server.data.notes.get("reason") is None


def test_a_header_that_is_gone_is_told_at_once_and_forgotten_when_it_is_back(world: World) -> None:
    world.sheet.gesture("edit", range="B1", values=[["renamed"]])
    program(world, 1, a="new")
    comes(world, lambda: "no column with the header 'a'" in header_note(world), "the note")
    world.sheet.gesture("edit", range="B1", values=[["a"]])
    comes(world, lambda: cell(world, 1, "a") == "new", "the value")
    comes(world, lambda: header_note(world) == "", "no note")


def test_a_key_that_stands_twice_is_told_until_it_is_mended(world: World) -> None:
    row = world.sheet.row_of(1)
    world.sheet.gesture("edit", range="A7", values=[[1]])
    program(world, 2, a="new")
    world.script.fire(
        world.sheet.gesture("insert_rows", start=7, count=1), lambda time, edits: None
    )
    comes(world, lambda: f"stands in rows {row} and" in header_note(world), "the note")
    world.sheet.gesture("delete_rows", start=8, count=1)
    comes(world, lambda: header_note(world) == "", "no note")
    comes(world, lambda: cell(world, 2, "a") == "new", "the value")


def test_a_sink_that_starts_takes_an_old_note_away() -> None:
    world = World(Setting.quiet(Rule()))
    start = {"sheetId": 1, "rowIndex": 0, "columnIndex": 0}
    cells = [{"values": [{"note": f"mine\n\n{MARKER}\nold trouble"}]}]
    request = {"start": start, "rows": cells, "fields": "note"}
    world.document.batch_update([{"updateCells": request}])
    comes(world, lambda: header_note(world) == "mine", "only the person's note")


def test_a_row_inserted_below_a_marked_one_loses_its_tint(world: World) -> None:
    row = world.sheet.row_of(1)
    assert row is not None
    done = world.sheet.gesture("edit", range=f"B{row}", values=[["bad!"]])
    world.script.fire(done, lambda time, edits: None)

    def tinted(at: int) -> bool:
        return is_tint(faces(world.sheet)[at - 2][1].background)

    comes(world, lambda: tinted(row), "the mark")
    world.sheet.gesture("insert_rows", start=row + 1, count=1)
    assert tinted(row + 1), "Google gives a new row the formats of the one above"
    done = world.sheet.gesture("edit", range=f"A{row + 1}:B{row + 1}", values=[[9, "x"]])
    world.script.fire(done, lambda time, edits: None)
    comes(world, lambda: not tinted(row + 1), "the new row's cell as any other")
    assert tinted(row)


def order(world: World, what: Order) -> None:
    """What the operator's command line writes."""
    command = Command(f"command:{what.value}:{world.agenda.now}", what)
    world.operator.commands.append(None, orjson.dumps(command.to_json()))


def says(world: World, words: str) -> None:
    comes(world, lambda: words in header_note(world), f"a note with {words!r}")


def silent(world: World) -> None:
    comes(world, lambda: header_note(world) == "", "no note")


def test_a_paused_mapping_says_so_until_it_is_resumed(world: World) -> None:
    order(world, Order.PAUSE)
    says(world, "paused")
    order(world, Order.RESUME)
    silent(world)


@pytest.mark.parametrize("answer", [Order.RELEASE, Order.REFUSE])
def test_clears_that_are_held_say_so_until_they_are_answered(answer: Order) -> None:
    world = running(Guards(max_clears=0.0, minimum=0))
    done = world.sheet.gesture("edit", range=f"B{world.sheet.row_of(1)}", values=[[None]])
    world.script.fire(done, lambda time, edits: None)
    says(world, "sheetbridge deletes")
    order(world, answer)
    silent(world)


@pytest.mark.parametrize("answer", [Order.RELEASE, Order.REFUSE])
@pytest.mark.parametrize("side", ["sheet", "database"])
def test_deletes_that_are_held_say_so_until_they_are_answered(answer: Order, side: str) -> None:
    world = running(Guards(max_deletes=0.0, minimum=0))
    if side == "sheet":
        world.sheet.gesture("delete_rows", start=world.sheet.row_of(1), count=2)
        says(world, "2 rows were deleted here and kept in the database until")
    else:
        world.server.put(row_key(1), None, time=world.server.now)
        says(world, "1 row was deleted in the database and kept here until")
    world.processes[-1].die()
    program(world, 4, a="goes on")
    comes(world, lambda: cell(world, 4, "a") == "goes on", "what is not held")
    says(world, "deleted")
    order(world, answer)
    silent(world)


def test_a_tab_that_is_renamed_right_after_a_start_wears_nothing_out(world: World) -> None:
    """The header is looked at once more a while after a start, and is not there then."""

    def rename(title: str) -> None:
        request = {"properties": {"sheetId": 1, "title": title}, "fields": "title"}
        world.document.batch_update([{"updateSheetProperties": request}])

    rename("other")
    comes(world, lambda: "no tab" in str(world.server.data.notes.get("reason")), "the reason")
    world.agenda.advance(60 * SECOND)
    before = spent(world)
    world.agenda.advance(60 * SECOND)
    reads, writes = (now - then for now, then in zip(spent(world), before, strict=True))
    assert reads <= 25
    assert writes == 0
    rename("rows")
    comes(world, lambda: world.server.data.notes.get("reason") is None, "no reason")


@pytest.mark.parametrize("seen", [True, False], ids=["seen to be gone", "between two looks"])
def test_a_tab_that_is_removed_and_made_anew_is_filled_again(*, seen: bool) -> None:
    """The note of the stop itself says that the headers are to be written: that deletes no row."""
    world = running(Guards())
    world.document.batch_update([{"addSheet": {"properties": {"title": "another"}}}])
    done = world.sheet.gesture("edit", range=f"D{world.sheet.row_of(3)}", values=[["bad!"]])
    world.script.fire(done, lambda time, edits: None)
    comes(world, lambda: len(world.letters) > 0, "a refused cell")
    world.agenda.advance(int(2 * RECONCILE_SECONDS * SECOND))
    held = dict(world.server.data.table)
    world.sheet.gesture("delete_tab")
    if seen:
        program(world, 1, a="meanwhile")
        comes(world, lambda: "no tab" in str(world.server.data.notes.get("reason")), "the reason")
    world.sheet.gesture("add_tab", title=TAB)
    world.sheet.gesture("edit", range="A1", values=[list(HEADERS)])
    if not seen:
        program(world, 1, a="meanwhile")
    comes(world, lambda: len(world.sheet.rows()) == len(held), "the rows")
    world.rest()
    assert world.server.data.notes.get("reason") is None
    assert cell(world, 1, "a") == "meanwhile"
    table = world.server.data.table
    assert table.keys() == held.keys()
    shown = world.sheet.rows()
    assert {key.values[0]: dict(image) for key, image in table.items()} == {
        key: {column: row[column] for column in CELLS} for key, row in shown.items()
    }


def test_deletes_that_are_held_one_by_one_are_not_counted_anew_each_time() -> None:
    world = running(Guards(max_deletes=0.0, minimum=0))
    before = spent(world)
    for key in (1, 2, 3, 4):
        world.server.put(row_key(key), None, time=world.server.now)
        world.agenda.advance(SECOND)
    says(world, "4 rows were deleted in the database")
    reads, writes = (now - then for now, then in zip(spent(world), before, strict=True))
    assert 1 <= writes <= 2
    assert reads <= 4


def test_what_is_found_while_a_mapping_stands_still_waits_until_it_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, readings = CountingTab.read_in_slices, []

    def paused_meanwhile(tab: CountingTab, *, formulas: bool = False) -> Sliced[Reading]:
        readings.append(tab)
        if len(readings) == 2:
            order(world, Order.PAUSE)
        answer = yield from read(tab, formulas=formulas)
        if len(readings) == 2:
            world.agenda.advance(2 * SECOND)
        return answer

    world.agenda.advance(int(2 * RECONCILE_SECONDS * SECOND))
    monkeypatch.setattr(CountingTab, "read_in_slices", paused_meanwhile)
    world.sheet.gesture("edit", range=f"B{world.sheet.row_of(1)}", values=[["unheard"]])
    comes(world, lambda: len(readings) == 2, "the reading that confirms the edit")
    assert world.server.data.notes["paused"]
    world.agenda.advance(10 * SECOND)
    assert world.server.data.table[row_key(1)]["a"] == "A1"
    order(world, Order.RESUME)
    comes(world, lambda: world.server.data.table[row_key(1)]["a"] == "unheard", "the edit")


def test_who_asks_while_the_tab_is_read_is_answered_by_the_next_comparison(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read already may have changed just before the question."""
    read, readings, answered = CountingTab.read_in_slices, [], list[bool]()

    def well() -> bool:
        outcomes = json.loads(str(world.server.data.notes.get("outcomes") or "{}"))
        return any(well for well, _ in outcomes.values())

    def asked_meanwhile(tab: CountingTab, *, formulas: bool = False) -> Sliced[Reading]:
        readings.append(tab)
        answered.append(well())
        answer = yield from read(tab, formulas=formulas)
        if len(readings) == 1:
            order(world, Order.RECONCILE)
            world.agenda.advance(2 * SECOND)
        return answer

    monkeypatch.setattr(CountingTab, "read_in_slices", asked_meanwhile)
    comes(world, well, "the answer")
    assert answered == [False, False]
