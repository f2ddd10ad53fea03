"""Trying again: one function, with a description, attempts, jitter and a deadline.

Only errors whose class says ``retriable`` are tried again; clock, sleep and chance come in from
outside, so that tests need not wait.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from sink.core.errors import SheetbridgeError

log = logging.getLogger(__name__)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Backoff:
    """How to wait between attempts: seconds, doubled each time, with full jitter.

    ``deadline`` bounds the whole: no attempt starts later than that many seconds after the first.
    """

    first: float = 0.1
    most: float = 10.0
    deadline: float = 60.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = field(default=random.random)

    def pause(self, attempt: int) -> float:
        """Seconds to wait after the given failed attempt, counted from 0."""
        ceiling: float = min(self.most, self.first * 2**attempt)
        return ceiling * (0.5 + self.chance() / 2)


def retry(what: str, action: Callable[[], Result], backoff: Backoff) -> Result:
    """Run ``action`` until it succeeds, fails for good, or the deadline is reached.

    ``what`` names the action in the log. The last error is raised as it is.
    """
    started = backoff.clock()
    attempt = 0
    while True:
        try:
            return action()
        except SheetbridgeError as error:
            wait = backoff.pause(attempt)
            if not error.retriable or backoff.clock() + wait - started > backoff.deadline:
                raise
            log.warning("%s: %s; again in %.1f s", what, error, wait)
            backoff.sleep(wait)
            attempt += 1
