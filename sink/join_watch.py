"""Notices that the consumer has begun to join its group and forgotten that it did.

kafka-python (3.0.12) joins anew when the metadata of its topics changes, but keeps no mark that it
must: it compares two snapshots, and they are equal again as soon as the leader has shared out the
partitions. When the time of a poll ends between that and the coordinator's answer, the next poll
finds nothing to do: the group's member is not told what it has and sends no heartbeats, for ever.
The Java client had the same fault (https://issues.apache.org/jira/browse/KAFKA-9815).

What can be seen of it from outside is the consumer's public
``group_metadata()``: https://kafka-python.readthedocs.io/en/master/apidoc/KafkaConsumer.html.
"""

from __future__ import annotations

from dataclasses import dataclass

from kafka.structs import (  # type: ignore[import-untyped]  # no types
    ConsumerGroupMetadata,
    MemberState,
)

ANSWER_SECONDS = 3.0
"""The coordinator's answer takes milliseconds once the members are known; a member that stays
silent is removed after six seconds."""

OTHERS_SECONDS = 45.0
"""Before that, the others may take their time to end what they do (``consumer.JOIN_SECONDS``)."""


@dataclass(slots=True)
class JoinWatch:
    """One consumer's joins: ask after every poll."""

    _joined: int = -1
    """The generation that was last seen at work; -1 as with Kafka: none yet."""
    _joining: int | None = None
    _since: float = 0.0

    def forgotten(self, member: ConsumerGroupMetadata, now: float) -> bool:
        """Whether a join has lasted longer than any can; ``now`` in seconds of a steady clock.

        Where it has, the watch begins anew, as the consumer must.
        """
        generation: int = member.generation_id
        if member.state != MemberState.REBALANCING:
            if member.state == MemberState.STABLE:
                self._joined = generation
            self._joining = None
            return False
        if generation != self._joining:
            self._joining, self._since = generation, now
            return False
        members_known = generation != self._joined
        if now - self._since < (ANSWER_SECONDS if members_known else OTHERS_SECONDS):
            return False
        self._joining = None
        return True
