"""Which worker process reads which mappings: all topics of a mapping together.

The topics of a mapping have one partition and are merged by one worker; mappings that share a
table go together too. The stock assignors work topic by topic and give every one-partition topic
to the first member.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kafka.coordinator.assignors.abstract import (  # type: ignore[import-untyped]  # no types
    AbstractPartitionAssignor,
    ConsumerProtocolAssignment,
    ConsumerProtocolSubscription,
)

from sink.core.mapping import Mapping

VERSION = 0


def topic_groups(mappings: Iterable[Mapping]) -> list[frozenset[str]]:
    """The topics that must stay together, in a stable order."""
    groups: list[set[str]] = []
    for mapping in mappings:
        joined = set(mapping.topics)
        apart = []
        for group in groups:
            if group & joined:
                joined |= group
            else:
                apart.append(group)
        groups = [*apart, joined]
    return sorted((frozenset(group) for group in groups), key=min)


def share_out(
    groups: Sequence[frozenset[str]], members: Sequence[str]
) -> dict[str, list[frozenset[str]]]:
    """Each group to one member, as evenly as can be; the same for the same input."""
    shares: dict[str, list[frozenset[str]]] = {member: [] for member in sorted(members)}
    order = list(shares)
    for number, group in enumerate(groups):
        shares[order[number % len(order)]].append(group)
    return shares


def mapping_assignor(groups: Sequence[frozenset[str]]) -> type[AbstractPartitionAssignor]:
    """An assignor for kafka-python that keeps ``groups`` together."""

    class MappingAssignor(AbstractPartitionAssignor):  # type: ignore[misc]  # no types
        """See ``topic_groups`` and ``share_out``."""

        name = "sheetbridge-mapping"

        @classmethod
        def assign(cls, _cluster: Any, members: Sequence[Any]) -> dict[str, Any]:
            """kafka-python's entry: assignments by member id."""
            shares = share_out(groups, [member.member_id for member in members])
            return {
                member: ConsumerProtocolAssignment(
                    VERSION, [(topic, [0]) for group in share for topic in sorted(group)], b""
                )
                for member, share in shares.items()
            }

        @classmethod
        def metadata(cls, topics: Iterable[str]) -> Any:
            """What a member says of itself when it joins."""
            return ConsumerProtocolSubscription(VERSION, sorted(topics), b"")

        @classmethod
        def on_assignment(cls, _assignment: Any, _generation: int) -> None:
            """Nothing to keep."""

    return MappingAssignor
