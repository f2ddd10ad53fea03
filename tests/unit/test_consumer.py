"""What the consumer of the sink outlives: one mapping's trouble is no other's, nor its own end."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import cast

import pytest
from kafka import TopicPartition  # type: ignore[import-untyped]
from kafka.errors import (  # type: ignore[import-untyped]
    LogTruncationError,
    OffsetOutOfRangeError,
)

from sink import consumer as sink_consumer
from sink.consumer import MAX_BACKLOG, Consumer
from sink.core.errors import ConfigurationError, SheetbridgeError
from sink.core.mapping import Mapping
from sink.join_watch import JoinWatch
from sink.worker import Worker
from tests.doubles.kafka_consumer import CONFIGURATION, TEXT, Kafka, Reader, configured, nothing


@pytest.fixture
def kafka(monkeypatch: pytest.MonkeyPatch) -> Kafka:
    kafka = Kafka()
    monkeypatch.setattr(sink_consumer, "KafkaConsumer", lambda **_: kafka)
    return kafka


def never(_: Mapping) -> Worker:
    raise SheetbridgeError("no worker is wanted")


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
    kafka.steps = [kafka.assign, consumer.stop]
    consumer.run()
    assert asked == ["orders", "stock"]
    assert kafka.closed


def test_why_a_mapping_cannot_begin_is_in_the_log(
    kafka: Kafka, caplog: pytest.LogCaptureFixture
) -> None:
    """For instance a primary key that was changed: its worker ended, and none can begin."""
    logging.disable(logging.NOTSET)  # the simulation silences everything

    def worker(mapping: Mapping) -> Worker:
        raise ConfigurationError(
            f"key is not the primary key of {mapping.table}", mend="Name its columns"
        )

    consumer = Consumer(CONFIGURATION, worker)
    kafka.steps = [kafka.assign, consumer.stop]
    consumer.run()
    said = [each.getMessage() for each in caplog.records if each.levelno == logging.ERROR]
    for mapping, line in zip(CONFIGURATION.mappings, said, strict=True):
        assert line.startswith(f"mapping {mapping.name} cannot start: ")
        assert f"key is not the primary key of {mapping.table}. Name its columns" in line


def test_nothing_is_read_before_the_offsets_that_are_stored_with_the_data(kafka: Kafka) -> None:
    (mapping, _) = CONFIGURATION.mappings
    offsets = {mapping.cdc_topic: 7, mapping.sheet_topic: 3, mapping.commands_topic: 1}

    def worker(begun: Mapping) -> Worker:
        if begun is not mapping:
            raise SheetbridgeError("it cannot begin")
        return cast("Worker", Reader(begun, offsets))

    def begun() -> None:
        assert {topic: kafka.places[topic] for topic in mapping.topics} == offsets
        read = {partition.topic for partition in kafka.assigned - kafka.paused_now}
        assert read == set(mapping.topics), "the other mapping's topics wait for its worker"
        consumer.stop()

    def assign() -> None:
        kafka.assign()
        assert kafka.paused_now == kafka.assigned, "nothing is read until a worker has begun"

    consumer = Consumer(CONFIGURATION, worker)
    kafka.steps = [assign, begun]
    consumer.run()


@pytest.mark.parametrize("which", ["cdc_topic", "sheet_topic"])
def test_a_topic_in_which_a_worker_is_behind_waits_in_kafka_and_no_other_does(
    kafka: Kafka, which: str
) -> None:
    (mapping, _) = CONFIGURATION.mappings
    topic = str(getattr(mapping, which))
    reader = Reader(mapping, {})

    def worker(begun: Mapping) -> Worker:
        if begun is not mapping:
            raise SheetbridgeError("it cannot begin")
        return cast("Worker", reader)

    def read() -> set[str]:
        return {partition.topic for partition in kafka.assigned - kafka.paused_now}

    def falls_behind() -> None:
        assert read() == set(mapping.topics)
        reader.waiting[topic] = MAX_BACKLOG + 1

    def catches_up() -> None:
        assert read() == set(mapping.topics) - {topic}
        reader.waiting[topic] = MAX_BACKLOG

    def goes_on() -> None:
        assert read() == set(mapping.topics)
        consumer.stop()

    consumer = Consumer(CONFIGURATION, worker)
    kafka.steps = [kafka.assign, falls_behind, catches_up, goes_on]
    consumer.run()


@pytest.mark.parametrize(
    ("stored", "stands", "read_on"),
    [
        (880, False, 880),  # the one that begins is behind
        (950, False, 900),  # the other one is, which began at 5
        (950, True, 950),  # the other one stands still, and will begin anew
    ],
)
def test_a_shared_topic_is_read_on_from_where_the_mapping_that_is_behind_is_by_now(
    kafka: Kafka, monkeypatch: pytest.MonkeyPatch, stored: int, stands: bool, read_on: int
) -> None:
    configuration = configured(TEXT.replace("shop.stock", "shop.orders"))
    (orders, stock) = configuration.mappings
    shared = orders.cdc_topic
    assert shared == stock.cdc_topic
    other = Reader(orders, {shared: 5}, stands=stands)
    workers = {orders.name: other}

    def worker(begun: Mapping) -> Worker:
        if begun.name not in workers:
            raise SheetbridgeError("it cannot begin yet")
        return cast("Worker", workers[begun.name])

    def goes_on() -> None:
        assert kafka.places[shared] == 5
        other.read_to[shared] = 900
        workers[stock.name] = Reader(stock, {shared: stored})

    consumer = Consumer(configuration, worker)
    kafka.steps = [lambda: kafka.assign(configuration), goes_on, consumer.stop]
    monkeypatch.setattr(sink_consumer, "RESTART_SECONDS", 0.0)
    consumer.run()
    assert kafka.places[shared] == read_on


def test_the_group_is_seen_to_while_many_mappings_begin(
    kafka: Kafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a process does not poll, nobody else can join the group."""
    monkeypatch.setattr(sink_consumer, "BEGIN_SECONDS", -1.0)  # each takes longer than that
    asked: list[str] = []

    def worker(mapping: Mapping) -> Worker:
        asked.append(mapping.name)
        return cast("Worker", Reader(mapping, {}))

    def one_has_begun() -> None:
        assert asked == ["orders"]

    consumer = Consumer(CONFIGURATION, worker)
    kafka.steps = [kafka.assign, one_has_begun, consumer.stop]
    consumer.run()
    assert asked == ["orders", "stock"]


def test_a_mapping_that_fails_for_long_lets_the_others_begin(
    kafka: Kafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sink_consumer, "BEGIN_SECONDS", -1.0)
    monkeypatch.setattr(sink_consumer, "RESTART_SECONDS", 0.0)  # and is due again at once
    asked: list[str] = []

    def worker(mapping: Mapping) -> Worker:
        asked.append(mapping.name)
        raise SheetbridgeError("its database does not answer")

    consumer = Consumer(CONFIGURATION, worker)
    kafka.steps = [kafka.assign, nothing, nothing, consumer.stop]
    consumer.run()
    assert asked[:3] == ["orders", "stock", "orders"]


def test_workers_that_do_not_end_are_waited_for_together(
    kafka: Kafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others wait for this process to give its mappings up."""
    waited: list[float] = []
    clock = SimpleNamespace(monotonic=lambda: sum(waited))
    monkeypatch.setattr(sink_consumer, "time", clock)

    class Stuck(Reader):
        def join(self, seconds: float) -> None:
            waited.append(seconds)

    consumer = Consumer(CONFIGURATION, lambda begun: cast("Worker", Stuck(begun, {})))
    kafka.steps = [kafka.assign, consumer.stop]
    consumer.run()
    assert waited == [sink_consumer.JOIN_SECONDS, 0.0]


@pytest.mark.parametrize("how", ["beyond its end", "of another life"])
def test_a_topic_that_does_not_go_on_has_its_worker_look_at_it_anew(kafka: Kafka, how: str) -> None:
    """And no other mapping's. Kafka tells it in two ways, by what the new topic holds."""
    orders, stock = CONFIGURATION.mappings
    place = {TopicPartition(orders.sheet_topic, 0): None}
    workers: dict[str, Reader] = {}

    def worker(begun: Mapping) -> Worker:
        return cast("Worker", workers.setdefault(begun.name, Reader(begun, {})))

    def made_anew() -> None:
        asked = {name: each.asked_to_stop for name, each in workers.items()}
        assert asked == {orders.name: False, stock.name: False}
        raise OffsetOutOfRangeError(place) if how == "beyond its end" else LogTruncationError(place)

    def looked() -> None:
        asked = {name: each.asked_to_stop for name, each in workers.items()}
        assert asked == {orders.name: True, stock.name: False}
        consumer.stop()

    consumer = Consumer(CONFIGURATION, worker)
    kafka.steps = [kafka.assign, made_anew, looked]
    consumer.run()
    assert not kafka.steps
