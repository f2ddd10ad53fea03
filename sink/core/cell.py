"""What a cell of the sheet holds, before any column type is known.

The webhook and the Sheets API both speak this; only the sink knows types, so only a codec turns a
``CellContent`` into a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sink.core.errors import EnvelopeError


@dataclass(frozen=True, slots=True)
class LocalDateTime:
    """A date cell as Apps Script sees it: wall-clock time in the spreadsheet's zone."""

    wall: datetime


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that shows an error such as ``#REF!``."""

    text: str


ERROR_TEXTS = frozenset(
    {
        "#NULL!",
        "#DIV/0!",
        "#VALUE!",
        "#REF!",
        "#NAME?",
        "#NUM!",
        "#N/A",
        "#ERROR!",
        "#SPILL!",
        "#CALC!",
    }
)
"""How errors of formulas read: https://support.google.com/docs/answer/3093305 lists them by
ERROR.TYPE; ``values.batchGet`` gives them as texts."""

CellContent = None | bool | int | float | str | LocalDateTime | CellError
"""None is an empty cell. A date read through the Sheets API is a number (days since 1899-12-30)."""


def decode_cell(raw: object) -> CellContent:
    """Content of one cell from the webhook's JSON.

    ``null`` and ``""`` are empty; ``{"date": "2004-01-02T00:00:00.000"}`` is a date without zone;
    ``{"error": "#REF!"}`` an error. Raises EnvelopeError for anything else.
    """
    if raw is None or raw == "":
        return None
    if isinstance(raw, bool | int | float | str):
        return raw
    if isinstance(raw, dict) and len(raw) == 1:
        match raw:
            case {"date": str(text)}:
                try:
                    return LocalDateTime(datetime.fromisoformat(text))
                except ValueError as error:
                    raise EnvelopeError(f"not a local date-time: {text!r}") from error
            case {"error": str(text)}:
                return CellError(text)
    raise EnvelopeError(f"not the content of a cell: {raw!r:.80}")


def encode_cell(content: CellContent) -> object:
    """What ``decode_cell`` reads: JSON for a cell's content."""
    match content:
        case LocalDateTime(wall):
            return {"date": wall.isoformat()}
        case CellError(text):
            return {"error": text}
    return content
