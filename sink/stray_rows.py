"""Rows that no key tells, as a reading of the tab or a post shows where they stand.

New rows without a key of which no post told: their trigger was lost or came too late, or a sort
moved them away from their tag. Each is tagged; if no post has told of it by the next reading, it is
taken as if its post had come at the time of that look. A post that comes later still, under the
same tag, means the same row.

And rows whose key does not fit its column (``sink.unfit_keys``): these are tagged too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sink.core.envelope import Post, PostedCell, PostedRow
from sink.core.tagged_row import TaggedRow
from sink.core.version import ABSENT
from sink.inbound import FOUND, Inbox
from sink.keyless_rows import KeylessRow, contents, is_begun
from sink.parts import Parts
from sink.unfit_keys import Known, Shown, has_unfit_key, remembered, shown_by
from sink.writers.sheets.layout import TabLayout
from sink.writers.sheets.reading import Reading
from sink.writers.sheets.stray_rows import Cells, StrayRow, tag_rows
from sink.writers.sheets.tab import Tab

ROWS_PER_LOOK = 200
TAG_LENGTH = 12

STRAY_DELAY_SECONDS = 1.0
"""How long after new rows were tagged the tab is read once more: a post may still tell of them."""


@dataclass(slots=True)
class Found:
    """What a look has led to: posts of new rows, and by place rows whose key does not fit.

    ``told_next``: new rows were tagged, and are to be looked at once more.
    """

    inbox: Inbox = field(default_factory=Inbox)
    unfit: dict[int, TaggedRow] = field(default_factory=dict)
    told_next: bool = False


@dataclass(slots=True)
class StrayRows:
    """Lives on the merging thread. ``rows`` (from 0) are to be looked at closely.

    What turned out to be no new row (a total) is looked at again only when it shows something else.
    """

    parts: Parts
    rows: list[int] = field(default_factory=list)
    _looked_at: dict[int, Shown] = field(default_factory=dict)
    _no_rows: set[Shown] = field(default_factory=set)

    def read(self, reading: Reading, remembered: Iterable[TaggedRow]) -> None:
        """Take in what a reading of the whole tab showed."""
        self._looked_at = {}
        known = Known(remembered)
        for standing in reading.keyless:
            shown = shown_by(standing.contents)
            cells: Cells = {column: (cell, None) for column, cell in standing.contents.items()}
            if shown in self._no_rows:
                continue
            if self._is_begun(cells) or (self._is_unfit(cells) and known.takes(shown)):
                self._looked_at[standing.row] = shown
        self._no_rows &= {shown_by(one.contents) for one in reading.keyless}
        self.rows = list(self._looked_at)[:ROWS_PER_LOOK]

    def ask(self, rows: Iterable[int], remembered: Iterable[TaggedRow]) -> None:
        """Posts have told of rows (from 0) whose key does not fit."""
        wanted = dict.fromkeys([*self.rows, *rows])
        if len(wanted) > len(self.rows):
            most = min(len(self.rows) + Known(remembered).room, ROWS_PER_LOOK)
            self.rows = list(wanted)[:most]

    def look(self, layout: TabLayout) -> Callable[[Tab], list[StrayRow]]:
        """The errand that looks at them, and tags those that are new rows, or have no fit key."""
        rows = [row for row in self.rows if row < layout.row_count]
        token = self.parts.around.token

        def new_tag() -> str:
            return token()[-TAG_LENGTH:]

        def wanted(cells: Cells) -> bool:
            return self._is_begun(cells) or self._is_unfit(cells)

        return lambda tab: tag_rows(tab.client, layout, rows, wanted, new_tag) if rows else []

    def take(self, strays: Sequence[StrayRow], known: Mapping[str, TaggedRow]) -> Found:
        """What the look has led to, given which tagged rows are ``known``."""
        self.rows = []
        found = Found()
        waiting = {tag for tag, row in known.items() if row.key is not None or row.lacks}
        for stray in strays:
            shown = shown_by({column: content for column, (content, _) in stray.cells.items()})
            if not stray.wanted:
                self._no_rows |= {shown} & {self._looked_at.get(stray.row)}
            elif self._is_unfit(stray.cells):
                if stray.tag is not None:
                    found.unfit[stray.row] = remembered(stray, stray.tag, self.parts.table)
            elif not stray.tags:
                found.told_next = True
            elif waiting.isdisjoint(stray.tags):
                found.inbox.rows.append(self._posted(stray, stray.tags[0]))
        return found

    def _is_unfit(self, cells: Cells) -> bool:
        return has_unfit_key(cells, self.parts.table)

    def _posted(self, stray: StrayRow, tag: str) -> KeylessRow:
        row = self._row(stray.cells, stray.row, tag)
        post = Post(f"{FOUND}{stray.lo}:{tag}", "edit", stray.lo, None, None, (row,))
        return KeylessRow(post, 0, row, tag, stray.lo)

    def _is_begun(self, cells: Cells) -> bool:
        """Whether it is a new row to which the database gives the key."""
        if not self.parts.table.given:
            return False
        row = self._row(cells, 0, "")
        held, _ = contents(row, self.parts.table)
        full = not any(content is None or content == "" for content in row.key.values())
        return not full and is_begun(row, held, self.parts.table)

    def _row(self, cells: Cells, row: int, tag: str) -> PostedRow:
        header = self.parts.table.mapping.header
        key = {header(column): cells[column][0] for column in self.parts.table.key}
        posted = {
            header(column): PostedCell(content, ABSENT, formula)
            for column, (content, formula) in cells.items()
        }
        return PostedRow(row + 1, key, None, False, False, posted, tag)
