"""Follows both topics of every mapping from their ends on, on a thread of its own.

No consumer group and no commits: the feed leaves no trace in Kafka.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence

from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]  # it ships no types
from kafka.errors import (  # type: ignore[import-untyped]  # it ships no types
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
)

from deploy.live_feed.catalogue import Catalogue
from deploy.live_feed.health import Health, answers
from deploy.live_feed.records import Record

log = logging.getLogger(__name__)

_LOOK_AROUND = 2.0
_POLL_MS = 200
_ANSWER_MS = 3_000
_MOST_RECORDS = 2_000


class Tail(threading.Thread):
    """Calls ``deliver`` with the records of each poll, in order within a topic."""

    def __init__(
        self,
        bootstrap: str,
        catalogue: Catalogue,
        deliver: Callable[[Sequence[Record]], None],
        health: Health,
    ) -> None:
        super().__init__(name="kafka-tail", daemon=True)
        self._servers = bootstrap
        self._catalogue = catalogue
        self._deliver = deliver
        self._health = health
        self._stopping = threading.Event()
        self._next_offsets: dict[TopicPartition, int] = {}
        self._looked = False

    def stop(self) -> None:
        """Ask the thread to end and wait for it."""
        self._stopping.set()
        self.join(timeout=5)

    def run(self) -> None:
        """Follow until stopped; a Kafka that is away is tried again every two seconds."""
        while not self._stopping.is_set():
            if not answers(self._servers):
                self._away()
                continue
            try:
                self._follow()
            except (KafkaTimeoutError, KafkaConnectionError, OSError):
                self._away()
            except KafkaError as error:
                self._away(f"answers with an error: {error}")
            except Exception as error:  # a thread that ends in silence shows nothing ever after
                log.exception("what Kafka sent could not be handed on")
                self._away(f"answers, but the feed cannot show what it sends: {error!r}")

    def _away(self, how: str = "does not answer") -> None:
        self._health.is_away("kafka", f"Kafka at {self._servers} {how}")
        self._stopping.wait(_LOOK_AROUND)

    def _follow(self) -> None:
        consumer = KafkaConsumer(
            bootstrap_servers=self._servers,
            client_id="sheetbridge-live-feed",
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="latest",
            allow_auto_create_topics=False,
            fetch_max_wait_ms=_POLL_MS,
            max_poll_records=_MOST_RECORDS,
        )
        try:
            looked_at = 0.0
            while not self._stopping.is_set():
                if time.monotonic() - looked_at >= _LOOK_AROUND:
                    self._look_around(consumer)
                    looked_at = time.monotonic()
                if not consumer.assignment():
                    self._stopping.wait(0.2)
                    continue
                self._poll(consumer)
        finally:
            consumer.close(timeout_ms=1_000)

    def _poll(self, consumer: KafkaConsumer) -> None:
        polled = consumer.poll(timeout_ms=_POLL_MS, max_records=_MOST_RECORDS)
        records = []
        for partition, found in polled.items():
            for item in found:
                records.append(Record(item.topic, item.offset, item.key, item.value))
                self._next_offsets[partition] = item.offset + 1
        if records:
            self._deliver(records)

    def _look_around(self, consumer: KafkaConsumer) -> None:
        """See whether Kafka is there, and take on topics that came since.

        A topic that was there at the first look is followed from its end, a later one from its
        beginning, and one that was followed already from where that ended.
        """
        if not answers(self._servers):
            raise KafkaConnectionError
        self._catalogue.refresh()
        assigned = consumer.assignment()
        wanted = {TopicPartition(topic, 0) for topic in self._catalogue.topics()}
        if wanted != assigned:
            there = consumer.topics()
            present = {partition for partition in wanted if partition.topic in there}
            if present != assigned:
                self._assign(consumer, present)
        elif assigned:
            consumer.end_offsets(list(assigned), timeout_ms=_ANSWER_MS)
        self._looked = True
        self._health.is_up("kafka")

    def _assign(self, consumer: KafkaConsumer, partitions: set[TopicPartition]) -> None:
        consumer.assign(sorted(partitions))
        unknown = [partition for partition in partitions if partition not in self._next_offsets]
        if unknown and not self._looked:
            self._next_offsets |= consumer.end_offsets(unknown, timeout_ms=_ANSWER_MS)
        elif unknown:
            self._next_offsets |= consumer.beginning_offsets(unknown, timeout_ms=_ANSWER_MS)
        for partition in partitions:
            consumer.seek(partition, self._next_offsets[partition])
