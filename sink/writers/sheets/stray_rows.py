"""Rows that no key tells, and no tag yet: looked at closely, and tagged like the others.

Rows are read with their formulas and tags in one call. A tag that is there already is kept: the
script's post may be on its way, and must mean the same row.
https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/sheets#dimensionproperties
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sink.core.cell import CellContent
from sink.writers.sheets.client import SheetsClient
from sink.writers.sheets.copied_cells import content_of
from sink.writers.sheets.layout import TabLayout, column_letters, quoted
from sink.writers.sheets.row_tags import ROW_TAG, attachment, removal

Cells = dict[str, tuple[CellContent, str | None]]
"""The mapped cells of a row by column: content, and formula if any."""


@dataclass(frozen=True, slots=True)
class StrayRow:
    """A row (from 0) and its cells, as one look that began at ``lo`` found it.

    ``wanted``: it is one of those that were looked for. ``tags`` are what it bore before, ``given``
    is what it was given then.
    """

    row: int
    tags: tuple[str, ...]
    cells: Cells
    lo: int
    wanted: bool
    given: str | None = None

    @property
    def tag(self) -> str | None:
        """The one by which it is known from now on; None: the script was tagging it, too."""
        return self.tags[0] if self.tags else self.given


def tag_rows(
    client: SheetsClient,
    layout: TabLayout,
    rows: Sequence[int],
    wanted: Callable[[Cells], bool],
    new_tag: Callable[[], str],
) -> list[StrayRow]:
    """Read ``rows`` (from 0) and see that those which are ``wanted`` bear a tag."""
    found = _read(client, layout, rows, wanted)
    untagged = {stray.row: new_tag() for stray in found if stray.wanted and not stray.tags}
    if untagged:
        attached = [attachment(tag, row, layout) for row, tag in untagged.items()]
        client.batch_update({"requests": attached})
        twins = _give_way(client, layout, rows, wanted, set(untagged.values()))
        given = {row: tag for row, tag in untagged.items() if tag not in twins}
        return [replace(stray, given=given.get(stray.row)) for stray in found]
    return found


def _give_way(
    client: SheetsClient,
    layout: TabLayout,
    rows: Sequence[int],
    wanted: Callable[[Cells], bool],
    ours: set[str],
) -> set[str]:
    """Take ours away from rows that the script tagged at the same moment: its post names its own.

    Nobody would take the second one away, once the key stands in the row. Returns those.
    """
    twins = {
        tag
        for stray in _read(client, layout, rows, wanted)
        for tag in stray.tags
        if tag in ours and len(stray.tags) > 1
    }
    if twins:
        client.batch_update({"requests": [removal(tag, layout) for tag in sorted(twins)]})
    return twins


def _read(
    client: SheetsClient, layout: TabLayout, rows: Sequence[int], wanted: Callable[[Cells], bool]
) -> list[StrayRow]:
    first, end = layout.span
    letters = column_letters(first), column_letters(end - 1)
    title = quoted(layout.title)
    answered = client.read_rows(
        [f"{title}!{letters[0]}{row + 1}:{letters[1]}{row + 1}" for row in rows]
    )
    return [
        StrayRow(row, tags, cells, answered.lo, wanted(cells))
        for row, tags, cells in _rows(answered.json, layout)
    ]


def _rows(
    spreadsheet: Mapping[str, Any], layout: TabLayout
) -> Iterator[tuple[int, tuple[str, ...], Cells]]:
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
            yield block.get("startRow", 0), _tags(block), cells


def _cell(cell: Mapping[str, Any]) -> tuple[CellContent, str | None]:
    formula = cell.get("userEnteredValue", {}).get("formulaValue")
    return content_of(cell.get("effectiveValue", {})), formula


def _tags(block: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        str(entry["metadataValue"])
        for properties in block.get("rowMetadata", [])[:1]
        for entry in properties.get("developerMetadata", [])
        if entry.get("metadataKey") == ROW_TAG
    )
