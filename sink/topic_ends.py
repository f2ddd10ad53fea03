"""Where topics end at this moment, asked of Kafka over one connection that all mappings share."""

from __future__ import annotations

import threading

# kafka-python ships no types; what is used of it here stands in this file only.
from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]
from kafka.errors import KafkaError  # type: ignore[import-untyped]

from sink.core.configuration import KafkaSettings
from sink.topic_administration import KafkaUnreachableError

TIMEOUT_MILLISECONDS = 5_000


class TopicEnds:
    """Thread-safe; it connects when it is first asked."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._consumer: KafkaConsumer | None = None

    def end(self, topic: str) -> int:
        """The offset behind the last record of a topic's one partition.

        Raises KafkaUnreachableError where Kafka does not answer within some seconds.
        """
        partition = TopicPartition(topic, 0)
        with self._lock:
            try:
                if self._consumer is None:
                    self._consumer = self._connect()
                return int(self._consumer.end_offsets([partition])[partition])
            except KafkaError as error:
                raise KafkaUnreachableError(self._settings.bootstrap, str(error)) from error

    def close(self) -> None:
        """Close the connection, if there is one."""
        with self._lock:
            if self._consumer is not None:
                self._consumer.close(autocommit=False)
                self._consumer = None

    def _connect(self) -> KafkaConsumer:
        return KafkaConsumer(
            bootstrap_servers=self._settings.bootstrap.split(","),
            group_id=None,
            enable_auto_commit=False,
            allow_auto_create_topics=False,
            request_timeout_ms=TIMEOUT_MILLISECONDS,
        )
