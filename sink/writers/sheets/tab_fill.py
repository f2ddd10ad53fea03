"""Fills a tab with many rows: large RAW writes into rows made for them, each under a fence.

One block takes two calls. The first inserts hidden rows and names their range, taking the name of
the last block away; the second writes values to that name. A name is the fence: a call that comes
late, or of a worker that was overtaken, finds its name gone and changes nothing. Hidden rows are
ours alone until they hold their values, so nothing of a person's can be written over; the next
block's first call shows them.

RAW values keep text that looks like a formula, a number or a date as it is, and take a third of
the bytes of ``updateCells``.
https://developers.google.com/workspace/sheets/api/reference/rest/v4/ValueInputOption
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sink.core.cell import CellContent
from sink.core.mapped_table import MappedTable
from sink.retry import Backoff, retry
from sink.writers.sheets.choices import boxes, lists
from sink.writers.sheets.errors import (
    FenceError,
    SheetRefusedError,
    TabChangedError,
    UnknownFateError,
)
from sink.writers.sheets.formats import format_requests
from sink.writers.sheets.layout import HEADER_ROWS, TabLayout, quoted
from sink.writers.sheets.reading import shows_anything
from sink.writers.sheets.row_requests import Request, insert_rows, rows_of, whole_rows
from sink.writers.sheets.tab import Tab

Place = tuple[int, int]
"""Rows from 0: the first, and the one after the last."""

Result = TypeVar("Result")

TAKING_OVER_ATTEMPTS = 5

_SHOWN = "sheets.data.rowData.values.effectiveValue"
_NAMED = "namedRanges(namedRangeId,range)"


@dataclass(slots=True)
class TabFill:
    """The fill of one tab. ``token`` gives names that nothing else bears.

    ``backoff`` is how calls that fail for the moment are made again; what fails longer is raised.
    """

    tab: Tab
    table: MappedTable
    token: Callable[[], str]
    backoff: Backoff
    fences: list[str] = field(default_factory=list)
    hidden: Place | None = None

    def take_over(self) -> None:
        """Fence off whatever an unfinished fill may have sent: from here on none of it applies.

        The rows of its last block are removed if they hold nothing, and shown if they do.
        """
        layout = self.again("look", self.tab.geometry)
        for attempt in range(1, TAKING_OVER_ATTEMPTS + 1):
            left = self.again("look", lambda: self._standing(layout))
            if not left:
                return
            self.fences = sorted(left)
            self.hidden = next((place for place in left.values() if place is not None), None)
            try:
                self._move_fence([], self.hidden, layout)
            except TabChangedError:
                if attempt == TAKING_OVER_ATTEMPTS:
                    raise
            else:
                break
        if self.hidden is not None and self.hidden[1] < layout.row_count and self._blank():
            (first, end), self.hidden = self.hidden, None
            rows = whole_rows(layout.sheet_id, first, end - first)
            self._move_fence([{"deleteDimension": {"range": rows}}], None, layout)

    def prepare(self, layout: TabLayout) -> None:
        """Give an empty tab its header and formats: at once, and once only."""
        if not self.fences:
            self._move_fence([], None, layout)  # without one a call could apply late, and again
        self._move_fence(format_requests(layout, self.table), None, layout)

    def append(self, rows: Sequence[Sequence[CellContent]], layout: TabLayout, at: int) -> None:
        """Insert ``rows`` before row ``at``; their cells begin at the first mapped column.

        A cell that is None is left as it is. Raises TabChangedError where the mapped columns do
        not stand any more where ``layout`` has them.
        """
        place = (at, at + len(rows))
        requests = [
            insert_rows(layout, at, len(rows)),
            _show(layout, place, hidden=True),
            *boxes(layout.columns, layout, self.table, place),
            *lists(layout.columns, layout, self.table, place),
        ]
        self._move_fence(requests, place, layout)
        layout.row_count += len(rows)
        name = self.fences[0]
        self.again("look", lambda: self._look(name, layout))

        def send() -> None:
            try:
                self.tab.client.update_values(name, rows)
            except SheetRefusedError as error:
                if name in self._standing(layout):
                    raise
                raise _taken_over() from error

        self.again("write", send)

    def finish(self, layout: TabLayout) -> None:
        """Show the last block, and leave no name behind."""
        if not self.fences:
            return
        if self.hidden is not None:
            left = self.again("look", lambda: self._standing(layout))
            self.hidden = left.get(self.fences[0])
        requests = [*self._shown(layout), *_removed(self.fences)]

        def send() -> None:
            try:
                self.tab.client.batch_update({"requests": requests})
            except (UnknownFateError, FenceError) as error:
                left = self._standing(layout)
                if left.keys() & set(self.fences):
                    raise
                if left:
                    raise _taken_over() from error

        self.again("end", send)
        self.fences, self.hidden = [], None

    def _move_fence(
        self, requests: Sequence[Request], place: Place | None, layout: TabLayout
    ) -> None:
        """Carry ``requests`` out, and have one new fence, over ``place``, instead of the older."""
        mapping = self.table.mapping.name
        name = f"sheetbridge_{mapping}_{self.token()}"
        start, end = (0, 1) if not layout.columns else layout.span
        first, after = place or (0, HEADER_ROWS)
        area = rows_of(layout.sheet_id, first, after - first, start, end)
        named = {"namedRangeId": name, "name": name, "range": area}
        body: dict[str, object] = {
            "requests": [
                *_removed(self.fences),
                *(self._shown(layout) if place != self.hidden else ()),
                *requests,
                {"addNamedRange": {"namedRange": named}},
            ]
        }

        def send() -> None:
            try:
                self.tab.client.batch_update(body)
            except (UnknownFateError, SheetRefusedError, FenceError) as error:
                if name in self._standing(layout):
                    return  # it is known by now that an attempt before was applied
                if isinstance(error, FenceError):
                    raise _taken_over() from error
                raise

        self.again("prepare", send)
        self.fences, self.hidden = [name], place

    def _shown(self, layout: TabLayout) -> list[Request]:
        return [] if self.hidden is None else [_show(layout, self.hidden, hidden=False)]

    def _look(self, name: str, layout: TabLayout) -> None:
        """Learn where the block stands by now: people move rows above it, and columns."""
        header = f"{quoted(layout.title)}!{HEADER_ROWS}:{HEADER_ROWS}"
        answer = self.tab.client.read_spreadsheet(f"{_NAMED},{_SHOWN}", [header]).json
        place = self._places(answer, layout).get(name)
        if place is None:
            raise _taken_over()
        self.hidden = place
        rows = answer["sheets"][0]["data"][0].get("rowData", [{}])
        titles = [
            cell.get("effectiveValue", {}).get("stringValue") for cell in rows[0].get("values", [])
        ]
        if not self.tab.has_columns(layout, titles):
            raise TabChangedError(f"columns of the tab {layout.title!r} have moved")

    def _standing(self, layout: TabLayout) -> dict[str, Place | None]:
        """This mapping's fences and the rows that they name, as they stand now; None: no block."""
        return self._places(self.tab.client.read_spreadsheet(_NAMED).json, layout)

    def _places(self, answer: Mapping[str, Any], layout: TabLayout) -> dict[str, Place | None]:
        ours = re.compile(rf"sheetbridge_{self.table.mapping.name}_[^_]+")
        found: dict[str, Place | None] = {}
        for named in answer.get("namedRanges", []):
            if not ours.fullmatch(str(named["namedRangeId"])):
                continue
            area = named.get("range", {})
            first, end = int(area.get("startRowIndex", 0)), int(area.get("endRowIndex", 0))
            block = int(area.get("sheetId", 0)) == layout.sheet_id and first >= HEADER_ROWS < end
            found[str(named["namedRangeId"])] = (first, end) if block else None
        return found

    def _blank(self) -> bool:
        first, end = self.hidden or (0, 0)
        rows = f"{quoted(self.table.mapping.tab)}!{first + 1}:{end}"
        answer = self.again("look", lambda: self.tab.client.read_values([rows]))
        return not any(
            shows_anything(content)
            for row in answer.json["valueRanges"][0].get("values", [])
            for content in row
        )

    def again(self, what: str, action: Callable[[], Result]) -> Result:
        """What ``action`` returns, tried again while Google does not answer."""
        return retry(f"first sync of {self.table.mapping.name}: {what}", action, self.backoff)


def _taken_over() -> TabChangedError:
    return TabChangedError("another attempt fills the tab")


def _removed(fences: Sequence[str]) -> list[Request]:
    return [{"deleteNamedRange": {"namedRangeId": fence}} for fence in fences]


def _show(layout: TabLayout, place: Place, *, hidden: bool) -> Request:
    return {
        "updateDimensionProperties": {
            "range": whole_rows(layout.sheet_id, place[0], place[1] - place[0]),
            "properties": {"hiddenByUser": hidden},
            "fields": "hiddenByUser",
        }
    }
