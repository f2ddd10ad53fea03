"""kafka-python's way to share out the mappings by ``sink.shares``.

The stock assignors work topic by topic, and give every one-partition topic to the first member;
ours keeps a mapping's topics together. It speaks Kafka's cooperative protocol
(https://cwiki.apache.org/confluence/x/vAclBg, KIP-429): who joins keeps what it has, and is told
what it has from then on. What moves is withheld from its next owner in a first round; the one who
had it gives it up and asks for a second round, which hands it over.

Members whose assignors have different names cannot be in one group; that of the eager protocol,
which gave everything up each time, was called ``sheetbridge-mapping``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from kafka import TopicPartition  # type: ignore[import-untyped]  # no types
from kafka.coordinator.assignors.abstract import (  # type: ignore[import-untyped]  # no types
    AbstractPartitionAssignor,
    ConsumerProtocolAssignment,
    ConsumerProtocolSubscription,
    RebalanceProtocol,
)

from sink.shares import Claim, Group, given_at_once, holders, owned_groups, share_out

VERSION = 2
"""Of the subscription: the first that tells what a member holds, and since which generation."""

NO_GENERATION = -1


class MappingAssignor(AbstractPartitionAssignor):  # type: ignore[misc]  # no types
    """Keeps ``groups`` together; ``held`` tells what the consumer has at the moment.

    The consumer is asked each time: what it was last assigned is not what it has, once the group
    has put it out.
    """

    name = "sheetbridge-mapping-sticky"

    def __init__(
        self, groups: Sequence[Group], held: Callable[[], Collection[TopicPartition]]
    ) -> None:
        self._groups = groups
        self._held = held
        self._generation = NO_GENERATION

    def supported_protocols(self) -> list[RebalanceProtocol]:
        """Cooperative alone: kafka-python follows one protocol a consumer."""
        return [RebalanceProtocol.COOPERATIVE]

    def metadata(self, topics: Iterable[str]) -> Any:
        """What a member says of itself when it joins."""
        held = sorted(partition.topic for partition in self._held())
        return ConsumerProtocolSubscription(
            version=VERSION,
            topics=sorted(topics),
            user_data=b"",
            owned_partitions=[
                ConsumerProtocolSubscription.TopicPartition(topic=topic, partitions=[0])
                for topic in held
            ],
            generation_id=self._generation,
        )

    def assign(self, _cluster: Any, members: Sequence[Any]) -> dict[str, Any]:
        """kafka-python's entry: assignments by member id, of all that each has from now on."""
        held = holders(_claim(member) for member in members)
        shares = share_out(
            self._groups,
            [member.member_id for member in members],
            owned_groups(self._groups, held),
        )
        return {
            member: ConsumerProtocolAssignment(
                VERSION, [(topic, [0]) for group in share for topic in sorted(group)], b""
            )
            for member, share in given_at_once(shares, held).items()
        }

    def on_assignment(self, _assignment: Any, generation: int) -> None:
        """Keep since when the consumer has what it has."""
        self._generation = generation


def _claim(member: Any) -> Claim:
    told = member.metadata
    topics = frozenset(owned.topic for owned in told.owned_partitions)
    return Claim(member.member_id, told.generation_id, topics)
