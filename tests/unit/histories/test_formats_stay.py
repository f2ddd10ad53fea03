"""What a person has made of a cell's look stays: formats in mapped columns and beside them."""

from __future__ import annotations

from typing import Any

import pytest

from sink.writers.sheets.call import SheetCall
from tests.simulation.agenda import MILLISECOND
from tests.simulation.setting import TAB
from tests.unit.histories.whole import Bridge

MONEY = {
    "numberFormat": {"type": "CURRENCY", "pattern": "#,##0.00 €"},
    "textFormat": {"bold": True},
}
RULE = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "yes"}]}}
FORMATTED = ("a", "note", "u")


@pytest.fixture
def bridge() -> Bridge:
    """Row 3 is formatted in two mapped columns and in the person's own."""
    made = Bridge()
    for column in FORMATTED:
        _paint(made, 3, column)
    return made


def _paint(bridge: Bridge, key: int, column: str) -> None:
    row = bridge.world.sheet.row_of(key)
    assert row is not None
    start = {"sheetId": 1, "rowIndex": row - 1, "columnIndex": _place(bridge, column)}
    cell = {"userEnteredFormat": MONEY, "dataValidation": RULE}
    update = {"start": start, "rows": [{"values": [cell]}]}
    fields = "userEnteredFormat,dataValidation"
    bridge.world.document.batch_update([{"updateCells": {**update, "fields": fields}}])


def _place(bridge: Bridge, column: str) -> int:
    return bridge.world.sheet.headers().index(column)


def looks(bridge: Bridge) -> dict[object, set[str]]:
    """The columns with the person's format and choices, by the key of their row."""
    fields = "sheets.data.rowData.values(effectiveValue,userEnteredFormat,dataValidation)"
    [tab] = bridge.world.document.get([f"{TAB}!A2:E"], fields)["sheets"]
    found: dict[object, set[str]] = {}
    for row in tab["data"][0].get("rowData", []):
        cells: list[dict[str, Any]] = row.get("values", [])
        formatted = {
            column
            for column in bridge.world.sheet.headers()
            if _is_the_persons(cells, _place(bridge, column))
        }
        if formatted:
            found[cells[0].get("effectiveValue", {}).get("numberValue")] = formatted
    return found


def _is_the_persons(cells: list[dict[str, Any]], at: int) -> bool:
    if at >= len(cells):
        return False
    look = cells[at].get("userEnteredFormat", {})
    kept = {name: look.get(name) for name in MONEY}
    return (
        kept == MONEY and cells[at].get("dataValidation", {}).get("condition") == RULE["condition"]
    )


def test_what_programs_write_leaves_the_formats_as_they_are(bridge: Bridge) -> None:
    for value in ("new", None, "7"):
        bridge.database(3, a=value, b=value, u=value)
        bridge.rest()
        assert bridge.both(3) == {"a": value, "b": value, "u": value}
        assert looks(bridge) == {3: set(FORMATTED)}


def test_they_go_with_their_row(bridge: Bridge) -> None:
    bridge.database_delete(1)
    bridge.database(5, a="n", b="n", u="n")
    bridge.database(3, a="new")
    bridge.rest()
    assert looks(bridge) == {3: set(FORMATTED)}
    bridge.world.sheet.gesture("insert_rows", start=2, count=2)
    bridge.database(3, a="newer")
    bridge.rest()
    assert bridge.both(3) == {"a": "newer", "b": "A3", "u": "A3"}
    assert looks(bridge) == {3: set(FORMATTED)}


def test_a_row_that_a_call_deletes_by_mistake_comes_back_with_them(bridge: Bridge) -> None:
    sheet = bridge.world.sheet

    def sends(call: SheetCall) -> None:
        """Row 3 takes the place of the row to be deleted."""
        if any(placed.write.op == "delete" for placed in call.writes) and sheet.row_of(1):
            bridge.world.agenda.after(MILLISECOND, lambda: bridge.delete(1, heard=False))

    bridge.sink.tab.sends = sends
    bridge.database_delete(2)
    bridge.until(lambda: sheet.row_of(3) is None, "a deletion of the wrong row")
    bridge.rest()
    assert bridge.both(3) == {"a": "A3", "b": "A3", "u": "A3"}
    assert looks(bridge) == {3: set(FORMATTED)}
