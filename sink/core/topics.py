"""The names of the topics that a configuration reads and writes.

Each has exactly one partition: a mapping has one merge point, and order within a topic is order of
commit. The schema history is kept for ever (Debezium reads it whole at each start), of the status
only the newest record of each mapping, dead letters as long as ``[retention]`` says; the others
keep the broker's retention, because what is lost there is found by the reconciler. Edits and dead
letters may be larger than the broker's usual megabyte.
"""

from __future__ import annotations

from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field

from sink.core.configuration import Configuration

DEAD_LETTERS = "sheetbridge.dead-letters"
SCHEMA_HISTORY = "sheetbridge.schema-history"
STATUS = "sheetbridge.status"

_DAY_MS = 24 * 3600 * 1_000

CHANGE_EVENT = 1_048_576
"""Bytes of the largest change event: what Debezium's producer sends at most, unless it is told
otherwise (``max.request.size``, https://kafka.apache.org/documentation/#producerconfigs)."""

RECORD_OVERHEAD = 10_000
"""Bytes of a record beside its value: key, headers, and the frame of its batch."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic that must exist; ``settings`` are Kafka's topic configurations."""

    name: str
    settings: ReadOnly[str, str] = field(default_factory=dict)


def largest_edit(configuration: Configuration) -> int:
    """Bytes of the largest record of edits: one post."""
    return configuration.webhook.max_body + RECORD_OVERHEAD


def largest_letter(configuration: Configuration) -> int:
    """Bytes of the largest dead letter: the record, and what an operator gives back of it."""
    return 2 * (max(configuration.webhook.max_body, CHANGE_EVENT) + RECORD_OVERHEAD)


def needed_topics(configuration: Configuration) -> list[Topic]:
    """Every topic of this configuration, each once, sorted by name."""
    edits = {"max.message.bytes": str(max(largest_edit(configuration), CHANGE_EVENT))}
    topics = {
        DEAD_LETTERS: Topic(
            DEAD_LETTERS,
            {
                "retention.ms": str(configuration.retention.dead_letters * _DAY_MS),
                "max.message.bytes": str(largest_letter(configuration)),
            },
        ),
        SCHEMA_HISTORY: Topic(
            SCHEMA_HISTORY,
            {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete"},
        ),
        STATUS: Topic(STATUS, {"cleanup.policy": "compact", "segment.ms": "3600000"}),
    }
    for mapping in configuration.mappings:
        for name in mapping.topics:
            topics[name] = Topic(name, edits if name == mapping.sheet_topic else {})
    return [topics[name] for name in sorted(topics)]
