"""What Kafka says of a mapping's topics: which they are, where they end, and the newest change."""

from __future__ import annotations

from contextlib import closing

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


def streams_of(settings: KafkaSettings, mapping: Mapping) -> Streams:
    """The topics as they are now. Raises KafkaUnreachableError."""
    administration = TopicAdministration(settings)
    try:
        cluster, ids = administration.cluster_id(), administration.topic_ids(mapping.topics)
    finally:
        administration.close()
    with closing(_consumer(settings)) as consumer:
        partitions = [TopicPartition(topic, 0) for topic in sorted(ids)]
        try:
            ends = _by_topic(consumer.end_offsets(partitions))
            return Streams(cluster, ids, ends, _by_topic(consumer.beginning_offsets(partitions)))
        except KafkaError as error:
            raise KafkaUnreachableError(settings.bootstrap, str(error)) from error


def newest_transactions(
    settings: KafkaSettings, mapping: Mapping, streams: Streams, start: int
) -> list[str]:
    """The GTIDs of the newest change events, from offset ``start`` on. Raises as ``streams_of``."""
    end = streams.ends.get(mapping.cdc_topic, 0)
    begin = max(streams.starts.get(mapping.cdc_topic, 0), start, end - LOOKED_AT)
    if begin >= end:
        return []
    partition = TopicPartition(mapping.cdc_topic, 0)
    found: list[str] = []
    with closing(_consumer(settings)) as consumer:
        try:
            consumer.assign([partition])
            consumer.seek(partition, begin)
            while consumer.position(partition) < end:
                fetched = consumer.poll(timeout_ms=POLL_MILLISECONDS)
                if not fetched:
                    break
                for record in fetched.get(partition, ()):
                    found.extend(_gtid(record.value))
        except KafkaError as error:
            raise KafkaUnreachableError(settings.bootstrap, str(error)) from error
    return found


def _gtid(value: bytes | None) -> list[str]:
    try:
        source = orjson.loads(value or b"null")["source"]
        return [source["gtid"]] if isinstance(source["gtid"], str) else []
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return []  # a tombstone, or a record that becomes a dead letter


def _consumer(settings: KafkaSettings) -> KafkaConsumer:
    try:
        return KafkaConsumer(
            bootstrap_servers=settings.bootstrap.split(","),
            group_id=None,
            enable_auto_commit=False,
            allow_auto_create_topics=False,
        )
    except KafkaError as error:
        raise KafkaUnreachableError(settings.bootstrap, str(error)) from error


def _by_topic(offsets: dict[TopicPartition, int]) -> dict[str, int]:
    return {partition.topic: int(offset) for partition, offset in offsets.items()}
