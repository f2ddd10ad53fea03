"""A mapped row that a call deletes, in another's stead or while a person types in it, comes back
with all that stood in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sink.core.mapping import Policy, Rule
from sink.writers.sheets.call import SheetCall
from tests.simulation.agenda import MILLISECOND, SECOND
from tests.simulation.setting import Setting
from tests.unit.histories.whole import Bridge


def test_it_comes_back_whole_though_a_person_had_just_typed_there() -> None:
    """The sheet is looked at before it is put back, and other rows are written meanwhile."""
    bridge = Bridge()
    sheet = bridge.world.sheet
    sheet.gesture("edit", range=f"C{sheet.row_of(4)}", values=[["remark"]])

    def move() -> None:
        """Row 4 takes the place of the row to be deleted, and is typed in."""
        bridge.delete(2, heard=False)
        bridge.edit(4, a="typed")

    def sends(call: SheetCall) -> None:
        if any(placed.write.op == "delete" for placed in call.writes) and sheet.row_of(2):
            bridge.world.agenda.after(MILLISECOND, move)

    bridge.sink.tab.sends = sends
    bridge.database_delete(3)
    bridge.until(lambda: sheet.row_of(4) is None, "a deletion of the wrong row")
    bridge.database(1, a="new")
    bridge.rest()
    row = bridge.both(4)
    assert row is not None
    assert row["a"] == "typed"
    assert sheet.rows()[4]["note"] == "remark"


@pytest.mark.parametrize("heard", [True, False])
def test_a_row_that_a_person_typed_in_as_it_was_deleted_comes_back_with_all_that_stood_in_it(
    heard: bool,
) -> None:
    """A program had deleted it; the person's edit is younger, and brings it back."""
    bridge = Bridge()
    sheet = bridge.world.sheet
    sheet.gesture("edit", range=f"C{sheet.row_of(1)}", values=[["remark"]])

    def sends(call: SheetCall) -> None:
        if any(placed.write.op == "delete" for placed in call.writes) and sheet.row_of(1):
            agenda = bridge.world.agenda
            agenda.after(MILLISECOND, lambda: bridge.edit(1, heard=heard, a="typed"))

    bridge.sink.tab.sends = sends
    bridge.database_delete(1)
    bridge.until(lambda: sheet.row_of(1) is None, "the row's end")
    bridge.rest()
    assert sheet.rows()[1]["note"] == "remark"
    assert bridge.both(1) == {"a": "typed", "b": "A1", "u": "A1"}


def test_a_new_row_that_a_call_had_hit_is_deleted_by_the_next_one_before_it_is_put_back() -> None:
    """Nobody has heard of it yet: only the copies tell what it held, and that it had a key."""
    quiet = Setting.quiet(Rule(Policy.LAST_WRITE_WINS))
    bridge = Bridge(setting=replace(quiet, post_delay=SECOND))
    rows = bridge.world.sheet.rows

    def sends(call: SheetCall) -> None:
        if call.mended and 1 in rows():
            bridge.world.agenda.after(MILLISECOND, lambda: bridge.delete(1, heard=False))

    bridge.sink.tab.sends = sends
    bridge.create(5, a="E")
    bridge.database(4, a="D")
    bridge.delete(3, heard=False)
    bridge.until(lambda: rows()[5]["a"] == "D", "a write into the wrong row")
    bridge.database_delete(4)
    bridge.until(lambda: 5 not in rows(), "a deletion of the wrong row")
    bridge.rest()
    row = bridge.both(5)
    assert row is not None
    assert row["a"] == "E"
