"""A library that tells of every attempt to reconnect is let speak now and then."""

from __future__ import annotations

import logging

INTERVAL_SECONDS = 30.0


class Seldom(logging.Filter):
    """Of the loggers below ``name`` each is let through once in ``INTERVAL_SECONDS``.

    The next line that goes through says how many were left out. All other loggers are untouched.
    Made for a handler: a logger's own filter does not see what loggers below it say.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._told: dict[str, float] = {}
        self._left_out: dict[str, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        if not super().filter(record):
            return True
        last = self._told.get(record.name)
        if last is not None and record.created < last + INTERVAL_SECONDS:
            self._left_out[record.name] = self._left_out.get(record.name, 0) + 1
            return False
        self._told[record.name] = record.created
        if left_out := self._left_out.pop(record.name, 0):
            record.msg = f"{record.getMessage()} (and {left_out:,} lines before it)"
            record.args = None
        return True
