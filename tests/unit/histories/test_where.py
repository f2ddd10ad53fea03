"""Histories of a mapping that shows only some rows: those whose ``u`` does not begin with ``x``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from sink.core.belief import Belief
from sink.core.change_event import CellEdit, Image, SheetEdit
from sink.core.condition import HIDDEN, WHERE, fault, kept_out, not_shown
from sink.core.mapping import Policy, Rule
from sink.core.row_state import WHOLE_ROW, RowState
from sink.core.version import ABSENT
from tests.doubles.memory_store import CONDITION
from tests.simulation.acts import row_key
from tests.simulation.agenda import SECOND
from tests.simulation.setting import Setting
from tests.unit.histories.whole import Bridge

QUIET = replace(Setting.quiet(Rule(Policy.LAST_WRITE_WINS)), where=True)


def bridge_with(
    prepare: Callable[[Bridge], None] = lambda _: None, setting: Setting = QUIET
) -> Bridge:
    bridge = Bridge(setting=setting)
    prepare(bridge)
    bridge.rest()
    return bridge


def hidden(bridge: Bridge) -> None:
    """Row 1 is not shown."""
    bridge.database(u="x1")


def table(bridge: Bridge, key: int = 1) -> Image | None:
    return bridge.world.server.data.table.get(row_key(key))


def state(bridge: Bridge, key: int = 1) -> RowState:
    return bridge.sink.point.parts.store.states([row_key(key)])[row_key(key)]


def reasons(bridge: Bridge) -> list[str]:
    return [letter.reason for letter in bridge.world.letters]


def test_a_row_that_ceases_to_satisfy_leaves_the_sheet_and_stays_in_the_table() -> None:
    bridge = bridge_with(hidden)
    assert bridge.sheet() is None
    assert table(bridge) == {"a": "A1", "b": "A1", "u": "x1"}
    assert not bridge.logged()


def test_a_row_that_comes_to_satisfy_appears_with_all_its_cells() -> None:
    bridge = bridge_with(hidden)
    bridge.database(a="new")
    bridge.rest()
    assert bridge.sheet() is None
    bridge.database(u="back")
    bridge.rest()
    assert bridge.both() == {"a": "new", "b": "A1", "u": "back"}
    assert not bridge.logged()


def test_a_row_that_never_satisfied_appears_when_it_does() -> None:
    bridge = bridge_with()
    bridge.database(9, a="N", u="x")
    bridge.rest()
    assert bridge.sheet(9) is None
    assert row_key(9) not in bridge.world.server.data.states
    bridge.database(9, u="in")
    bridge.rest()
    assert bridge.both(9) == {"a": "N", "b": None, "u": "in"}


def test_an_edit_in_the_sheet_may_take_its_row_out() -> None:
    bridge = bridge_with(lambda bridge: bridge.edit(u="x done"))
    assert bridge.sheet() is None
    assert table(bridge) == {"a": "A1", "b": "A1", "u": "x done"}


def test_a_new_row_that_does_not_satisfy_stays_with_the_reason_until_it_does() -> None:
    bridge = bridge_with(lambda bridge: bridge.create(9, a="N", u="x"))
    assert bridge.sheet(9) == {"a": "N", "b": None, "u": "x"}
    assert table(bridge, 9) is None
    assert reasons(bridge) == [not_shown(CONDITION)]
    bridge.edit(9, u="in")
    bridge.rest()
    assert bridge.both(9) == {"a": "N", "b": None, "u": "in"}
    assert not state(bridge, 9).refused


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("heard", [True, False])
def test_the_key_of_a_hidden_row_is_refused(known: bool, heard: bool) -> None:
    key = 1 if known else 9

    def hide(bridge: Bridge) -> None:
        bridge.database(key, a="H", u="x")

    bridge = bridge_with(hide)
    before = table(bridge, key)
    bridge.create(key, heard=heard, a="mine", u="in")
    bridge.rest()
    assert bridge.sheet(key) == {"a": "mine", "b": None, "u": "in"}
    assert table(bridge, key) == before
    assert reasons(bridge) == [HIDDEN]
    bridge.edit(key, b="too", heard=heard)
    bridge.rest()
    assert table(bridge, key) == before
    bridge.delete(key)
    bridge.rest()
    assert table(bridge, key) == before
    assert WHOLE_ROW not in state(bridge, key).refused
    bridge.database(key, u="shown")
    bridge.rest()
    assert bridge.both(key) == {**(before or {}), "u": "shown"}


@pytest.mark.parametrize("u", ["in", "x"])
def test_a_refused_row_that_a_call_hits_by_mistake_is_put_back(u: str) -> None:
    """Nothing is owed to it, so that only its copy tells what it held."""

    def hide(bridge: Bridge) -> None:
        if u == "in":
            bridge.database(9, a="H", u="x")

    bridge = bridge_with(hide, replace(QUIET, post_delay=SECOND))
    bridge.create(9, a="mine", u=u)
    bridge.rest()
    letters = reasons(bridge)
    bridge.database(4, a="D")
    bridge.delete(3, heard=False)
    bridge.until(lambda: bridge.world.sheet.rows()[9]["a"] == "D", "a write into the wrong row")
    bridge.rest()
    assert bridge.sheet(9) == {"a": "mine", "b": None, "u": u}
    assert bridge.both(4) == {"a": "D", "b": "A4", "u": "A4"}
    assert reasons(bridge) == letters
    assert not bridge.logged()


@pytest.mark.parametrize(("time", "taken"), [(25, False), (15, True)])
def test_its_key_typed_after_our_call_took_a_row_is_refused(time: int, taken: bool) -> None:
    """The edit that made it leave may have been made while our call was under way, as far as
    the clocks tell; what is typed after the answer is in a row of its own."""
    state = RowState(row_key(1), apart=True)
    state.present = Belief(False, 10, 20, heard=((12, True),), written=True)
    cells = {"a": CellEdit("mine", ABSENT)}
    typed = SheetEdit("typed", row_key(1), cells, time, time, key_edited=True)
    refused = typed if taken else replace(typed, refused={WHOLE_ROW: HIDDEN})
    assert kept_out(typed, state) == refused


def test_a_delete_of_a_row_on_its_way_out_is_no_delete_and_is_logged() -> None:
    bridge = bridge_with()
    bridge.database(u="x")
    bridge.until_killed("before_sheet_write")
    bridge.delete()
    bridge.rest()
    assert table(bridge) == {"a": "A1", "b": "A1", "u": "x"}
    assert bridge.logged() == [(None, False)]
    assert [loss.rule for _, loss in bridge.world.server.data.conflicts] == [WHERE]


def test_an_edit_of_a_row_on_its_way_out_is_kept() -> None:
    bridge = bridge_with()
    bridge.database(u="x")
    bridge.edit(a="mine", heard=False)
    bridge.rest()
    assert bridge.sheet() is None
    assert table(bridge) == {"a": "mine", "b": "A1", "u": "x"}


def test_a_hidden_row_that_is_deleted_is_gone_and_may_be_made_again() -> None:
    bridge = bridge_with(hidden)
    bridge.database_delete()
    bridge.rest()
    bridge.create(1, a="again", u="in")
    bridge.rest()
    assert bridge.both() == {"a": "again", "b": None, "u": "in"}


def test_another_condition_is_found_at_the_next_start() -> None:
    bridge = bridge_with(hidden)
    server = bridge.world.server
    server.condition = lambda image: image["u"] != "A2"
    bridge.sink.die()
    bridge.rest()
    assert bridge.both() == {"a": "A1", "b": "A1", "u": "x1"}
    assert bridge.sheet(2) is None
    assert table(bridge, 2) == {"a": "A2", "b": "A2", "u": "A2"}


@pytest.mark.parametrize(
    ("condition", "wrong"),
    [
        ("active = 1", None),
        ("name LIKE '%;--(' AND (a OR `b)`)", None),
        ("note = 'it''s (' OR note = \"\\\"(\"", None),
        ("", "empty"),
        ("a = 1; DROP TABLE t", "semicolon"),
        ("a = 1) OR (1", "brackets"),
        ("(a = 1", "brackets"),
        ("a = 1 -- b", "comment"),
        ("a = 'b", "quote"),
        ("a = @b", "variable"),
        ("a IN (SELECT 1)", "query"),
        ("selected = 1", None),
    ],
)
def test_the_form_of_a_condition(condition: str, wrong: str | None) -> None:
    found = fault(condition)
    assert (found is None) if wrong is None else (found is not None and wrong in found)


@pytest.mark.parametrize("there", [False, True])
def test_a_formula_in_a_row_that_is_not_stored_is_refused_once(there: bool) -> None:
    """Its value is not the one that was agreed of the row. ``there``: the table has a hidden row
    of that key; else a program has deleted it, and what a person typed would bring it back."""
    bridge = bridge_with(hidden) if there else bridge_with()
    if there:
        bridge.create(1, a="N", u="u")
    else:
        bridge.pass_time(100_000)  # a moment from which what is typed is heard before our call goes
        bridge.database_delete()
        bridge.pass_time(1_000)
        bridge.edit(u="x1")
    bridge.rest()
    assert bridge.sheet() is not None
    before = len(reasons(bridge))
    bridge.edit(a='="f:"&D3')
    bridge.rest()
    bridge.pass_time(120 * SECOND)  # several comparisons
    assert len(reasons(bridge)) == before + 1
    assert reasons(bridge)[-1] == (HIDDEN if there else not_shown(CONDITION))
