"""The rows of a large tab in little memory: each as the JSON of its cells until it is looked at."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from operator import itemgetter

import orjson

from sink.core.cell import CellContent
from sink.core.row_key import RowKey
from sink.writers.sheets.layout import HEADER_ROWS, TabLayout

Contents = dict[str, CellContent]
"""The mapped cells of a row, by column."""


class PackedRows:
    """The JSON of rows, many in one piece: by themselves they would leave gaps in the memory."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._ends: list[array[int]] = []
        self._starts: list[int] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: int) -> bytes:
        at = bisect_right(self._starts, place) - 1
        ends, row = self._ends[at], place - self._starts[at]
        return self._pieces[at][ends[row - 1] if row else 0 : ends[row]]

    def extend(self, rows: Sequence[bytes]) -> None:
        """Add rows behind the others."""
        if rows:
            self._pieces.append(b"".join(rows))
            self._ends.append(array("Q", accumulate(map(len, rows))))
            self._starts.append(self._count)
            self._count += len(rows)


@dataclass(slots=True)
class CompactRows(Mapping[RowKey, Contents]):
    """The mapped cells of rows by key; ``columns`` is their order within a row.

    ``stands`` tells the row of each key (from 0, the header being the first), ``encoded`` has the
    rows below the header, ``decoded`` those by row that JSON cannot hold.
    """

    columns: tuple[str, ...]
    stands: dict[RowKey, int] = field(default_factory=dict)
    encoded: PackedRows = field(default_factory=PackedRows)
    decoded: dict[int, Contents] = field(default_factory=dict)

    def __getitem__(self, key: RowKey) -> Contents:
        return self.at(self.stands[key])

    def __iter__(self) -> Iterator[RowKey]:
        return iter(self.stands)

    def __len__(self) -> int:
        return len(self.stands)

    def __contains__(self, key: object) -> bool:
        return key in self.stands

    def at(self, row: int) -> Contents:
        """The cells of a row."""
        cells = self.decoded.get(row)
        encoded = self.encoded[row - HEADER_ROWS]
        return cells or dict(zip(self.columns, cells_of(encoded), strict=True))


def cells_of(encoded: bytes) -> list[CellContent]:
    """The cells of a row from their JSON (``sink.writers.sheets.row_json``)."""
    cells: list[CellContent] = orjson.loads(b"[%b]" % encoded)
    return cells


def json_of(rows: Mapping[RowKey, Contents], key: RowKey) -> bytes | None:
    """The JSON of a row's cells in the order of their columns; None where it has none at hand."""
    if not isinstance(rows, CompactRows):
        return None
    row = rows.stands[key]
    return None if row in rows.decoded else rows.encoded[row - HEADER_ROWS]


def mapped_cells(
    rows: Sequence[list[CellContent]], layout: TabLayout
) -> Sequence[Sequence[CellContent]]:
    """The mapped cells of rows as read, in the order of ``layout.columns``.

    An answer leaves out what is empty at a row's end: it is ``""``, like what is empty before.
    Where ``rows`` hold these cells alone they are filled up and returned: two of each take much.
    """
    first, end = layout.span
    width = end - first
    places = [place - first for place in layout.columns.values()]
    if places == list(range(width)):
        for row in rows:
            row.extend([""] * (width - len(row)))
        return rows
    pick = itemgetter(*places, 0)  # with one place alone it would give no tuple
    return [pick((*row, *[""] * (width - len(row))))[:-1] for row in rows]
