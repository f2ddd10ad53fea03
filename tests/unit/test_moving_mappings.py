"""Where the group shares the mappings out anew, those that stay go on; the others end or begin."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from sink import consumer as sink_consumer
from sink.consumer import Consumer
from sink.core.mapping import Mapping
from sink.worker import Worker
from tests.doubles.kafka_consumer import (
    CONFIGURATION,
    TEXT,
    Kafka,
    Reader,
    configured,
    nothing,
    partitions_of,
)


@pytest.fixture
def kafka(monkeypatch: pytest.MonkeyPatch) -> Kafka:
    kafka = Kafka()
    monkeypatch.setattr(sink_consumer, "KafkaConsumer", lambda **_: kafka)
    return kafka


class Staff:
    """Begins a reader for whatever mapping is asked for, and remembers all of them."""

    def __init__(self) -> None:
        self.begun: list[Reader] = []

    def __call__(self, mapping: Mapping) -> Worker:
        self.begun.append(Reader(mapping, dict.fromkeys(mapping.topics, 5)))
        return cast("Worker", self.begun[-1])

    def at_work(self) -> list[str]:
        return [each.parts.table.mapping.name for each in self.begun if not each.asked_to_stop]


def test_a_mapping_that_stays_goes_on_untouched_while_another_goes_and_comes_back(
    kafka: Kafka,
) -> None:
    (orders, stock) = CONFIGURATION.mappings
    staff = Staff()
    consumer = Consumer(CONFIGURATION, staff)

    def stock_goes() -> None:
        assert staff.at_work() == consumer.ours() == ["orders", "stock"]
        kafka.places.clear()
        kafka.take(stock)
        assert staff.at_work() == consumer.ours() == ["orders"]

    def stock_comes() -> None:
        assert len(staff.begun) == 2, "nothing else has begun"
        assert kafka.paused_now == set()
        kafka.give(stock)
        assert kafka.paused_now == partitions_of(stock), "the others are read on"

    def both_go_on() -> None:
        assert staff.at_work() == consumer.ours() == ["orders", "stock"]
        assert kafka.places == dict.fromkeys(stock.topics, 5), "the others keep their places"
        assert kafka.paused_now == set()
        consumer.stop()

    kafka.steps = [lambda: kafka.give(orders, stock), stock_goes, stock_comes, both_go_on]
    consumer.run()
    assert len(staff.begun) == 3
    assert staff.at_work() == []


def test_a_mapping_that_has_yet_to_begin_and_goes_does_not_begin(kafka: Kafka) -> None:
    (orders, stock) = CONFIGURATION.mappings
    staff = Staff()
    consumer = Consumer(CONFIGURATION, staff)

    def comes_and_goes() -> None:
        kafka.give(orders, stock)
        kafka.take(stock)

    kafka.steps = [comes_and_goes, nothing, consumer.stop]
    consumer.run()
    assert [each.parts.table.mapping for each in staff.begun] == [orders]


def test_who_is_put_out_of_the_group_ends_everything(kafka: Kafka) -> None:
    staff = Staff()
    consumer = Consumer(CONFIGURATION, staff)

    def lost() -> None:
        kafka.lose()
        assert staff.at_work() == consumer.ours() == []

    kafka.steps = [kafka.assign, lost, kafka.assign, consumer.stop]
    consumer.run()
    assert len(staff.begun) == 4


def test_a_mapping_begins_when_the_last_of_its_topics_has_come(kafka: Kafka) -> None:
    configuration = configured(TEXT.replace("shop.stock", "shop.orders"))
    (orders, stock) = configuration.mappings
    staff = Staff()
    consumer = Consumer(configuration, staff)

    def rest_comes() -> None:
        assert staff.at_work() == ["orders"]
        added = partitions_of(stock) - kafka.assigned
        assert added < partitions_of(stock), "the table's topic is here already"
        kafka.assigned |= added
        kafka.listeners[0].on_partitions_assigned(added)

    kafka.steps = [lambda: kafka.give(orders), rest_comes, consumer.stop]
    consumer.run()
    assert [each.parts.table.mapping.name for each in staff.begun] == ["orders", "stock"]


def test_mappings_are_given_up_before_the_group_misses_this_process(
    kafka: Kafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kafka calls on the thread that sends the heartbeats."""
    waited: list[float] = []
    clock = SimpleNamespace(monotonic=lambda: sum(waited))
    monkeypatch.setattr(sink_consumer, "time", clock)

    class Stuck(Reader):
        def join(self, seconds: float) -> None:
            waited.append(seconds)

    consumer = Consumer(CONFIGURATION, lambda begun: cast("Worker", Stuck(begun, {})))

    def both_go() -> None:
        kafka.take(*CONFIGURATION.mappings)
        assert sum(waited) < sink_consumer.SESSION_SECONDS

    kafka.steps = [kafka.assign, both_go, consumer.stop]
    consumer.run()
    assert waited == [sink_consumer.GIVE_UP_SECONDS, 0.0]
