"""What Kafka says of a mapping's topics: which they are, where they end, and the newest change."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import orjson

# kafka-python ships no types; what is used of it here stands in this file only.
from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]
from kafka.errors import KafkaError  # type: ignore[import-untyped]

from sink.core.configuration import KafkaSettings
from sink.core.lineage import Streams
from sink.core.mapping import Mapping
from sink.topic_administration import KafkaUnreachableError, TopicAdministration

LOOKED_AT = 20
"""Records at a topic's end among which one with a transaction is looked for."""

POLL_MILLISECONDS = 3_000


class StreamIdentities:
    """Asks over connections that all mappings share: to connect takes longer than to ask.

    Thread-safe; it connects when it is first asked, and anew after a failure.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._administration: TopicAdministration | None = None
        self._consumer: KafkaConsumer | None = None
        self._ids: dict[str, str] = {}

    def of(self, mapping: Mapping) -> Streams:
        """The topics as they are now. Raises KafkaUnreachableError."""
        with self._connected() as (administration, known):
            ids = administration.topic_ids(mapping.topics)
            consumer = self._informed(known, ids)
            partitions = [TopicPartition(topic, 0) for topic in sorted(ids)]
            return Streams(
                administration.cluster_id(),
                ids,
                _by_topic(consumer.end_offsets(partitions)),
                _by_topic(consumer.beginning_offsets(partitions)),
            )

    def newest_transactions(self, mapping: Mapping, streams: Streams, start: int) -> list[str]:
        """The GTIDs of the newest change events, from offset ``start`` on. Raises as ``of``."""
        end = streams.ends.get(mapping.cdc_topic, 0)
        begin = max(streams.starts.get(mapping.cdc_topic, 0), start, end - LOOKED_AT)
        if begin >= end:
            return []
        partition = TopicPartition(mapping.cdc_topic, 0)
        found: list[str] = []
        with self._connected() as (_, consumer):
            consumer.assign([partition])
            consumer.seek(partition, begin)
            while consumer.position(partition) < end:
                fetched = consumer.poll(timeout_ms=POLL_MILLISECONDS)
                if not fetched:
                    break
                for record in fetched.get(partition, ()):
                    found.extend(_gtid(record.value))
        return found

    def close(self) -> None:
        """Close the connections, if there are any."""
        with self._lock:
            self._disconnect()

    @contextmanager
    def _connected(self) -> Iterator[tuple[TopicAdministration, KafkaConsumer]]:
        with self._lock:
            try:
                if self._administration is None:
                    self._administration = TopicAdministration(self._settings)
                if self._consumer is None:
                    self._consumer = _consumer(self._settings)
                yield self._administration, self._consumer
            except KafkaError as error:
                self._disconnect()
                raise KafkaUnreachableError(self._settings.bootstrap, str(error)) from error
            except KafkaUnreachableError:
                self._disconnect()
                raise

    def _informed(self, consumer: KafkaConsumer, ids: dict[str, str]) -> KafkaConsumer:
        """``consumer``, or a new one where a topic was made anew: it may still look for the old."""
        remade = any(self._ids.get(topic, now) != now for topic, now in ids.items())
        self._ids.update(ids)
        if not remade:
            return consumer
        self._consumer = None
        consumer.close(autocommit=False)
        self._consumer = _consumer(self._settings)
        return self._consumer

    def _disconnect(self) -> None:
        administration, self._administration = self._administration, None
        consumer, self._consumer = self._consumer, None
        if administration is not None:
            administration.close()
        if consumer is not None:
            consumer.close(autocommit=False)


def _gtid(value: bytes | None) -> list[str]:
    try:
        source = orjson.loads(value or b"null")["source"]
        return [source["gtid"]] if isinstance(source["gtid"], str) else []
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return []  # a tombstone, or a record that becomes a dead letter


def _consumer(settings: KafkaSettings) -> KafkaConsumer:
    return KafkaConsumer(
        bootstrap_servers=settings.bootstrap.split(","),
        group_id=None,
        enable_auto_commit=False,
        allow_auto_create_topics=False,
    )


def _by_topic(offsets: dict[TopicPartition, int]) -> dict[str, int]:
    return {partition.topic: int(offset) for partition, offset in offsets.items()}
