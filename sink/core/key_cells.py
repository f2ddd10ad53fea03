"""The keys of many rows by what their key cells show."""

from __future__ import annotations

from collections.abc import Sequence

from sink.core.cell import CellContent
from sink.core.column_wise import converted
from sink.core.errors import UnfitValueError
from sink.core.mapped_table import MappedTable
from sink.core.row_key import LARGEST, RowKey
from sink.core.values.codec import Codec, Value


def keys_from_cells(
    table: MappedTable, columns: Sequence[Sequence[CellContent]]
) -> list[RowKey | None]:
    """What ``MappedTable.key_from_cells`` finds in each row; None also where it would raise.

    ``columns`` are the cells of the key's columns, row by row, in key order.
    """
    values = [
        _values(cells, table.codecs[column])
        for column, cells in zip(table.key, columns, strict=True)
    ]
    key = table.key
    keys = [None if None in row else RowKey(key, row) for row in zip(*values, strict=True)]
    longest = sum(
        max((len(value) for value in column if isinstance(value, str)), default=0)
        for column in values
    )
    return keys if longest <= LARGEST // 20 else list(map(_storable, keys))


def _values(cells: Sequence[CellContent], codec: Codec) -> list[Value]:
    def meant(cell: CellContent) -> Value:
        if cell is None or cell == "":
            return None
        try:
            return codec.from_cell(cell)
        except UnfitValueError:
            return None

    if any(type(cell) is bool for cell in cells):  # True and 1 are equal, and mean what differs
        return [meant(cell) for cell in cells]
    return converted(cells, meant)


def _storable(key: RowKey | None) -> RowKey | None:
    try:
        return None if key is None else key.require_storable()
    except UnfitValueError:
        return None
