"""What PyMySQL returns, kept in JSON with its Python type."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

_MICROSECOND = timedelta(microseconds=1)


def encode(value: object) -> object:
    """JSON of one value of a row: ``[type, text]``, or null."""
    if isinstance(value, timedelta):
        return ["timedelta", str(value // _MICROSECOND)]
    if isinstance(value, bytes):
        return ["bytes", base64.b64encode(value).decode()]
    if isinstance(value, float):
        return ["float", repr(value)]
    return None if value is None else [type(value).__name__, str(value)]


def decode(raw: object) -> object:
    """The value that ``encode`` wrote."""
    if raw is None:
        return None
    match raw:
        case [str(kind), str(text)] if kind in _READERS:
            return _READERS[kind](text)
    raise ValueError(f"not a value that encode wrote: {raw!r}")


_READERS: dict[str, Callable[[str], object]] = {
    "timedelta": lambda text: int(text) * _MICROSECOND,
    "bytes": base64.b64decode,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "int": int,
    "float": float,
    "Decimal": Decimal,
    "str": str,
}
