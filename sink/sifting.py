"""Passes by what is plainly as believed, so that a comparison looks at the rest only.

Most rows of a large table are at rest: both sides surely hold what is agreed. Such a row of the
sheet is as believed where the JSON of its cells is that of what these values show; one of the
table, where its values are the stored ones. Whatever is unlike, or not at rest, is compared cell by
cell afterwards (``sink.reconciler``, ``sink.table_comparison``), with the states of that moment. A
row that is passed by was as believed at the moment of the look.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

import orjson

from sink.core.column_wise import shown
from sink.core.mapped_table import MappedTable
from sink.core.row_key import RowKey, canonical_keys
from sink.core.slices import Sliced
from sink.core.values.codec import Value
from sink.ports import Store
from sink.writers.sheets.compact_rows import json_of
from sink.writers.sheets.reading import KeySight, Reading
from sink.writers.sheets.row_json import rows_json

CHUNK = 5_000


@dataclass(slots=True)
class Side:
    """One side's rows that must be looked at: ``doubtful`` ones, and those with a state that are
    ``missing`` there. ``untold``: of others that stand there nobody has told (where keys alone were
    read).
    """

    doubtful: list[RowKey] = field(default_factory=list)
    missing: list[RowKey] = field(default_factory=list)
    untold: bool = False


@dataclass(frozen=True, slots=True)
class Sifted:
    """A reading of the tab, and what is to be looked at of it and of the table.

    None: nobody has looked yet.
    """

    reading: Reading | KeySight
    sheet: Side | None = None
    table: Side | None = None


@dataclass(slots=True)
class _Seen:
    """What was seen of a side: hashes, because the keys themselves of a large table take much."""

    hashes: array[int] = field(default_factory=lambda: array("q"))
    plain: int = 0

    def lacks(self, side: Side, store: Store, table: MappedTable) -> list[RowKey]:
        """The rows with a state that were not seen."""
        few = len(side.doubtful) <= CHUNK
        if few and store.count_known() == self.plain + len(store.states(side.doubtful)):
            return []
        seen = frozenset(self.hashes)
        return [
            table.key_from_canonical(key) for key in store.each_known_key() if hash(key) not in seen
        ]


def sift_sheet(reading: Reading | KeySight, store: Store, table: MappedTable) -> Sliced[Side]:
    """What is to be looked at of ``reading``."""
    if isinstance(reading, KeySight):
        return _sift_keys(list(reading.layout.index.by_key), store, table)
    side, seen, rows, formulas = Side(), _Seen(), reading.rows, reading.formulas or {}
    of_rows = iter(rows)
    while keys := list(islice(of_rows, CHUNK)):
        canonical = _canonical(keys, table)
        seen.hashes.extend(map(hash, canonical))
        resting = store.at_rest(canonical)
        known = [
            (key, orjson.loads(resting[bytes_]))
            for key, bytes_ in zip(keys, canonical, strict=True)
            if bytes_ in resting
        ]
        expected = _as_shown(known, reading, table)
        for key in keys:
            if key in formulas or key not in expected or json_of(rows, key) != expected[key]:
                side.doubtful.append(key)
            else:
                seen.plain += 1
        if len(keys) == CHUNK:
            yield
    side.missing = seen.lacks(side, store, table)
    return side


def _sift_keys(there: Sequence[RowKey], store: Store, table: MappedTable) -> Side:
    seen = set(map(hash, _canonical(there, table)))
    known, side = 0, Side()
    for key in store.each_known_key():
        known += 1
        if hash(key) not in seen:
            side.missing.append(table.key_from_canonical(key))
    side.untold = known - len(side.missing) < len(there)
    return side


def _canonical(keys: Sequence[RowKey], table: MappedTable) -> list[bytes]:
    columns = list(zip(*(key.values for key in keys), strict=True))
    return canonical_keys(table.key, columns) if keys else []


def _as_shown(
    known: Sequence[tuple[RowKey, dict[str, Value]]], reading: Reading, table: MappedTable
) -> dict[RowKey, bytes]:
    """The JSON of what the sheet shows of rows with these agreed values.

    A row of which a column's value is not agreed is left out.
    """
    cells = frozenset(table.cells)
    whole = [(key, agreed) for key, agreed in known if agreed.keys() >= cells]
    columns = [
        shown(
            [key.values[table.key.index(column)] for key, _ in whole]
            if column in table.key
            else [agreed[column] for _, agreed in whole],
            table.codecs[column],
        )
        for column in reading.layout.columns
    ]
    rows = rows_json(zip(*columns, strict=True))
    return dict(zip((key for key, _ in whole), rows, strict=True))


def sift_table(store: Store, table: MappedTable) -> Sliced[Side]:
    """What is to be looked at of the table."""
    side, seen, since = Side(), _Seen(), 0
    for part in store.scan():
        since += len(part)
        if since > CHUNK:
            since = len(part)
            yield
        if not len(part):
            continue
        canonical = part.canonical_keys
        seen.hashes.extend(map(hash, canonical))
        resting = store.at_rest(canonical)
        for key, bytes_, image in zip(part.keys, canonical, part.images, strict=True):
            agreed = resting.get(bytes_)
            # the same text is most often the same; if not, an order of columns may be the reason
            if agreed is not None and (
                agreed == orjson.dumps(image) or orjson.loads(agreed) == image
            ):
                seen.plain += 1
            else:
                side.doubtful.append(key)
    side.missing = seen.lacks(side, store, table)
    return side
