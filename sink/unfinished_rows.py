"""Rows without a key that fits, or that lack something, as looks at their tags find them.

A person mends such a row, gives it a key, empties it, deletes it, or sorts the tab: then its cells
are not where its tag is. What we say at its cells goes with them all the way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from sink.core import marks
from sink.core.cell import CellContent
from sink.core.mark_texts import of_tagged, refresh
from sink.core.marks import Marks
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.tagged_row import MISSING, TaggedRow
from sink.core.values.meaning import shows
from sink.keyless_rows import given_up, shows_a_row, understood
from sink.parts import Parts
from sink.ports import Transaction
from sink.writers.sheets.compact_rows import Contents
from sink.writers.sheets.repairs import plain
from sink.writers.sheets.row_tags import TagPlace, TagSight

PATIENCE = 3
"""How many looks wait for a row of which the key is seen, and nothing is known yet."""


@dataclass(slots=True)
class UnfinishedRows:
    """Lives on the merging thread. ``fresh`` are tags of which posts have told since the last look.

    ``moved`` are tags and the rows to which they belong now; ``carried`` what is said at cells of
    rows that have a key by now.
    """

    parts: Parts
    fresh: set[str] = field(default_factory=set)
    moved: dict[str, int] = field(default_factory=dict)
    carried: dict[RowKey, Marks] = field(default_factory=dict)
    _looks: dict[str, int] = field(default_factory=dict)

    def at_home(self, row: TaggedRow, place: TagPlace | None) -> bool:
        """Whether the tag is on the row that it was put on, by what that shows beside its key."""
        if place is None:
            return not row.marks or not row.shown
        beside = [column for column in self._columns if column not in self.parts.table.key]
        known = row.tag in self.fresh or not row.marks or not row.shown
        return known or _alike(row.shown, place.contents, beside)

    def judge(
        self, row: TaggedRow, place: TagPlace | None, sight: TagSight
    ) -> tuple[TaggedRow, bool]:
        """The row as it is remembered after a look, and whether another one must follow soon."""
        if not self.at_home(row, place):
            if sight.reading is None:
                return row, True
            found = self._elsewhere(row, sight)
            if found is not None:
                self.moved[row.tag] = found
                return row, True
        self.fresh.discard(row.tag)
        if place is None:
            return replace(row, finished=sight.lo), False
        if not any(map(_filled, place.contents.values())):
            row = replace(row, shown=place.contents)
            return given_up(row, row.time, self.parts.table), False
        if all(_filled(place.contents.get(column)) for column in self.parts.table.key):
            return self._with_key(row, place.contents, sight)
        if any(row.lacks.get(header, MISSING) != MISSING for header in self._key_headers):
            row = self._without_key(row, place.contents)
        elif row.marks and place.contents != row.shown:
            row = replace(row, shown=place.contents)
        return row, False

    def _with_key(
        self, row: TaggedRow, contents: Contents, sight: TagSight
    ) -> tuple[TaggedRow, bool]:
        """A person has typed the key; one that does not fit makes no row."""
        lacks = self.parts.table.unfit_key(contents)
        if lacks:
            return of_tagged(replace(row, lacks=lacks, shown=contents), self.parts.table), False
        header = self.parts.table.mapping.header
        key = self.parts.table.key_from_cells(
            {header(name): cell for name, cell in contents.items()}
        )
        if row.marks and key is not None:
            if key not in self.parts.store.states([key]):
                self._looks[row.tag] = self._looks.get(row.tag, 0) + 1
                if self._looks[row.tag] <= PATIENCE:
                    return row, True
            self.carried[key] = row.marks
        self._looks.pop(row.tag, None)
        return replace(row, finished=sight.lo), False

    def _without_key(self, row: TaggedRow, contents: Contents) -> TaggedRow:
        """A person has cleared the key that did not fit: it lacks what such a row lacks.

        Where that is nothing, the database gives its key: the next reading of the tab finds it.
        """
        held, lacks = understood(contents, self.parts.table)
        if not shows_a_row(held, self.parts.table):
            lacks = {}
        return of_tagged(replace(row, lacks=lacks, shown=contents), self.parts.table)

    @property
    def _key_headers(self) -> Iterator[str]:
        return map(self.parts.table.mapping.header, self.parts.table.key)

    def _elsewhere(self, row: TaggedRow, sight: TagSight) -> int | None:
        """Where the row stands now, by all that it showed."""
        for standing in sight.reading.keyless if sight.reading is not None else ():
            if standing.row not in self.moved.values() and _alike(
                row.shown, standing.contents, self._columns
            ):
                return standing.row
        return None

    @property
    def _columns(self) -> tuple[str, ...]:
        return self.parts.table.columns

    def twin(self, row: TaggedRow, other: TaggedRow) -> TaggedRow:
        """``other``, once it is known that ``row`` is the same one."""
        if other.key is not None:
            self.carried[other.key] = marks.taken_over(self.carried.get(other.key, {}), row.marks)
            return other
        both = marks.taken_over(other.marks, row.marks)
        return replace(other, marks=both, shown=other.shown or row.shown)

    def hand_over(self, transaction: Transaction) -> dict[RowKey, RowState]:
        """Store with their rows what is said at the cells of those that have a key now."""
        states = transaction.states(list(self.carried)) if self.carried else {}
        for key, state in states.items():
            # what was said at the row's other cells may have been taken away while it had no key
            state.marks = marks.taken_over(marks.doubt(state.marks), self.carried[key])
            refresh(state, self.parts.table)
        transaction.save(states.values())
        return states


def _alike(
    one: Mapping[str, CellContent], other: Mapping[str, CellContent], columns: Collection[str]
) -> bool:
    return all(shows(one.get(column), plain(other.get(column))) for column in columns)


def _filled(content: CellContent) -> bool:
    return content is not None and content != ""
