"""Histories of formulas in mapped cells: they are the sheet's, and no call of ours replaces one.

Formulas are computed by the emulator. Columns stand as in the simulation: id, a, note, b, u.
"""

from __future__ import annotations

import orjson
import pytest

from sink.core import operator_record
from sink.core.formulas import FORMULA, SET_BY_DATABASE, changes_by_itself
from sink.core.mapping import Policy
from sink.core.marks import Face, is_tint
from sink.core.operator_record import Wish
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.sheet_writing import note_answer
from sink.writers.sheets.answer import CallAnswer, Replaced
from sink.writers.sheets.call import PlacedWrite, RowWrite
from tests.simulation.acts import row_key
from tests.simulation.refusals import faces
from tests.unit.histories.whole import Bridge
from tests.unit.histories.world import World

OF_B = '=D2&"+"'
"""A formula for column a of row 1 that shows b with a mark behind it."""


def state(bridge: Bridge, key: int = 1) -> RowState:
    name: RowKey = row_key(key)
    return bridge.sink.point.parts.store.states([name])[name]


def formula(bridge: Bridge, key: int = 1, column: str = "a") -> str | None:
    row = bridge.world.sheet.row_of(key)
    return None if row is None else bridge.world.sheet.formula(row, column)


def rules(bridge: Bridge) -> list[str]:
    return [loss.rule for _, loss in bridge.world.server.data.conflicts]


def with_formula() -> Bridge:
    bridge = Bridge()
    bridge.edit(a=OF_B)
    bridge.rest()
    return bridge


def test_a_formulas_value_goes_to_the_database() -> None:
    bridge = with_formula()
    assert bridge.both() == {"a": "A1+", "b": "A1", "u": "A1"}
    assert formula(bridge) == OF_B
    assert not bridge.logged()


def test_a_change_in_the_table_loses_to_a_formula() -> None:
    bridge = with_formula()
    bridge.database(a="G", b="B")
    bridge.rest()
    assert bridge.both() == {"a": "B+", "b": "B", "u": "A1"}
    assert formula(bridge) == OF_B
    assert (bridge.logged(), rules(bridge)) == ([("a", "G")], [FORMULA])


@pytest.mark.parametrize("policy", [p for p in Policy if p is not Policy.FUNCTION])
def test_a_formula_wins_where_it_was_put_in_without_sight_of_a_change(policy: Policy) -> None:
    bridge = Bridge(policy)
    bridge.database(a="G")
    bridge.edit(a=OF_B)
    bridge.rest()
    assert bridge.both() == {"a": "A1+", "b": "A1", "u": "A1"}
    assert formula(bridge) == OF_B
    assert (bridge.logged(), rules(bridge)) == ([("a", "G")], [FORMULA])


def test_what_recalculates_reaches_the_database_and_is_not_logged() -> None:
    bridge = with_formula()
    bridge.edit(b="B")
    bridge.rest()
    assert bridge.both() == {"a": "B+", "b": "B", "u": "A1"}
    assert not bridge.logged()


def test_what_recalculates_by_our_own_write_reaches_the_database_soon() -> None:
    bridge = with_formula()
    bridge.pass_time(20_000_000)
    bridge.database(b="B")
    began = bridge.world.agenda.now
    table = bridge.world.server.data.table
    bridge.until(lambda: table[row_key(1)]["a"] == "B+", "the formula's new value")
    assert bridge.world.agenda.now - began < 3_000_000
    assert not bridge.logged()


def test_a_restart_remembers_formulas() -> None:
    bridge = with_formula()
    bridge.sink.die()
    bridge.database(a="G")
    bridge.rest()
    assert bridge.both() == {"a": "A1+", "b": "A1", "u": "A1"}
    assert formula(bridge) == OF_B


@pytest.mark.parametrize("killed", [None, "after_sheet_write"])
def test_a_formula_typed_in_the_moment_of_our_call_is_put_back(killed: str | None) -> None:
    bridge = Bridge()
    bridge.database(a="G")
    bridge.edit(a=OF_B, heard=False)
    if killed is not None:
        bridge.until_killed(killed)
    bridge.until(lambda: formula(bridge) is None, "the formula's end")
    bridge.rest()
    assert bridge.both() == {"a": "A1+", "b": "A1", "u": "A1"}
    assert formula(bridge) == OF_B
    assert bridge.logged() == [("a", "G")]


@pytest.mark.parametrize("killed", [None, "after_sheet_write"])
@pytest.mark.parametrize("typed", ['="next"', "next"])
def test_what_is_typed_over_a_formula_before_that_is_put_back_stays(
    typed: str, killed: str | None
) -> None:
    """Our call has left a blank in the formula's place, and a formula's content looks like one."""
    bridge = Bridge()
    bridge.database(a=None)
    bridge.edit(a=OF_B, heard=False)
    if killed is not None:
        bridge.until_killed(killed)
    bridge.until(lambda: formula(bridge) is None, "the formula's end")
    bridge.edit(a=typed)
    bridge.rest()
    assert formula(bridge) == (typed if typed.startswith("=") else None)
    assert bridge.both() == {"a": "next", "b": "A1", "u": "A1"}


def test_what_our_call_put_over_a_formula_does_not_count_as_shown() -> None:
    """The formula is put back at once: a trigger that ran late has not seen what was there."""
    world = World()
    world.database(2, a="G")
    world.read_database()
    write = RowWrite("update", row_key(1), {"a": "G"})
    hit = Replaced(PlacedWrite(write, 1, 0), {}, formulas=frozenset({"a"}))
    with world.store.begin() as transaction:
        note_answer(transaction, CallAnswer([hit]), 3, 4, world.table)
    known = world.state(row_key(1))
    assert known.cells["a"].shown is None
    assert known.formulas == {"a": 4}


@pytest.mark.parametrize("heard", [True, False])
def test_a_plain_value_typed_over_a_formula_ends_it(heard: bool) -> None:
    bridge = with_formula()
    bridge.edit(a="plain", heard=heard)
    bridge.rest()
    assert not state(bridge).formulas
    bridge.database(a="G")
    bridge.rest()
    assert bridge.both() == {"a": "G", "b": "A1", "u": "A1"}


def test_a_formula_that_shows_what_stood_there_is_one() -> None:
    bridge = Bridge()
    bridge.edit(a="=D2")
    bridge.database(a="G")
    bridge.rest()
    assert bridge.both() == {"a": "A1", "b": "A1", "u": "A1"}
    assert formula(bridge) == "=D2"


def test_an_unheard_formula_that_shows_what_stood_there_is_found() -> None:
    bridge = Bridge()
    bridge.edit(a="=D2", heard=False)
    bridge.rest()
    assert state(bridge).formulas
    bridge.database(a="G")
    bridge.rest()
    assert bridge.both() == {"a": "A1", "b": "A1", "u": "A1"}
    assert bridge.logged() == [("a", "G")]


def test_one_that_changes_by_itself_is_refused() -> None:
    bridge = Bridge()
    bridge.edit(a="=NOW()")
    bridge.rest()
    reason = changes_by_itself("=NOW()")
    assert state(bridge).refused == {"a": reason}
    assert [letter.reason for letter in bridge.world.letters] == [
        f"“a” {reason}; the database still holds A1"
    ]
    bridge.database(a="G")
    bridge.rest()
    assert formula(bridge) == "=NOW()"
    assert bridge.world.server.data.table[row_key(1)]["a"] == "G"
    assert state(bridge).refused == {"a": reason}
    assert not bridge.logged()
    bridge.edit(a="plain")
    bridge.rest()
    assert bridge.both() == {"a": "plain", "b": "A1", "u": "A1"}
    assert not state(bridge).refused
    assert len(bridge.world.letters) == 1


def test_what_is_given_back_over_a_refused_formula_goes_to_the_table_alone() -> None:
    bridge = Bridge()
    bridge.edit(a="=TODAY()")
    bridge.rest()
    wish = Wish({"id": 1}, {"a": "S"}).to_json()
    record = operator_record.record("restore:1", wish, author="ada", time_ms=0)
    bridge.world.posts.append(None, orjson.dumps(record))
    bridge.rest()
    assert bridge.world.server.data.table[row_key(1)]["a"] == "S"
    assert formula(bridge) == "=TODAY()"
    assert set(state(bridge).refused) == {"a"}, "the cell says why it shows something else"
    assert bridge.logged() == [("a", "A1")]


def test_an_unheard_one_that_changes_by_itself_is_found_and_refused_once() -> None:
    bridge = Bridge()
    bridge.edit(a="=RAND()", heard=False)
    bridge.edit(b="B", heard=False)
    bridge.rest()
    bridge.pass_time(60_000_000)
    assert list(state(bridge).refused) == ["a"]
    assert len(bridge.world.letters) == 1
    table = bridge.world.server.data.table[row_key(1)]
    assert (table["a"], table["b"]) == ("A1", "B")


def test_one_that_changes_by_itself_says_so_at_its_cell_until_it_is_typed_over() -> None:
    bridge = Bridge()
    row = bridge.world.sheet.row_of(1)
    bridge.edit(a="=NOW()")
    bridge.rest()
    [[face, *_]] = [cells[1:] for cells in faces(bridge.world.sheet, f"A{row}:E{row}")]
    assert "“a” holds a formula that changes by itself (NOW)" in face.note
    assert is_tint(face.background)
    bridge.edit(a="plain")
    bridge.rest()
    assert [cells[1] for cells in faces(bridge.world.sheet, f"A{row}:E{row}")] == [Face()]


def test_what_refers_to_a_changing_cell_stops_nothing_else_of_the_row() -> None:
    bridge = Bridge()
    row = bridge.world.sheet.row_of(1)
    bridge.world.sheet.gesture("edit", range=f"C{row}", values=[["=NOW()"]])
    bridge.edit(a=f"=C{row}", heard=False)
    bridge.edit(b="B", heard=False)
    table = bridge.world.server.data.table
    bridge.until(lambda: table[row_key(1)]["b"] == "B", "b in the table")
    assert formula(bridge) == f"=C{row}"


def test_a_formula_with_an_error_is_refused_until_it_has_a_value() -> None:
    bridge = Bridge()
    bridge.edit(b="text")
    bridge.edit(a="=D2+1")
    bridge.rest()
    assert list(state(bridge).refused) == ["a"]
    bridge.database(a="G")
    bridge.rest()
    assert formula(bridge) == "=D2+1"
    assert bridge.world.server.data.table[row_key(1)]["a"] == "G"
    bridge.edit(b="4")
    bridge.rest()
    assert bridge.world.server.data.table[row_key(1)] == {"a": "5", "b": "4", "u": "A1"}
    assert not state(bridge).refused
    assert bridge.logged() == [("a", "G")]


def test_a_formula_moves_with_its_row() -> None:
    bridge = with_formula()
    bridge.world.sheet.gesture("sort", column="id", ascending=False)
    bridge.database(a="G")
    bridge.rest()
    assert formula(bridge) is not None
    assert bridge.both() == {"a": "A1+", "b": "A1", "u": "A1"}


def test_a_row_that_is_deleted_takes_its_formula_along() -> None:
    bridge = with_formula()
    bridge.database_delete()
    bridge.rest()
    bridge.database(a="G", b="B", u="U")
    bridge.rest()
    assert bridge.both() == {"a": "G", "b": "B", "u": "U"}
    assert not state(bridge).formulas


def test_what_the_database_makes_of_a_formulas_value_stands_and_is_told() -> None:
    bridge = Bridge()
    bridge.world.server.trigger = lambda image: {**image, "a": str(image["a"]).rstrip("+")}
    bridge.edit(b="B")
    bridge.edit(a=OF_B)
    bridge.rest()
    assert bridge.world.server.data.table[row_key(1)]["a"] == "B"
    assert formula(bridge) == OF_B
    assert state(bridge).refused == {"a": SET_BY_DATABASE}


def test_a_key_that_is_a_formula_counts_as_its_value() -> None:
    bridge = Bridge()
    row = bridge.world.sheet.row_of(4)
    done = bridge.world.sheet.gesture("edit", range=f"A{row}", values=[["=2+2"]])
    bridge.world.script.fire(done, lambda _time, _edits: None)
    bridge.database(4, a="G")
    bridge.rest()
    assert bridge.both(4) == {"a": "G", "b": "A4", "u": "A4"}
    assert formula(bridge, 4, "id") == "=2+2"


def test_a_key_that_changes_by_itself_makes_no_row() -> None:
    bridge = Bridge()
    row = len(bridge.world.sheet.grid()) + 2
    done = bridge.world.sheet.gesture(
        "edit", range=f"A{row}", values=[["=RANDBETWEEN(7,7)", "x", "", "y", "z"]]
    )
    bridge.world.script.fire(done, lambda _time, _edits: None)
    bridge.rest()
    assert len(bridge.world.server.data.table) == 4
    assert [letter.reason for letter in bridge.world.letters] == [
        f"“id” {changes_by_itself('=RANDBETWEEN(7,7)')}"
    ]


@pytest.mark.parametrize(
    ("text", "changing"),
    [
        ("=NOW()", True),
        ("=IF(A1, today ( ), 0)", True),
        ('=IMPORTRANGE("u","a")', True),
        ('="NOW()"', False),
        ('="say ""NOW()"" "', False),
        ("='RAND()'!A1", False),
        ("=KNOWN(1)", False),
        ("=A1+SUM(B1:B9)", False),
    ],
)
def test_which_formulas_change_by_themselves(text: str, changing: bool) -> None:
    assert (changes_by_itself(text) is not None) is changing
