"""Fills a tab with many rows: large RAW writes into rows made for them, each under a fence.

Blocks go a few at a time. One call inserts their rows, hidden, and names the range of each block,
taking the names of the last ones away; then each block's values are written to its name. A name is
the fence: a call that comes late, or of a worker that was overtaken, finds its name gone and
changes nothing. Hidden rows are ours alone until they hold their values, so nothing of a person's
can be written over. Once all are written a look tells whether the columns still stand where the
values went; if so the next call shows the rows, if not it takes them away.

RAW values keep text that looks like a formula, a number or a date as it is, and take a third of
the bytes of ``updateCells``.
https://developers.google.com/workspace/sheets/api/reference/rest/v4/ValueInputOption
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate, pairwise
from typing import Any, TypeVar

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


@dataclass(frozen=True, slots=True)
class Block:
    """Rows for one write: how many, and the JSON of the array of their cells.

    They begin at the first mapped column; a cell that is null is left as it is.
    """

    count: int
    rows: bytes


TAKING_OVER_ATTEMPTS = 5

LOOK_HOLDS = 0.1
"""Seconds in which nobody looks again where the rows stand: a call is longer on its way."""

_SHOWN = "sheets.data.rowData.values.effectiveValue"
_NAMED = "namedRanges(namedRangeId,range)"


def nobody_listens(_number: int) -> None:
    """Where nobody is told of blocks."""


@dataclass(slots=True)
class TabFill:
    """The fill of one tab. ``token`` gives names that nothing else bears.

    ``backoff`` is how calls that fail for the moment are made again; what fails longer is raised.
    ``fences`` are the names that stand, each with the hidden rows that it names (None: none).
    """

    tab: Tab
    table: MappedTable
    token: Callable[[], str]
    backoff: Backoff
    fences: dict[str, Place | None] = field(default_factory=dict)
    _looked: float = field(default=-LOOK_HOLDS, init=False)

    def take_over(self) -> None:
        """Fence off whatever an unfinished fill may have sent: from here on none of it applies.

        The rows of its last blocks are removed if they hold nothing, and shown if they do.
        """
        layout = self.again("look", self.tab.geometry)
        for attempt in range(1, TAKING_OVER_ATTEMPTS + 1):
            left = self.again("look", lambda: self._standing(layout))
            if not left:
                return
            self.fences = left
            try:
                self._move_fence([], self._hidden, layout, show=False)
            except TabChangedError:
                if attempt == TAKING_OVER_ATTEMPTS:
                    raise
            else:
                break
        blank = {
            name: place
            for name, place in self.fences.items()
            if place is not None and place[1] < layout.row_count and self._blank(place)
        }
        if blank:
            stands = self.again("look", lambda: self._standing(layout))
            # whoever moved rows since has them shown, and empty
            self._take_away([at for name, at in blank.items() if stands.get(name) == at], layout)

    def prepare(self, layout: TabLayout) -> None:
        """Give an empty tab its header and formats: at once, and once only."""
        if not self.fences:
            self._move_fence([], (), layout)  # without one a call could apply late, and again
        self._move_fence(format_requests(layout, self.table), (), layout)

    def append(
        self,
        blocks: Sequence[Block],
        layout: TabLayout,
        at: int,
        sends: Callable[[int], None] = nobody_listens,
        sent: Callable[[int], None] = nobody_listens,
    ) -> None:
        """Insert the rows of ``blocks`` before row ``at``.

        ``sends`` and ``sent`` are told of each block, by its number, before and after. Raises
        TabChangedError where the mapped columns do not stand any more where ``layout`` has them.
        """
        self._look_for_hidden(layout)  # rows may have moved while these blocks were made
        ends = list(accumulate((block.count for block in blocks), initial=at))
        place = (at, ends[-1])
        requests = [
            insert_rows(layout, at, ends[-1] - at),
            _show(layout, place, hidden=True),
            *boxes(layout.columns, layout, self.table, place),
            *lists(layout.columns, layout, self.table, place),
        ]
        self._move_fence(requests, list(pairwise(ends)), layout)
        layout.row_count += ends[-1] - at
        for number, (name, block) in enumerate(zip(self.fences, blocks, strict=True)):
            sends(number)
            self.again("write", partial(self._write, name, block, layout))
            sent(number)
        if not self.again("look", lambda: self._columns_stand(layout)):
            self._take_away(self._hidden, layout)
            raise TabChangedError(f"columns of the tab {layout.title!r} have moved")

    def _write(self, name: str, block: Block, layout: TabLayout) -> None:
        try:
            self.tab.client.update_values(name, block.rows)
        except SheetRefusedError as error:
            if name in self._standing(layout):
                raise
            raise _taken_over() from error

    def finish(self, layout: TabLayout) -> None:
        """Show the last blocks, and leave no name behind."""
        if not self.fences:
            return
        self._look_for_hidden(layout)
        requests = [*_shown(self._hidden, layout), *_removed(self.fences)]

        def send() -> None:
            try:
                self.tab.client.batch_update({"requests": requests})
            except (UnknownFateError, FenceError) as error:
                left = self._standing(layout)
                if left.keys() & self.fences.keys():
                    raise
                if left:
                    raise _taken_over() from error

        self.again("end", send)
        self.fences = {}

    def _look_for_hidden(self, layout: TabLayout) -> None:
        """Learn where the hidden rows stand by now, so that they are what is shown next."""
        if self._hidden and self.backoff.clock() >= self._looked + LOOK_HOLDS:
            left = self.again("look", lambda: self._standing(layout))
            self.fences = {name: left.get(name) for name in self.fences}

    @property
    def _hidden(self) -> list[Place]:
        """The rows of the blocks that are still hidden."""
        return [place for place in self.fences.values() if place is not None]

    def _take_away(self, places: Sequence[Place], layout: TabLayout) -> None:
        """Delete these rows, and show the other hidden ones."""
        left = {name: None if at in places else at for name, at in self.fences.items()}
        gone: list[Request] = [
            {"deleteDimension": {"range": whole_rows(layout.sheet_id, first, end - first)}}
            for first, end in sorted(places, reverse=True)
        ]
        shown = _shown([place for place in left.values() if place is not None], layout)
        self.fences = dict.fromkeys(left)
        self._move_fence([*shown, *gone], (), layout)
        layout.row_count -= sum(end - first for first, end in places)

    def _move_fence(
        self,
        requests: Sequence[Request],
        places: Sequence[Place],
        layout: TabLayout,
        *,
        show: bool = True,
    ) -> None:
        """Carry ``requests`` out, and have new fences instead of the older: over ``places`` or one.

        ``show``: the rows that the older ones hid.
        """
        stem = f"sheetbridge_{self.table.mapping.name}_{self.token()}"
        new: dict[str, Place | None] = dict.fromkeys([stem])
        if places:
            new = {f"{stem}n{number}": place for number, place in enumerate(places)}
        shown = self._hidden if show else []
        body: dict[str, object] = {
            "requests": [
                *_removed(self.fences),
                *_shown(shown, layout),
                *requests,
                *(_named(name, place, layout) for name, place in new.items()),
            ]
        }

        def send() -> None:
            try:
                self.tab.client.batch_update(body)
            except (UnknownFateError, SheetRefusedError, FenceError) as error:
                if new.keys() <= self._standing(layout).keys():
                    return  # it is known by now that an attempt before was applied
                if isinstance(error, FenceError):
                    raise _taken_over() from error
                raise

        self.again("prepare", send)
        self.fences = new

    def _columns_stand(self, layout: TabLayout) -> bool:
        """Learn where the blocks stand by now: people move rows above them, and columns.

        Whether the columns are where ``layout`` has them.
        """
        header = f"{quoted(layout.title)}!{HEADER_ROWS}:{HEADER_ROWS}"
        answer = self.tab.client.read_spreadsheet(f"{_NAMED},{_SHOWN}", [header]).json
        places = self._places(answer, layout)
        if not self.fences.keys() <= places.keys():
            raise _taken_over()
        self.fences = {name: places[name] for name in self.fences}
        self._looked = self.backoff.clock()
        rows = answer["sheets"][0]["data"][0].get("rowData", [{}])
        titles = [
            cell.get("effectiveValue", {}).get("stringValue") for cell in rows[0].get("values", [])
        ]
        return self.tab.has_columns(layout, titles)

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

    def _blank(self, place: Place) -> bool:
        rows = f"{quoted(self.table.mapping.tab)}!{place[0] + 1}:{place[1]}"
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


def _named(name: str, place: Place | None, layout: TabLayout) -> Request:
    start, end = (0, 1) if not layout.columns else layout.span
    first, after = place or (0, HEADER_ROWS)
    area = rows_of(layout.sheet_id, first, after - first, start, end)
    return {"addNamedRange": {"namedRange": {"namedRangeId": name, "name": name, "range": area}}}


def _removed(fences: Iterable[str]) -> list[Request]:
    return [{"deleteNamedRange": {"namedRangeId": fence}} for fence in fences]


def _shown(places: Sequence[Place], layout: TabLayout) -> list[Request]:
    return [_show(layout, place, hidden=False) for place in places]


def _show(layout: TabLayout, place: Place, *, hidden: bool) -> Request:
    return {
        "updateDimensionProperties": {
            "range": whole_rows(layout.sheet_id, place[0], place[1] - place[0]),
            "properties": {"hiddenByUser": hidden},
            "fields": "hiddenByUser",
        }
    }
