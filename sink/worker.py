"""One mapping at work: a thread that merges, and one beside it that talks to Google.

Everything that changes the mapping's state happens on the merging thread (``sink.merge_point``), so
each mapping has one merge point. Calls to Google run on the other thread, one at a time, and their
answers come back through the same inbox as the records of the topics.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from sink.backlog import Backlog
from sink.core.errors import SheetbridgeError, reason_of
from sink.merge_point import MergePoint
from sink.parts import Parts
from sink.record import Record
from sink.retry import Backoff, retry
from sink.schema_changes import TableChangedError
from sink.state.errors import OvertakenError
from sink.stopping import StoppedError
from sink.trouble_note import post_notice
from sink.writers.sheets.tab import Tab

log = logging.getLogger(__name__)

IDLE_SECONDS = 0.2
BATCH_BYTES = 2_000_000
"""Of one batch's records: posts may have hundreds of rows, and no transaction must take long."""

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Stop:
    """The last message of an inbox."""


Message = Sequence[Record] | Callable[[], None] | Stop


def _count(records: Sequence[Record], by_topic: dict[str, int]) -> None:
    for record in records:
        by_topic[record.topic] = by_topic.get(record.topic, 0) + record.size


class Worker(threading.Thread):
    """Merges one mapping's streams until told to stop, or until another worker overtakes it.

    Why the mapping stopped is stored for ``status``. ``begins_anew_at_once``: it ended for a cause
    that its successor has no need to wait out.
    """

    def __init__(self, parts: Parts, *, max_batch: int) -> None:
        super().__init__(name=f"mapping-{parts.table.mapping.name}", daemon=True)
        self.parts = parts
        self.failure: BaseException | None = None
        self.begins_anew_at_once = False
        self._inbox: queue.Queue[Message] = queue.Queue()
        # bytes by topic; each is written by one thread alone
        self._offered: dict[str, int] = {}
        self._taken: dict[str, int] = {}
        mapping = parts.table.mapping
        self._backlog = Backlog(
            mapping.cdc_topic, mapping.commands_topic, most=max_batch, most_bytes=BATCH_BYTES
        )
        self._google = ThreadPoolExecutor(1, thread_name_prefix=f"google-{self.name}")
        self._tab: Tab | None = None
        self._stopping = threading.Event()
        parts.stopping = self._stopping.is_set
        parts.behind = lambda: self._backlog.changes
        self._point = MergePoint(parts, self._in_background, self._on_google)

    def offer(self, records: Sequence[Record]) -> None:
        """Hand over records, in order; called by the consumer's thread."""
        _count(records, self._offered)
        self._inbox.put(records)

    def backlog(self, topic: str) -> int:
        """Bytes of the topic's records that wait to be merged: when they grow, the consumer pauses
        it, and no other.

        Polls are no measure: under a steady load each brings a few records, and while a topic is
        paused a fetch of others holds up everything that it brings for half a second.
        """
        return self._offered.get(topic, 0) - self._taken.get(topic, 0)

    @property
    def takes_changes(self) -> bool:
        """Whether the mapping's streams are merged now; while it stands still only commands are."""
        return not self._point.controls.stopped

    def next_offset(self, topic: str) -> int:
        """Where the topic is to be read on by now; may be called anywhere."""
        return self._point.next_offsets.get(topic, 0)

    def stop(self) -> None:
        """Ask the worker to end after what it is doing, or in the middle of a first sync; ``join``
        waits for it.
        """
        self._stopping.set()
        self._inbox.put(Stop())

    def run(self) -> None:
        """Thread body: see the module's docstring."""
        name = self.parts.table.mapping.name
        try:
            self._work()
        except StoppedError as error:
            log.info("%s", error)
        except OvertakenError as error:
            log.warning("%s; it goes on there", error)
            self.failure = error
        except SheetbridgeError as error:
            self.failure = error
            if not self._table_changed(error):
                log.error("mapping %s stopped: %s", name, error)
                self._tell(str(error))
        except Exception as error:
            self.failure = error
            if not self._table_changed(error):
                log.exception("mapping %s stopped by an unforeseen error", name)
                self._tell(reason_of(error))
        finally:
            self._google.shutdown(wait=True, cancel_futures=True)
            self.parts.store.close()

    def _table_changed(self, error: Exception) -> bool:
        """Whether the table has changed: then whatever failed, failed for that."""
        try:
            changed = isinstance(error, TableChangedError) or self.parts.table_changed(look=True)
        except SheetbridgeError:
            return False
        if changed:
            log.info(
                "mapping %s begins anew with its table: %s", self.parts.table.mapping.name, error
            )
            self.begins_anew_at_once = True
        return changed

    def _tell(self, reason: str) -> None:
        """Leave the reason for ``status``, and in the tab; who goes on takes both back.

        The database itself may be the reason; and who was replaced has nothing to say.
        """
        try:
            with self.parts.store.begin() as transaction:
                transaction.note({"reason": reason})
        except OvertakenError as error:
            log.warning("%s; it goes on there", error)
            return
        except SheetbridgeError as error:
            log.error("the reason could not be stored: %s", error)
        self._post_notice(reason)

    def _post_notice(self, reason: str) -> None:
        mapping = self.parts.table.mapping
        try:
            self._on_google(lambda tab: post_notice(tab.client, mapping, reason))
        except SheetbridgeError as error:
            log.error("mapping %s: its tab does not tell why it stopped: %s", mapping.name, error)

    def _work(self) -> None:
        self._persistently("start", self._point.start)
        while True:
            records, stopping = self._gather()
            if records:
                self._persistently("merge", partial(self._point.merge, records))
            # what waits behind one batch is read again by whoever comes next, and soon: who went on
            # with it would take the numbers of the next one's transactions
            if stopping or self._stopping.is_set() or self._point.controls.over:
                return
            self._persistently("sheet", self._point.tick)

    def _persistently(self, what: str, action: Callable[[], None]) -> None:
        """Do it again while a server is away: nothing is lost, Kafka keeps the records.

        Raises StoppedError where it still is and the worker is to end.
        """
        name = f"mapping {self.parts.table.mapping.name}: {what}"
        told = False
        while True:
            try:
                retry(name, action, Backoff(first=0.05, most=2.0, deadline=30.0))
            except SheetbridgeError as error:
                if not error.retriable:
                    raise
                log.error("%s still fails: %s", name, error)
                self.parts.go_on()
                if not told:
                    self._post_notice(f"{error}; it is tried again until it works")
                    told = True
            else:
                if told:
                    self._point.notice_posted()
                return

    def _gather(self) -> tuple[list[Record], bool]:
        """The next batch of what has come, and whether it is the last; answers are taken first."""
        stopping = False
        try:
            wait = 0.0 if self._backlog else self._point.wait(IDLE_SECONDS)
            message = self._inbox.get(timeout=wait)
            while not (stopping := isinstance(message, Stop)):
                if callable(message):
                    self._persistently("answer", message)
                else:
                    self._backlog.add(message)
                message = self._inbox.get_nowait()
        except queue.Empty:
            pass
        records = self._backlog.take(time.monotonic())
        _count(records, self._taken)
        return records, stopping

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
