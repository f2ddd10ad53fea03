"""Google's clock, estimated from the whole-second ``Date`` headers of its answers.

Each answer bounds the offset between the local monotonic clock and Google's: the header was
written between request and answer and shows its second rounded down. Intersecting many bounds
narrows the estimate below a second. All times are microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

from sink.core.clock_difference import Difference

SECOND = 1_000_000

SLEW = 5
"""A clock that is ahead loses at most one part in so many of the time that passes."""

TRUSTED = 300 * SECOND
"""How wrong this machine's clock may be while Google has not answered."""


@dataclass(slots=True)
class GoogleClock:
    """An interval for (Google's time - monotonic time), narrowed by every answer.

    Starts from the local wall clock. What it shows never goes back: a better estimate that is
    lower is approached slowly (``SLEW``), so that a later moment always has a later time.
    """

    low: int
    high: int
    answers: int = 0
    _shown: int | None = None
    _since: int = 0

    @classmethod
    def starting_from(cls, wall: int, monotonic: int) -> GoogleClock:
        """A clock that trusts the local wall clock until Google has answered once."""
        return cls(wall - monotonic, wall - monotonic)

    def observe(self, date_header: int, sent: int, answered: int) -> None:
        """Learn from one answer: its ``Date`` and the monotonic times around it."""
        shown = self._offset(answered) if self.answers else None
        low = date_header - answered
        high = date_header + SECOND - sent
        if self.answers == 0 or low > self.high or high < self.low:
            self.low, self.high = low, high  # first answer, or a clock was set
        else:
            self.low, self.high = max(self.low, low), min(self.high, high)
        self.answers += 1
        self._shown, self._since = shown, max(self._since, answered)

    def at(self, monotonic: int) -> int:
        """Google's time at a monotonic time: the middle of what is possible, or near it."""
        return monotonic + self._offset(monotonic)

    def earliest(self, monotonic: int) -> int:
        """The earliest that Google's time may be at a monotonic time."""
        return monotonic + self.low - (0 if self.answers else TRUSTED)

    def latest(self, monotonic: int) -> int:
        """The latest that Google's time may be at a monotonic time."""
        if not self.answers:
            return monotonic + self.high + TRUSTED
        return monotonic + max(self.high, self._offset(monotonic))

    def _offset(self, monotonic: int) -> int:
        middle = (self.low + self.high) // 2
        if self._shown is None:
            return middle
        passed = max(0, monotonic - self._since)
        return max(middle, self._shown - passed // SLEW)

    @property
    def offset(self) -> Difference | None:
        """Google's time less the monotonic one; None before Google's first answer."""
        return Difference(self.low, self.high) if self.answers else None

    @property
    def uncertainty(self) -> int:
        """Width of what is possible, in microseconds."""
        return self.high - self.low
