"""Publishing to Kafka from an event loop, without ever blocking it.

``KafkaProducer.send`` waits for metadata, up to ``max_block_ms``, and connecting waits longer. So
one thread of our own, the dispatcher, connects and sends; records pass to it through a queue, in
order, and confirmations come back from kafka-python's I/O thread in bunches, one wake-up of the
loop for all that have gathered.

What waits in the queue longer than a request waits for it was answered 503 meanwhile and is
dropped unsent. What has been handed to kafka-python may still be delivered after a 503; the sender
sends it again under the same id, and the sink applies an id once.

kafka-python does not get over every outage: after a broker was frozen for 25 s it neither delivered
nor failed what it held. So a producer that holds a record for ``STALL_SECONDS`` is replaced.

Settings of kafka-python: https://kafka-python.readthedocs.io/en/master/apidoc/KafkaProducer.html
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from kafka.errors import (  # type: ignore[import-untyped]  # kafka-python ships no types
    KafkaError,
    MessageSizeTooLargeError,
)

from webhook.kafka_client import MAX_BLOCK_MS, Client, Producer
from webhook.publisher import Outgoing, PublishError, RecordTooLargeError

log = logging.getLogger(__name__)

QUEUE_SECONDS = 1.5
CHECK_SECONDS = 1.8
RECONNECT_SECONDS = 0.5
CLOSE_SECONDS = 5.0
STALL_SECONDS = 5.0
WATCH_SECONDS = 0.5
MAX_PENDING_BYTES = 64_000_000
PARTITION = 0
"""The only one; named, so that no key is hashed for it."""


@dataclass(slots=True, eq=False)
class _Batch:
    """The records of one ``publish`` call; ``open`` of them have no fate yet."""

    records: Sequence[Outgoing]
    done: asyncio.Future[None]
    size: int
    begun: float
    open: int


class KafkaPublisher:
    """A ``webhook.publisher.Publisher`` over ``client``."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._queue: queue.SimpleQueue[list[_Batch] | None] = queue.SimpleQueue()
        self._gathered: list[_Batch] = []
        self._fates: deque[tuple[_Batch, int, Exception | None]] = deque()
        self._waking = False
        self._pending_bytes = 0
        self._handed: dict[_Batch, None] = {}
        self._missing_until: dict[str, float] = {}
        self.connected = False
        """Whether Kafka has answered, and has not been found away since."""
        self._broken = False
        self._watch_at = 0.0
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._checking: asyncio.Task[list[str]] | None = None

    async def start(self) -> None:
        """Begin to connect, and to make the topics that are missing."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._dispatch, name="publisher", daemon=True)
        self._thread.start()

    def publish(self, records: Sequence[Outgoing]) -> asyncio.Future[None]:
        """See ``Publisher.publish``."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        size = sum(len(record.value) for record in records)
        if self._closing.is_set():
            done.set_exception(PublishError("The webhook is stopping."))
        elif self._pending_bytes + size > MAX_PENDING_BYTES:
            done.set_exception(PublishError("Too much waits for Kafka already."))
        else:
            self._pending_bytes += size
            if not self._gathered:
                loop.call_soon(self._pass_on)
            self._gathered.append(_Batch(records, done, size, time.monotonic(), len(records)))
        return done

    async def check(self) -> None:
        """See ``Publisher.check``."""
        if not self.connected:
            raise PublishError("Kafka does not answer.")
        if self._checking is None or self._checking.done():  # a slow one serves all who ask
            self._checking = asyncio.create_task(asyncio.to_thread(self._client.missing_topics))
            self._checking.add_done_callback(self._judge)
        checking = self._checking
        await asyncio.wait((checking,), timeout=CHECK_SECONDS)
        if not checking.done():
            raise PublishError("Kafka does not answer in time.")
        if missing := checking.result():
            raise PublishError(f"Kafka does not have topic {missing[0]}.")

    def _judge(self, checking: asyncio.Task[list[str]]) -> None:
        """A check that has failed also means that the link is to be made anew."""
        if not checking.cancelled() and checking.exception() is not None:
            self._broken = True

    async def close(self) -> None:
        """Deliver what was handed over, within some seconds, and disconnect."""
        self._closing.set()
        self._pass_on()
        self._queue.put(None)
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, CLOSE_SECONDS + 1)
        self._deliver_fates()
        await asyncio.to_thread(self._client.close)

    def _pass_on(self) -> None:
        """Hand the calls of one turn of the loop to the dispatcher: one wake-up for them all."""
        if self._gathered:
            self._queue.put(self._gathered)
            self._gathered = []

    # ---- in the dispatcher's thread ------------------------------------------------------------

    def _dispatch(self) -> None:
        producer = self._connect()
        while producer is not None:
            with contextlib.suppress(queue.Empty):
                batches = self._queue.get(timeout=WATCH_SECONDS)
                if batches is None:
                    with contextlib.suppress(KafkaError):
                        producer.close(timeout=CLOSE_SECONDS)
                    return
                for batch in batches:
                    self._send(producer, batch)
            if self._broken or self._stalled():
                log.warning("The link to Kafka is broken; it is made anew.")
                self.connected = False
                producer.abandon()
                self._give_up_handed()
                producer = self._connect()

    def _stalled(self) -> bool:
        now = time.monotonic()
        if now < self._watch_at:
            return False
        self._watch_at = now + WATCH_SECONDS
        oldest = list(self._handed)[:1]  # copied in one step; the loop removes from it meanwhile
        return bool(oldest) and now > oldest[0].begun + STALL_SECONDS

    def _give_up_handed(self) -> None:
        for batch in list(self._handed):
            self._settle(batch, len(batch.records), PublishError("The link to Kafka broke."))

    def _connect(self) -> Producer | None:
        """A producer, once Kafka answers; posts are refused until then. None: we are closing."""
        self.connected = self._broken = False
        told = ""
        while not self._closing.is_set():
            try:
                producer = self._client.connect()
            except (KafkaError, PublishError) as error:
                if str(error) != told:
                    told = str(error)
                    log.warning("Kafka does not answer, trying on: %s", told)
                self._refuse_waiting()
                self._closing.wait(RECONNECT_SECONDS)
            else:
                log.info("Connected to Kafka.")
                self.connected = True
                return producer
        self._refuse_waiting()
        return None

    def _refuse_waiting(self) -> None:
        with contextlib.suppress(queue.Empty):
            while (batches := self._queue.get_nowait()) is not None:
                for batch in batches:
                    self._settle(batch, len(batch.records), PublishError("Kafka does not answer."))

    def _send(self, producer: Producer, batch: _Batch) -> None:
        now = time.monotonic()
        if now > batch.begun + QUEUE_SECONDS:
            self._settle(batch, len(batch.records), PublishError("Kafka does not keep up."))
            return
        for number, record in enumerate(batch.records):
            open_ones = len(batch.records) - number
            if self._missing_until.get(record.topic, 0.0) > now:
                problem = PublishError(f"Kafka does not have topic {record.topic}.")
                self._settle(batch, open_ones, problem)
                return
            try:
                result = producer.send(
                    record.topic, value=record.value, key=record.key, partition=PARTITION
                )
            except KafkaError as error:
                self._settle(batch, open_ones, self._explained(error, record))
                if not isinstance(error, MessageSizeTooLargeError):
                    self._miss(record.topic)
                return
            self._handed[batch] = None
            result.add_callback(partial(self._confirm, batch))
            result.add_errback(partial(self._fail, batch, record))

    def _miss(self, topic: str) -> None:
        """Without metadata: others need not wait for this topic, and it may have to be made."""
        with contextlib.suppress(KafkaError, PublishError):
            self._client.ensure_topics()
        self._missing_until[topic] = time.monotonic() + 2 * MAX_BLOCK_MS / 1000

    # ---- from any thread to the event loop's ---------------------------------------------------

    def _confirm(self, batch: _Batch, _: object) -> None:
        self._settle(batch, 1, None)

    def _fail(self, batch: _Batch, record: Outgoing, error: Exception) -> None:
        self._settle(batch, 1, self._explained(error, record))

    def _explained(self, error: Exception, record: Outgoing) -> PublishError:
        if isinstance(error, MessageSizeTooLargeError):
            size = len(record.value)
            return RecordTooLargeError(f"Kafka does not take a post of {size} bytes.")
        if not getattr(error, "retriable", False):
            self._broken = True
        return PublishError(f"Kafka has not taken the post ({type(error).__name__}).")

    def _settle(self, batch: _Batch, count: int, error: Exception | None) -> None:
        """``count`` records of ``batch`` were confirmed, or have failed with ``error``."""
        self._fates.append((batch, count, error))
        if self._waking or self._loop is None:
            return  # the loop has been told and has not come yet
        self._waking = True
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any longer
            self._loop.call_soon_threadsafe(self._deliver_fates)

    def _deliver_fates(self) -> None:
        self._waking = False  # first, so that what comes from now on wakes us again
        while self._fates:
            batch, count, error = self._fates.popleft()
            if batch.open == 0:
                continue  # given up before
            batch.open = max(0, batch.open - count)
            if batch.open == 0:
                self._pending_bytes -= batch.size
                self._handed.pop(batch, None)
            if batch.done.done():
                continue
            if error is not None:
                batch.done.set_exception(error)
            elif batch.open == 0:
                batch.done.set_result(None)
