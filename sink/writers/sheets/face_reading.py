"""The notes and backgrounds of some rows, as one look found them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sink.core.marks import Face, is_ours
from sink.core.row_key import RowKey
from sink.core.values.meaning import shows
from sink.writers.sheets.client import SheetsClient
from sink.writers.sheets.compact_rows import Contents
from sink.writers.sheets.copied_cells import content_of
from sink.writers.sheets.faces import face_of
from sink.writers.sheets.layout import TabLayout, column_letters, quoted
from sink.writers.sheets.repairs import plain
from sink.writers.sheets.row_requests import runs
from sink.writers.sheets.row_tags import TagPlace, read_places


@dataclass(frozen=True, slots=True)
class FaceSight:
    """Faces by row and column; ``absent`` are rows that stood elsewhere, or nowhere."""

    rows: dict[RowKey, dict[str, Face]] = field(default_factory=dict)
    absent: tuple[RowKey, ...] = ()


@dataclass(frozen=True, slots=True)
class TagFaces:
    """Where rows with tags stood, and the faces of those that had not changed meanwhile."""

    asked: tuple[str, ...]
    places: dict[str, TagPlace] = field(default_factory=dict)
    faces: dict[str, dict[str, Face]] = field(default_factory=dict)


def face_ranges(layout: TabLayout, rows: Iterable[int]) -> list[str]:
    """The ranges that show the mapped cells of ``rows`` (from 0)."""
    first, end = layout.span
    letters = column_letters(first), column_letters(end - 1)
    return [
        f"{quoted(layout.title)}!{letters[0]}{row + 1}:{letters[1]}{row + count}"
        for row, count in runs(sorted(rows))
    ]


def read_faces(
    spreadsheet: Mapping[str, Any],
    layout: TabLayout,
    rows: Mapping[RowKey, int],
    key_of: Callable[[Contents], RowKey | None],
) -> FaceSight:
    """The faces of ``rows`` in an answer to ``face_ranges``."""
    cells = _cells_by_row(spreadsheet, layout)
    found: dict[RowKey, dict[str, Face]] = {}
    for key, row in rows.items():
        of_column = _by_column(cells.get(row, []), layout)
        contents = {
            column: content_of(cell.get("effectiveValue", {})) for column, cell in of_column.items()
        }
        if key_of(contents) == key:
            found[key] = {column: face_of(cell) for column, cell in of_column.items()}
    return FaceSight(found, tuple(key for key in rows if key not in found))


def look_at_tagged(client: SheetsClient, layout: TabLayout, tags: Sequence[str]) -> TagFaces:
    """Where the rows with these tags stand, and the faces of their mapped cells."""
    places, _ = read_places(client, layout, tags)
    if not places:
        return TagFaces(tuple(tags))
    ranges = face_ranges(layout, {place.row for place in places.values()})
    answered = client.read_grid(ranges, faces=True)
    return TagFaces(tuple(tags), places, _unchanged(answered.json, layout, places))


def _unchanged(
    spreadsheet: Mapping[str, Any], layout: TabLayout, places: Mapping[str, TagPlace]
) -> dict[str, dict[str, Face]]:
    """The faces of rows with tags, where they still show what they showed at their ``places``."""
    cells = _cells_by_row(spreadsheet, layout)
    found: dict[str, dict[str, Face]] = {}
    for tag, place in places.items():
        of_column = _by_column(cells.get(place.row, []), layout)
        if all(
            "formulaValue" in cell.get("userEnteredValue", {})
            or shows(content_of(cell.get("effectiveValue", {})), plain(place.contents.get(column)))
            for column, cell in of_column.items()
        ):
            found[tag] = {column: face_of(cell) for column, cell in of_column.items()}
    return found


def _by_column(
    values: Sequence[Mapping[str, Any]], layout: TabLayout
) -> dict[str, Mapping[str, Any]]:
    first, _ = layout.span
    return {
        column: values[place - first] if place - first < len(values) else {}
        for column, place in layout.columns.items()
    }


def strays(spreadsheet: Mapping[str, Any], layout: TabLayout) -> dict[RowKey, dict[str, Face]]:
    """The cells of keyed rows that show anything of ours, in an answer with all rows."""
    first, _ = layout.span
    found: dict[RowKey, dict[str, Face]] = {}
    for row, values in _cells_by_row(spreadsheet, layout).items():
        key = layout.index.rows[row] if row < len(layout.index.rows) else None
        if key is None:
            continue
        faces = {
            column: face_of(values[place - first])
            for column, place in layout.columns.items()
            if place - first < len(values)
        }
        marked = {column: face for column, face in faces.items() if is_ours(face)}
        if marked:
            found[key] = marked
    return found


def _cells_by_row(
    spreadsheet: Mapping[str, Any], layout: TabLayout
) -> dict[int, list[Mapping[str, Any]]]:
    found: dict[int, list[Mapping[str, Any]]] = {}
    for sheet in spreadsheet.get("sheets", []):
        if sheet.get("properties", {}).get("sheetId", 0) != layout.sheet_id:
            continue
        for block in sheet.get("data", []):
            for number, row in enumerate(block.get("rowData", [])):
                found[block.get("startRow", 0) + number] = row.get("values", [])
    return found
