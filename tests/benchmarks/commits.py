"""When changes were committed in MySQL, and when Debezium's records of them stood in Kafka."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]  # no types


@dataclass(frozen=True, slots=True)
class Commit:
    """One row's change: epoch seconds of its commit and of its record, and the row after it."""

    committed: float
    recorded: float
    ours: bool
    after: dict[str, Any] | None


class Commits:
    """The records of a table's changes from here on; its topic has others' too, such as markers."""

    def __init__(self, consumer: KafkaConsumer, table: str) -> None:
        self._consumer = consumer
        self._table = table
        self._partition = TopicPartition(f"cdc.{table}", 0)
        self._consumer.assign([self._partition])
        self._place = self._end()

    def new(self) -> list[Commit]:
        """All that was recorded since the last look."""
        end, found = self._end(), []
        self._consumer.seek(self._partition, self._place)
        while self._consumer.position(self._partition) < end:
            for records in self._consumer.poll(timeout_ms=500).values():
                for record in records:
                    if record.value is None:
                        continue
                    value = orjson.loads(record.value)
                    source = value["source"]
                    if f"{source['db']}.{source['table']}" != self._table:
                        continue
                    found.append(
                        Commit(
                            source["ts_us"] / 1e6,
                            record.timestamp / 1e3,
                            False,
                            value.get("after"),
                        )
                    )
        self._place = end
        return found

    def _end(self) -> int:
        ends: dict[TopicPartition, int] = self._consumer.end_offsets([self._partition])
        return ends[self._partition]


@contextmanager
def commits(bootstrap: str, table: str) -> Iterator[Commits]:
    """Those of ``database.table``."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    try:
        yield Commits(consumer, table)
    finally:
        consumer.close()
