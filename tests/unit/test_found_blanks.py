"""A blank that a look finds in a column that takes none: it is filled again, not refused."""

from __future__ import annotations

from collections.abc import Sequence

from sink.core.cell import CellContent
from sink.core.change_event import SheetEdit, SheetSight
from sink.core.policies import Rules
from sink.core.resolver import resolve
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.reconciler import confirmed, differences
from sink.writers.sheets.layout import KeyIndex, TabLayout
from sink.writers.sheets.reading import Reading
from tests.unit.test_posted_rows import TABLE, key, standing


def states(keys: Sequence[RowKey]) -> dict[RowKey, RowState]:
    return {each: standing(7) for each in keys}


def found(paid: CellContent) -> list[SheetEdit | SheetSight]:
    layout = TabLayout("orders", 0, 1, 10, 3, 10, {"id": 0, "paid": 1, "total": 2}, KeyIndex())
    reading = Reading(layout, {key(7): {"id": 7, "paid": paid, "total": 1}}, 5, 5)
    differ = differences(reading, [key(7)], states, TABLE)
    events = confirmed(differ, differ, 5, 9, states, TABLE)
    return [event for event in events if isinstance(event, SheetEdit | SheetSight)]


def test_a_blank_that_a_look_finds_where_none_can_be_is_filled_again() -> None:
    (sight,) = found(None)
    assert isinstance(sight, SheetSight)
    state = resolve(sight, standing(7), Rules()).state
    assert state.refused == {}
    assert state.owed_to_sheet() == ("update", {"paid": 1})


def test_text_that_a_look_finds_there_is_refused() -> None:
    refused = [event.refused for event in found("none") if isinstance(event, SheetEdit)]
    assert [list(each) for each in refused] == [["paid"]]
