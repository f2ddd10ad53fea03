"""Whether time runs backwards: a server, a topic or a cluster that is not the one that was read.

Kafka is the memory outside of the database: a change event in the topic whose transaction the
server does not know was lost with a restored backup. And the database is the memory outside of
Kafka: the cluster and the topics that the stored offsets belong to.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Streams:
    """A mapping's topics as they are now: the cluster's id, the topics' ids, the offsets behind
    their last records, and those of the first that Kafka still keeps."""

    cluster: str
    topics: Mapping[str, str]
    ends: Mapping[str, int]
    starts: Mapping[str, int] = field(default_factory=dict)

    def readable(self, offsets: Mapping[str, int]) -> dict[str, int]:
        """Where to read on: at ``offsets``, or at the first record that is kept.

        What Kafka has deleted unread is found by the reconciliation at the worker's start.
        """
        return {**offsets, **{t: max(n, offsets.get(t, 0)) for t, n in self.starts.items()}}


@dataclass(frozen=True, slots=True)
class Lineage:
    """What the stored offsets belong to.

    ``forgiven`` is the offset of the table's topic before which lost transactions are known of.
    """

    cluster: str
    topics: Mapping[str, str] = field(default_factory=dict)
    forgiven: int = 0

    @classmethod
    def of(cls, streams: Streams, forgiven: int = 0) -> Lineage:
        """The lineage of what is there now."""
        return cls(streams.cluster, dict(streams.topics), forgiven)

    def encoded(self) -> str:
        """The lineage as text."""
        return json.dumps([self.cluster, dict(self.topics), self.forgiven])

    @classmethod
    def decoded(cls, stored: str | None) -> Lineage | None:
        """The lineage that ``encoded`` wrote; None where none was stored yet."""
        return cls(*json.loads(stored)) if stored else None

    def same(self, topic: str, streams: Streams) -> bool:
        """Whether offsets of ``topic`` still mean what they meant."""
        known = self.topics.get(topic)
        return streams.cluster == self.cluster and known in (None, streams.topics.get(topic))


def backwards(
    lineage: Lineage | None,
    streams: Streams,
    offsets: Mapping[str, int],
    lost: str | None,
    mapping: str,
) -> str | None:
    """Why the mapping must not go on, in words for a person; None where all is as it was.

    ``offsets`` are those stored of the topics of changes, ``lost`` a transaction of the table's
    topic that the server does not know.
    """
    cause = _cause(lineage, streams, offsets, lost)
    if cause is None:
        return None
    return (
        f"{cause}. Nothing is merged until you say which side is right: sheetbridge resume "
        f"{mapping} --prefer database, or --prefer sheet"
    )


def _cause(
    lineage: Lineage | None, streams: Streams, offsets: Mapping[str, int], lost: str | None
) -> str | None:
    if lineage is not None and lineage.cluster != streams.cluster:
        return f"this is another Kafka cluster ({streams.cluster}) than before ({lineage.cluster})"
    for topic, offset in offsets.items():
        if lineage is not None and not lineage.same(topic, streams):
            return f"topic {topic} was made anew: changes may have been lost with the old one"
        if topic in streams.ends and offset > streams.ends[topic]:
            return f"topic {topic} ends before what was read of it: changes were lost"
    if lost is not None:
        return (
            f"the database does not know transaction {lost}, which it had committed: it was "
            "restored to an earlier time"
        )
    return None
