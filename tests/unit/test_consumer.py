"""What the consumer of the sink outlives: one mapping's trouble is no other's, nor its own end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kafka import (  # type: ignore[import-untyped]
    ConsumerRebalanceListener,
    TopicPartition,
)
from kafka.errors import KafkaError  # type: ignore[import-untyped]
from kafka.structs import (  # type: ignore[import-untyped]
    ConsumerGroupMetadata,
    MemberState,
)

from sink import consumer as sink_consumer
from sink.consumer import Consumer
from sink.core.configuration_file import parse
from sink.core.errors import SheetbridgeError
from sink.core.mapping import Mapping
from sink.join_watch import JoinWatch
from sink.worker import Worker

CONFIGURATION = parse(
    """
    [database]
    host = "db.test"
    user = "u"
    password = "${env:A}"
    [kafka]
    bootstrap = "kafka.test:9092"
    [connect]
    url = "http://connect.test"
    database_user = "u"
    database_password = "${env:A}"
    [google]
    credentials = "application_default"
    [[mapping]]
    name = "orders"
    table = "shop.orders"
    spreadsheet = "S"
    tab = "orders"
    key = ["number"]
    [[mapping]]
    name = "stock"
    table = "shop.stock"
    spreadsheet = "S"
    tab = "stock"
    key = ["number"]
    """,
    source="sheetbridge.toml",
    environment={"A": "0123456789abcdef"},
    read_file=lambda _: "",
)


class Kafka:
    """A consumer of Kafka's whose broker is away; each poll is the next of ``steps``."""

    def __init__(self) -> None:
        self.steps: list[Callable[[], None]] = []
        self.listeners: list[ConsumerRebalanceListener] = []
        self.closed = False

    def subscribe(self, *, topics: list[str], listener: ConsumerRebalanceListener) -> None:
        assert topics == sorted(topic for m in CONFIGURATION.mappings for topic in m.topics)
        self.listeners.append(listener)

    def unsubscribe(self) -> None:
        raise KafkaError("the broker is away")

    def poll(self, **_: object) -> dict[TopicPartition, list[object]]:
        self.steps.pop(0)()
        return {}

    def group_metadata(self) -> ConsumerGroupMetadata:
        return ConsumerGroupMetadata("group", 1, "member", None, MemberState.STABLE)

    def assignment(self) -> set[TopicPartition]:
        return set()

    def pause(self, *_: TopicPartition) -> None:
        """Nothing is fetched here."""

    def seek(self, *_: object) -> None:
        """Nothing is fetched here."""

    def close(self, **_: object) -> None:
        self.closed = True


@pytest.fixture
def kafka(monkeypatch: pytest.MonkeyPatch) -> Kafka:
    kafka = Kafka()
    monkeypatch.setattr(sink_consumer, "KafkaConsumer", lambda **_: kafka)
    return kafka


def never(_: Mapping) -> Worker:
    raise SheetbridgeError("no worker is wanted")


def nothing() -> None:
    """A poll that brings nothing."""


def test_a_group_that_cannot_be_left_is_joined_anew_all_the_same(
    kafka: Kafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([True, False])
    monkeypatch.setattr(JoinWatch, "forgotten", lambda *_: next(answers))
    consumer = Consumer(CONFIGURATION, never)
    kafka.steps = [nothing, consumer.stop]
    consumer.run()
    assert len(kafka.listeners) == 2
    assert kafka.steps == []
    assert kafka.closed


def test_a_mapping_that_cannot_begin_for_whatever_reason_keeps_no_other_back(
    kafka: Kafka,
) -> None:
    asked: list[str] = []

    def worker(mapping: Mapping) -> Worker:
        asked.append(mapping.name)
        raise ValueError("nobody foresaw this")

    consumer = Consumer(CONFIGURATION, worker)

    def assign() -> None:
        topics = [topic for mapping in CONFIGURATION.mappings for topic in mapping.topics]
        kafka.listeners[0].on_partitions_assigned([TopicPartition(topic, 0) for topic in topics])

    kafka.steps = [assign, consumer.stop]
    consumer.run()
    assert asked == ["orders", "stock"]
    assert kafka.closed
