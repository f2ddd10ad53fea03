"""Records put straight into a topic, as many as a case wants, before anybody reads them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing

from kafka import KafkaProducer  # type: ignore[import-untyped]  # no types

from sink.core.configuration import KafkaSettings
from sink.core.topics import Topic
from sink.topic_administration import TopicAdministration

Keyed = tuple[bytes, bytes]
"""Key and value."""


def make_topic(bootstrap: str, name: str) -> None:
    """Make a topic of one partition, unless it is there."""
    with closing(TopicAdministration(KafkaSettings(bootstrap))) as kafka:
        kafka.create(Topic(name, {}))


def put(bootstrap: str, topic: str, records: Iterable[Keyed]) -> None:
    """Write them, in order; returns once Kafka has them all."""
    producer = KafkaProducer(
        bootstrap_servers=bootstrap,
        linger_ms=20,
        batch_size=1_000_000,
        max_request_size=10_000_000,
    )
    with closing(producer):
        sent = [producer.send(topic, value, key, partition=0) for key, value in records]
        for each in sent:
            each.get(timeout=60)
