"""New rows without a key that a reading of the tab found, and no post told of.

Their trigger was lost or came too late, or a sort moved them away from their tag. Each is tagged;
if no post has told of it by the next reading, it is taken as if its post had come at the time of
that look. A post that comes later still, under the same tag, means the same row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sink.core.cell import CellContent
from sink.core.envelope import Post, PostedCell, PostedRow
from sink.core.version import ABSENT
from sink.inbound import FOUND, Inbox
from sink.keyless_rows import KeylessRow, contents, is_begun
from sink.parts import Parts
from sink.writers.sheets.layout import TabLayout
from sink.writers.sheets.reading import Reading
from sink.writers.sheets.stray_rows import Cells, StrayRow, tag_rows
from sink.writers.sheets.tab import Tab

ROWS_PER_LOOK = 200
TAG_LENGTH = 12

Shown = frozenset[tuple[str, CellContent]]


@dataclass(slots=True)
class StrayRows:
    """Lives on the merging thread. ``rows`` (from 0) are to be looked at closely.

    What turned out to be no new row (a total) is looked at again only when it shows something else.
    """

    parts: Parts
    rows: list[int] = field(default_factory=list)
    _looked_at: dict[int, Shown] = field(default_factory=dict)
    _no_rows: set[Shown] = field(default_factory=set)

    def read(self, reading: Reading) -> None:
        """Take in what a reading of the whole tab showed."""
        self._looked_at = {}
        if self.parts.table.given:
            for standing in reading.keyless:
                shown = _shown(standing.contents)
                if shown not in self._no_rows and self._is_begun(
                    {column: (content, None) for column, content in standing.contents.items()}
                ):
                    self._looked_at[standing.row] = shown
        self._no_rows &= {_shown(one.contents) for one in reading.keyless}
        self.rows = list(self._looked_at)[:ROWS_PER_LOOK]

    def look(self, layout: TabLayout) -> Callable[[Tab], list[StrayRow]]:
        """The errand that looks at them, and tags those that are new rows."""
        rows, token = list(self.rows), self.parts.around.token

        def new_tag() -> str:
            return token()[-TAG_LENGTH:]

        return lambda tab: tag_rows(tab.client, layout, rows, self._is_begun, new_tag)

    def take(self, strays: Sequence[StrayRow], known: Mapping[str, object]) -> Inbox:
        """The posts of those that bore a tag already, but none that is ``known``."""
        self.rows = []
        inbox = Inbox()
        for stray in strays:
            shown = _shown({column: content for column, (content, _) in stray.cells.items()})
            if not stray.wanted:
                self._no_rows |= {shown} & {self._looked_at.get(stray.row)}
            elif stray.tags and known.keys().isdisjoint(stray.tags):
                inbox.rows.append(self._posted(stray, stray.tags[0]))
        return inbox

    def _posted(self, stray: StrayRow, tag: str) -> KeylessRow:
        row = self._row(stray.cells, stray.row, tag)
        post = Post(f"{FOUND}{stray.lo}:{tag}", "edit", stray.lo, None, None, (row,))
        return KeylessRow(post, 0, row, tag, stray.lo)

    def _is_begun(self, cells: Cells) -> bool:
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


def _shown(contents: Mapping[str, CellContent]) -> Shown:
    return frozenset(
        (column, content) for column, content in contents.items() if content not in (None, "")
    )
