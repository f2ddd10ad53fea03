"""Rows of a first sync put into blocks, each as large as one call may be."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sink.core.column_wise import shown
from sink.core.mapped_table import MappedTable
from sink.core.row_key import RowKey
from sink.core.scanned_rows import ScannedRows
from sink.core.values.codec import Shown
from sink.writers.sheets.row_json import rows_json
from sink.writers.sheets.tab_fill import Block

BETWEEN = 3
"""Bytes between two rows."""


@dataclass(frozen=True, slots=True)
class KeyedBlock:
    """A block, and the keys of its rows."""

    keys: list[RowKey]
    block: Block


def encoded_rows(rows: ScannedRows, places: Mapping[str, int], table: MappedTable) -> list[bytes]:
    """The JSON of each row's cells (``rows_json``) from the first mapped column to the last.

    ``places`` are the columns' in the tab, from 0.
    """
    start, end = min(places.values()), max(places.values()) + 1
    columns = {**dict(zip(rows.key, rows.key_values, strict=True)), **rows.cells}
    untouched: Sequence[Shown] = [None] * len(rows)
    blank: Sequence[Shown] = [""] * len(rows)
    cells = [untouched] * (end - start)
    for column, place in places.items():
        known = column in columns
        cells[place - start] = shown(columns[column], table.codecs[column]) if known else blank
    return rows_json(zip(*cells, strict=True))


def blocks_of(
    parts: Iterable[tuple[list[RowKey], list[bytes]]], most_bytes: int
) -> Generator[KeyedBlock, None, None]:
    """Blocks of at most ``most_bytes`` (but for a row that is longer) of the rows in ``parts``:
    their keys, and the JSON of their cells.
    """
    keys: list[RowKey] = []
    rows: list[bytes] = []
    size = 0
    for of_keys, of_rows in parts:
        for key, row in zip(of_keys, of_rows, strict=True):
            if rows and size + len(row) > most_bytes:
                yield _block(keys, rows)
                keys, rows, size = [], [], 0
            keys.append(key)
            rows.append(row)
            size += len(row) + BETWEEN
    if rows:
        yield _block(keys, rows)


def _block(keys: list[RowKey], rows: list[bytes]) -> KeyedBlock:
    return KeyedBlock(keys, Block(len(rows), b"[[%b]]" % b"],[".join(rows)))
