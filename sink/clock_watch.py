"""Measures how far the clocks of Google, the database server and this machine are apart.

Google's is known from the ``Date`` of its answers; the database server is asked, now and then. The
differences go into the status; one that may decide crossings wrongly is logged, once.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from sink.core.clock_difference import Clocks, Difference, ServerClock
from sink.core.status_record import StatusRecord

log = logging.getLogger(__name__)

ASK_SECONDS = 30.0


def wall_us() -> int:
    """This machine's clock in microseconds since the epoch."""
    return time.time_ns() // 1_000


@dataclass(slots=True)
class ClockWatch:
    """``server_time`` asks the database server (µs), opening a connection first if it must;
    ``google`` gives Google's offset from ``monotonic`` (µs), None before its first answer."""

    server_time: Callable[[], int]
    google: Callable[[], Difference | None]
    monotonic: Callable[[], int]
    wall: Callable[[], int] = wall_us
    _server: ServerClock = field(default_factory=ServerClock)
    _asked: int | None = None
    _warned: bool = False

    def tell(self, records: Sequence[StatusRecord]) -> list[StatusRecord]:
        """The status records with what is known of the clocks; raises SheetbridgeError where the
        server does not answer."""
        clocks = self.look() if records else Clocks()
        return [replace(record, clocks=clocks) for record in records]

    def look(self) -> Clocks:
        """What is known now."""
        self._ask()
        now = self.monotonic()
        machine = self.wall() - now
        clocks = Clocks.against(
            self.google(), self._server.offset(now), Difference(machine, machine)
        )
        self._warn(clocks)
        return clocks

    def _ask(self) -> None:
        now = self.monotonic()
        if self._asked is not None and now - self._asked < ASK_SECONDS * 1_000_000:
            return
        self._asked = now
        for _ in range(2):  # the first may have to connect: the second is quick, so it tells more
            sent = self.monotonic()
            shown = self.server_time()
            self._server.observe(shown, sent, self.monotonic())

    def _warn(self, clocks: Clocks) -> None:
        if clocks.noticeable and not self._warned:
            log.warning(
                "%s: where edits of both sides cross, the wrong one may win. Let the database "
                "server's clock follow NTP",
                clocks.in_words(),
            )
        elif self._warned and not clocks.noticeable:
            log.info("clocks are together again: %s", clocks.in_words())
        self._warned = clocks.noticeable
