"""Whether the next call waits for rows that are about to be owed.

A call has its price besides the quota: once it is answered, what the sheet shows now is noted in
each of its rows, for as long as merging another change of it takes. In a flood of changes a call
that goes out early thus keeps back the one that shows the last of them.
"""

from __future__ import annotations

from sink.call_size import ROWS_PER_CALL

FEW = 500
"""Records of changes that are merged within a tenth of a second: no call waits for those."""

LONGEST = 2.0
"""Seconds that a call waits at most, as where the same rows change over and over."""


class Gathering:
    """The calls of one mapping. Times are seconds of a monotonic clock.

    A wait ends for good only with a call: where the quota is used up by then, the call that it
    allows next does not wait once more.
    """

    def __init__(self) -> None:
        self._since: float | None = None

    def waits(self, owed: int, behind: int, now: float) -> bool:
        """Whether a call of ``owed`` rows waits while ``behind`` records are to be merged."""
        if behind <= FEW or not owed:
            self._since = None
            return False
        if self._since is None:
            self._since = now
        return owed < ROWS_PER_CALL and now < self._since + LONGEST

    def called(self) -> None:
        """A call goes out: the next one may wait anew."""
        self._since = None
