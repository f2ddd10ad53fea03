"""Texts longer than a cell: the cell shows the beginning and says so.

A cell holds 50,000 characters (https://support.google.com/drive/answer/37603), which are counted
here as UTF-16 code units, the stricter reading. What is cut bears a digest of the whole, so that
different texts never look alike; it can be changed in the database only.
"""

from __future__ import annotations

import hashlib
import re

from sink.core.errors import UnfitValueError

CELL_LIMIT = 50_000
_BEGINNING = 49_000
_NOTICE = re.compile(r"… \[cut by Sheetbridge: \d+ characters, [0-9a-f]{12}\]\Z")


def fit_cell(text: str) -> str:
    """``text`` itself, or its beginning and a notice if it is longer than a cell can be."""
    if 2 * len(text) <= CELL_LIMIT or _units(text) <= CELL_LIMIT:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    half = _BEGINNING // 2
    beginning = text[:_BEGINNING] if _units(text[:_BEGINNING]) <= _BEGINNING else text[:half]
    return f"{beginning}… [cut by Sheetbridge: {len(text)} characters, {digest}]"


def refuse_cut(text: str) -> None:
    """Raise UnfitValueError for a text that shows only the beginning of a longer one."""
    if _NOTICE.search(text):
        raise UnfitValueError(
            "shows only the beginning of a text too long for a cell; change it in the database"
        )


def _units(text: str) -> int:
    if text.isascii():
        return len(text)
    return len(text) + sum(character > "\uffff" for character in text)
