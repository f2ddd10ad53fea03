"""What stands in a topic, read by a consumer without a group."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import orjson
from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]


@dataclass(frozen=True)
class Record:
    """A record as it stands in a topic."""

    offset: int
    key: bytes | None
    value: bytes | None
    headers: dict[str, str]


class Topic:
    """One topic of one partition."""

    def __init__(self, consumer: KafkaConsumer, name: str) -> None:
        self._consumer = consumer
        self._partition = TopicPartition(name, 0)

    def end(self) -> int:
        """The offset that the next record will have."""
        ends: dict[TopicPartition, int] = self._consumer.end_offsets([self._partition])
        return ends[self._partition]

    def records(self, offset: int) -> list[Record]:
        """All records from ``offset`` to the end."""
        end = self.end()
        self._consumer.assign([self._partition])
        self._consumer.seek(self._partition, offset)
        found: list[Record] = []
        while self._consumer.position(self._partition) < end:
            for records in self._consumer.poll(timeout_ms=500).values():
                found.extend(
                    Record(
                        record.offset,
                        record.key,
                        record.value,
                        {name: value.decode() for name, value in record.headers},
                    )
                    for record in records
                )
        return found

    def since(self, offset: int) -> list[dict[str, object]]:
        """The decoded records from ``offset`` to the end; tombstones are left out."""
        return [orjson.loads(record.value) for record in self.records(offset) if record.value]


@contextmanager
def topic(bootstrap: str, name: str) -> Iterator[Topic]:
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    try:
        yield Topic(consumer, name)
    finally:
        consumer.close()
