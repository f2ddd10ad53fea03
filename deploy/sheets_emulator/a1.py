"""A1 notation: `Sheet1!A1:B2` to numbers and back.

Source: https://developers.google.com/workspace/sheets/api/guides/concepts#cell
Indexes inside are from 0 and ends are exclusive, as in the API's GridRange; None means open.
"""

import functools
import re
from dataclasses import dataclass

_ENDPOINT = re.compile(r"\$?([A-Za-z]{1,3})?\$?([0-9]{1,8})?")
_PLAIN_TITLE = re.compile(r"[^\W\d]\w*")
_LOOKS_LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*")


@dataclass(frozen=True, slots=True)
class CellSpan:
    """Rows and columns of a range on some tab; None where the text leaves the side open."""

    start_row: int | None
    end_row: int | None
    start_column: int | None
    end_column: int | None

    @property
    def is_single_cell(self) -> bool:
        """True for `A1`, false for `A1:A2`, `A:A` and the like."""
        return (
            self.start_row is not None
            and self.start_column is not None
            and self.end_row == self.start_row + 1
            and self.end_column == self.start_column + 1
        )


EVERYTHING = CellSpan(None, None, None, None)


@functools.lru_cache(maxsize=1024)
def column_name(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    name = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        name = chr(65 + letter) + name
    return name


def column_index(name: str) -> int:
    """A → 0, Z → 25, AA → 26; the name must be letters."""
    index = 0
    for letter in name.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def _endpoint(text: str) -> tuple[int | None, int | None] | None:
    """(row, column) from 0 of one side of the colon; None if it is no such side."""
    match = _ENDPOINT.fullmatch(text)
    if match is None or not (match[1] or match[2]):
        return None
    row = int(match[2]) - 1 if match[2] else None
    if row is not None and row < 0:
        return None
    return row, column_index(match[1]) if match[1] else None


def _span(first: int | None, last: int | None) -> tuple[int | None, int | None]:
    """Ordered, half-open; a side given once only leaves the other end open."""
    if first is not None and last is not None:
        return min(first, last), max(first, last) + 1
    return (first if first is not None else last), None


def parse_cells(text: str) -> CellSpan | None:
    """`A1`, `A1:B2`, `A:B`, `2:5`, `A1:B`, `A1:2` → span; None if the text is none of these."""
    first_text, colon, last_text = text.partition(":")
    first = _endpoint(first_text)
    if first is None:
        return None
    if not colon:
        if first[0] is None or first[1] is None:
            return None
        return CellSpan(first[0], first[0] + 1, first[1], first[1] + 1)
    last = _endpoint(last_text)
    if last is None:
        return None
    start_row, end_row = _span(first[0], last[0])
    start_column, end_column = _span(first[1], last[1])
    return CellSpan(start_row, end_row, start_column, end_column)


def split(text: str) -> tuple[str | None, str | None, bool]:
    """(tab title, cells, quoted) of a range, split at the last `!`.

    `'My tab'` → title alone, `A1:B2` → (None, "A1:B2"). Whether an unquoted text without `!` is a
    title, a named range or cells is for the spreadsheet to say, so it comes back as cells.
    """
    title, mark, cells = text.rpartition("!")
    if not mark:
        if len(text) >= 2 and text[0] == text[-1] == "'":
            return text[1:-1].replace("''", "'"), None, True
        return None, text, False
    if len(title) >= 2 and title[0] == title[-1] == "'":
        return title[1:-1].replace("''", "'"), cells, True
    return title, cells, False


def quote_title(title: str) -> str:
    """The title as ranges show it: in quotes only when it needs them."""
    if _PLAIN_TITLE.fullmatch(title) and not _LOOKS_LIKE_A_CELL.fullmatch(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def format_cells(start_row: int, end_row: int, start_column: int, end_column: int) -> str:
    """`A1` for one cell, else `A1:B2`; half-open indexes from 0."""
    first = f"{column_name(start_column)}{start_row + 1}"
    if end_row <= start_row + 1 and end_column <= start_column + 1:
        return first
    return f"{first}:{column_name(end_column - 1)}{end_row}"


def format_range(
    title: str, start_row: int, end_row: int, start_column: int, end_column: int
) -> str:
    """`Sheet1!A1:B2`."""
    return f"{quote_title(title)}!{format_cells(start_row, end_row, start_column, end_column)}"
