"""Number formats: a value and a pattern to the text that the cell shows.

Patterns: https://developers.google.com/workspace/sheets/api/guides/formats
"""

import functools
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from deploy.sheets_emulator.date_format import format_moment, is_date_pattern
from deploy.sheets_emulator.model.cell_value import CellError, CellValue

#: What a format type means when it is given without a pattern.
DEFAULT_PATTERNS = {
    "TEXT": "@",
    "NUMBER": "#,##0.00",
    "PERCENT": "0.00%",
    "CURRENCY": '"$"#,##0.00',
    "DATE": "M/d/yyyy",
    "TIME": "h:mm:ss AM/PM",
    "DATE_TIME": "M/d/yyyy H:mm:ss",
    "SCIENTIFIC": "0.00E+00",
}
DATE_TYPES = frozenset({"DATE", "TIME", "DATE_TIME"})

_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)'
    r"|\[(?P<bracket>[^\]]*)\]|(?P<exponent>[Ee][+-]0+)|(?P<digits>[0#?][0#?,]*(?:\.[0#?]*,*)?|\.[0#?]+)"
    r"|(?P<percent>%)|(?P<general>General)|(?P<text>@)|(?P<other>.)",
    re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|=|<|>)\s*(-?[0-9.]+)")


@dataclass(frozen=True, slots=True)
class _Section:
    pieces: tuple[tuple[str, str], ...]  # (kind, text) in order
    condition: tuple[str, float] | None

    @property
    def has_digits(self) -> bool:
        return any(kind == "digits" for kind, _ in self.pieces)


@functools.lru_cache(maxsize=1024)
def _sections(pattern: str) -> tuple[_Section, ...]:
    sections: list[_Section] = []
    pieces: list[tuple[str, str]] = []
    condition: tuple[str, float] | None = None

    def close() -> None:
        nonlocal pieces, condition
        sections.append(_Section(tuple(pieces), condition))
        pieces, condition = [], None

    for match in _PIECE.finditer(pattern):
        kind, text = match.lastgroup or "other", match[match.lastgroup or 0]
        if kind == "other" and text == ";":
            close()
        elif kind == "bracket":
            found = _CONDITION.fullmatch(text)
            if found:
                condition = (found[1], float(found[2]))
            elif text.startswith("$"):
                pieces.append(("quoted", text[1:].partition("-")[0]))
        elif kind in ("escaped", "other"):
            pieces.append(("quoted", text))
        elif kind == "space":
            pieces.append(("quoted", " "))
        elif kind != "fill":
            pieces.append((kind, text))
    close()
    return tuple(sections)


def format_value(value: CellValue, number_format: dict[str, str] | None) -> str:
    """The text that a cell with this value and format shows; "" for an empty cell."""
    match value:
        case None:
            text = ""
        case str():
            text = _format_text(value, number_format)
        case bool():
            text = "TRUE" if value else "FALSE"
        case CellError():
            text = value.text
        case _:
            text = format_general(value) if number_format is None else _shown(value, number_format)
    return text


def _shown(value: int | float, number_format: dict[str, str]) -> str:
    kind = number_format.get("type", "NUMBER")
    pattern = number_format.get("pattern") or DEFAULT_PATTERNS.get(kind, "")
    if not pattern or kind == "TEXT":
        return format_general(value)
    if kind in DATE_TYPES or is_date_pattern(pattern):
        return format_moment(value, pattern)
    return format_number(value, pattern)


def _format_text(value: str, number_format: dict[str, str] | None) -> str:
    if number_format is None or "@" not in number_format.get("pattern", ""):
        return value
    section = _sections(number_format["pattern"])[-1]
    return "".join(
        value if kind == "text" else text if kind == "quoted" else ""
        for kind, text in section.pieces
    )


def format_general(value: int | float) -> str:
    """A number in a cell whose format is automatic: up to ten significant digits."""
    if isinstance(value, int) or value.is_integer():
        if abs(value) < 1e15:
            return str(int(value))
        return _scientific(Decimal(repr(value)), 1, "#####", 2)
    digits = max(10, len(str(int(abs(value)))))
    size = abs(value)
    if size < 1e-6 or size >= 1e15:
        return _scientific(Decimal(repr(value)), 1, "#####", 2)
    exact = Decimal(repr(value))
    places = digits - exact.adjusted() - 1
    if size < 1:
        places = 10 if size >= 1e-5 else digits - exact.adjusted() - 1
    text = format(exact.quantize(Decimal(1).scaleb(-max(places, 0)), rounding=ROUND_HALF_UP), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _scientific(exact: Decimal, whole: int, fraction: str, exponent_digits: int) -> str:
    if exact == 0:
        power, scaled = 0, Decimal(0)
    else:
        power = exact.adjusted() - (whole - 1)
        scaled = exact.scaleb(-power)
    scaled = scaled.quantize(Decimal(1).scaleb(-len(fraction)), rounding=ROUND_HALF_UP)
    if abs(scaled) >= Decimal(10) ** whole:
        power += 1
        scaled = (scaled / 10).quantize(Decimal(1).scaleb(-len(fraction)), rounding=ROUND_HALF_UP)
    text = _drop_optional(format(scaled, "f"), fraction)
    return f"{text}E{'-' if power < 0 else '+'}{abs(power):0{exponent_digits}}"


def _drop_optional(text: str, fraction: str) -> str:
    """Remove trailing zeros that stand at `#` of the fraction's pattern."""
    least = len(fraction.rstrip("#?"))
    whole, point, decimals = text.partition(".")
    while len(decimals) > least and decimals.endswith("0"):
        decimals = decimals[:-1]
    return f"{whole}{point}{decimals}" if decimals else whole


_TESTS = {
    "<": lambda value, limit: value < limit,
    ">": lambda value, limit: value > limit,
    "<=": lambda value, limit: value <= limit,
    ">=": lambda value, limit: value >= limit,
    "=": lambda value, limit: value == limit,
    "<>": lambda value, limit: value != limit,
}


def _choose(value: int | float, sections: tuple[_Section, ...]) -> tuple[_Section, bool]:
    """The section for the value, and whether it shows a negative number's minus sign."""
    if any(section.condition for section in sections):
        for section in sections:
            condition = section.condition
            if condition is None or _TESTS[condition[0]](value, condition[1]):
                return section, value < 0
        return sections[-1], value < 0
    if len(sections) >= 2 and value < 0:
        return sections[1], False
    if len(sections) >= 3 and value == 0:
        return sections[2], False
    return sections[0], value < 0


def format_number(value: int | float, pattern: str) -> str:
    """A number by a number pattern, such as `#,##0.00;(0.00)`."""
    section, minus = _choose(value, _sections(pattern))
    exact = abs(Decimal(repr(value)))
    digits = next((text for kind, text in section.pieces if kind == "digits"), None)
    exponent = next((text for kind, text in section.pieces if kind == "exponent"), None)
    exact *= Decimal(100) ** sum(kind == "percent" for kind, _ in section.pieces)
    shown = ""
    if digits is not None:
        # Commas at the end divide by a thousand each.
        kept = digits.rstrip(",")
        exact = exact.scaleb(-3 * (len(digits) - len(kept)))
        whole, _, fraction = kept.partition(".")
        if exponent is not None:
            width = max(1, sum(mark in "0#?" for mark in whole))
            shown = _scientific(exact, width, fraction, exponent.count("0"))
        else:
            shown = _plain(exact, whole, fraction)
    parts: list[str] = ["-"] if minus and (shown.strip("0.,") or not section.has_digits) else []
    seen_digits = False
    for kind, text in section.pieces:
        if kind == "digits" and not seen_digits:
            parts.append(shown)
            seen_digits = True
        elif kind == "quoted":
            parts.append(text)
        elif kind == "percent":
            parts.append("%")
        elif kind in ("general", "text"):
            parts.append(format_general(abs(value)))
    return "".join(parts)


def _plain(exact: Decimal, whole: str, fraction: str) -> str:
    rounded = exact.quantize(Decimal(1).scaleb(-len(fraction)), rounding=ROUND_HALF_UP)
    integer, _, decimals = format(rounded, "f").partition(".")
    least = sum(mark == "0" for mark in whole)
    integer = integer.lstrip("0").rjust(least, "0")
    if "," in whole:
        groups: list[str] = []
        while len(integer) > 3:
            groups.insert(0, integer[-3:])
            integer = integer[:-3]
        integer = ",".join([integer, *groups])
    text = _drop_optional(f"{integer}.{decimals}" if decimals else integer, fraction)
    return text + "." if "." not in text and fraction == "" and whole.endswith(".") else text
