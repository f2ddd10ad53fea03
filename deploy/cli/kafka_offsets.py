"""How many records topics have had: the end offsets of their only partitions."""

from __future__ import annotations

import socket
from collections.abc import Collection

# kafka-python ships no types.
from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]
from kafka.errors import KafkaError  # type: ignore[import-untyped]

from deploy.cli.failure import CommandError

_SECONDS = 5.0


def end_offsets(bootstrap: str, topics: Collection[str]) -> dict[str, int]:
    """The end offset of each topic. Raises CommandError where no broker answers."""
    servers = bootstrap.split(",")
    if not any(_accepts(server) for server in servers):
        raise _away(bootstrap, "connection refused")
    partitions = [TopicPartition(topic, 0) for topic in sorted(topics)]
    try:
        consumer = KafkaConsumer(
            bootstrap_servers=servers,
            enable_auto_commit=False,
            bootstrap_timeout_ms=int(_SECONDS * 1_000),
        )
        try:
            ends = consumer.end_offsets(partitions)
        finally:
            consumer.close()
    except KafkaError as error:
        raise _away(bootstrap, str(error)) from error
    return {partition.topic: int(end) for partition, end in ends.items()}


def _accepts(server: str) -> bool:
    """Whether something listens there; asked first, since the client tries for half a minute."""
    host, _, port = server.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_SECONDS).close()
    except OSError:
        return False
    return True


def _away(bootstrap: str, cause: str) -> CommandError:
    return CommandError(
        f"Kafka does not answer at {bootstrap} ({cause})",
        mend="Start it, or correct kafka.bootstrap in sheetbridge.toml.",
    )
