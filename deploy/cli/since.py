"""A moment as people say it at the command line: ``2h``, ``3d``, or a date and time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from deploy.cli.failure import CommandError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGO = re.compile(r"(\d{1,6})\s*([smhdw])")


def since(text: str, now: datetime) -> datetime:
    """The moment that ``text`` means; UTC where it names no zone. Raises CommandError."""
    ago = _AGO.fullmatch(text.strip())
    try:
        if ago is not None:
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        moment = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError) as error:
        raise CommandError(
            f"{text!r} is no moment",
            mend="Write 30m, 2h, 3d, or a date and time such as 2026-03-01T12:00 (UTC)",
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
