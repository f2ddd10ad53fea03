"""The rows of a large tab in little memory: each as the JSON of its cells until it is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

import orjson

from sink.core.cell import CellContent
from sink.core.row_key import RowKey
from sink.writers.sheets.layout import TabLayout

Contents = dict[str, CellContent]
"""The mapped cells of a row, by column."""


@dataclass(slots=True)
class CompactRows(Mapping[RowKey, Contents]):
    """The mapped cells of rows by key; ``columns`` is their order within a row.

    ``places`` tells where a key stands in ``encoded``; ``decoded`` are rows that JSON cannot hold.
    """

    columns: tuple[str, ...]
    places: dict[RowKey, int] = field(default_factory=dict)
    encoded: list[bytes] = field(default_factory=list)
    decoded: dict[int, Contents] = field(default_factory=dict)

    def __getitem__(self, key: RowKey) -> Contents:
        return self.at(self.places[key])

    def __iter__(self) -> Iterator[RowKey]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)

    def __contains__(self, key: object) -> bool:
        return key in self.places

    def at(self, place: int) -> Contents:
        """The cells of the row at a place."""
        known = self.decoded.get(place)
        return known or dict(zip(self.columns, orjson.loads(self.encoded[place]), strict=True))


def json_of(rows: Mapping[RowKey, Contents], key: RowKey) -> bytes | None:
    """The JSON of a row's cells in the order of their columns; None where it has none at hand."""
    if not isinstance(rows, CompactRows):
        return None
    place = rows.places[key]
    return None if place in rows.decoded else rows.encoded[place]


def mapped_cells(
    rows: Sequence[list[CellContent]], layout: TabLayout
) -> list[tuple[CellContent, ...]]:
    """The mapped cells of rows as read, in the order of ``layout.columns``.

    An answer leaves out what is empty at a row's end: it is ``""``, like what is empty before.
    """
    first, end = layout.span
    width = end - first
    places = [place - first for place in layout.columns.values()]
    if places == list(range(width)):
        return [
            (*row, *[""] * (width - len(row))) if len(row) < width else tuple(row) for row in rows
        ]
    pick = itemgetter(*places, 0)  # with one place alone it would give no tuple
    return [pick((*row, *[""] * (width - len(row))))[:-1] for row in rows]
