"""Area *topics*: Kafka answers, and each topic is there with one partition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from deploy.cli.check.finding import Finding, ok, problem, warning
from sink.core.configuration import Configuration
from sink.core.topics import DEAD_LETTERS, SCHEMA_HISTORY, needed_topics


class Broker(Protocol):
    """What the checks need of Kafka; implemented by ``TopicAdministration``."""

    def partitions(self) -> Mapping[str, int]:
        """Every topic and its number of partitions."""
        ...

    def settings(self, topic: str) -> Mapping[str, str]:
        """A topic's configuration."""
        ...


def check_topics(configuration: Configuration, broker: Broker) -> Iterator[Finding]:
    """Every topic of the configuration."""
    present = broker.partitions()
    yield ok(f"Kafka at {configuration.kafka.bootstrap}")
    names = [topic.name for topic in needed_topics(configuration)]
    missing = [name for name in names if name not in present]
    if missing:
        yield problem(f"Missing: {', '.join(missing)}.", "Run: sheetbridge register")
    for name in names:
        if present.get(name, 1) != 1:
            yield problem(
                f"Topic {name} has {present[name]} partitions, so its order is lost.",
                f"Stop Sheetbridge, delete the topic (kafka-topics --delete --topic {name}), "
                "run sheetbridge register; the reconciler finds what was in it.",
            )
    if not missing and all(present[name] == 1 for name in names):
        yield ok(f"{len(names)} topics, each with one partition")
    if DEAD_LETTERS in present:
        yield from check_dead_letters(configuration, broker.settings(DEAD_LETTERS))
    if SCHEMA_HISTORY in present:
        yield from check_history(broker.settings(SCHEMA_HISTORY))


def check_dead_letters(
    configuration: Configuration, settings: Mapping[str, str]
) -> Iterator[Finding]:
    """Dead letters are kept as long as the configuration says; the sink sees to it at its start."""
    (topic,) = (each for each in needed_topics(configuration) if each.name == DEAD_LETTERS)
    days = configuration.retention.dead_letters
    if settings.get("retention.ms") != topic.settings["retention.ms"]:
        yield warning(
            f"Dead letters are not kept for {days} days, as [retention] says.",
            "Restart the sink: sheetbridge sink",
        )
    else:
        yield ok(f"dead letters are kept for {days} days")


def check_history(settings: Mapping[str, str]) -> Iterator[Finding]:
    """Debezium reads the history from its beginning at every start, so nothing may expire."""
    expires = settings.get("retention.ms", "-1") != "-1"
    expires = expires or settings.get("retention.bytes", "-1") != "-1"
    if expires or "compact" in settings.get("cleanup.policy", "delete"):
        yield problem(
            f"Topic {SCHEMA_HISTORY} loses old records, and the connector would fail without them.",
            "kafka-configs --alter --entity-type topics --entity-name "
            f"{SCHEMA_HISTORY} --add-config retention.ms=-1,retention.bytes=-1,"
            "cleanup.policy=delete",
        )
    else:
        yield ok("the schema history is kept for ever")
