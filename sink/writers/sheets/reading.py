"""The content of a tab as one look found it, put together block by block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sink.core.cell import ERROR_TEXTS, CellContent, CellError
from sink.core.row_key import RowKey
from sink.writers.sheets.compact_rows import CompactRows, Contents
from sink.writers.sheets.layout import HEADER_ROWS, KeyIndex, TabLayout
from sink.writers.sheets.row_json import rows_json

ROWS_PER_RANGE = 30_000
"""The rows that one call of a reading asks for."""

CALLS_OF_OPENING = 2
"""The sizes of the tabs, and the header."""

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
    rows: Mapping[RowKey, Contents]
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
    """A reading as its blocks come in, from the top; ``columns`` is the order of a row's cells."""

    columns: tuple[str, ...]
    index: KeyIndex = field(default_factory=lambda: KeyIndex.of(()))
    rows: CompactRows = field(init=False)
    doubles: dict[RowKey, list[StandingRow]] = field(default_factory=dict)
    keyless: list[StandingRow] = field(default_factory=list)
    formulas: dict[RowKey, Formulas] | None = None
    lo: int = 0
    hi: int = 0

    def __post_init__(self) -> None:
        self.rows = CompactRows(self.columns, self.index.by_key)

    def add(
        self,
        first: int,
        keys: Sequence[RowKey | None],
        encoded: Sequence[bytes],
        formulas: Mapping[int, Formulas] | None,
    ) -> None:
        """Add the rows from ``first`` (counted below the header) on: keys, and cells as JSON.

        ``formulas`` are those of the block's rows by place in it, where they were looked at.
        """
        if formulas is not None and self.formulas is None:
            self.formulas = {}
        # the answer leaves blank rows at a block's end out
        missing = first - len(self.rows.encoded)
        self.rows.encoded.extend([b""] * missing)
        self.rows.encoded.extend(encoded)
        self.index.rows.extend([None] * missing)
        (blank,) = rows_json([("",) * len(self.columns)])
        self.index.rows.extend(keys)
        for row, (key, cells) in enumerate(zip(keys, encoded, strict=True), HEADER_ROWS + first):
            found = formulas.get(row - HEADER_ROWS - first) if formulas else None
            if found:
                self._note_errors(row, found)
            if key is None:
                if cells != blank:
                    self._note_keyless(row)
                continue
            above = self.index.by_key.setdefault(key, row)
            if above != row:
                self._note_double(key, above, row)
            elif found and self.formulas is not None:
                self.formulas[key] = found

    def _note_errors(self, row: int, formulas: Formulas) -> None:
        """Formulas that fail show an error, and no text."""
        cells = self.rows.at(row)
        for column in formulas:
            content = cells.get(column)
            if isinstance(content, str) and content in ERROR_TEXTS:
                cells[column] = CellError(content)
                self.rows.decoded[row] = cells

    def _note_keyless(self, row: int) -> None:
        standing = StandingRow(row, self.rows.at(row))
        if any(map(shows_anything, standing.contents.values())):
            self.keyless.append(standing)

    def _note_double(self, key: RowKey, above: int, row: int) -> None:
        doubles = self.doubles.setdefault(key, [StandingRow(above, self.rows.at(above))])
        doubles.append(StandingRow(row, self.rows.at(row)))
        self.index.twice.setdefault(key, [above]).append(row)

    def reading(self, layout: TabLayout) -> Reading:
        """The whole reading."""
        layout.index = self.index
        return Reading(
            layout, self.rows, self.lo, self.hi, self.doubles, self.keyless, self.formulas
        )


def shows_anything(content: CellContent) -> bool:
    """Whether a person sees anything there: a box that nobody has ticked is as good as blank."""
    return not (content is None or content == "" or content is False)
