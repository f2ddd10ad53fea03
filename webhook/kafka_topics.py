"""The webhook's topics: made where they are missing, looked at for readiness. Blocking calls."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence

# kafka-python ships no types; what is used of its admin client stands in this file only.
from kafka import KafkaAdminClient  # type: ignore[import-untyped]  # it ships no types
from kafka.errors import (  # type: ignore[import-untyped]  # it ships no types
    KafkaError,
    TopicAlreadyExistsError,
)

from sink.core.configuration import KafkaSettings
from sink.core.topics import Topic
from webhook.publisher import PublishError

TIMEOUT_MS = 1_500


class KafkaTopics:
    """Kafka's admin interface for ``topics``; connects at the first call.

    Every method may be called from any thread but the event loop's, and raises PublishError.
    (Connect only where Kafka was seen to answer: kafka-python leaves a thread behind each time
    that its admin client finds no broker.)
    """

    def __init__(self, settings: KafkaSettings, topics: Sequence[Topic]) -> None:
        self._settings = settings
        self._topics = tuple(topics)
        self._lock = threading.Lock()
        self._admin: KafkaAdminClient | None = None

    def ensure(self) -> None:
        """Make the topics that are missing, each with one partition."""
        missing = set(self.missing())
        for topic in self._topics:
            if topic.name in missing:
                self._create(topic)

    def missing(self) -> list[str]:
        """The names of our topics that the brokers, asked now, do not have."""
        names = [topic.name for topic in self._topics]
        try:
            described = self._connected().describe_topics(names)
        except KafkaError as error:
            raise PublishError(f"Kafka does not answer: {error}") from error
        present = {topic["name"] for topic in described if topic["error_code"] == 0}
        return [name for name in names if name not in present]

    def close(self) -> None:
        """Disconnect."""
        with self._lock:
            admin, self._admin = self._admin, None
        if admin is not None:
            with contextlib.suppress(KafkaError):
                admin.close()

    def _create(self, topic: Topic) -> None:
        options = {
            "num_partitions": 1,
            "replication_factor": self._settings.replication,
            "configs": dict(topic.settings),
        }
        try:
            self._connected().create_topics({topic.name: options}, wait_for_metadata=True)
        except TopicAlreadyExistsError:
            return  # another process was quicker
        except KafkaError as error:
            raise PublishError(f"Kafka refuses to create topic {topic.name}: {error}") from error

    def _connected(self) -> KafkaAdminClient:
        with self._lock:
            if self._admin is None:
                self._admin = KafkaAdminClient(
                    bootstrap_servers=self._settings.bootstrap.split(","),
                    client_id="sheetbridge-webhook-topics",
                    bootstrap_timeout_ms=TIMEOUT_MS,
                    request_timeout_ms=TIMEOUT_MS,
                    reconnect_backoff_max_ms=1_000,
                )
            return self._admin
