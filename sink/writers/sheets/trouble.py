"""A note on the key's header that says why a mapping has stopped: set, or taken away.

Only our part of a note is ever touched; our parts on other header cells (a column was moved, or
renamed) are taken away. Both may be done again at any time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sink.core.marks import own_part, with_text
from sink.writers.sheets.client import SheetsClient
from sink.writers.sheets.copied_cells import content_of
from sink.writers.sheets.layout import quoted

Cells = Sequence[Mapping[str, Any]]


def say(client: SheetsClient, title: str, key_header: str, text: str | None) -> None:
    """See that the header of the tab ``title`` says ``text`` and nothing else of ours.

    The note stands on the key's header, or on the first one where that is missing.
    """
    answer = client.read_grid([f"{quoted(title)}!1:1"], faces=True).json
    for sheet in answer.get("sheets", []):
        for block in sheet.get("data", []):
            cells: Cells = (block.get("rowData") or [{}])[0].get("values", [])
            sheet_id = int(sheet["properties"].get("sheetId", 0))
            requests = list(_changes(sheet_id, cells, key_header, text))
            if requests:
                client.batch_update({"requests": requests})


def _changes(
    sheet_id: int, cells: Cells, key_header: str, text: str | None
) -> Iterator[dict[str, object]]:
    place = _place(cells, key_header)
    for column in range(max(len(cells), 1)):
        note = str(cells[column].get("note", "")) if column < len(cells) else ""
        own = own_part(note)
        wanted = own if text is None or column != place else with_text(own, text)
        if wanted != note:
            yield {
                "updateCells": {
                    "start": {"sheetId": sheet_id, "rowIndex": 0, "columnIndex": column},
                    "rows": [{"values": [{"note": wanted}]}],
                    "fields": "note",
                }
            }


def _place(cells: Cells, key_header: str) -> int:
    shown = [content_of(cell.get("effectiveValue", {})) for cell in cells]
    titles = [content.strip() if isinstance(content, str) else None for content in shown]
    if key_header in titles:
        return titles.index(key_header)
    return next((column for column, content in enumerate(shown) if content is not None), 0)
