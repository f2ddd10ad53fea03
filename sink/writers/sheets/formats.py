"""How a tab that we fill looks: header frozen and bold, columns in the format of their type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sink.core.mapped_table import MappedTable
from sink.writers.sheets.layout import HEADER_ROWS, TabLayout
from sink.writers.sheets.row_requests import Request


def format_requests(layout: TabLayout, table: MappedTable) -> list[Request]:
    """Requests of one ``batchUpdate`` that prepare an empty tab for the table's rows.

    Columns that the tab lacks are appended, and counted in ``layout``.
    """
    formatted = [name for name in layout.columns if table.codecs[name].number_format is not None]
    return [
        *_columns(layout),
        *_header(layout),
        *number_formats({name: layout.columns[name] for name in formatted}, layout, table),
    ]


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
    yield bold({"sheetId": layout.sheet_id, "startRowIndex": 0, "endRowIndex": HEADER_ROWS})


def bold(cells: Request) -> Request:
    """Bold text in a range."""
    return {
        "repeatCell": {
            "range": cells,
            "cell": {"userEnteredFormat": {"textFormat": {"bold": True}}},
            "fields": "userEnteredFormat.textFormat.bold",
        }
    }


def number_formats(
    columns: Mapping[str, int], layout: TabLayout, table: MappedTable
) -> Iterator[Request]:
    """The number format of each column's type below its header; a plain one where it has none.

    ``columns`` gives their places.
    """
    for column, place in columns.items():
        below = {
            "sheetId": layout.sheet_id,
            "startRowIndex": HEADER_ROWS,
            "startColumnIndex": place,
            "endColumnIndex": place + 1,
        }
        yield {
            "repeatCell": {
                "range": below,
                "cell": _format(table.codecs[column].number_format),
                "fields": "userEnteredFormat.numberFormat",
            }
        }


def _format(number_format: tuple[str, str] | None) -> Request:
    if number_format is None:
        return {}
    kind, pattern = number_format
    return {"userEnteredFormat": {"numberFormat": {"type": kind, "pattern": pattern}}}
