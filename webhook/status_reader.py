"""Reads the status topic on a thread of its own and remembers the newest record of each mapping.

The topic is compacted and small, so it is read from its beginning at each start. No consumer group
and no commits: every webhook reads all of it.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import orjson
from kafka import (  # type: ignore[import-untyped]  # kafka-python ships no types
    KafkaConsumer,
    TopicPartition,
)
from kafka.errors import KafkaError  # type: ignore[import-untyped]  # kafka-python ships no types

from sink.core.configuration import KafkaSettings
from sink.core.errors import EnvelopeError
from sink.core.status_record import StatusRecord, decode_status
from sink.core.topics import STATUS

log = logging.getLogger(__name__)

TRY_AGAIN_SECONDS = 1.0
QUIET_SECONDS = 0.2
POLL_MS = 500
TIMEOUT_MS = 1_500
CLOSE_SECONDS = 3.0

_PARTITION = TopicPartition(STATUS, 0)


class Records(Protocol):
    """The topic as it is read."""

    def poll(self) -> list[bytes]:
        """The values that have come since the last call; waits for a bounded time.

        Raises KafkaError.
        """
        ...


Open = Callable[[], AbstractContextManager[Records]]


class KafkaRecords:
    """``Records`` over kafka-python."""

    def __init__(self, consumer: KafkaConsumer) -> None:
        self._consumer = consumer
        self._assigned = False

    def poll(self) -> list[bytes]:
        """See ``Records``; nothing while the topic is not there."""
        if not self._assigned:
            if STATUS not in self._consumer.topics():
                return []
            self._consumer.assign([_PARTITION])
            self._consumer.seek_to_beginning(_PARTITION)
            self._assigned = True
        polled = self._consumer.poll(timeout_ms=POLL_MS)
        return [record.value for record in polled.get(_PARTITION, []) if record.value is not None]


def kafka_statuses(settings: KafkaSettings, reachable: Callable[[], bool]) -> StatusReader:
    """The reader of Kafka's topic; see ``StatusReader`` for ``reachable``."""

    @contextmanager
    def opened() -> Iterator[Records]:
        consumer = KafkaConsumer(
            bootstrap_servers=settings.bootstrap.split(","),
            client_id="sheetbridge-webhook-status",
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            allow_auto_create_topics=False,
            bootstrap_timeout_ms=TIMEOUT_MS,
            reconnect_backoff_max_ms=1_000,
        )
        try:
            yield KafkaRecords(consumer)
        finally:
            consumer.close(timeout_ms=TIMEOUT_MS)

    return StatusReader(opened, reachable)


class StatusReader:
    """``webhook.statuses.Statuses`` over Kafka.

    ``reachable`` says whether Kafka answers, as the publisher knows it: kafka-python leaves a
    thread behind for each consumer that finds no broker.
    """

    def __init__(self, opened: Open, reachable: Callable[[], bool]) -> None:
        self._open = opened
        self._reachable = reachable
        self._newest: dict[str, StatusRecord] = {}
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    async def start(self) -> None:
        """See ``Statuses``."""
        self._thread = threading.Thread(target=self._run, name="status-reader", daemon=True)
        self._thread.start()

    def of(self, mapping: str) -> StatusRecord | None:
        """See ``Statuses``."""
        return self._newest.get(mapping)

    async def close(self) -> None:
        """See ``Statuses``."""
        self._closing.set()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, CLOSE_SECONDS)

    def _run(self) -> None:
        while not self._closing.is_set():
            if self._reachable():
                try:
                    with self._open() as records:
                        self._follow(records)
                except (KafkaError, OSError) as error:
                    log.warning("The status topic cannot be read now: %s", error)
            self._closing.wait(TRY_AGAIN_SECONDS)

    def _follow(self, records: Records) -> None:
        while not self._closing.is_set():
            values = records.poll()
            for value in values:
                self._take(value)
            if not values:
                self._closing.wait(QUIET_SECONDS)

    def _take(self, value: bytes) -> None:
        try:
            record = decode_status(orjson.loads(value))
        except (EnvelopeError, orjson.JSONDecodeError) as error:
            log.warning("A record of %s is passed over: %s", STATUS, error)
            return
        self._newest[record.mapping] = record
