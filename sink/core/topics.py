"""The names of the topics that a configuration reads and writes.

Each has exactly one partition: a mapping has one merge point, and order within a topic is order of
commit. The schema history is kept for ever (Debezium reads it whole at each start), of the status
only the newest record of each mapping, dead letters as long as ``[retention]`` says; the others
keep the broker's retention, because what is lost there is found by the reconciler.
"""

from __future__ import annotations

from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field

from sink.core.configuration import Configuration

DEAD_LETTERS = "sheetbridge.dead-letters"
SCHEMA_HISTORY = "sheetbridge.schema-history"
STATUS = "sheetbridge.status"

_DAY_MS = 24 * 3600 * 1_000


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic that must exist; ``settings`` are Kafka's topic configurations."""

    name: str
    settings: ReadOnly[str, str] = field(default_factory=dict)


def needed_topics(configuration: Configuration) -> list[Topic]:
    """Every topic of this configuration, each once, sorted by name."""
    topics = {
        DEAD_LETTERS: Topic(
            DEAD_LETTERS,
            {"retention.ms": str(configuration.retention.dead_letters * _DAY_MS)},
        ),
        SCHEMA_HISTORY: Topic(
            SCHEMA_HISTORY,
            {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete"},
        ),
        STATUS: Topic(STATUS, {"cleanup.policy": "compact", "segment.ms": "3600000"}),
    }
    for mapping in configuration.mappings:
        for name in mapping.topics:
            topics[name] = Topic(name)
    return [topics[name] for name in sorted(topics)]
