"""The dead letters as the sink has written them, read for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

# kafka-python ships no types.
from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]

from deploy.cli.kafka_reader import reader
from sink.core.topics import DEAD_LETTERS

_PARTITION = TopicPartition(DEAD_LETTERS, 0)
_POLL_MS = 500
_CAUSE = "__connect.errors."


@dataclass(frozen=True, slots=True)
class StoredLetter:
    """What was set aside, and why.

    ``number`` is its offset in the dead-letter topic; ``topic`` and ``offset`` say where the record
    came from. ``at`` is when it was set aside.
    """

    number: int
    at: datetime
    mapping: str
    topic: str
    offset: str
    error: str
    reason: str
    key: str | None
    value: str | None


def letters(bootstrap: str, *, start: int = 0) -> Iterator[StoredLetter]:
    """The dead letters from number ``start`` to the newest; none where the topic is not there.

    Raises CommandError where no broker answers.
    """
    with reader(bootstrap) as consumer:
        if DEAD_LETTERS in consumer.topics():
            yield from _read(consumer, start)


def _read(consumer: KafkaConsumer, start: int) -> Iterator[StoredLetter]:
    consumer.assign([_PARTITION])
    end = consumer.end_offsets([_PARTITION])[_PARTITION]
    begin = consumer.beginning_offsets([_PARTITION])[_PARTITION]
    consumer.seek(_PARTITION, min(max(start, begin), end))
    while consumer.position(_PARTITION) < end:
        for records in consumer.poll(timeout_ms=_POLL_MS).values():
            for record in records:
                yield letter(
                    record.offset, record.timestamp, record.headers, record.key, record.value
                )


def letter(
    number: int,
    timestamp: int,
    headers: list[tuple[str, bytes]],
    key: bytes | None,
    value: bytes | None,
) -> StoredLetter:
    """A record of the topic; ``timestamp`` is in milliseconds since the epoch."""
    said = {name: _text(content) or "" for name, content in headers}
    return StoredLetter(
        number=number,
        at=datetime.fromtimestamp(timestamp / 1_000, UTC),
        mapping=said.get("sheetbridge.mapping", ""),
        topic=said.get(f"{_CAUSE}topic", ""),
        offset=said.get(f"{_CAUSE}offset", ""),
        error=said.get(f"{_CAUSE}exception.class.name", ""),
        reason=said.get(f"{_CAUSE}exception.message", ""),
        key=_text(key),
        value=_text(value),
    )


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode("utf-8", "replace")
