"""The scheduler: what happens next, in simulated microseconds.

An action may itself let time pass (``advance``): whatever else is due happens meanwhile. So a call
to Google that takes its time is overtaken by people, programs and the sink's own merging, as on
real threads, and yet one seed always plays the same history.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count

Action = Callable[[], None]

MILLISECOND = 1_000
SECOND = 1_000_000


class Agenda:
    """Actions in the order of their times; those of one moment in the order of their planning."""

    def __init__(self, start: int) -> None:
        self.now = start
        self.passed: Action = lambda: None
        """Called whenever time has passed or something has happened."""
        self._order = count()
        self._due: list[tuple[int, int, Action]] = []

    def at(self, time: int, action: Action) -> None:
        """Plan an action; one that is planned for the past happens now."""
        heapq.heappush(self._due, (max(time, self.now), next(self._order), action))

    def after(self, delay: int, action: Action) -> None:
        """Plan an action for ``delay`` microseconds from now."""
        self.at(self.now + delay, action)

    def advance(self, delay: int) -> None:
        """Let ``delay`` microseconds pass, with all that happens in them."""
        until = self.now + delay
        while self._due and self._due[0][0] <= until:
            time, _, action = heapq.heappop(self._due)
            self._pass(time)
            action()
            self.passed()
        self._pass(until)

    def _pass(self, time: int) -> None:
        if time > self.now:
            self.now = time
            self.passed()
