"""What the tour cannot fake: records in both topics, and a connector whose task runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.connect_client import ConnectClient
from deploy.cli.demo.tour import Move
from deploy.cli.kafka_offsets import end_offsets


@dataclass(frozen=True, slots=True)
class Evidence:
    """A moment: how many records each topic has had, and how the connector was."""

    offsets: dict[str, int]
    connector: str
    running: bool


def gather(bootstrap: str, connect_url: str, connector: str, topics: Sequence[str]) -> Evidence:
    """Ask Kafka and Connect now. Raises CommandError where Kafka does not answer."""
    with ConnectClient(connect_url) as client:
        status = client.status(connector)
    return Evidence(
        offsets=end_offsets(bootstrap, topics),
        connector=str(status) if status is not None else "unknown to Connect",
        running=status is not None and status.running,
    )


def objections(moves: Sequence[Move], before: Evidence, after: Evidence) -> list[str]:
    """Everything that speaks against the tour having worked; empty if nothing does."""
    found = [
        f"{move.direction}, {move.title}: {move.problem}"
        for move in moves
        if move.problem is not None
    ]
    found += [
        f"topic {topic} got no record"
        for topic, offset in before.offsets.items()
        if after.offsets.get(topic, 0) <= offset
    ]
    if not after.running:
        found.append(f"the connector is not running: {after.connector}")
    return found
