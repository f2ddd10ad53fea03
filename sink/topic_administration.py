"""Making the topics of a configuration that are missing, and looking at those that are there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

# kafka-python ships no types; what is used of its admin client stands in this file only.
from kafka import KafkaAdminClient  # type: ignore[import-untyped]
from kafka.admin import (  # type: ignore[import-untyped]
    ConfigResource,
    ConfigResourceType,
)
from kafka.errors import (  # type: ignore[import-untyped]
    KafkaError,
    TopicAlreadyExistsError,
)

from sink.core.configuration import Configuration, KafkaSettings
from sink.core.errors import SheetbridgeError
from sink.core.topics import DEAD_LETTERS, Topic, needed_topics


class KafkaUnreachableError(SheetbridgeError):
    """No broker answers at the bootstrap addresses."""

    retriable = True

    def __init__(self, bootstrap: str, cause: str) -> None:
        self.problem = f"Kafka does not answer at {bootstrap} ({cause})."
        self.mend = "Start it, or correct kafka.bootstrap."
        super().__init__(f"{self.problem}\n{self.mend}")


class TopicRefusedError(SheetbridgeError):
    """The broker would not make a topic, or not change it."""

    def __init__(self, topic: str, cause: str, *, doing: str = "create") -> None:
        self.problem = f"Kafka refuses to {doing} topic {topic}: {cause}."
        self.mend = (
            "Allow it to our client, make the topic by hand with one partition, or lower "
            "kafka.replication to the number of brokers."
        )
        super().__init__(f"{self.problem}\n{self.mend}")


class TopicAdministration:
    """Kafka's admin interface, bounded by ``timeout`` seconds; close it after use.

    Raises KafkaUnreachableError from every method.
    """

    def __init__(self, settings: KafkaSettings, *, timeout: float = 10.0) -> None:
        self._bootstrap = settings.bootstrap
        self._replication = settings.replication
        milliseconds = int(timeout * 1000)
        try:
            self._admin = KafkaAdminClient(
                bootstrap_servers=settings.bootstrap.split(","),
                bootstrap_timeout_ms=milliseconds,
                request_timeout_ms=milliseconds,
            )
        except KafkaError as error:
            raise KafkaUnreachableError(self._bootstrap, _cause(error)) from error

    def close(self) -> None:
        """Close the connections."""
        self._admin.close()

    def partitions(self) -> dict[str, int]:
        """Every topic of the cluster and its number of partitions."""
        try:
            described = self._admin.describe_topics()
        except KafkaError as error:
            raise KafkaUnreachableError(self._bootstrap, _cause(error)) from error
        return {
            str(topic["name"]): len(topic["partitions"])
            for topic in described
            if topic["error_code"] == 0
        }

    def cluster_id(self) -> str:
        """The id of the cluster."""
        try:
            return str(self._admin.describe_cluster().get("cluster_id", ""))
        except KafkaError as error:
            raise KafkaUnreachableError(self._bootstrap, _cause(error)) from error

    def topic_ids(self, topics: Collection[str]) -> dict[str, str]:
        """The ids of those of ``topics`` that are there: a topic that is made anew has another."""
        try:
            described = self._admin.describe_topics(sorted(topics))
        except KafkaError as error:
            raise KafkaUnreachableError(self._bootstrap, _cause(error)) from error
        return {
            str(topic["name"]): str(topic["topic_id"])
            for topic in described
            if topic["error_code"] == 0
        }

    def settings(self, topic: str) -> dict[str, str]:
        """The topic's configuration, defaults included."""
        resource = ConfigResource(ConfigResourceType.TOPIC, topic)
        try:
            described = self._admin.describe_configs([resource], config_filter="all")
        except KafkaError as error:
            raise KafkaUnreachableError(self._bootstrap, _cause(error)) from error
        found = described.get("topic", {}).get(topic, {})
        return {str(name): str(setting["value"]) for name, setting in found.items()}

    def create(self, topic: Topic, *, partitions: int = 1) -> bool:
        """Make the topic; False where it exists. Raises TopicRefusedError."""
        options = {
            "num_partitions": partitions,
            "replication_factor": self._replication,
            "configs": dict(topic.settings),
        }
        try:
            self._admin.create_topics({topic.name: options}, wait_for_metadata=True)
        except TopicAlreadyExistsError:
            return False
        except KafkaError as error:
            if error.retriable:
                raise KafkaUnreachableError(self._bootstrap, _cause(error)) from error
            raise TopicRefusedError(topic.name, _cause(error)) from error
        return True

    def change(self, topic: Topic) -> None:
        """Give an existing topic its settings; others of it stay. Raises TopicRefusedError."""
        resource = ConfigResource(
            ConfigResourceType.TOPIC, topic.name, configs=dict(topic.settings)
        )
        try:
            answered = self._admin.alter_configs([resource])
        except KafkaError as error:
            raise KafkaUnreachableError(self._bootstrap, _cause(error)) from error
        result = str(answered.get("topic", {}).get(topic.name, "OK"))
        if result != "OK":
            raise TopicRefusedError(topic.name, result, doing="change")


class Administration(Protocol):
    """What ``ensure_topics`` needs of Kafka; implemented by ``TopicAdministration``."""

    def partitions(self) -> Mapping[str, int]:
        """Every topic and its number of partitions."""
        ...

    def settings(self, topic: str) -> Mapping[str, str]:
        """A topic's configuration."""
        ...

    def create(self, topic: Topic) -> bool:
        """Make the topic; False where it exists."""
        ...

    def change(self, topic: Topic) -> None:
        """Give an existing topic its settings."""
        ...


def ensure_topics(configuration: Configuration, administration: Administration) -> list[str]:
    """Make the topics that are missing; returns their names.

    How long dead letters are kept follows ``[retention]`` in a topic that exists, too, and how
    large a record of theirs and of edits may be follows ``[webhook] max_body``.
    """
    present = administration.partitions()
    ours = {DEAD_LETTERS, *(mapping.sheet_topic for mapping in configuration.mappings)}
    for topic in needed_topics(configuration):
        if topic.name in ours and topic.name in present:
            current = administration.settings(topic.name)
            if any(current.get(name) != value for name, value in topic.settings.items()):
                administration.change(topic)
    missing = [topic for topic in needed_topics(configuration) if topic.name not in present]
    return [topic.name for topic in missing if administration.create(topic)]


def _cause(error: Exception) -> str:
    return str(error) or type(error).__name__
