"""JSON: canonical value is text with sorted keys, ``{"a": 1, "b": [1.5, null]}``.

MySQL keeps integers of 64 bits and doubles, and sorts keys in its own way; it prints 1e20 and
1e-7 where Debezium writes all digits. Parsed and written again, all are alike; 1.0 and 1 are one
number, as they are to MySQL: https://dev.mysql.com/doc/refman/9.4/en/json.html. The cell shows the
text. The JSON value null is the text ``null``; SQL's NULL is the empty cell.

Only SQL functions can put other numbers or times into a document. A DECIMAL is read as a double.
DATETIME and TIME are text to MySQL, with six fraction digits, and other text to Debezium, so that
such a document differs until the reconciler has read the table.
"""

from __future__ import annotations

import json
import math
from typing import NoReturn

from sink.core.errors import UnfitValueError
from sink.core.values.cell_numbers import exact_number, number_text
from sink.core.values.codec import Shown
from sink.core.values.column_codec import TEXT_FORMAT, TextualCodec
from sink.core.values.long_text import fit_cell, refuse_cut

MAX_DEPTH = 100
"""Of arrays and objects in each other; MySQL refuses more (error 3157)."""

_INTEGERS = range(-(2**63), 2**64)
"""What MySQL stores as an integer; what is beyond becomes a double."""

_LONGEST = len(str(_INTEGERS.start))


class JsonCodec(TextualCodec):
    """JSON documents."""

    @property
    def takes(self) -> str:
        """See ColumnCodec."""
        return "JSON"

    def read_debezium(self, raw: object) -> str:
        """See ColumnCodec."""
        if not isinstance(raw, str):
            self.broken(raw)
        try:
            return canonical_json(raw)
        except UnfitValueError:
            self.broken(raw)

    def read_row(self, raw: object) -> str:
        """See ColumnCodec."""
        return self.read_debezium(raw)

    def show(self, value: str) -> Shown:
        """See ColumnCodec."""
        return fit_cell(value)

    def mean_text(self, text: str) -> str:
        """See ColumnCodec."""
        refuse_cut(text)
        return canonical_json(text)

    def mean_number(self, number: int | float) -> str:
        """See ColumnCodec. A number is that JSON number."""
        return canonical_json(number_text(exact_number(number)))

    def mean_bool(self, flag: bool) -> str:
        """See ColumnCodec."""
        return "true" if flag else "false"

    @property
    def number_format(self) -> tuple[str, str] | None:
        """See Codec."""
        return TEXT_FORMAT


def canonical_json(text: str) -> str:
    """The same document, written in the one way that all writings of it share.

    Raises UnfitValueError for what MySQL would not store.
    """
    try:
        document = json.loads(
            text, parse_float=_double, parse_int=_integer, parse_constant=_no_number
        )
        _refuse_deeper(document, MAX_DEPTH)
        written = json.dumps(document, sort_keys=True, ensure_ascii=False)
        written.encode()
    except json.JSONDecodeError as error:
        raise UnfitValueError(
            f"takes JSON; this text is none from its character {error.pos + 1} on"
        ) from error
    except RecursionError as error:
        raise UnfitValueError(_TOO_DEEP) from error
    except UnicodeEncodeError as error:
        raise UnfitValueError("takes JSON; this text has half of a character") from error
    return written


_TOO_DEEP = f"takes JSON with at most {MAX_DEPTH} levels of lists and objects"


def _refuse_deeper(document: object, levels: int) -> None:
    if not isinstance(document, dict | list):
        return
    if not levels:
        raise UnfitValueError(_TOO_DEEP)
    for part in document.values() if isinstance(document, dict) else document:
        _refuse_deeper(part, levels - 1)


def _double(text: str) -> int | float:
    number = float(text)
    if not math.isfinite(number):
        raise UnfitValueError(f"takes JSON; the number {text:.30} is too large")
    return int(number) if number.is_integer() and int(number) in _INTEGERS else number


def _integer(text: str) -> int | float:
    if len(text) <= _LONGEST and int(text) in _INTEGERS:
        return int(text)
    return _double(text)


def _no_number(text: str) -> NoReturn:
    raise UnfitValueError(f"takes JSON, which has no {text}")
