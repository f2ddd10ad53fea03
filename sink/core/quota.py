"""Pacing of calls under a quota a minute, so that the limit is never hit and never wasted.

Google counts calls per user and minute (https://developers.google.com/workspace/sheets/api/limits).
A few calls after a quiet time go out at once; under load the rest of the budget is spread evenly
over the time until the window frees, so that a long burst never ends in a stall.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

WINDOW = 60.0


@dataclass(slots=True)
class Pace:
    """A sliding window over the calls of the last minute. Times are monotonic seconds."""

    per_minute: int
    burst_share: float = 0.2
    sent: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        """Seconds to wait before the next call may be sent; 0 when it may go at once."""
        used = self._used(now)
        if used >= self.per_minute:
            return self.sent[used - self.per_minute] + WINDOW - now
        if used < self.per_minute * self.burst_share:
            return 0.0
        spacing = (self.sent[0] + WINDOW - now) / (self.per_minute - used)
        return max(0.0, self.sent[-1] + min(spacing, WINDOW / self.per_minute) - now)

    def wait_for_share(self, now: float, share: float) -> float:
        """Seconds until less than ``share`` of a minute's calls are used."""
        used, most = self._used(now), max(1, int(self.per_minute * share))
        return 0.0 if used < most else self.sent[used - most] + WINDOW - now

    def spend(self, now: float) -> None:
        """Count one call."""
        self.sent.append(now)

    def _used(self, now: float) -> int:
        while self.sent and self.sent[0] <= now - WINDOW:
            self.sent.popleft()
        return len(self.sent)
