"""How far clocks are apart: as intervals, which say what is known of a difference and no more.

A server's clock is read between a request and its answer, so the difference to ours lies between
two bounds; several readings narrow it. That is NTP's way to measure an offset:
https://www.rfc-editor.org/rfc/rfc5905#section-8. All times are microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

SECOND = 1_000_000

NOTICEABLE = 2 * SECOND
"""Google's ``Date`` has whole seconds, and a person's hand is no faster."""

TOO_FAR = 60 * SECOND
"""More than the time between two people's edits: last write wins does not hold any more."""

DRIFT = 10_000
"""Two clocks move apart by at most one part in so many (100 ppm) of the time that passes."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One clock less another: between ``low`` and ``high`` µs, more than 0 where it is ahead."""

    low: int
    high: int

    def less(self, other: Difference) -> Difference:
        """The difference of two clocks that were both compared with a third."""
        return Difference(self.low - other.high, self.high - other.low)

    def meet(self, other: Difference) -> Difference | None:
        """What both say; None where they contradict each other."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Difference(low, high) if low <= high else None

    def widened(self, by: int) -> Difference:
        """The same, known less exactly."""
        return Difference(self.low - by, self.high + by)

    @property
    def surely(self) -> int:
        """How far the clocks are apart at the least, by the sign of ``Difference``."""
        return self.low if self.low > 0 else min(self.high, 0)

    @property
    def noticeable(self) -> bool:
        """Whether it may decide crossings against the order in which people acted."""
        return abs(self.surely) > NOTICEABLE

    def in_words(self, clock: str, other: str) -> str:
        """A sentence for people: ``MySQL's clock is 4.0 to 4.6 s ahead of Google's``."""
        if self.surely == 0:
            within = max(abs(self.low), abs(self.high)) / SECOND
            return f"{clock} agrees with {other} to {within:.1f} s"
        least, most = sorted((abs(self.low), abs(self.high)))
        apart = f"{least / SECOND:.1f} to {most / SECOND:.1f}"
        if len(set(apart.split(" to "))) == 1:
            apart = f"{least / SECOND:.1f}"
        return f"{clock} is {apart} s {'ahead of' if self.low > 0 else 'behind'} {other}"


@dataclass(slots=True)
class ServerClock:
    """A server's clock less the local monotonic one, narrowed by every reading.

    A reading that contradicts those before (somebody set the clock) is believed alone.
    """

    _offset: Difference | None = None
    _since: int = 0

    def observe(self, shown: int, sent: int, answered: int) -> None:
        """The server's clock showed ``shown`` between two moments of the monotonic one."""
        seen = Difference(shown - answered, shown - sent)
        before = self.offset(answered)
        self._offset = (before and before.meet(seen)) or seen
        self._since = answered

    def offset(self, monotonic: int) -> Difference | None:
        """What is known of it at a moment: less, the longer nobody has looked. None: nothing."""
        if self._offset is None:
            return None
        return self._offset.widened(max(0, monotonic - self._since) // DRIFT)


@dataclass(frozen=True, slots=True)
class Clocks:
    """How far the database server's clock and this machine's are from Google's; None: unknown."""

    database: Difference | None = None
    machine: Difference | None = None

    @classmethod
    def against(
        cls, google: Difference | None, database: Difference | None, machine: Difference
    ) -> Self:
        """All three are offsets from the local monotonic clock."""
        if google is None:
            return cls()
        return cls(None if database is None else database.less(google), machine.less(google))

    @property
    def noticeable(self) -> bool:
        """Whether the two clocks that decide crossings are surely too far apart."""
        return self.database is not None and self.database.noticeable

    @property
    def too_far(self) -> bool:
        """Whether they are so far apart that crossings go to the wrong side as a rule."""
        return self.database is not None and abs(self.database.surely) > TOO_FAR

    def in_words(self) -> str:
        """What is known, for people."""
        told = [
            difference.in_words(clock, "Google's")
            for clock, difference in (
                ("MySQL's clock", self.database),
                ("the sink's own", self.machine),
            )
            if difference is not None
        ]
        return ", ".join(told) or "not compared yet: Google has not answered"
