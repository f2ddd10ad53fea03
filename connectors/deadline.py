"""One budget of time that all steps of a registration share."""

from __future__ import annotations

import time
from collections.abc import Callable


class Deadline:
    """``seconds`` from now, on a monotonic clock; clock and sleep may be replaced in tests."""

    def __init__(
        self,
        seconds: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.seconds = seconds
        self._clock = clock
        self._sleep = sleep
        self._start = clock()

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._start

    @property
    def passed(self) -> bool:
        """Whether the budget is spent."""
        return self.elapsed >= self.seconds

    def pause(self, seconds: float) -> None:
        """Sleep, but never beyond the end of the budget."""
        self._sleep(max(0.0, min(seconds, self.seconds - self.elapsed)))
