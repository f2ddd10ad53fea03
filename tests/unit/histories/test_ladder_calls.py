"""The histories of LADDER.md that turn on a call to the sheet, its fate and the sink's death."""

from __future__ import annotations

import pytest

from tests.simulation.agenda import SECOND
from tests.unit.histories.whole import Bridge

MET = {"lost": "calls lost", "unheard": "answers lost", "late": "late calls"}
ROW = {"a": "A1", "b": "A1", "u": "A1"}


@pytest.mark.parametrize(
    "point", ["before_offset_commit", "after_database_write", "before_sheet_write"]
)
def test_crash_before_call(point: str) -> None:
    bridge = Bridge()
    bridge.database(a="C")
    bridge.until_killed(point)
    assert bridge.sheet() == ROW
    bridge.rest()
    assert bridge.both() == {**ROW, "a": "C"}
    assert bridge.logged() == []


@pytest.mark.parametrize("meanwhile", ["the database changes", "a person re-creates the row"])
@pytest.mark.parametrize("call", ["update", "delete"])
@pytest.mark.parametrize("answer", ["lost", "unheard"])
def test_call_of_unknown_fate(answer: str, call: str, meanwhile: str) -> None:
    """Not applied, or applied and not answered: either way it is settled, and the newest stays."""
    _unanswered(answer, call, meanwhile)


@pytest.mark.parametrize("meanwhile", ["the database changes", "a person re-creates the row"])
@pytest.mark.parametrize("call", ["update", "delete"])
def test_late_call(call: str, meanwhile: str) -> None:
    bridge = _unanswered("late", call, meanwhile)
    assert bridge.met("late calls fenced off") + bridge.met("late calls applied") == 1
    assert bridge.met("late calls fenced off") == 1


def _unanswered(fate: str, call: str, meanwhile: str) -> Bridge:
    bridge = Bridge()
    bridge.sink.fates.append(fate)
    if call == "update":
        bridge.database(a="C")
    else:
        bridge.database_delete()
    bridge.until(lambda: bridge.met(MET[fate]) > 0, "a call without an answer")
    if meanwhile == "the database changes":
        bridge.database(a="E", b="E", u="E")
    else:
        if bridge.sheet() is not None:
            bridge.delete()
        bridge.create(a="P", b="P", u="P")
    bridge.pass_time(10 * SECOND)
    bridge.rest()
    wanted = "E" if meanwhile == "the database changes" else "P"
    assert bridge.both() == dict.fromkeys(ROW, wanted)
    return bridge


@pytest.mark.parametrize("point", ["before_sheet_write", "after_sheet_write"])
def test_unheard_overwritten_and_killed(point: str) -> None:
    bridge = Bridge()
    bridge.edit(a="D", heard=False)
    bridge.database(a="B")
    bridge.until_killed(point)
    assert bridge.sheet() == {**ROW, "a": "D" if point == "before_sheet_write" else "B"}
    bridge.rest()
    assert bridge.both() == {**ROW, "a": "D"}
    assert ("a", "B") in bridge.logged()


def test_update_of_a_row_deleted_under_the_call() -> None:
    bridge = Bridge()
    bridge.database(a="D")
    bridge.delete(heard=False)
    bridge.rest()
    assert bridge.both() is None
    assert ("a", "D") in bridge.logged()
    assert bridge.both(2) == {"a": "A2", "b": "A2", "u": "A2"}


@pytest.mark.parametrize(
    "point", ["before_database_write", "before_offset_commit", "after_database_write"]
)
def test_an_edit_is_applied_once_though_the_sink_dies_around_its_commit(point: str) -> None:
    """A program's change after the commit stays: an edit applied again would undo it."""
    bridge = Bridge()
    bridge.edit(a="S")
    bridge.until_killed(point)
    committed = point == "after_database_write"
    if committed:
        bridge.database(a="D")
    bridge.rest()
    assert bridge.both() == {**ROW, "a": "D" if committed else "S"}
    own = [change for change in bridge.world.server.binlog if change.own and change.key]
    assert len(own) == 1
    assert bridge.logged() == []


@pytest.mark.parametrize("heard", [True, False])
def test_found_gone_by_a_call_and_created_under_it(heard: bool) -> None:
    """The call meets no row; before its answer is read somebody types the key anew."""
    bridge = Bridge()
    bridge.delete(heard=False)
    before = bridge.met("calls")
    bridge.database(a="D")
    bridge.until(lambda: bridge.met("calls") > before, "the call")
    bridge.create(heard=heard, a="N", b="N", u="N")
    bridge.rest()
    assert bridge.both() == {"a": "N", "b": "N", "u": "N"}
    assert ("a", "D") in bridge.logged()
