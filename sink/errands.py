"""Errands at Google: one at a time, with backing off, and the reason while they fail.

An errand runs on Google's thread; its end, good or bad, on the merging one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol, TypeVar

from sink.core.errors import SheetbridgeError
from sink.parts import Parts
from sink.sheet_calls import StaleLayoutError
from sink.stopping import StoppedError
from sink.writers.sheets.errors import FenceError, ProtectedRangeError, SheetRefusedError
from sink.writers.sheets.layout import UnfitTabError
from sink.writers.sheets.tab import Tab

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

FIRST_BACKOFF = 0.3
MOST_BACKOFF = 30.0
MOST_DOUBLINGS = 10
"""Of a waiting time; more would overflow in a stop of half an hour."""

TAB_CHECK_SECONDS = 3.0
PROTECTED_CHECK_SECONDS = 15.0
"""At most, between two tries at a protected range: each costs three reads of the quota that all
mappings of an account share."""

FAILING_SECONDS = 60.0
"""After so long an error that may pass is told like one that does not; it is still tried again."""

REFUSALS_OF_A_TAB = 2
"""One refusal may be a row that moved away under the call; more are told. One fence that is gone
may be another worker's: this one then ends at its next transaction."""


class Background(Protocol):
    """Runs an errand on Google's thread and its end on the merging one."""

    def __call__(
        self, action: Callable[[Tab], Answer], done: Callable[[Future[Answer]], None]
    ) -> None:
        """Start ``action``; ``done`` is called with its future."""


class Errands:
    """The errands of one mapping."""

    def __init__(self, parts: Parts, background: Background) -> None:
        self._parts = parts
        self._background = background
        self._reason = parts.record.reason
        self._failures = 0
        self._failing_since: float | None = None
        self._not_before = 0.0
        self._stopped = False
        self._refusals = 0
        self.under_way = False

    @property
    def possible(self) -> bool:
        """Whether another errand may begin now."""
        return not self.under_way and self._parts.around.monotonic() >= self._not_before

    def run(
        self,
        action: Callable[[Tab], Answer],
        take: Callable[[Answer], None],
        failed: Callable[[SheetbridgeError], None],
        *,
        aside: bool = False,
    ) -> None:
        """Run ``action`` on Google's thread, then here ``take`` its answer, or ``failed``.

        Both may be called again where the database failed in them. ``aside``: how it ends says
        nothing of whether the mapping runs.
        """
        self.under_way = True

        def done(future: Future[Answer]) -> None:
            error = future.exception()
            if error is None:
                if not aside:
                    self._failing_since = None
                if not self._stopped and not self._barred and not aside:
                    self._say(None)
                take(future.result())
                self._failures = 0 if not aside else self._failures
            elif isinstance(error, SheetbridgeError):
                failed(error)
                if not aside:
                    self._back_off(error)
            else:
                raise error
            self.under_way = False

        self._background(action, done)

    def stop(self, error: SheetbridgeError) -> None:
        """An answer shows that nothing can be done until a person mends it: tell why, and wait."""
        self._stopped = True
        self._back_off(error)

    def refused(self, error: SheetRefusedError) -> None:
        """A write was refused. If that is more than a row that moved away, reading proves nothing
        any more: only a write that goes through does."""
        protected = isinstance(error, ProtectedRangeError)
        self._refusals += REFUSALS_OF_A_TAB if protected else 1

    def written(self) -> None:
        """A write went through, or nothing is to be written any more."""
        if self._barred:
            self._refusals = 0
            self._say(None)
        self._refusals = 0

    @property
    def _barred(self) -> bool:
        return self._refusals >= REFUSALS_OF_A_TAB

    def go_on(self) -> None:
        """What ``stop`` told of is mended."""
        self._stopped = False

    @property
    def reason(self) -> str | None:
        """Why the mapping's sheet side has stopped; None: it runs."""
        return self._reason

    def _back_off(self, error: SheetbridgeError) -> None:
        if isinstance(error, StaleLayoutError | StoppedError):
            return
        self._failures += 1
        tries = min(max(self._failures, self._refusals), MOST_DOUBLINGS)
        wait = min(MOST_BACKOFF, FIRST_BACKOFF * 2**tries) * (0.5 + self._parts.around.chance() / 2)
        if isinstance(error, UnfitTabError):
            wait = TAB_CHECK_SECONDS
        elif isinstance(error, ProtectedRangeError):
            wait = min(PROTECTED_CHECK_SECONDS, TAB_CHECK_SECONDS * 2 ** (tries // 4))
        passing = isinstance(error, SheetRefusedError | FenceError) and tries == 1
        if not (error.retriable or passing):
            self._say(str(error))
        elif self._fails_for_long():
            self._say(f"{error}; it is tried again until it works")
        name = self._parts.table.mapping.name
        log.warning("mapping %s: sheet: %s; again in %.1f s", name, error, wait)
        self._not_before = self._parts.around.monotonic() + wait

    def _fails_for_long(self) -> bool:
        now = self._parts.around.monotonic()
        if self._failing_since is None:
            self._failing_since = now
        return now - self._failing_since >= FAILING_SECONDS

    def _say(self, reason: str | None) -> None:
        """Store why the mapping's sheet side has stopped, for ``status``; None: it runs."""
        if reason == self._reason:
            return
        with self._parts.store.begin() as transaction:
            transaction.note({"reason": reason})
        name = self._parts.table.mapping.name
        if reason is None:
            log.info("mapping %s goes on", name)
        else:
            log.error("mapping %s stopped: %s", name, reason)
        self._reason = reason
