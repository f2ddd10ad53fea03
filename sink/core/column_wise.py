"""Conversions of whole columns: the converter is chosen once, and asked once for each value.

Most columns of a table hold few different values, or such as need no conversion: to ask a codec
for each cell takes longer than all else of a large table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from sink.core.values.codec import Codec, Shown, Value
from sink.core.values.floats import FloatCodec
from sink.core.version import Absent

From = TypeVar("From")
To = TypeVar("To")

Column = Sequence[Value | Absent]
"""The values of a column, row by row; ABSENT: nothing is known of the row's cell."""


class _Known(dict[From, To]):
    """What each value is converted to."""

    def __init__(self, convert: Callable[[From], To]) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, value: From) -> To:
        converted = self[value] = self._convert(value)
        return converted


def converted(values: Sequence[From], convert: Callable[[From], To]) -> list[To]:
    """``convert`` of each of the values, which are hashable and of one type (or None).

    Values that are equal must convert to the same: of doubles 0.0 and -0.0 need not.
    """
    known = _Known(convert)
    return list(map(known.__getitem__, values))


def shown(values: Column, codec: Codec) -> list[Shown]:
    """What the cells of a column show; ``""`` where that is nothing."""

    def show(value: Value | Absent) -> Shown:
        content = None if isinstance(value, Absent) else codec.to_cell(value)
        return "" if content is None else content

    return (
        [show(value) for value in values]
        if isinstance(codec, FloatCodec)
        else converted(values, show)
    )
