"""Headers of columns that are new in the table, or renamed: where they go, and the requests.

A new header goes behind all others, into a column of its own that is inserted there, so that
nothing of a person's can be hit; what a person had without a header moves to the right. A renamed
column's header is written over the older one. A header that a person has written already is taken
as it is, if it is a new column's and there is nothing below it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sink.core.cell import CellContent
from sink.core.mapped_table import MappedTable
from sink.writers.sheets.choices import boxes, lists
from sink.writers.sheets.formats import bold, number_formats
from sink.writers.sheets.layout import HEADER_ROWS, TabLayout, UnfitTabError
from sink.writers.sheets.row_requests import Request


@dataclass(slots=True)
class Titles:
    """What is to be written: ``over`` gives the places and texts of older headers, by column;
    ``new`` are the columns that get a place of their own, from ``end`` on.

    ``standing`` are the places of headers of new columns that a person has written, by title.
    """

    over: dict[str, tuple[int, str]] = field(default_factory=dict)
    new: list[str] = field(default_factory=list)
    standing: dict[str, int] = field(default_factory=dict)
    end: int = 0


def plan_titles(
    header: Sequence[CellContent], table: MappedTable, awaited: Mapping[str, str | None]
) -> Titles:
    """Where the ``awaited`` headers go. Raises UnfitTabError where a person's is in the way."""
    places: dict[str, int] = {}
    titles = Titles()
    for place, content in enumerate(header):
        if content not in (None, ""):
            titles.end = place + 1
            places[str(content).strip()] = place
    for column, older in awaited.items():
        title = table.mapping.header(column)
        if older is None and title in places:
            titles.standing[title] = places[title]
        elif older is None:
            titles.new.append(column)
        elif title in places and older in places:
            raise taken_title(title, table.mapping.tab)
        elif older in places:
            titles.over[column] = (places[older], older)
    return titles


def taken_title(title: str, tab: str) -> UnfitTabError:
    """A column of the person's bears the header of a new column of the table."""
    return UnfitTabError(
        f"the table has a new column whose header is {title!r}, and the tab {tab!r} has a column "
        "of yours with that header",
        "Rename or remove yours; the new one is then written behind the others",
    )


def title_requests(
    titles: Titles, formats: Sequence[str], layout: TabLayout, table: MappedTable
) -> list[Request]:
    """The requests that write the headers, and give new columns and those of ``formats`` the number
    formats and choices of their types.
    """
    places = {column: titles.end + at for at, column in enumerate(titles.new)}
    standing = {table.columns_by_header[title]: place for title, place in titles.standing.items()}
    rows = (HEADER_ROWS, layout.index.end)
    formatted = {name: layout.columns[name] for name in formats if name in layout.columns}
    return [
        *_room(titles.end, len(titles.new), layout),
        *_headers(places, layout, table),
        *_renamed(titles.over, layout, table),
        *(bold(_cell(place, layout)) for place in places.values()),
        *number_formats({**formatted, **standing, **places}, layout, table),
        *lists({**formatted, **standing, **places}, layout, table, None),
        *(boxes({**standing, **places}, layout, table, rows) if rows[0] < rows[1] else ()),
    ]


def _room(place: int, count: int, layout: TabLayout) -> Iterator[Request]:
    """Columns of their own. Behind the grid's last one the API inserts with its formats only."""
    if count:
        columns = {
            "sheetId": layout.sheet_id,
            "dimension": "COLUMNS",
            "startIndex": place,
            "endIndex": place + count,
        }
        inherits = place >= layout.column_count
        yield {"insertDimension": {"range": columns, "inheritFromBefore": inherits}}


def _headers(places: Mapping[str, int], layout: TabLayout, table: MappedTable) -> Iterator[Request]:
    for column, place in places.items():
        value = {"userEnteredValue": {"stringValue": table.mapping.header(column)}}
        start = {"sheetId": layout.sheet_id, "rowIndex": HEADER_ROWS - 1, "columnIndex": place}
        rows = [{"values": [value]}]
        yield {"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}}


def _renamed(
    over: Mapping[str, tuple[int, str]], layout: TabLayout, table: MappedTable
) -> Iterator[Request]:
    """New headers for old ones: found by their text, wherever they stand by then.

    A replacement is entered as if typed; what might become a number or a date by that is written
    where the old header was seen.
    """
    for column, (place, older) in over.items():
        title = table.mapping.header(column)
        if not title.isidentifier() or title.upper() in ("TRUE", "FALSE"):
            yield from _headers({column: place}, layout, table)
            continue
        header = {"sheetId": layout.sheet_id, "startRowIndex": 0, "endRowIndex": HEADER_ROWS}
        replaced = {"find": older, "replacement": title, "range": header}
        yield {"findReplace": {**replaced, "matchCase": True, "matchEntireCell": True}}


def _cell(place: int, layout: TabLayout) -> Request:
    return {
        "sheetId": layout.sheet_id,
        "startRowIndex": HEADER_ROWS - 1,
        "endRowIndex": HEADER_ROWS,
        "startColumnIndex": place,
        "endColumnIndex": place + 1,
    }
