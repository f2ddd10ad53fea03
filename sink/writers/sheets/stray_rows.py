"""New rows without a key of which no post has told: looked at closely, and tagged like the others.

Rows are read with their formulas and tags in one call. A tag that is there already is kept: the
script's post may be on its way, and must mean the same row.
https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/sheets#dimensionproperties
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sink.core.cell import CellContent
from sink.writers.sheets.answer import content_of
from sink.writers.sheets.client import SheetsClient
from sink.writers.sheets.layout import TabLayout, column_letters, quoted
from sink.writers.sheets.row_tags import ROW_TAG

Cells = dict[str, tuple[CellContent, str | None]]
"""The mapped cells of a row by column: content, and formula if any."""


@dataclass(frozen=True, slots=True)
class StrayRow:
    """A row (from 0) and its cells, as one look that began at ``lo`` found it.

    ``tag`` is what it bears now; None: it is none of those that were wanted.
    """

    row: int
    tag: str | None
    cells: Cells
    lo: int


def tag_rows(
    client: SheetsClient,
    layout: TabLayout,
    rows: Sequence[int],
    wanted: Callable[[Cells], bool],
    new_tag: Callable[[], str],
) -> list[StrayRow]:
    """Read ``rows`` (from 0) and see that those which are ``wanted`` bear a tag."""
    first, end = layout.span
    letters = column_letters(first), column_letters(end - 1)
    title = quoted(layout.title)
    answered = client.read_rows(
        [f"{title}!{letters[0]}{row + 1}:{letters[1]}{row + 1}" for row in rows]
    )
    found: list[StrayRow] = []
    untagged: list[StrayRow] = []
    for row, tag, cells in _rows(answered.json, layout):
        new = wanted(cells)
        found.append(StrayRow(row, (tag or new_tag()) if new else None, cells, answered.lo))
        if new and tag is None:
            untagged.append(found[-1])
    if untagged:
        client.batch_update({"requests": [_attach(stray, layout) for stray in untagged]})
    return found


def _rows(
    spreadsheet: Mapping[str, Any], layout: TabLayout
) -> Iterator[tuple[int, str | None, Cells]]:
    first, _ = layout.span
    for sheet in spreadsheet.get("sheets", []):
        if sheet.get("properties", {}).get("sheetId", 0) != layout.sheet_id:
            continue
        for block in sheet.get("data", []):
            values = (block.get("rowData") or [{}])[0].get("values", [])
            cells = {
                column: _cell(values[place - first] if place - first < len(values) else {})
                for column, place in layout.columns.items()
            }
            yield block.get("startRow", 0), _tag(block), cells


def _cell(cell: Mapping[str, Any]) -> tuple[CellContent, str | None]:
    formula = cell.get("userEnteredValue", {}).get("formulaValue")
    return content_of(cell.get("effectiveValue", {})), formula


def _tag(block: Mapping[str, Any]) -> str | None:
    for properties in block.get("rowMetadata", [])[:1]:
        for entry in properties.get("developerMetadata", []):
            if entry.get("metadataKey") == ROW_TAG:
                return str(entry["metadataValue"])
    return None


def _attach(stray: StrayRow, layout: TabLayout) -> dict[str, object]:
    place = {
        "sheetId": layout.sheet_id,
        "dimension": "ROWS",
        "startIndex": stray.row,
        "endIndex": stray.row + 1,
    }
    entry = {
        "metadataKey": ROW_TAG,
        "metadataValue": stray.tag,
        "visibility": "DOCUMENT",
        "location": {"dimensionRange": place},
    }
    return {"createDeveloperMetadata": {"developerMetadata": entry}}
