"""Numbers in cells: doubles of which 15 significant digits are to be trusted.

A spreadsheet stores IEEE doubles, and shows at most 15 significant digits of them
(https://support.google.com/docs/answer/56470). Every decimal of up to 15 digits survives a
double, none of more does for certain; so numbers of more digits are shown as text.
"""

from __future__ import annotations

import math
from decimal import Context, Decimal, InvalidOperation

from sink.core.errors import UnfitValueError

DIGITS = 15
WHOLE = 10**DIGITS
"""Whole numbers below it are all exact in a cell."""

_FIFTEEN = Context(prec=DIGITS)
_PLAIN_EXPONENTS = range(-7, 21)


def fifteen_digits(number: int | float) -> Decimal:
    """What a person means by a cell's number: its first 15 significant digits.

    ``0.1+0.2`` is 0.3. Raises UnfitValueError for what is no number.
    """
    if number == 0:
        return Decimal(0)
    if isinstance(number, float) and not math.isfinite(number):
        raise UnfitValueError("takes a number that is finite")
    return _FIFTEEN.create_decimal(repr(number))


def exact_number(number: int | float) -> Decimal:
    """The same, but refuses a number whose whole part has digits beyond the 15th.

    A long identifier typed as a number would otherwise change in silence.
    """
    if -WHOLE < number < WHOLE and number == int(number):
        return Decimal(int(number))
    meant = fifteen_digits(number)
    if abs(meant) >= WHOLE and meant != Decimal(repr(number)):
        raise UnfitValueError(
            "has more than 15 digits, which a number in a sheet cannot hold; "
            "type it as text, with ' in front"
        )
    return meant


def shown_number(number: Decimal) -> int | float | str:
    """A number for a cell while it has at most 15 significant digits, else its plain text."""
    digits = number.as_tuple().digits
    if len(digits) > DIGITS and len("".join(map(str, digits)).strip("0")) > DIGITS:
        return format(number, "f")
    small = number.adjusted() < DIGITS
    return int(number) if small and number == number.to_integral_value() else float(number)


def number_text(number: Decimal) -> str:
    """A number as a person writes it: no ``.0``, no exponent unless it is very large or small."""
    if not number:
        return "0"
    plain = number.normalize(_FIFTEEN)
    if plain.adjusted() in _PLAIN_EXPONENTS:
        return format(plain, "f")
    return format(plain, "E")


def parse_number(text: str) -> Decimal | None:
    """The number that a text spells with digits, a point and an exponent, else None.

    Nothing is guessed: no thousands separators, no decimal comma, no ``NaN``.
    """
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and "_" not in text else None
