"""A number or a date as it is typed in the spreadsheet's locale, told as in English.

The locale of a spreadsheet says how numbers and dates are typed into it and shown
(https://support.google.com/docs/answer/58515). German is known here, with its decimal comma and its
days first (CLDR, https://github.com/unicode-org/cldr-json, `de`): whoever tests with it types as
people do. All other locales are typed into as in English, and what cells show is English always.
The API's own values, numbers and serial dates, depend on no locale.
"""

import re

_GERMAN_DATE = re.compile(r"(?P<d>[0-9]{1,2})\.(?P<m>[0-9]{1,2})\.(?P<y>[0-9]{4})(?P<time>\s.*)?")
_SWAPPED = str.maketrans(",.", ".,")


def in_english(text: str, locale: str) -> str:
    """The text of a number or a date; any other may come back garbled."""
    if not locale.startswith("de"):
        return text
    date = _GERMAN_DATE.fullmatch(text)
    if date is not None:
        return f"{date['y']}-{date['m']}-{date['d']}{date['time'] or ''}"
    return text.translate(_SWAPPED)
