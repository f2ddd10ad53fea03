"""Some rows of one consistent read of a table, held column by column."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self, cast

from sink.core.change_event import Image
from sink.core.column_wise import Column
from sink.core.row_key import RowKey, canonical_keys
from sink.core.values.codec import Value
from sink.core.version import ABSENT, Absent


@dataclass(frozen=True, slots=True)
class ScannedRows:
    """Rows in key order, and the GTIDs that were executed before they were read.

    Events of those transactions are part of what was read. Later ones may be too; merging such an
    event again ends at the same values. ``key`` are the key's columns, ``key_values`` their values
    and ``cells`` those of the other columns, row by row.
    """

    gtids: str
    key: tuple[str, ...]
    key_values: Sequence[Sequence[Value]]
    cells: Mapping[str, Column]

    @classmethod
    def of(cls, gtids: str, key: tuple[str, ...], rows: Sequence[tuple[RowKey, Image]]) -> Self:
        """The same of single rows; a column that a row lacks is ABSENT."""
        columns = dict.fromkeys(column for _, image in rows for column in image)
        return cls(
            gtids,
            key,
            [[row.values[at] for row, _ in rows] for at in range(len(key))],
            {column: [image.get(column, ABSENT) for _, image in rows] for column in columns},
        )

    def __len__(self) -> int:
        return len(self.key_values[0]) if self.key_values else 0

    @property
    def keys(self) -> list[RowKey]:
        """The rows' keys."""
        return [RowKey(self.key, values) for values in zip(*self.key_values, strict=True)]

    @property
    def canonical_keys(self) -> list[bytes]:
        """Their canonical bytes."""
        return canonical_keys(self.key, self.key_values)

    @property
    def rows(self) -> list[tuple[RowKey, Image]]:
        """Each row's key and cells."""
        return list(zip(self.keys, self.images, strict=True))

    @property
    def images(self) -> list[Image]:
        """Each row's cells; one of which nothing is known is absent."""
        columns, values = tuple(self.cells), self.cells.values()
        if not columns:
            return [{} for _ in range(len(self))]
        rows = zip(*values, strict=True)
        if any(ABSENT in column for column in values):
            return [_image(columns, row) for row in rows]
        return cast("list[Image]", [dict(zip(columns, row, strict=True)) for row in rows])

    def only(self, columns: Collection[str]) -> Self:
        """The same rows with cells of these columns alone."""
        return replace(
            self, cells={name: cells for name, cells in self.cells.items() if name in columns}
        )


def _image(columns: tuple[str, ...], row: tuple[Value | Absent, ...]) -> Image:
    return {
        column: value
        for column, value in zip(columns, row, strict=True)
        if not isinstance(value, Absent)
    }
