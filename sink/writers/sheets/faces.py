"""Notes and backgrounds of cells: read as they stand, written as a whole.

https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/cells#CellData
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sink.core.marks import Face

_WRITTEN = "note,userEnteredFormat.backgroundColor,userEnteredFormat.backgroundColorStyle"


def face_of(cell: Mapping[str, Any]) -> Face:
    """The face of a CellData."""
    style = cell.get("userEnteredFormat", {})
    colour = style.get("backgroundColorStyle")
    if colour is None and "backgroundColor" in style:
        colour = {"rgbColor": style["backgroundColor"]}
    background = None if colour is None else json.dumps(colour, sort_keys=True)
    return Face(cell.get("note", ""), background)


def face_request(sheet_id: int, row: int, column: int, faces: Sequence[Face]) -> dict[str, object]:
    """The request that gives neighbouring cells of a row these faces; all else stays."""
    return {
        "updateCells": {
            "start": {"sheetId": sheet_id, "rowIndex": row, "columnIndex": column},
            "rows": [{"values": [_cell(face) for face in faces]}],
            "fields": _WRITTEN,
        }
    }


def _cell(face: Face) -> dict[str, object]:
    cell: dict[str, object] = {"note": face.note} if face.note else {}
    if face.background is not None:
        style = json.loads(face.background)
        colours = {"backgroundColorStyle": style}
        if "rgbColor" in style:
            colours["backgroundColor"] = style["rgbColor"]
        cell["userEnteredFormat"] = colours
    return cell
