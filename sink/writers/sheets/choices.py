"""What a cell offers a person to choose from: a box to tick, or a list that drops down.

No rule is strict. The API's own writes must never be turned away (a table may be given one more
value before its list here is), a pasted cell escapes a strict rule anyway, and what does not fit
is told by our own mark, in words and with what the database holds; Google shows a corner at it.

A box to tick cannot show that nothing is known: an empty cell looks unticked. So only a column
that is NOT NULL gets boxes, and only in rows that there are; a nullable one gets a list.
https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/cells#DataValidationRule
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from sink.core.columns import Column
from sink.core.mapped_table import MappedTable
from sink.core.values.booleans import BooleanCodec
from sink.writers.sheets.layout import HEADER_ROWS, TabLayout
from sink.writers.sheets.row_requests import Request

MOST_MEMBERS = 500
"""Google's limit for a list: https://support.google.com/docs/answer/186103"""


def lists(
    columns: Mapping[str, int], layout: TabLayout, table: MappedTable, rows: tuple[int, int] | None
) -> Iterator[Request]:
    """The lists of those of ``columns`` (by place) that have one, in ``rows`` (from 0, the end
    excluded); None: in all below the header.
    """
    for name, place in columns.items():
        members = _members(name, table)
        if members:
            values = [{"userEnteredValue": member} for member in members]
            rule = {"condition": {"type": "ONE_OF_LIST", "values": values}, "showCustomUi": True}
            yield _validation(rule, place, layout, rows)


def boxes(
    columns: Mapping[str, int], layout: TabLayout, table: MappedTable, rows: tuple[int, int]
) -> Iterator[Request]:
    """The boxes of those of ``columns`` (by place) that are ticked or not, in ``rows``."""
    for name, place in columns.items():
        if ticked(name, table):
            rule = {"condition": {"type": "BOOLEAN"}, "showCustomUi": True}
            yield _validation(rule, place, layout, rows)


def ticked(name: str, table: MappedTable) -> bool:
    """Whether the column is shown as boxes to tick."""
    return isinstance(table.codecs[name], BooleanCodec) and not table.declared[name].nullable


def any_ticked(columns: Collection[str], table: MappedTable) -> bool:
    """Whether one of the columns is."""
    return any(ticked(name, table) for name in columns)


def _members(name: str, table: MappedTable) -> tuple[str, ...]:
    """What the list offers; nothing where a list could not offer it as it is."""
    column = table.declared[name]
    if isinstance(table.codecs[name], BooleanCodec):
        return ("TRUE", "FALSE") if column.nullable else ()
    return _enum_members(column) if column.data_type == "enum" else ()


def _enum_members(column: Column) -> tuple[str, ...]:
    members = tuple(member for member in column.members if member)
    plain = all(member == member.strip() and member[0] not in "='" for member in members)
    return members if plain and len(members) <= MOST_MEMBERS else ()


def _validation(
    rule: dict[str, object], place: int, layout: TabLayout, rows: tuple[int, int] | None
) -> Request:
    cells: dict[str, object] = {
        "sheetId": layout.sheet_id,
        "startRowIndex": HEADER_ROWS if rows is None else rows[0],
        "startColumnIndex": place,
        "endColumnIndex": place + 1,
    }
    if rows is not None:
        cells["endRowIndex"] = rows[1]
    return {"setDataValidation": {"range": cells, "rule": {**rule, "strict": False}}}
