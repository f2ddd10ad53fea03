"""What a person means by a cell, given what the cell stood for.

A cell that shows the rendering of the stored value is unchanged, so that nothing is lost by what a
cell cannot tell: NULL from the empty text, the rest of a text that is too long, the last bits of
a double, the milliseconds behind Apps Script's dates.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from sink.core.cell import CellContent, LocalDateTime
from sink.core.errors import UnfitValueError
from sink.core.values.cell_numbers import fifteen_digits
from sink.core.values.codec import Codec, Shown, Value
from sink.core.values.serials import local_text, to_wall
from sink.core.values.text import TextCodec

FIFTEEN = 10**15
"""Whole numbers below are told apart by all their digits."""


def meaning(codec: Codec, content: CellContent, *stored: Value) -> Value:
    """The value of ``content`` in a cell that stood for one of ``stored``, the agreed one last.

    Raises UnfitValueError like ``codec.from_cell``.
    """
    for number, value in enumerate(stored):
        if value not in stored[:number] and shows(content, codec.to_cell(value)):
            return value
    if stored and _typed_date(codec, content, stored[-1]):
        return stored[-1]
    return codec.from_cell(content)


def shows(content: CellContent, shown: Shown) -> bool:
    """Whether a cell with ``content`` is one to which ``shown`` was written.

    Numbers are compared at 15 significant digits, Apps Script's dates at milliseconds, texts but
    for line ends and control characters, which a spreadsheet need not keep.
    """
    match content, shown:
        case None | "", None | "":
            same = True
        case str(), str():
            same = content == shown or _same_text(content, shown)
        case (bool(), _) | (_, bool()):
            same = content is shown
        case int() | float(), int() | float():
            same = _same_number(content, shown)
        case LocalDateTime(wall), int() | float():
            same = wall == _wall(shown)
        case _:
            same = False
    return same


def _same_text(one: str, other: str) -> bool:
    if one.isprintable() and other.isprintable():
        return False  # there is nothing that a spreadsheet would drop
    return _plain(one) == _plain(other)


def _same_number(one: float, other: float) -> bool:
    if isinstance(one, int) and isinstance(other, int) and max(abs(one), abs(other)) < FIFTEEN:
        return one == other
    try:
        return one == other or fifteen_digits(one) == fifteen_digits(other)
    except UnfitValueError:
        return False


@lru_cache(maxsize=4_096)  # a table has few days, and each is asked for in many rows
def _wall(serial: float) -> datetime | None:
    try:
        return to_wall(serial)
    except UnfitValueError:
        return None


def _plain(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c >= " " or c in "\t\n").replace("\x7f", "")


def _typed_date(codec: Codec, content: CellContent, stored: Value) -> bool:
    """A date typed into a text column: Apps Script tells a date, the Sheets API its serial."""
    if not isinstance(codec, TextCodec) or isinstance(content, bool):
        return False
    if not isinstance(content, int | float) or not isinstance(stored, str):
        return False
    wall = _wall(content)
    return wall is not None and stored == local_text(wall)
