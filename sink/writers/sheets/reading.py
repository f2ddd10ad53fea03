"""The content of a tab as one look found it, put together block by block."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sink.core.cell import CellContent
from sink.core.row_key import RowKey
from sink.writers.sheets.layout import HEADER_ROWS, KeyIndex, TabLayout

ROWS_PER_RANGE = 50_000
"""The rows that one call of a reading asks for."""

CALLS_OF_OPENING = 2
"""The sizes of the tabs, and the header."""

Contents = dict[str, CellContent]
"""The mapped cells of a row, by column."""

Formulas = Mapping[str, str]
"""The formulas among them."""


@dataclass(frozen=True, slots=True)
class StandingRow:
    """A row (from 0) and its mapped cells."""

    row: int
    contents: Contents


@dataclass(frozen=True, slots=True)
class Reading:
    """All keyed rows of a tab as they stood between ``lo`` and ``hi`` (Google's clock).

    ``doubles`` are the rows of each key that stands more than once; ``rows`` has the first of them.
    ``keyless`` are the rows without a full key that show anything. ``formulas`` are those of the
    rows that have any, key cells included; None: they were not looked at.
    """

    layout: TabLayout
    rows: dict[RowKey, Contents]
    lo: int
    hi: int
    doubles: Mapping[RowKey, Sequence[StandingRow]] = field(default_factory=dict)
    keyless: Sequence[StandingRow] = ()
    formulas: Mapping[RowKey, Formulas] | None = None

    def formulas_of(self, key: RowKey) -> Formulas | None:
        """The formulas of a row; None where they were not looked at."""
        return None if self.formulas is None else self.formulas.get(key, {})


@dataclass(frozen=True, slots=True)
class KeySight:
    """The keys of a tab alone, in ``layout.index``, as they stood at ``lo`` (Google's clock)."""

    layout: TabLayout
    lo: int


def blocks_of(layout: TabLayout) -> range:
    """The first row (from 0) of each block that a reading of the whole tab asks for."""
    return range(HEADER_ROWS, max(layout.row_count, HEADER_ROWS + 1), ROWS_PER_RANGE)


def is_tall(layout: TabLayout) -> bool:
    """Whether the tab's size is asked for before each reading, so that all of it is read."""
    return layout.row_count > ROWS_PER_RANGE


def calls_of_reading(layout: TabLayout, *, keys_alone: bool, formulas: bool) -> int:
    """How many read calls a reading of the tab takes, if the tab is as it is known."""
    calls = 1 if keys_alone else len(blocks_of(layout)) * (2 if formulas else 1)
    return calls + (CALLS_OF_OPENING if is_tall(layout) else 0)


@dataclass(slots=True)
class Gathering:
    """A reading as its blocks come in, from the top."""

    keys: list[RowKey | None] = field(default_factory=list)
    rows: dict[RowKey, StandingRow] = field(default_factory=dict)
    doubles: dict[RowKey, list[StandingRow]] = field(default_factory=dict)
    keyless: list[StandingRow] = field(default_factory=list)
    formulas: dict[RowKey, Formulas] | None = None
    lo: int = 0
    hi: int = 0

    def add(
        self,
        first: int,
        block: Iterable[tuple[RowKey | None, Contents]],
        lo: int,
        hi: int,
        formulas: Mapping[int, Formulas] | None = None,
    ) -> None:
        """Add the rows from ``first`` (counted below the header) on.

        ``formulas`` are those of the block's rows by place in it, where they were looked at.
        """
        self.lo, self.hi = self.lo or lo, hi
        if formulas is not None and self.formulas is None:
            self.formulas = {}
        # the answer leaves blank rows at a block's end out
        self.keys.extend([None] * (first - len(self.keys)))
        for place, (key, contents) in enumerate(block):
            standing = StandingRow(HEADER_ROWS + len(self.keys), contents)
            self.keys.append(key)
            if key is None:
                if any(map(shows_anything, contents.values())):
                    self.keyless.append(standing)
                continue
            above = self.rows.setdefault(key, standing)
            if above is not standing:
                self.doubles.setdefault(key, [above]).append(standing)
            elif self.formulas is not None and formulas and place in formulas:
                self.formulas[key] = formulas[place]

    def reading(self, layout: TabLayout) -> Reading:
        """The whole reading."""
        layout.index = KeyIndex.of(self.keys)
        rows = {key: standing.contents for key, standing in self.rows.items()}
        return Reading(layout, rows, self.lo, self.hi, self.doubles, self.keyless, self.formulas)


def shows_anything(content: CellContent) -> bool:
    """Whether a person sees anything there: a box that nobody has ticked is as good as blank."""
    return not (content is None or content == "" or content is False)
