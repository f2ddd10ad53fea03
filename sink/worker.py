"""One mapping at work: a thread that merges, and one beside it that talks to Google.

Everything that changes the mapping's state happens on the merging thread, in numbered
transactions; so each mapping has one merge point. Calls to Google run on the other thread, one at
a time, and their answers come back through the same inbox as the records of the topics.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from sink.beginning import Beginning
from sink.core.errors import SheetbridgeError
from sink.inbound import Inbox, Reader, Record
from sink.parts import Parts
from sink.retry import Backoff, retry
from sink.sheet_side import SheetSide
from sink.state.errors import OvertakenError
from sink.state.store import note_reason
from sink.writers.sheets.tab import Tab

log = logging.getLogger(__name__)

IDLE_SECONDS = 0.2
APPLY_AT_ONCE = 1_000

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Stop:
    """The last message of an inbox."""


Message = Sequence[Record] | Callable[[], None] | Stop


class Worker(threading.Thread):
    """Merges one mapping's streams until told to stop, or until another worker overtakes it."""

    def __init__(self, parts: Parts, *, max_batch: int) -> None:
        super().__init__(name=f"mapping-{parts.table.mapping.name}", daemon=True)
        self.parts = parts
        self.failure: BaseException | None = None
        self._inbox: queue.Queue[Message] = queue.Queue()
        self._max_batch = max_batch
        self._google = ThreadPoolExecutor(1, thread_name_prefix=f"google-{self.name}")
        self._tab: Tab | None = None
        self._sheet = SheetSide(parts, self._in_background)
        self._beginning = Beginning(parts, self._on_google)
        self._reader: Reader = parts.reader()

    def offer(self, records: Sequence[Record]) -> None:
        """Hand over records, in order; called by the consumer's thread."""
        self._inbox.put(records)

    @property
    def backlog(self) -> int:
        """Messages that wait to be merged: the consumer pauses the topics when it grows."""
        return self._inbox.qsize()

    def stop(self) -> None:
        """Ask the worker to end after what it is doing; ``join`` waits for it."""
        self._inbox.put(Stop())

    def run(self) -> None:
        """Thread body: see the module's docstring."""
        name = self.parts.table.mapping.name
        try:
            self._work()
        except OvertakenError as error:
            log.warning("%s; it goes on there", error)
            self.failure = error
        except SheetbridgeError as error:
            log.error("mapping %s stopped: %s", name, error)
            self.failure = error
            self._tell(str(error))
        except Exception as error:
            log.exception("mapping %s stopped by an unforeseen error", name)
            self.failure = error
        finally:
            self._google.shutdown(wait=True, cancel_futures=True)
            self.parts.store.close()

    def _tell(self, reason: str) -> None:
        """Store why the mapping stopped, for ``status``; the database itself may be the reason."""
        try:
            note_reason(self.parts.engine, self.parts.record.id, reason)
        except SheetbridgeError as error:
            log.error("the reason could not be stored: %s", error)

    def _work(self) -> None:
        self._persistently("start", self._sheet.start)
        while True:
            if not self._beginning.over:
                self._persistently("begin", self._beginning.mark)
            records, stopping = self._gather()
            if records:
                self._persistently("merge", partial(self._merge, records))
            if stopping:
                return
            if self._beginning.over:
                self._persistently("sheet", self._sheet.tick)

    def _persistently(self, what: str, action: Callable[[], None]) -> None:
        """Do it again while a server is away: nothing is lost, Kafka keeps the records."""
        name = f"mapping {self.parts.table.mapping.name}: {what}"
        while True:
            try:
                retry(name, action, Backoff(first=0.05, most=2.0, deadline=30.0))
            except SheetbridgeError as error:
                if not error.retriable:
                    raise
                log.error("%s still fails: %s", name, error)
            else:
                return

    def _gather(self) -> tuple[list[Record], bool]:
        """Records that have come, up to a batch; answers are taken as they are met."""
        records: list[Record] = []
        try:
            message = self._inbox.get(timeout=self._sheet.wait(IDLE_SECONDS))
            while True:
                if isinstance(message, Stop):
                    return records, True
                if callable(message):
                    self._persistently("answer", message)
                else:
                    records.extend(message)
                if len(records) >= self._max_batch:
                    break
                message = self._inbox.get_nowait()
        except queue.Empty:
            pass
        return records, False

    def _merge(self, records: Sequence[Record]) -> None:
        inbox = self._read(records)
        if not self._beginning.over:
            if not self._beginning.streams(inbox.markers):
                with self.parts.store.begin() as transaction:
                    transaction.record(inbox.progress)
                return  # the first sync reads all of this from the table and the tab
            self._begin()
            inbox = self._read(records)
        outcome = self.parts.pipeline.apply(inbox)
        self._reader.applied(inbox)
        self._sheet.merged(inbox, outcome)

    def _read(self, records: Sequence[Record]) -> Inbox:
        inbox = Inbox()
        now = self.parts.now()
        inbox.progress.read_at = now
        self._reader.read(records, inbox, received=now, latest=self.parts.latest())
        return inbox

    def _begin(self) -> None:
        synced = self._beginning.first_sync()
        self._reader = self.parts.reader()
        self._sheet.owe(synced.owed)
        for at in range(0, len(synced.edits), APPLY_AT_ONCE):
            self._sheet.apply(list(synced.edits[at : at + APPLY_AT_ONCE]))

    # Google's thread

    def _own_tab(self) -> Tab:
        if self._tab is None:
            self._tab = self.parts.open_tab()
        return self._tab

    def _on_google(self, action: Callable[[Tab], Answer]) -> Answer:
        return self._google.submit(lambda: action(self._own_tab())).result()

    def _in_background(
        self, action: Callable[[Tab], Answer], done: Callable[[Future[Answer]], None]
    ) -> None:
        future = self._google.submit(lambda: action(self._own_tab()))
        future.add_done_callback(lambda finished: self._inbox.put(lambda: done(finished)))
