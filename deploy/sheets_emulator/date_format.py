"""Date and time patterns: a serial number to text.

Patterns: https://developers.google.com/workspace/sheets/api/guides/formats#date_and_time_format_patterns
"""

import functools
import re

from deploy.sheets_emulator.serial_date import to_datetime

_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|\[(?P<elapsed>[hH]+|[mM]+|[sS]+)\]|\[[^\]]*\]'
    r"|(?P<ampm>[aA][mM]/[pP][mM]|[aA]/[pP])|(?P<letters>[yY]+|[mM]+|[dD]+|[hH]+|[sS]+)"
    r"|(?P<fraction>\.0+)|(?P<other>.)",
    re.DOTALL,
)
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_QUOTED_OR_BRACKET = re.compile(r'"[^"]*"|\\.|\[[^hHmMsS\]][^\]]*\]|General|[Ee][+-]')


@functools.lru_cache(maxsize=1024)
def is_date_pattern(pattern: str) -> bool:
    """True if the pattern has date or time letters outside quotes."""
    return re.search("[yYmMdDhHsS]", _QUOTED_OR_BRACKET.sub("", pattern)) is not None


@functools.lru_cache(maxsize=1024)
def _pieces(pattern: str) -> tuple[tuple[str, str], ...]:
    """(kind, text) in order; `m` next to hours or seconds is `minute`, else `month`."""
    pieces: list[tuple[str, str]] = []
    for match in _PIECE.finditer(pattern.partition(";")[0]):
        kind = match.lastgroup
        if kind is None:
            continue
        text = match[kind]
        if kind == "letters":
            pieces.append((text[0].lower(), text))
        elif kind == "elapsed":
            pieces.append((f"[{text[0].lower()}]", text))
        elif kind in ("quoted", "escaped", "other"):
            pieces.append(("text", text))
        else:
            pieces.append((kind, text))
    return tuple(_with_minutes(pieces))


def _with_minutes(pieces: list[tuple[str, str]]) -> list[tuple[str, str]]:
    fields = [at for at, (kind, _) in enumerate(pieces) if kind[0] in "ymdhs["]
    result = list(pieces)
    for order, at in enumerate(fields):
        if pieces[at][0] != "m" or len(pieces[at][1]) > 2:
            continue
        before = pieces[fields[order - 1]][0] if order else ""
        after = pieces[fields[order + 1]][0] if order + 1 < len(fields) else ""
        if before in ("h", "[h]") or after in ("s", "[s]"):
            result[at] = ("minute", pieces[at][1])
    return result


def format_moment(serial: int | float, pattern: str) -> str:
    """The serial number as date, time or duration text."""
    pieces = _pieces(pattern)
    decimals = max((len(text) - 1 for kind, text in pieces if kind == "fraction"), default=0)
    # Shown seconds are cut off, not rounded, except for the noise below a millisecond.
    moment = to_datetime(serial)
    half_day = any(kind == "ampm" for kind, _ in pieces)
    elapsed_ms = round(serial * 86_400_000)
    parts: list[str] = []
    for kind, text in pieces:
        if kind == "text":
            parts.append(text)
        elif kind == "y":
            year = moment.year
            parts.append(f"{year:04}" if len(text) > 2 else f"{year % 100:02}")
        elif kind == "m":
            parts.append(_month(moment.month, len(text)))
        elif kind == "d":
            parts.append(_day(moment.day, moment.weekday(), len(text)))
        elif kind == "h":
            hour = (moment.hour % 12 or 12) if half_day else moment.hour
            parts.append(f"{hour:0{min(len(text), 2)}}")
        elif kind == "minute":
            parts.append(f"{moment.minute:0{min(len(text), 2)}}")
        elif kind == "s":
            parts.append(f"{moment.second:0{min(len(text), 2)}}")
        elif kind == "fraction":
            parts.append("." + f"{moment.microsecond:06}"[:decimals].ljust(decimals, "0"))
        elif kind == "ampm":
            parts.append(_half(text, moment.hour >= 12))
        else:
            parts.append(_elapsed(kind, text, elapsed_ms))
    return "".join(parts)


def _month(month: int, length: int) -> str:
    if length <= 2:
        return f"{month:0{length}}"
    name = _MONTHS[month - 1]
    return name[:3] if length == 3 else name[:1] if length == 5 else name


def _day(day: int, weekday: int, length: int) -> str:
    if length <= 2:
        return f"{day:0{length}}"
    return _DAYS[weekday][:3] if length == 3 else _DAYS[weekday]


def _half(text: str, afternoon: bool) -> str:
    if len(text) == 3:
        return text[2] if afternoon else text[0]
    return "PM" if afternoon else "AM"


def _elapsed(kind: str, text: str, elapsed_ms: int) -> str:
    unit = {"[h]": 3_600_000, "[m]": 60_000, "[s]": 1000}[kind]
    sign = "-" if elapsed_ms < 0 else ""
    return f"{sign}{abs(elapsed_ms) // unit:0{len(text)}}"
