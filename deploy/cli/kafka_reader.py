"""A look into Kafka that leaves no trace there: no group, no commits, no topics made."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

# kafka-python ships no types.
from kafka import KafkaConsumer  # type: ignore[import-untyped]
from kafka.errors import KafkaError  # type: ignore[import-untyped]

from deploy.cli.failure import CommandError

_SECONDS = 5.0


@contextmanager
def reader(bootstrap: str) -> Iterator[KafkaConsumer]:
    """A consumer with nothing assigned. Raises CommandError where no broker answers."""
    servers = bootstrap.split(",")
    if not any(_accepts(server) for server in servers):
        raise _away(bootstrap, "connection refused")
    try:
        consumer = KafkaConsumer(
            bootstrap_servers=servers,
            group_id=None,
            enable_auto_commit=False,
            allow_auto_create_topics=False,
            bootstrap_timeout_ms=int(_SECONDS * 1_000),
        )
        try:
            yield consumer
        finally:
            consumer.close()
    except KafkaError as error:
        raise _away(bootstrap, str(error)) from error


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
        mend="Start it, or correct kafka.bootstrap.",
    )
