"""Tells the world how far the mappings of this process are: a thread that looks and writes.

It reads what is committed and touches nothing of the merge, so that no mapping waits for it. A
record goes out when it differs from the last one, and once a minute in any case: whoever reads
knows by its time whether the sink is alive.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from sink.core.errors import SheetbridgeError
from sink.core.status_record import REPEAT_SECONDS, StatusRecord

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
STOP_SECONDS = 10.0


class Writer(Protocol):
    """Where records go."""

    def write(self, record: StatusRecord) -> None:
        """Write one; raises SheetbridgeError where that cannot be done now."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class StatusReporter(threading.Thread):
    """``read`` gives the records of our mappings, without a time; ``now`` Google's time in µs."""

    def __init__(
        self, read: Callable[[], list[StatusRecord]], writer: Writer, now: Callable[[], int]
    ) -> None:
        super().__init__(name="status-reporter", daemon=True)
        self._read = read
        self._writer = writer
        self._now = now
        self._last: dict[str, StatusRecord] = {}
        self._trouble = ""
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Ask the thread to end, and wait for it."""
        self._stopping.set()
        self.join(STOP_SECONDS)

    def run(self) -> None:
        """Thread body: look every two seconds until told to stop."""
        while not self._stopping.is_set():
            self.report()
            self._stopping.wait(LOOK_SECONDS)
        self._writer.close()

    def report(self) -> None:
        """Look once; a server that is away is told once, and asked again next time."""
        try:
            for record in self._read():
                self._tell(replace(record, at_ms=self._now() // 1_000))
            self._trouble = ""
        except SheetbridgeError as error:
            if str(error) != self._trouble:
                self._trouble = str(error)
                log.warning("the status is not told: %s", error)

    def _tell(self, record: StatusRecord) -> None:
        last = self._last.get(record.mapping)
        due = last is None or record.at_ms >= last.at_ms + REPEAT_SECONDS * 1_000
        if last is not None and not due and _same(record, last):
            return
        self._writer.write(record)
        self._last[record.mapping] = record


def _same(record: StatusRecord, last: StatusRecord) -> bool:
    """Whether nothing is new: how exactly the clocks are known may wait until a record is due."""
    now, before = record.clocks, last.clocks
    known = (now.database is None) == (before.database is None)
    alike = known and now.noticeable == before.noticeable
    return alike and replace(record, at_ms=last.at_ms, clocks=before) == last
