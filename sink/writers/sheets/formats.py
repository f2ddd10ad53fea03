"""How a tab that we fill looks: header frozen and bold, columns in the format of their type.

Set once, before an empty tab is filled, and for columns that we add later: from then on how the
tab looks is people's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sink.core.mapped_table import MappedTable
from sink.writers.sheets.choices import lists
from sink.writers.sheets.layout import HEADER_ROWS, TabLayout
from sink.writers.sheets.row_requests import Request

KEY_WARNING = "Sheetbridge: the database knows each row by this key"
"""The description of the protections that are ours."""


def format_requests(layout: TabLayout, table: MappedTable) -> list[Request]:
    """Requests of one ``batchUpdate`` that prepare an empty tab for the table's rows.

    The columns begin at the tab's first; those that it lacks are appended, and counted in
    ``layout``.
    """
    formatted = [name for name in layout.columns if table.codecs[name].number_format is not None]
    return [
        *_columns(layout),
        *_header(layout, table),
        *number_formats({name: layout.columns[name] for name in formatted}, layout, table),
        *lists(layout.columns, layout, table, None),
        *_protections(layout, table),
    ]


def _columns(layout: TabLayout) -> Iterator[Request]:
    missing = len(layout.columns) - layout.column_count
    if missing > 0:
        append = {"sheetId": layout.sheet_id, "dimension": "COLUMNS", "length": missing}
        yield {"appendDimension": append}
        layout.column_count += missing


def _header(layout: TabLayout, table: MappedTable) -> Iterator[Request]:
    titles = [
        {"userEnteredValue": {"stringValue": table.mapping.header(name)}} for name in layout.columns
    ]
    yield {
        "updateCells": {
            "start": {"sheetId": layout.sheet_id, "rowIndex": 0, "columnIndex": 0},
            "rows": [{"values": titles}],
            "fields": "userEnteredValue",
        }
    }
    frozen = {"sheetId": layout.sheet_id, "gridProperties": {"frozenRowCount": HEADER_ROWS}}
    yield {
        "updateSheetProperties": {"properties": frozen, "fields": "gridProperties.frozenRowCount"}
    }
    yield bold({"sheetId": layout.sheet_id, "startRowIndex": 0, "endRowIndex": HEADER_ROWS})


def _protections(layout: TabLayout, table: MappedTable) -> Iterator[Request]:
    """Whoever edits the key is warned, and may go on: a new row needs one, a mistake does not."""
    for name in table.key:
        place = layout.columns[name]
        cells = {
            "sheetId": layout.sheet_id,
            "startColumnIndex": place,
            "endColumnIndex": place + 1,
        }
        protected = {"range": cells, "description": KEY_WARNING, "warningOnly": True}
        yield {"addProtectedRange": {"protectedRange": protected}}


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
