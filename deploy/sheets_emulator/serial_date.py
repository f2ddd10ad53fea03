"""Serial numbers: days since 30 December 1899, the time of day as the fraction.

Source: https://developers.google.com/workspace/sheets/api/guides/formats#about_date_time_values
Wall clock, no zone: a serial number is what the cell shows.
"""

import datetime

_EPOCH = datetime.datetime.fromisoformat("1899-12-30T00:00:00")
_DAY_MS = 86_400_000


def from_datetime(moment: datetime.datetime) -> float:
    """The serial number of a wall-clock moment (a zone, if there is one, is ignored)."""
    passed = moment.replace(tzinfo=None) - _EPOCH
    return passed.days + (passed.seconds * 1_000_000 + passed.microseconds) / 86_400_000_000


def to_datetime(serial: float) -> datetime.datetime:
    """The wall-clock moment, rounded to the millisecond as Sheets shows it."""
    days, fraction = divmod(serial, 1)
    milliseconds = round(fraction * _DAY_MS)
    try:
        return _EPOCH + datetime.timedelta(days=int(days), milliseconds=milliseconds)
    except OverflowError:
        return _EPOCH
