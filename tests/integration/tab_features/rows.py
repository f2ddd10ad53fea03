"""Rows of a test's own in the shared tab, and what is done at their cells."""

from __future__ import annotations

from collections.abc import Mapping

from tests.integration.bridge import Bridge
from tests.integration.commands import sheetbridge


def insert(bridge: Bridge, *keys: str) -> None:
    """A program makes rows with these keys; they come to stand one below the other."""
    rows = ", ".join(f"('{key}', '{key} name', {at})" for at, key in enumerate(keys))
    bridge.sql(f"INSERT INTO {bridge.mapping.table} (id, name, size) VALUES {rows}")
    bridge.sheet_shows({"name": f"{keys[-1]} name"}, keys[-1])


def update(bridge: Bridge, key: str, **values: object) -> None:
    """A program gives a row these values."""
    cells = ", ".join(f"{column} = :{column}" for column in values)
    bridge.sql(f"UPDATE {bridge.mapping.table} SET {cells} WHERE id = :id", id=key, **values)


def compare_now(bridge: Bridge) -> None:
    """Let the sink look for what no trigger tells, such as other programs' writes."""
    sheetbridge(bridge.endpoints, "reconcile", bridge.mapping.name)


def cell(bridge: Bridge, column: str, key: str) -> str:
    """The A1 name of a cell."""
    return f"{bridge.letter(column)}{bridge.place(key)}"


def sheet_id(bridge: Bridge) -> int:
    """The tab's id, by which requests of the API name it."""
    found: int = bridge.layout("sheets.properties.sheetId", "A1")["properties"].get("sheetId", 0)
    return found


def grid_range(bridge: Bridge, row: int, column: int, height: int, width: int) -> dict[str, int]:
    """The API's GridRange of a block whose top left cell is given from 1."""
    return {
        "sheetId": sheet_id(bridge),
        "startRowIndex": row - 1,
        "endRowIndex": row - 1 + height,
        "startColumnIndex": column - 1,
        "endColumnIndex": column - 1 + width,
    }


def written_by_a_program(
    bridge: Bridge, key: str, column: str, value: Mapping[str, object]
) -> None:
    """Another program writes a cell through the API, which fires no trigger."""
    place = bridge.mapping.columns.index(column) + 1
    update = {
        "range": grid_range(bridge, bridge.place(key), place, 1, 1),
        "rows": [{"values": [{"userEnteredValue": value}]}],
        "fields": "userEnteredValue",
    }
    bridge.batch_update({"updateCells": update})
