"""Who holds what in the sinks' consumer group, as its coordinator tells it."""

from __future__ import annotations

from collections.abc import Collection

# kafka-python ships no types; what is used of it here stands in this file only.
from kafka import KafkaAdminClient  # type: ignore[import-untyped]


class Group:
    """A consumer group, asked over one connection. ``topics``: one of each mapping."""

    def __init__(self, bootstrap: str, group: str, topics: Collection[str]) -> None:
        self._client = KafkaAdminClient(bootstrap_servers=bootstrap)
        self._group = group
        self._topics = frozenset(topics)

    def held(self) -> dict[str, list[str]]:
        """The wanted topics that each member reads; empty while the group is sharing them out."""
        told = self._client.describe_groups([self._group])[self._group]
        if told["group_state"] != "Stable":
            return {}
        return {
            member["member_id"]: [
                each["topic"]
                for each in (member["member_assignment"] or {}).get("assigned_partitions", [])
                if each["topic"] in self._topics
            ]
            for member in told["members"]
        }

    def shared(self, members: int) -> dict[str, list[str]]:
        """``held`` once so many members read all the wanted topics; until then empty."""
        held = self.held()
        read = [topic for topics in held.values() for topic in topics]
        return held if len(held) == members and set(read) == self._topics else {}

    def close(self) -> None:
        """Close the connection."""
        self._client.close()
