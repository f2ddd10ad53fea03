"""How soon Kafka is asked again: at once after a pause, not for each record of a steady load.

A fetch costs the processor as much as merging ten records, and every merge has its round trips to
the database. Where records come one by one all the time, a short wait before the next poll lets
several come together; whoever edits alone is not made to wait.
"""

from __future__ import annotations

SPACING = 0.02
"""Seconds between polls that brought records, where they come all the time."""

AT_ONCE = 16
"""So many of them may follow one another after a pause before any waits."""


class PollPace:
    """A bucket that each poll which brought records fills by ``SPACING``, and time empties.

    Times are seconds of a monotonic clock.
    """

    def __init__(self) -> None:
        self._empty_at = 0.0

    def brought(self, now: float) -> None:
        """A poll has brought records."""
        self._empty_at = max(self._empty_at, now) + SPACING

    def wait(self, now: float) -> float:
        """Seconds until the next poll: ``SPACING`` at most."""
        return max(0.0, self._empty_at - AT_ONCE * SPACING - now)
