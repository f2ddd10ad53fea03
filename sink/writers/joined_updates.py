"""Rows of one form updated by one statement, which the server parses once and answers once.

Their keys and values are a table of the statement's own, which the mapped one is joined to by its
key (https://dev.mysql.com/doc/refman/8.4/en/values.html). Ten thousand rows of five cells take a
quarter of the time of as many statements sent together. An upsert would not do in its place: it
fires triggers of inserts, and changes another row where a value is unique.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from sink.core.columns import Column
from sink.core.values.integers import INTEGER_BITS
from sink.core.values.sql import quoted
from sink.state.statements import PACKET

_BYTES = frozenset({"binary", "varbinary"})
_TEXTS = frozenset({"char", "varchar"})

Row = tuple[Sequence[object], Sequence[object]]
"""The parameters of a row's key and of its cells."""


def can_join(key: Sequence[Column]) -> bool:
    """Whether the server finds rows by such a key in the table of keys and values.

    A key is compared as what its column holds, else no index would serve: of dates and of what is
    rare in keys nobody has to rely on that.
    """
    return all(
        column.data_type in INTEGER_BITS
        or column.data_type in _BYTES
        or (column.data_type in _TEXTS and column.collation is not None)
        for column in key
    )


def joined_updates(
    table: str,
    key: Sequence[Column],
    cells: Sequence[str],
    rows: Sequence[Row],
    written: Callable[[str, Sequence[object]], str],
) -> Iterator[str]:
    """Statements that set ``cells`` of ``rows``, as few as there can be of at most ``PACKET``
    characters each.

    ``table`` is its name in quotes, ``written`` puts parameters into a statement. ``rows`` have
    different keys, and ``can_join(key)`` holds.
    """
    keys = [f"k{at}" for at in range(len(key))]
    values = [f"c{at}" for at in range(len(cells))]
    on = " AND ".join(
        f"t.{quoted(column.name)} = {_as_in(column, f'v.{name}')}"
        for name, column in zip(keys, key, strict=True)
    )
    sets = ", ".join(
        f"t.{quoted(cell)} = v.{name}" for name, cell in zip(values, cells, strict=True)
    )
    names = ", ".join((*keys, *values))
    # both ends are written out by the driver too, which halves the %% of quoted names
    target = f"{table} AS t FORCE INDEX (PRIMARY)"  # old statistics may call the table small
    end = written(f") AS v ({names}) STRAIGHT_JOIN {target} ON {on} SET {sets}", ())
    marks = f"ROW({', '.join(['%s'] * (len(keys) + len(values)))})"
    each = (written(marks, [*map(_exact, (*ours, *theirs))]) for ours, theirs in rows)
    for part in _parts(each):
        yield f"UPDATE (VALUES {', '.join(part)}{end}"


def _as_in(column: Column, value: str) -> str:
    """``value`` with the column's own collation: two of one rank cannot be compared."""
    if column.collation is None or column.data_type not in _TEXTS:
        return value
    character_set = column.collation.partition("_")[0]
    return f"CONVERT({value} USING {character_set}) COLLATE {column.collation}"


def _exact(parameter: object) -> object:
    """Decimals as text: values of one column get one type, which need not have digits for all.

    https://dev.mysql.com/doc/refman/8.4/en/precision-math-decimal-characteristics.html
    """
    return format(parameter, "f") if isinstance(parameter, Decimal) else parameter


def _parts(texts: Iterator[str]) -> Iterator[list[str]]:
    part: list[str] = []
    size = 0
    for text in texts:
        if part and size + len(text) > PACKET:
            yield part
            part, size = [], 0
        part.append(text)
        size += len(text)
    if part:
        yield part
