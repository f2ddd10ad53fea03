"""Topics that are missing are made; how long dead letters are kept follows the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from sink.core.configuration import RetentionSettings
from sink.core.topics import (
    CHANGE_EVENT,
    DEAD_LETTERS,
    RECORD_OVERHEAD,
    SCHEMA_HISTORY,
    Topic,
    needed_topics,
)
from sink.topic_administration import ensure_topics
from tests.unit.cli.check.edges import a_configuration

DAY_MS = 24 * 3600 * 1_000


@dataclass
class Kafka:
    """A cluster: topics and their settings."""

    topics: dict[str, dict[str, str]] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)

    def partitions(self) -> Mapping[str, int]:
        return dict.fromkeys(self.topics, 1)

    def settings(self, topic: str) -> Mapping[str, str]:
        return {"segment.bytes": "1073741824", **self.topics[topic]}

    def create(self, topic: Topic) -> bool:
        made = topic.name not in self.topics
        self.topics.setdefault(topic.name, dict(topic.settings))
        return made

    def change(self, topic: Topic) -> None:
        self.changed.append(topic.name)
        self.topics[topic.name].update(topic.settings)


def test_what_is_missing_is_made_once() -> None:
    kafka, configuration = Kafka(), a_configuration()
    names = [topic.name for topic in needed_topics(configuration)]
    assert ensure_topics(configuration, kafka) == names
    assert kafka.topics[DEAD_LETTERS]["retention.ms"] == str(90 * DAY_MS)
    assert ensure_topics(configuration, kafka) == []
    assert kafka.changed == []


def test_the_dead_letters_of_a_topic_that_exists_are_kept_as_configured() -> None:
    kafka, configuration = Kafka({DEAD_LETTERS: {"retention.ms": "604800000"}}), a_configuration()
    shorter = replace(configuration, retention=RetentionSettings(dead_letters=3))
    ensure_topics(shorter, kafka)
    assert kafka.topics[DEAD_LETTERS]["retention.ms"] == str(3 * DAY_MS)
    ensure_topics(shorter, kafka)
    assert kafka.changed == [DEAD_LETTERS]


@pytest.mark.parametrize("max_body", [1_000, 5_000_000])
def test_edits_and_dead_letters_may_be_as_large_as_a_post_or_a_change_event(max_body: int) -> None:
    kafka, configuration = Kafka({"sheet.planes": {}}), a_configuration()
    webhook = replace(configuration.webhook, max_body=max_body)
    ensure_topics(replace(configuration, webhook=webhook), kafka)
    largest = max(max_body + RECORD_OVERHEAD, CHANGE_EVENT)
    assert kafka.topics["sheet.planes"] == {"max.message.bytes": str(largest)}
    letter = 2 * (max(max_body, CHANGE_EVENT) + RECORD_OVERHEAD)
    assert kafka.topics[DEAD_LETTERS]["max.message.bytes"] == str(letter)
    assert kafka.topics["cdc.demo.planes"] == {}
    assert kafka.changed == ["sheet.planes"]


def test_what_somebody_set_of_another_topic_is_left() -> None:
    kafka, configuration = Kafka({SCHEMA_HISTORY: {"retention.ms": "1"}}), a_configuration()
    ensure_topics(configuration, kafka)
    assert kafka.topics[SCHEMA_HISTORY] == {"retention.ms": "1"}
