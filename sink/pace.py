"""How soon Kafka is asked again: at once after a pause, not for each record of a steady load.

A fetch costs the processor as much as merging ten records, and every merge has its round trips to
the database. Where records come one by one all the time, a short wait before the next poll lets
several come together; whoever edits alone is not made to wait.
"""

from __future__ import annotations

from collections import deque

SPACING = 0.02
"""Seconds between polls that brought records, on the average."""

AT_ONCE = 16
"""So many of them may follow one another without a wait."""


class Pace:
    """Of the polls that brought records, ``AT_ONCE`` in a time of as many ``SPACING``."""

    def __init__(self) -> None:
        self._brought: deque[float] = deque(maxlen=AT_ONCE)

    def brought(self, now: float) -> None:
        """A poll has brought records at ``now`` (seconds of a monotonic clock)."""
        self._brought.append(now)

    def wait(self, now: float) -> float:
        """Seconds until the next poll."""
        if len(self._brought) < AT_ONCE:
            return 0.0
        return max(0.0, self._brought[0] + AT_ONCE * SPACING - now)
