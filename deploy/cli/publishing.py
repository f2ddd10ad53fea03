"""Writes records of an operator into Kafka, each acknowledged before the command ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

# kafka-python ships no types.
from kafka import KafkaProducer  # type: ignore[import-untyped]
from kafka.errors import KafkaError  # type: ignore[import-untyped]

from deploy.cli.failure import CommandError
from deploy.cli.kafka_reader import reader

_SECONDS = 10.0

Headers = Sequence[tuple[str, bytes]]


@dataclass(slots=True)
class Publisher:
    """Writes to topics of one partition."""

    producer: KafkaProducer
    bootstrap: str

    def send(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Headers = ()
    ) -> int:
        """Write one record; returns its offset. Raises CommandError where Kafka does not take it.

        After an error it may have been written all the same: write it again under the same id.
        """
        try:
            sent = self.producer.send(
                topic, key=key, value=value, headers=list(headers), partition=0
            )
            return int(sent.get(timeout=_SECONDS).offset)
        except KafkaError as error:
            raise CommandError(
                f"Kafka at {self.bootstrap} did not take the record for {topic} ({error})",
                mend="Try again: what was taken already is not applied twice.",
            ) from error


@contextmanager
def publisher(bootstrap: str) -> Iterator[Publisher]:
    """A publisher. Raises CommandError where no broker answers."""
    with reader(bootstrap):
        pass
    producer = KafkaProducer(
        bootstrap_servers=bootstrap.split(","),
        client_id="sheetbridge-operator",
        acks="all",
        max_block_ms=int(_SECONDS * 1_000),
        allow_auto_create_topics=False,
    )
    try:
        yield Publisher(producer, bootstrap)
    finally:
        producer.close(timeout=_SECONDS)
