"""How a tab that we fill looks: header frozen and bold, columns in the format of their type."""

from __future__ import annotations

from collections.abc import Iterator

from sink.core.mapped_table import MappedTable
from sink.writers.sheets.layout import HEADER_ROWS, TabLayout
from sink.writers.sheets.row_requests import Request


def format_requests(layout: TabLayout, table: MappedTable) -> list[Request]:
    """Requests of one ``batchUpdate`` that prepare an empty tab for the table's rows.

    Columns that the tab lacks are appended, and counted in ``layout``.
    """
    return [*_columns(layout), *_header(layout), *_number_formats(layout, table)]


def _columns(layout: TabLayout) -> Iterator[Request]:
    missing = len(layout.columns) - layout.column_count
    if missing > 0:
        append = {"sheetId": layout.sheet_id, "dimension": "COLUMNS", "length": missing}
        yield {"appendDimension": append}
        layout.column_count += missing


def _header(layout: TabLayout) -> Iterator[Request]:
    frozen = {"sheetId": layout.sheet_id, "gridProperties": {"frozenRowCount": HEADER_ROWS}}
    yield {
        "updateSheetProperties": {"properties": frozen, "fields": "gridProperties.frozenRowCount"}
    }
    row = {"sheetId": layout.sheet_id, "startRowIndex": 0, "endRowIndex": HEADER_ROWS}
    bold = {"userEnteredFormat": {"textFormat": {"bold": True}}}
    yield {
        "repeatCell": {
            "range": row,
            "cell": bold,
            "fields": "userEnteredFormat.textFormat.bold",
        }
    }


def _number_formats(layout: TabLayout, table: MappedTable) -> Iterator[Request]:
    for column, place in layout.columns.items():
        number_format = table.codecs[column].number_format
        if number_format is None:
            continue
        kind, pattern = number_format
        below = {
            "sheetId": layout.sheet_id,
            "startRowIndex": HEADER_ROWS,
            "startColumnIndex": place,
            "endColumnIndex": place + 1,
        }
        shown = {"userEnteredFormat": {"numberFormat": {"type": kind, "pattern": pattern}}}
        yield {
            "repeatCell": {
                "range": below,
                "cell": shown,
                "fields": "userEnteredFormat.numberFormat",
            }
        }
