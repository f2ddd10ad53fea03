"""kafka-python's consumer and the sink's workers, as the sink's consumer meets them; no broker."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

from kafka import (  # type: ignore[import-untyped]
    ConsumerRebalanceListener,
    TopicPartition,
)
from kafka.errors import KafkaError  # type: ignore[import-untyped]
from kafka.structs import (  # type: ignore[import-untyped]
    ConsumerGroupMetadata,
    MemberState,
)

from sink.core.configuration import Configuration
from sink.core.configuration_file import parse
from sink.core.mapping import Mapping

TEXT = """
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
    """


def configured(text: str) -> Configuration:
    return parse(
        text,
        source="sheetbridge.toml",
        environment={"A": "0123456789abcdef"},
        read_file=lambda _: "",
    )


CONFIGURATION = configured(TEXT)


class Kafka:
    """A consumer of Kafka's whose broker is away; each poll is the next of ``steps``."""

    def __init__(self) -> None:
        self.steps: list[Callable[[], None]] = []
        self.listeners: list[ConsumerRebalanceListener] = []
        self.closed = False
        self.assigned: set[TopicPartition] = set()
        self.paused_now: set[TopicPartition] = set()
        self.places: dict[str, int] = {}

    def subscribe(self, *, topics: list[str], listener: ConsumerRebalanceListener) -> None:
        assert topics == sorted(set(topics))
        self.listeners.append(listener)

    def unsubscribe(self) -> None:
        raise KafkaError("the broker is away")

    def poll(self, **_: object) -> dict[TopicPartition, list[object]]:
        self.steps.pop(0)()
        return {}

    def group_metadata(self) -> ConsumerGroupMetadata:
        return ConsumerGroupMetadata("group", 1, "member", None, MemberState.STABLE)

    def assign(self, configuration: Configuration = CONFIGURATION) -> None:
        topics = {topic for mapping in configuration.mappings for topic in mapping.topics}
        self.assigned = {TopicPartition(topic, 0) for topic in topics}
        self.listeners[0].on_partitions_assigned(list(self.assigned))

    def give(self, *mappings: Mapping) -> None:
        """These as well, as the cooperative protocol tells it: what is added alone."""
        added = partitions_of(*mappings)
        self.assigned |= added
        self.listeners[0].on_partitions_assigned(added)

    def take(self, *mappings: Mapping) -> None:
        """These no longer; the library's assignment is the new one as it tells so."""
        self.assigned -= partitions_of(*mappings)
        self.paused_now &= self.assigned
        self.listeners[0].on_partitions_revoked(partitions_of(*mappings))

    def lose(self) -> None:
        """The group has put this member out."""
        self.listeners[0].on_partitions_lost(set(self.assigned))
        self.assigned, self.paused_now = set(), set()

    def assignment(self) -> set[TopicPartition]:
        return self.assigned

    def pause(self, *partitions: TopicPartition) -> None:
        self.paused_now |= set(partitions)

    def resume(self, partition: TopicPartition) -> None:
        self.paused_now.remove(partition)

    def paused(self) -> set[TopicPartition]:
        return self.paused_now

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self.places[partition.topic] = offset

    def close(self, **_: object) -> None:
        self.closed = True


def partitions_of(*mappings: Mapping) -> set[TopicPartition]:
    return {TopicPartition(topic, 0) for mapping in mappings for topic in mapping.topics}


def nothing() -> None:
    """A poll that brings nothing."""


class Reader:
    """A worker that merges nothing: it has read up to ``offsets``, and tells so."""

    def __init__(self, mapping: Mapping, offsets: dict[str, int], *, stands: bool = False) -> None:
        self.parts = SimpleNamespace(table=SimpleNamespace(mapping=mapping), next_offsets=offsets)
        self.read_to = dict(offsets)
        self.takes_changes = not stands
        self.asked_to_stop = False
        self.waiting: dict[str, int] = {}

    def backlog(self, topic: str) -> int:
        return self.waiting.get(topic, 0)

    def next_offset(self, topic: str) -> int:
        return self.read_to.get(topic, 0)

    def is_alive(self) -> bool:
        return True

    def start(self) -> None:
        """It has nothing to do."""

    def stop(self) -> None:
        """Only keep that it was asked."""
        self.asked_to_stop = True

    def join(self, _: float) -> None:
        """It has ended."""
