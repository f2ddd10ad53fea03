"""The blocking half of publishing: kafka-python's producer and the topics, as set for the webhook.

Settings: https://kafka-python.readthedocs.io/en/master/apidoc/KafkaProducer.html
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Protocol

from kafka import KafkaProducer  # type: ignore[import-untyped]  # kafka-python ships no types
from kafka.errors import KafkaError  # type: ignore[import-untyped]  # kafka-python ships no types

from sink.core.configuration import KafkaSettings
from sink.core.topics import RECORD_OVERHEAD, Topic
from webhook.kafka_topics import KafkaTopics

MAX_BLOCK_MS = 500
REQUEST_TIMEOUT_MS = 5_000
DELIVERY_TIMEOUT_MS = 15_000
CONNECT_TIMEOUT_MS = 1_500
ABANDON_SECONDS = 1.0


class SendResult(Protocol):
    """The future of kafka-python; it calls back in the producer's I/O thread."""

    def add_callback(self, f: Callable[[object], None]) -> object:
        """Call ``f`` once the record is confirmed."""
        ...

    def add_errback(self, f: Callable[[Exception], None]) -> object:
        """Call ``f`` once the record has failed."""
        ...


class Producer(Protocol):
    """The part of ``KafkaProducer`` in use."""

    def send(self, topic: str, *, value: bytes, key: bytes, partition: int) -> SendResult:
        """Queue a record; waits at most ``MAX_BLOCK_MS`` for metadata. Raises KafkaError."""
        ...

    def close(self, timeout: float) -> None:
        """Deliver what is queued, for at most ``timeout`` seconds, and disconnect.

        Raises KafkaError where that was not enough.
        """
        ...

    def abandon(self) -> None:
        """Disconnect without delivering what is queued."""
        ...


class Client(Protocol):
    """What ``KafkaPublisher`` asks of Kafka; every method blocks for a bounded time."""

    def connect(self) -> Producer:
        """A producer, with the topics made. Raises KafkaError or PublishError."""
        ...

    def ensure_topics(self) -> None:
        """Make the topics that are missing. Raises KafkaError or PublishError."""
        ...

    def missing_topics(self) -> list[str]:
        """The topics that the brokers, asked now, do not have. Raises PublishError."""
        ...

    def close(self) -> None:
        """Disconnect what ``connect`` did not hand out."""
        ...


class AbandonableProducer(KafkaProducer):  # type: ignore[misc]  # kafka-python ships no types
    """A producer that can also be let go of while it holds undelivered records.

    ``close(timeout=0)`` raises in that case and leaves the I/O thread running, with its records.
    """

    def abandon(self) -> None:
        """See ``Producer``."""
        self._sender.force_close()
        self._sender.join(ABANDON_SECONDS)
        with contextlib.suppress(KafkaError):
            self.close(timeout=0)


class KafkaClient:
    """``Client`` over kafka-python. ``max_body`` is the largest post in bytes."""

    def __init__(self, settings: KafkaSettings, topics: Sequence[Topic], *, max_body: int) -> None:
        self._settings = settings
        self._max_body = max_body
        self._topics = KafkaTopics(settings, topics)

    def connect(self) -> Producer:
        """See ``Client``."""
        producer: Producer = AbandonableProducer(
            bootstrap_servers=self._settings.bootstrap.split(","),
            client_id="sheetbridge-webhook",
            acks="all",
            enable_idempotence=True,
            max_block_ms=MAX_BLOCK_MS,
            bootstrap_timeout_ms=CONNECT_TIMEOUT_MS,
            request_timeout_ms=REQUEST_TIMEOUT_MS,
            delivery_timeout_ms=DELIVERY_TIMEOUT_MS,
            reconnect_backoff_max_ms=1_000,  # the default, 30 s, would outlast a broker's restart
            max_request_size=self._max_body + RECORD_OVERHEAD,
            allow_auto_create_topics=False,  # ours have one partition, whatever the broker's usual
            metrics_enabled=False,
        )
        self._topics.close()  # an admin client from before an outage does not always recover
        try:
            self._topics.ensure()
        except BaseException:
            producer.abandon()
            raise
        return producer

    def ensure_topics(self) -> None:
        """See ``Client``."""
        self._topics.ensure()

    def missing_topics(self) -> list[str]:
        """See ``Client``."""
        return self._topics.missing()

    def close(self) -> None:
        """See ``Client``."""
        self._topics.close()
