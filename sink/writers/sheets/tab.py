"""One tab of one spreadsheet, read and written through Google's API.

Belongs to one thread. Holds no belief about the content: it reads, sends, and tells what it saw.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sink.core.cell import ERROR_TEXTS, CellContent
from sink.core.errors import UnfitValueError
from sink.core.formulas import changes_by_itself
from sink.core.key_cells import keys_from_cells
from sink.core.mapped_table import MappedTable
from sink.core.marks import Face
from sink.core.row_key import RowKey
from sink.core.slices import Sliced, in_one_go
from sink.writers.sheets.answer import CallAnswer, read_answer
from sink.writers.sheets.call import SheetCall, fence_alone, hidden_title
from sink.writers.sheets.client import Answered, SheetsClient
from sink.writers.sheets.compact_rows import cells_of, mapped_cells
from sink.writers.sheets.errors import SheetRefusedError, TabChangedError
from sink.writers.sheets.face_reading import FaceSight, face_ranges, read_faces, strays
from sink.writers.sheets.hidden_tab import ROWS_KEPT
from sink.writers.sheets.layout import (
    HEADER_ROWS,
    KeyIndex,
    MissingTabError,
    TabLayout,
    UnfitTabError,
    column_letters,
    find_columns,
    quoted,
)
from sink.writers.sheets.reading import (
    ROWS_PER_RANGE,
    Formulas,
    Gathering,
    KeySight,
    Reading,
    blocks_of,
    is_tall,
    shows_anything,
)
from sink.writers.sheets.row_json import rows_json
from sink.writers.sheets.row_tags import TagSight, read_places, removed_tags
from sink.writers.sheets.titles import plan_titles, taken_title, title_requests


class Tab:
    """The sheet's side of one mapping."""

    def __init__(self, client: SheetsClient, table: MappedTable) -> None:
        self.client = client
        self._table = table
        self._title = table.mapping.tab
        self._remembered: TabLayout | None = None
        self._awaited: Mapping[str, str | None] = {}
        self._index = KeyIndex()
        self.calls_sent = 0

    def exists(self) -> bool:
        """Whether the spreadsheet has the tab."""
        return self._title.casefold() in self._properties()

    def create(self, columns: int) -> None:
        """Add the tab."""
        grid = {"rowCount": 1000, "columnCount": max(columns, 1)}
        properties = {"title": self._title, "gridProperties": grid}
        self._add_sheet(properties)

    def open(self) -> TabLayout:
        """The tab's layout without its keys; makes our hidden tab where it is missing.

        Raises UnfitTabError where the tab or a mapped header is missing.
        """
        layout = self.geometry()
        answer = self.client.read_values([self._header_range])
        layout.columns = self._columns(_first_row(answer.json["valueRanges"][0]))
        self._remembered = layout
        return replace(layout)

    def is_empty(self, *, small: bool = False) -> bool:
        """Whether no cell of the tab shows anything, in any column.

        ``small``: it is no use to look at the header before the whole of it. Raises UnfitTabError
        where there is something, and no header above it.
        """
        if not small and any(map(shows_anything, *self._rows(self._header_range) or [[]])):
            return False
        header, *rows = self._rows(quoted(self._title)) or [[]]
        if any(map(shows_anything, header)):
            return False
        if any(shows_anything(content) for row in rows for content in row):
            raise UnfitTabError(
                f"row 1 of the tab {self._title!r} is empty, and there is something below it",
                "Write the headers into row 1, or empty the tab: it is then filled from the table",
            )
        return True

    def _rows(self, a1_range: str) -> list[list[CellContent]]:
        block = self.client.read_values([a1_range]).json["valueRanges"][0]
        rows: list[list[CellContent]] = block.get("values", [])
        return rows

    def has_columns(self, layout: TabLayout, header: Sequence[CellContent]) -> bool:
        """Whether the mapped columns stand where ``layout`` has them, by a header just read."""
        return self._still_there(header, layout)

    def forget(self) -> None:
        """Read the tab's ids, size and header afresh the next time: something was not as known."""
        self._remembered = None

    def await_titles(self, titles: Mapping[str, str | None]) -> None:
        """From now on the headers of these columns are still to be written (``find_columns``)."""
        self._awaited = titles
        self.forget()

    def put_titles(self, formats: Sequence[str], gone: Sequence[str], fence: str) -> None:
        """Write the awaited headers, and put these columns into the formats of their types.

        ``fence`` is put up in the place of ``gone``, so that the call applies once or never.
        Raises UnfitTabError where a column of the person's stands in the way.
        """
        layout = self.read_layout()
        header = _first_row(self.client.read_values([self._header_range]).json["valueRanges"][0])
        titles = plan_titles(header, self._table, self._awaited)
        for title, place in titles.standing.items():
            letter = column_letters(place)
            below = f"{quoted(self._title)}!{letter}{HEADER_ROWS + 1}:{letter}"
            if self.client.read_values([below]).json["valueRanges"][0].get("values"):
                raise taken_title(title, self._title)
        requests = title_requests(titles, formats, layout, self._table)
        self.client.batch_update(fence_alone(gone, fence, layout, requests))
        self.await_titles({})

    def _columns(self, header: Sequence[CellContent]) -> dict[str, int]:
        return find_columns(header, self._table, self._awaited)

    def _layout(self) -> TabLayout:
        """The layout as remembered; a tall tab's size is asked afresh, to read all of it."""
        known = self._remembered
        if known is None or is_tall(known):
            return self.open()
        return replace(known, columns=dict(known.columns))

    @property
    def _header_range(self) -> str:
        return f"{quoted(self._title)}!1:1"

    def _still_there(self, header: Sequence[CellContent], layout: TabLayout) -> bool:
        """Whether the mapped columns stand where the layout has them, by a header just read."""
        if self._columns(header) == layout.columns:
            return True
        self.forget()
        return False

    def geometry(self) -> TabLayout:
        """The ids and sizes of the tab and of our hidden tab, which is made where missing."""
        sheets = self._properties()
        tab = sheets.get(self._title.casefold())
        if tab is None:
            raise MissingTabError(self._title)
        grid = tab["gridProperties"]
        hidden = sheets.get(hidden_title(self._title).casefold())
        if hidden is None:
            hidden = self._add_hidden_tab(int(grid["columnCount"]))
        elif hidden["gridProperties"]["columnCount"] < grid["columnCount"]:
            self._widen(hidden, int(grid["columnCount"]))
        return TabLayout(
            title=str(tab["title"]),
            sheet_id=int(tab["sheetId"]),
            hidden_id=int(hidden["sheetId"]),
            row_count=int(grid["rowCount"]),
            column_count=int(grid["columnCount"]),
            hidden_rows=int(hidden["gridProperties"]["rowCount"]),
            columns={},
        )

    def _properties(self) -> dict[str, dict[str, Any]]:
        fields = "sheets.properties(sheetId,title,gridProperties(rowCount,columnCount))"
        answer = self.client.read_spreadsheet(fields)
        found = [sheet["properties"] for sheet in answer.json.get("sheets", [])]
        return {str(properties["title"]).casefold(): properties for properties in found}

    def _add_hidden_tab(self, columns: int) -> dict[str, Any]:
        grid = {"rowCount": ROWS_KEPT, "columnCount": columns}
        properties = {
            "title": hidden_title(self._title),
            "hidden": True,
            "gridProperties": grid,
        }
        return self._add_sheet(properties)

    def _add_sheet(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        """Raises TabChangedError where somebody has added a tab of that title just now."""
        try:
            answer = self.client.batch_update(
                {"requests": [{"addSheet": {"properties": properties}}]}
            )
        except SheetRefusedError as error:
            if str(properties["title"]).casefold() in self._properties():
                raise TabChangedError(f"there is a tab {properties['title']!r} by now") from error
            raise
        added: dict[str, Any] = answer.json["replies"][0]["addSheet"]["properties"]
        return added

    def _widen(self, hidden: Mapping[str, Any], columns: int) -> None:
        missing = columns - int(hidden["gridProperties"]["columnCount"])
        append = {"sheetId": hidden["sheetId"], "dimension": "COLUMNS", "length": missing}
        self.client.batch_update({"requests": [{"appendDimension": append}]})

    def read(self, *, formulas: bool = False) -> Reading:
        """All of ``read_in_slices``."""
        return in_one_go(self.read_in_slices(formulas=formulas))

    def read_in_slices(self, *, formulas: bool = False) -> Sliced[Reading]:
        """Every keyed row and its mapped cells; the layout comes with its key index.

        A slice is a block of rows. What is written between two of them may stand in the reading as
        it was before or as it is then; the layout is that of the blocks as they were. The header is
        read with each. ``formulas``: with one more call for each block they are read too; a row
        whose key is a formula that changes by itself then counts as none.
        Raises UnfitTabError where a mapped header is missing.
        """
        layout = self._layout()
        gathering = Gathering(tuple(layout.columns))
        for row in blocks_of(layout):
            first = row - HEADER_ROWS
            if first:
                yield
            keys, rows = self._read_block(layout, first, gathering)
            if rows is None:
                return (yield from self.read_in_slices(formulas=formulas))
            found = None
            if formulas:
                found = self._formulas(layout, first, rows)
                for place, entered in found.items():
                    if not self._is_key(entered, cells_of(rows[place]), layout):
                        keys[place] = None
            gathering.add(first, keys, rows, found)
        reading = gathering.reading(layout)
        self._index = layout.index
        return reading

    def _is_key(self, formulas: Formulas, cells: Sequence[CellContent], layout: TabLayout) -> bool:
        """Whether the formulas among a row's key cells stay as they are, and show no error."""
        shown = dict(zip(layout.columns, cells, strict=True))
        return not any(
            changes_by_itself(formulas[column]) or shown[column] in ERROR_TEXTS
            for column in self._table.key
            if column in formulas
        )

    def _read_block(
        self, layout: TabLayout, first: int, gathering: Gathering
    ) -> tuple[list[RowKey | None], list[bytes] | None]:
        """The keys of the block that begins at ``first`` below the header, and its rows' cells.

        No rows: the columns do not stand where ``layout`` has them.
        """
        ranges = [self._header_range, self._block(layout, HEADER_ROWS + first)]
        answer = self.client.read_values(ranges)
        gathering.lo, gathering.hi = gathering.lo or answer.lo, answer.hi
        header, block = answer.json["valueRanges"]
        if not self._still_there(_first_row(header), layout):
            return [], None
        rows = mapped_cells(block.get("values", []), layout)
        places = [list(layout.columns).index(column) for column in self._table.key]
        keys = keys_from_cells(self._table, [[row[place] for row in rows] for place in places])
        return self._index.same(keys), rows_json(rows)

    def _formulas(
        self, layout: TabLayout, first: int, rows: Sequence[bytes]
    ) -> dict[int, Formulas]:
        """The formulas of the block that begins at ``first`` below the header, by row in it.

        ``rows`` is what the block shows. Text that begins like a formula shows itself.
        """
        answer = self.client.read_values([self._block(layout, HEADER_ROWS + first)], formulas=True)
        entered = answer.json["valueRanges"][0].get("values", [])
        found: dict[int, Formulas] = {}
        for place, (row, shown) in enumerate(zip(entered, rows, strict=False)):
            if not any(isinstance(cell, str) and cell.startswith("=") for cell in row):
                continue
            (cells,) = mapped_cells([row], layout)
            formulas = {
                column: str(cell)
                for column, cell, shows in zip(layout.columns, cells, cells_of(shown), strict=True)
                if str(cell).startswith("=") and cell != shows
            }
            if formulas:
                found[place] = formulas
        return found

    def read_layout(self) -> TabLayout:
        """The tab's layout with its key index, read from the header and the key columns alone."""
        return self.look_at_keys().layout

    def look_at_keys(self) -> KeySight:
        """The keys of the tab's rows; nothing else of them is read.

        Raises UnfitTabError where a mapped header is missing.
        """
        layout = self._layout()
        ranges = [
            f"{quoted(self._title)}!{letters}{HEADER_ROWS + 1}:{letters}"
            for column in self._table.key
            for letters in [column_letters(layout.columns[column])]
        ]
        answer = self.client.read_values([self._header_range, *ranges], columns=True)
        header, *blocks = answer.json["valueRanges"]
        titles = [column[0] if column else None for column in header.get("values", [])]
        if not self._still_there(titles, layout):
            return self.look_at_keys()
        columns = [block.get("values", [[]])[0] if block.get("values") else [] for block in blocks]
        self._index = layout.index = KeyIndex.of(self._keys_of(columns))
        return KeySight(layout, answer.lo)

    def _keys_of(self, columns: Sequence[list[CellContent]]) -> Iterator[RowKey | None]:
        """The keys of many rows by what their key cells show, some at a time: most stand already,
        and to make them all at once takes as much memory again.
        """
        height = max(map(len, columns), default=0)
        for column in columns:
            column.extend([None] * (height - len(column)))
        for first in range(0, height, ROWS_PER_RANGE):
            cells = [column[first : first + ROWS_PER_RANGE] for column in columns]
            yield from self._index.same(keys_from_cells(self._table, cells))

    def _block(self, layout: TabLayout, row: int) -> str:
        """The range of the block that begins at ``row`` (from 0)."""
        first, end = layout.span
        letters = column_letters(first), column_letters(end - 1)
        last = row + ROWS_PER_RANGE
        bottom = "" if last >= layout.row_count else str(last)
        return f"{quoted(self._title)}!{letters[0]}{row + 1}:{letters[1]}{bottom}"

    def key_of(self, contents: Mapping[str, CellContent]) -> RowKey | None:
        """The key of a row by its mapped cells; None where there is none that fits."""
        try:
            return self._table.key_from_cells(
                {self._table.mapping.header(column): cell for column, cell in contents.items()}
            )
        except UnfitValueError:
            return None

    def send(self, call: SheetCall, layout: TabLayout) -> tuple[CallAnswer, Answered]:
        """Send a planned call; returns what it reached."""
        self.calls_sent += 1
        answered = self.client.batch_update(call.body(layout), fields=call.fields)
        layout.hidden_rows = call.hidden_rows
        if self._remembered is not None:
            self._remembered.hidden_rows = call.hidden_rows
        gone = removed_tags(answered.json)
        return read_answer(call, answered.json, layout, self._table, gone), answered

    def recover(self, call: SheetCall, layout: TabLayout) -> tuple[CallAnswer, Answered]:
        """The answer of a call that was applied unheard, from the copies that it left."""
        ranges = call.body(layout).get("responseRanges", [])
        wanted = list(ranges) if isinstance(ranges, list) else []
        answered = self.client.read_grid(wanted, faces=call.marks)
        response = {"updatedSpreadsheet": answered.json}
        tags = [placed.write.at.tag for placed in call.writes if placed.write.at is not None]
        left, _ = read_places(self.client, layout, tags)
        gone = frozenset(tags).difference(left)
        return read_answer(call, response, layout, self._table, gone), answered

    def look_for_tags(self, layout: TabLayout, tags: Sequence[str], *, whole: bool) -> TagSight:
        """Where the rows with these tags stand; ``whole``: and what else the tab shows."""
        places, lo = read_places(self.client, layout, tags)
        return TagSight(tuple(tags), places, lo, self.read() if whole else None)

    def look_at_faces(self, layout: TabLayout, rows: Mapping[RowKey, int]) -> FaceSight:
        """The notes and backgrounds of the mapped cells of ``rows`` (from 0)."""
        answered = self.client.read_grid(face_ranges(layout, rows.values()), faces=True)
        return read_faces(answered.json, layout, rows, self.key_of)

    def look_for_strays(self, layout: TabLayout) -> dict[RowKey, dict[str, Face]]:
        """The cells of keyed rows that show anything of ours, by where the layout has the rows."""
        first, end = layout.span
        letters = column_letters(first), column_letters(end - 1)
        rows = f"{letters[0]}{HEADER_ROWS + 1}:{letters[1]}"
        return strays(self.client.read_faces(f"{quoted(layout.title)}!{rows}").json, layout)

    def fences(self) -> frozenset[str]:
        """The ids of the spreadsheet's named ranges: the fence of the last applied call is one."""
        answer = self.client.read_spreadsheet("namedRanges.namedRangeId")
        return frozenset(str(named["namedRangeId"]) for named in answer.json.get("namedRanges", []))

    def move_fence(self, gone: Sequence[str], fence: str, layout: TabLayout) -> None:
        """Put up ``fence`` in the place of others; raises FenceError where one is not there."""
        self.client.batch_update(fence_alone(gone, fence, layout))


def _first_row(block: Mapping[str, Any]) -> Sequence[CellContent]:
    rows: Sequence[Sequence[CellContent]] = block.get("values", [])
    return rows[0] if rows else []
