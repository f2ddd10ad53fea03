"""Requests that move, copy and insert whole rows or runs of cells; counted from 0, ends excluded.

https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sink.writers.sheets.layout import HEADER_ROWS, TabLayout

Request = dict[str, object]


def copies(rows: Sequence[int], layout: TabLayout, at: int) -> Iterator[Request]:
    """Copies of whole rows into the hidden tab, from its row ``at`` on.

    Whole, so that what a mistaken deletion takes can be put back.
    """
    for first, count in runs(rows):
        yield copy_paste(
            rows_of(layout.sheet_id, first, count, 0, layout.column_count),
            rows_of(layout.hidden_id, at, count, 0, layout.column_count),
        )
        at += count


def from_copy(
    copy_row: int,
    row: int,
    first: int,
    count: int,
    layout: TabLayout,
    *,
    paste_type: str = "PASTE_NORMAL",
) -> Request:
    """Cells of a row from their copy in the hidden tab; all that they hold, if not said otherwise.

    https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request#pastetype
    """
    return copy_paste(
        rows_of(layout.hidden_id, copy_row, 1, first, first + count),
        rows_of(layout.sheet_id, row, 1, first, first + count),
        paste_type,
    )


def copy_paste(source: Request, destination: Request, paste_type: str = "PASTE_NORMAL") -> Request:
    """Values, formulas, formats and notes of one range to another."""
    return {
        "copyPaste": {
            "source": source,
            "destination": destination,
            "pasteType": paste_type,
            "pasteOrientation": "NORMAL",
        }
    }


def insert_rows(layout: TabLayout, row: int, count: int) -> Request:
    """New rows before ``row``, formats from the row above, but for the first one below the header.

    Behind the grid's last row the API inserts with formats from above only.
    """
    rows = whole_rows(layout.sheet_id, row, count)
    from_above = row > HEADER_ROWS or row >= layout.row_count
    return {"insertDimension": {"range": rows, "inheritFromBefore": from_above}}


def whole_rows(sheet_id: int, first: int, count: int) -> Request:
    """``count`` whole rows from ``first`` on, as the requests name them that move rows."""
    return {
        "sheetId": sheet_id,
        "dimension": "ROWS",
        "startIndex": first,
        "endIndex": first + count,
    }


def rows_of(sheet_id: int, first: int, count: int, start: int, end: int) -> Request:
    """A range: ``count`` rows from ``first`` on, columns ``start`` to ``end``."""
    return {
        "sheetId": sheet_id,
        "startRowIndex": first,
        "endRowIndex": first + count,
        "startColumnIndex": start,
        "endColumnIndex": end,
    }


def runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Ascending numbers as (first, count) of their unbroken runs."""
    first: int | None = None
    last = 0
    for number in numbers:
        if first is not None and number != last + 1:
            yield first, last - first + 1
            first = number
        elif first is None:
            first = number
        last = number
    if first is not None:
        yield first, last - first + 1
