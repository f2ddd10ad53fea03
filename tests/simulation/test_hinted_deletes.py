"""A row that a person deletes is found by its key: the tab's cells are not read for it."""

from __future__ import annotations

from typing import Any

import pytest

from sink import reconciliation
from sink.core.change_event import ChangeEvent, Image
from sink.core.mapping import Guards
from sink.core.row_key import RowKey
from sink.core.slices import Sliced
from sink.reconciler import confirmed
from sink.writers.sheets.errors import SheetRefusedError, UnknownFateError
from sink.writers.sheets.reading import KeySight, Reading
from sink.writers.sheets.tab import Tab
from tests.simulation import process
from tests.simulation.acts import row_key
from tests.simulation.agenda import SECOND
from tests.simulation.play import World
from tests.simulation.process import CountingTab
from tests.simulation.test_stopped_tab import comes, running

NEVER = 100_000.0


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """Nothing but hints makes the sink compare, once it has begun."""
    monkeypatch.setattr(process, "RECONCILE_SECONDS", NEVER)
    world = running(Guards(max_deletes=1.0))
    world.agenda.advance(20 * SECOND)
    return world


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was read of the tab, in order: its ``keys`` or its ``cells``."""
    made: list[str] = []
    keys, cells = Tab.look_at_keys, CountingTab.read_in_slices

    def look_at_keys(tab: Tab) -> KeySight:
        made.append("keys")
        return keys(tab)

    def read(tab: CountingTab, *, formulas: bool = False) -> Sliced[Reading]:
        made.append("cells")
        return (yield from cells(tab, formulas=formulas))

    monkeypatch.setattr(Tab, "look_at_keys", look_at_keys)
    monkeypatch.setattr(CountingTab, "read_in_slices", read)
    return made


def gesture(world: World, name: str, **body: Any) -> None:
    """What a person does, and the script tells."""
    world.script.fire(world.sheet.gesture(name, **body), lambda time, edits: None)


def delete(world: World, key: int) -> None:
    gesture(world, "delete_rows", start=world.sheet.row_of(key), count=1)


def row(world: World, key: int) -> Image | None:
    return world.server.data.table.get(row_key(key))


def test_a_deleted_row_is_found_by_two_looks_at_the_keys(world: World, looks: list[str]) -> None:
    delete(world, 1)
    comes(world, lambda: row(world, 1) is None, "the delete")
    world.agenda.advance(60 * SECOND)
    assert looks == ["keys", "keys"]
    assert row(world, 2) is not None


def test_where_no_key_is_missing_one_look_is_enough(world: World, looks: list[str]) -> None:
    gesture(world, "delete_rows", start=30, count=1)
    world.agenda.advance(60 * SECOND)
    assert looks == ["keys"]


def test_a_row_that_is_there_again_at_the_second_look_is_not_deleted(
    world: World, looks: list[str]
) -> None:
    delete(world, 1)
    comes(world, lambda: looks == ["keys"], "the first look")
    world.sheet.gesture("undo")
    world.agenda.advance(60 * SECOND)
    assert looks == ["keys", "keys"]
    assert row(world, 1) is not None


def test_rows_deleted_together_go_together_though_one_is_uncertain_at_first(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the guards would judge them one after the other."""
    looks: list[set[RowKey]] = []

    def one_is_uncertain_at_first(*looked: Any) -> list[ChangeEvent]:
        events = confirmed(*looked)
        looks.append({event.key for event in events})
        return [event for event in events if len(looks) > 1 or event.key != row_key(1)]

    monkeypatch.setattr(reconciliation, "confirmed", one_is_uncertain_at_first)
    gesture(world, "delete_rows", start=world.sheet.row_of(1), count=2)
    comes(world, lambda: bool(looks), "the first pair of looks")
    assert looks == [{row_key(1), row_key(2)}]
    assert None not in (row(world, 1), row(world, 2))
    comes(world, lambda: row(world, 1) is row(world, 2) is None, "both deletes")


def test_a_row_that_goes_between_the_looks_is_looked_for_again(
    world: World, looks: list[str]
) -> None:
    delete(world, 1)
    comes(world, lambda: looks == ["keys"], "the first look")
    world.sheet.gesture("delete_rows", start=world.sheet.row_of(2), count=1)
    comes(world, lambda: row(world, 2) is None, "the second delete, of which no hint told")
    assert looks == ["keys", "keys", "keys", "keys"]


def test_a_key_of_which_nobody_told_has_the_cells_read(world: World, looks: list[str]) -> None:
    world.sheet.gesture("edit", range="A20:B20", values=[[77, "unheard"]])
    delete(world, 1)
    comes(world, lambda: row(world, 77) is not None, "the row whose trigger was lost")
    assert looks[:2] == ["keys", "cells"] or looks[:3] == ["keys", "keys", "cells"]
    assert row(world, 1) is None


@pytest.mark.parametrize(
    ("other", "place"), [("insert_rows", 20), ("delete_columns", 3)], ids=["insert", "column"]
)
def test_another_hint_beside_it_has_the_cells_read_after_the_keys(
    world: World, looks: list[str], other: str, place: int
) -> None:
    delete(world, 1)
    gesture(world, other, start=place, count=1)
    comes(world, lambda: row(world, 1) is None, "the delete")
    world.agenda.advance(60 * SECOND)
    assert looks[0] == "keys"
    assert "cells" in looks


def test_formulas_are_looked_at_after_the_keys(world: World, looks: list[str]) -> None:
    """What refers to a deleted row shows something else, and nobody tells of that."""
    world.sheet.gesture("edit", range="C20", values=[[5]])
    gesture(world, "edit", range=f"B{world.sheet.row_of(2)}", values=[["=COUNT(C2:C30)"]])
    comes(world, lambda: (row(world, 2) or {})["a"] == "1", "the formula's value")
    world.agenda.advance(60 * SECOND)
    looks.clear()
    gesture(world, "delete_rows", start=20, count=1)
    comes(world, lambda: (row(world, 2) or {})["a"] == "0", "its next value")
    assert looks[0] == "keys"


@pytest.mark.parametrize("failing", ["keys", "cells"])
def test_a_first_look_that_gets_no_answer_is_made_again(
    world: World, looks: list[str], monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    """It was the only sign of the delete: without it, that would wait for the timer."""
    name = "look_at_keys" if failing == "keys" else "read_in_slices"
    answered = getattr(CountingTab, name)
    lost: list[CountingTab] = []

    def unanswered_once(tab: CountingTab, **how: bool) -> object:
        if not lost:
            lost.append(tab)
            raise UnknownFateError("The service is currently unavailable.")
        return answered(tab, **how)

    monkeypatch.setattr(CountingTab, name, unanswered_once)
    if failing == "keys":
        delete(world, 1)
    else:
        world.sheet.gesture("delete_rows", start=world.sheet.row_of(1), count=1)
        gesture(world, "insert_rows", start=20, count=1)
    comes(world, lambda: row(world, 1) is None, "the delete")
    assert lost


def test_looks_that_are_refused_are_made_seldom(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = []

    def refuse(tab: CountingTab, *, formulas: bool = False) -> Reading:
        refused.append(tab)
        raise SheetRefusedError(400, "The answer would be too large.")

    monkeypatch.setattr(CountingTab, "read_in_slices", refuse)
    gesture(world, "insert_rows", start=20, count=1)
    world.agenda.advance(100 * SECOND)
    assert 2 <= len(refused) <= 4


def rename_key(world: World, title: str) -> None:
    world.sheet.gesture("edit", range="A1", values=[[title]])


def stops(world: World, reason: str) -> None:
    comes(world, lambda: reason in str(world.server.data.notes.get("reason")), "the stop")


def test_a_key_column_that_came_back_blank_deletes_nothing(world: World, looks: list[str]) -> None:
    """Its rows cannot be told from rows that are gone: their cells are to be seen first."""
    rename_key(world, "renamed")
    gesture(world, "insert_rows", start=20, count=1)
    stops(world, "header")
    world.sheet.gesture("clear", range="A2:A40")
    gesture(world, "delete_rows", start=30, count=1)
    rename_key(world, "id")
    stops(world, "the key column is empty")
    world.agenda.advance(60 * SECOND)
    assert {row(world, key) is None for key in (1, 2, 3)} == {False}


def test_nor_does_one_that_went_between_the_looks(world: World, looks: list[str]) -> None:
    delete(world, 1)
    comes(world, lambda: looks == ["keys"], "the first look")
    world.sheet.gesture("undo")
    rename_key(world, "renamed")
    stops(world, "header")
    world.sheet.gesture("clear", range="A2:A40")
    rename_key(world, "id")
    stops(world, "the key column is empty")
    world.agenda.advance(60 * SECOND)
    assert {row(world, key) is None for key in (1, 2, 3)} == {False}


def test_keys_come_first_again_once_the_header_stands_and_the_cells_were_read(
    world: World, looks: list[str]
) -> None:
    rename_key(world, "renamed")
    gesture(world, "insert_rows", start=20, count=1)
    stops(world, "header")
    rename_key(world, "id")
    comes(world, lambda: "cells" in looks and not world.server.data.notes["reason"], "the end")
    world.agenda.advance(20 * SECOND)
    looks.clear()
    delete(world, 1)
    comes(world, lambda: row(world, 1) is None, "the delete")
    assert looks == ["keys", "keys"]


def test_cells_that_are_to_be_read_do_not_wait_for_the_keys_twice(
    world: World, looks: list[str]
) -> None:
    delete(world, 1)
    comes(world, lambda: looks == ["keys"], "the first look")
    gesture(world, "insert_rows", start=20, count=1)
    delete(world, 2)
    comes(world, lambda: row(world, 2) is None, "the second delete")
    assert looks[:3] == ["keys", "keys", "cells"]
