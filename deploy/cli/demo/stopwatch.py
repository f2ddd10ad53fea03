"""Measures how long an act takes to show on the other side."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Seen = TypeVar("Seen")


@dataclass(frozen=True, slots=True)
class Arrival(Generic[Seen]):
    """What was seen last and when.

    ``seconds`` count from just before the act until the look that saw it had its answer;
    ``arrived`` is False if it never did. ``interval`` is the time between the answers of that look
    and of the one before (or the act's begin), so it may have shown that much earlier.
    """

    seen: Seen
    arrived: bool
    seconds: float
    interval: float


class Stopwatch:
    """``look`` again and again, ``pause`` seconds between two looks, for ``patience`` seconds."""

    def __init__(
        self,
        *,
        pause: float = 0.01,
        patience: float = 30.0,
        clock: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._pause = pause
        self._patience = patience
        self._clock = clock
        self._sleep = sleep

    def time(
        self,
        act: Callable[[], object],
        look: Callable[[], Seen],
        shows: Callable[[Seen], bool],
    ) -> Arrival[Seen]:
        """Do ``act``, then look until ``shows`` says yes or patience is at its end."""
        started = self._clock()
        act()
        before = started
        while True:
            seen = look()
            now = self._clock()
            interval, before = now - before, now
            if shows(seen):
                return Arrival(seen, True, now - started, interval)
            if now - started > self._patience:
                return Arrival(seen, False, now - started, interval)
            self._sleep(self._pause)
