"""Pacing of calls under a quota a minute, so that the limit is never hit and never wasted.

Google counts calls per user and minute (https://developers.google.com/workspace/sheets/api/limits).
A few calls after a quiet time go out at once; under load the rest of the budget is spread evenly
over the time until the window frees, so that a long burst never ends in a stall.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import takewhile

WINDOW = 60.5
"""A minute, and what one call may take longer on its way than another: Google counts them as they
come, we as they go."""


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
        return max(0.0, self.sent[-1] + spacing - now)

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


@dataclass(slots=True)
class Places:
    """Calls that were granted together at ``since``; ``left`` of them have not gone yet."""

    since: float
    left: int


@dataclass(slots=True)
class Allowance:
    """The calls of a minute that one kind of work may use. Times are monotonic seconds.

    Such work asks beforehand for as many as it takes, so that it does not stop in its midst while
    others wait for it. What was granted counts from then on, and anew from when the call goes.

    Whoever is refused waits its turn: who asks later gets only what that leaves. Else work of few
    calls would keep work of many waiting for ever. A turn is lost by asking no more for a minute.
    """

    per_minute: int
    used: deque[float] = field(default_factory=deque)
    _waiting: dict[str, Places] = field(default_factory=dict)

    def grant(self, now: float, calls: int, who: str) -> Places | None:
        """Places for ``calls`` calls of ``who``, a whole minute's for work that takes more; None:
        not yet.
        """
        self._forget(now)
        granted = Places(now, min(calls, self.per_minute))
        if len(self.used) + self._promised(who) + granted.left > self.per_minute:
            self._waiting[who] = granted  # it keeps its turn if it has one
            return None
        self._waiting.pop(who, None)
        self.used.extend([now] * granted.left)
        return granted

    def _promised(self, who: str) -> int:
        """How many calls those wait for whose turn comes before that of ``who``."""
        before = takewhile(lambda waiting: waiting != who, self._waiting)
        return sum(self._waiting[waiting].left for waiting in before)

    def wait(self, now: float, places: Places) -> float:
        """Seconds until the next call of the work that holds ``places`` may go."""
        self._forget(now)
        if self._held(now, places) or len(self.used) < self.per_minute:
            return 0.0
        return self.used[-self.per_minute] + WINDOW - now

    def spend(self, now: float, places: Places) -> None:
        """Count one call of that work."""
        if self._held(now, places):
            self.used.remove(places.since)
        places.left -= 1
        self.used.append(now)

    @staticmethod
    def _held(now: float, places: Places) -> bool:
        """Whether a place is left, and is counted still."""
        return places.left > 0 and places.since > now - WINDOW

    def _forget(self, now: float) -> None:
        while self.used and self.used[0] <= now - WINDOW:
            self.used.popleft()
        for who in [each for each, asked in self._waiting.items() if asked.since <= now - WINDOW]:
            del self._waiting[who]
