"""USER_ENTERED: what a typed text becomes.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/ValueInputOption —
"as if the user typed them into the UI". English (United States) conventions, but for what
`typed_locale` knows.
"""

import datetime
import re
from dataclasses import dataclass

from deploy.sheets_emulator.model.cell_value import ERROR_OF_TEXT, CellValue, number
from deploy.sheets_emulator.serial_date import from_datetime
from deploy.sheets_emulator.typed_locale import in_english


@dataclass(frozen=True, slots=True)
class Entry:
    """What was entered: a value or a formula, and the format that the text implies, if any."""

    value: CellValue
    formula: str | None = None
    format_type: str | None = None
    pattern: str | None = None


ENGLISH = "en_US"
_WORDS: dict[str, CellValue] = {"TRUE": True, "FALSE": False, **ERROR_OF_TEXT}
_FIRST_OF_A_NUMBER = tuple("0123456789.-+$(")
_NUMBER = re.compile(
    r"(?P<open>\()?(?P<sign>[-+])?\s*(?P<currency>\$)?\s*(?P<sign2>[-+])?"
    r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?P<fraction>\.[0-9]*)?"
    r"(?P<exponent>[eE][-+]?[0-9]{1,3})?\s*(?P<percent>%)?(?P<close>\))?"
)
_DATE = re.compile(
    r"(?:(?P<y>[0-9]{4})[-/.](?P<m>[0-9]{1,2})[-/.](?P<d>[0-9]{1,2})"
    r"|(?P<m2>[0-9]{1,2})[-/](?P<d2>[0-9]{1,2})[-/](?P<y2>[0-9]{4}|[0-9]{2}))"
    r"(?:(?:\s+|T)(?P<time>[0-9].*))?"
)
_TIME = re.compile(
    r"(?P<h>[0-9]{1,4}):(?P<m>[0-9]{2})(?::(?P<s>[0-9]{2})(?P<f>\.[0-9]{1,6})?)?"
    r"\s*(?P<half>[aApP][mM])?"
)


def parse_input(text: str, *, as_text: bool = False, locale: str = ENGLISH) -> Entry:
    """Read a typed text; `as_text`: the cell's format is plain text, which keeps all but formulas.

    A leading apostrophe makes the rest text; `=` starts a formula; TRUE and FALSE, numbers,
    percentages, money, dates and times are recognised, as the locale writes them; anything else
    stays text.
    """
    if as_text:
        return Entry(text or None)
    if text.startswith("'"):
        return Entry(text[1:] or None)
    if text.startswith("=") and len(text) > 1:
        return Entry(None, formula=text)
    stripped = text.strip()
    upper = stripped.upper()
    if upper in _WORDS:
        return Entry(_WORDS[upper])
    if stripped[:1] in _FIRST_OF_A_NUMBER:
        told = in_english(stripped, locale)
        return _parse_number(told) or _parse_moment(told) or Entry(text)
    return Entry(text or None)


def _parse_number(text: str) -> Entry | None:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    whole, fraction = match["whole"], match["fraction"] or ""
    if not whole and len(fraction) < 2:
        return None
    if bool(match["open"]) != bool(match["close"]) or (match["sign"] and match["sign2"]):
        return None
    value = float((whole.replace(",", "") or "0") + fraction + (match["exponent"] or ""))
    if value == float("inf"):
        return None
    if (match["sign"] or match["sign2"]) == "-" or match["open"]:
        value = -value
    decimals = len(fraction) - 1 if fraction else 0
    kind, pattern = None, None
    if match["percent"]:
        value = float(f"{value / 100:.15g}")
        kind, pattern = "PERCENT", "0.00%" if decimals else "0%"
    elif match["currency"]:
        kind, pattern = "CURRENCY", '"$"#,##0.00' if decimals else '"$"#,##0'
    elif match["exponent"]:
        kind, pattern = "SCIENTIFIC", "0.00E+00"
    elif "," in whole:
        kind, pattern = "NUMBER", "#,##0.00" if decimals else "#,##0"
    return Entry(number(value), None, kind, pattern)


def _parse_moment(text: str) -> Entry | None:
    match = _DATE.fullmatch(text)
    if match is None:
        time = _parse_time(text)
        return None if time is None else Entry(time[0], format_type="TIME", pattern=time[1])
    year = int(match["y"] or match["y2"])
    if year < 100:
        year += 2000 if year < 30 else 1900
    try:
        date = datetime.date(year, int(match["m"] or match["m2"]), int(match["d"] or match["d2"]))
    except ValueError:
        return None
    serial = from_datetime(datetime.datetime.combine(date, datetime.time()))
    iso = match["y"] is not None
    date_pattern = "yyyy-mm-dd" if iso else "m/d/yyyy"
    if match["time"] is None:
        return Entry(number(serial), format_type="DATE", pattern=date_pattern)
    time = _parse_time(match["time"].removesuffix("Z"))
    if time is None or time[0] >= 1:
        return None
    return Entry(
        number(serial + time[0]), format_type="DATE_TIME", pattern=f"{date_pattern} {time[1]}"
    )


def _parse_time(text: str) -> tuple[int | float, str] | None:
    """(fraction of a day, pattern) of a clock time or a duration."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hours, minutes, seconds = int(match["h"]), int(match["m"]), int(match["s"] or 0)
    if minutes > 59 or seconds > 59:
        return None
    half = match["half"]
    if half:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half.upper() == "PM" else 0)
    total = hours * 3600 + minutes * 60 + seconds + float(match["f"] or 0)
    hour_pattern = "[h]" if hours >= 24 else "h"
    pattern = f"{hour_pattern}:mm"
    if match["s"]:
        pattern += ":ss"
    if match["f"]:
        pattern += "." + "0" * min(len(match["f"]) - 1, 3)
    if half:
        pattern += " am/pm"
    return number(total / 86400), pattern
