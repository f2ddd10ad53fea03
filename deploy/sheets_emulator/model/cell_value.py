"""The plain values that a cell can hold.

None is an empty cell; numbers are doubles as in Sheets, kept as int while that is exact, so that
they print without a fraction; errors come from formulas.
"""

from dataclasses import dataclass
from typing import TypeAlias

from deploy.sheets_emulator.json_types import JsonObject

_EXACT = 2**53

#: Longest text of a cell, https://support.google.com/drive/answer/37603
MOST_CHARACTERS = 50_000
TOO_LONG = "Your input contains more than the maximum of 50000 characters in a single cell."


@dataclass(frozen=True, slots=True)
class CellError:
    """What a formula gives when it fails; `type` is the API's ErrorType."""

    type: str
    message: str = ""

    @property
    def text(self) -> str:
        """What the cell shows, such as `#REF!`."""
        return _TEXT_OF_ERROR.get(self.type, "#ERROR!")


_TEXT_OF_ERROR = {
    "ERROR": "#ERROR!",
    "NULL_VALUE": "#NULL!",
    "DIVIDE_BY_ZERO": "#DIV/0!",
    "VALUE": "#VALUE!",
    "REF": "#REF!",
    "NAME": "#NAME?",
    "NUM": "#NUM!",
    "N_A": "#N/A",
    "LOADING": "Loading...",
}
ERROR_OF_TEXT = {text: CellError(kind) for kind, text in _TEXT_OF_ERROR.items()}

CellValue: TypeAlias = bool | int | float | str | CellError | None


def number(value: float) -> int | float:
    """The double, as int where that is exact and shorter (5.0 → 5, 2^60 → 1.15…e18)."""
    if type(value) is int:
        return value if -_EXACT <= value <= _EXACT else float(value)
    return int(value) if value.is_integer() and -_EXACT <= value <= _EXACT else value


def extended_value(value: CellValue) -> JsonObject | None:
    """The API's ExtendedValue; None for an empty cell."""
    if value is None:
        return None
    if isinstance(value, str):
        return {"stringValue": value}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, CellError):
        error: JsonObject = {"type": value.type}
        if value.message:
            error["message"] = value.message
        return {"errorValue": error}
    return {"numberValue": value}
