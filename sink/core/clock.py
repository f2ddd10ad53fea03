"""Google's clock, estimated from the whole-second ``Date`` headers of its answers.

Each answer bounds the offset between the local monotonic clock and Google's: the header was
written between request and answer and shows its second rounded down. Intersecting many bounds
narrows the estimate below a second. All times are microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

SECOND = 1_000_000


@dataclass(slots=True)
class GoogleClock:
    """An interval for (Google's time - monotonic time), narrowed by every answer.

    Starts from the local wall clock, wide enough for a badly set one.
    """

    low: int
    high: int
    answers: int = 0

    @classmethod
    def starting_from(cls, wall: int, monotonic: int) -> GoogleClock:
        """A clock that trusts the local wall clock until Google has answered once."""
        return cls(wall - monotonic, wall - monotonic)

    def observe(self, date_header: int, sent: int, answered: int) -> None:
        """Learn from one answer: its ``Date`` and the monotonic times around it."""
        low = date_header - answered
        high = date_header + SECOND - sent
        if self.answers == 0 or low > self.high or high < self.low:
            self.low, self.high = low, high  # first answer, or a clock was set
        else:
            self.low, self.high = max(self.low, low), min(self.high, high)
        self.answers += 1

    def at(self, monotonic: int) -> int:
        """Google's time at a monotonic time: the middle of what is possible."""
        return monotonic + (self.low + self.high) // 2

    def earliest(self, monotonic: int) -> int:
        """The earliest that Google's clock can show."""
        return monotonic + self.low

    def latest(self, monotonic: int) -> int:
        """The latest that Google's clock can show."""
        return monotonic + self.high

    @property
    def uncertainty(self) -> int:
        """Width of what is possible, in microseconds."""
        return self.high - self.low
