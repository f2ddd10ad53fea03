"""How many sinks are at work: the members of the configuration's consumer group."""

from __future__ import annotations

# kafka-python ships no types.
from kafka import KafkaAdminClient  # type: ignore[import-untyped]
from kafka.errors import GroupIdNotFoundError, KafkaError  # type: ignore[import-untyped]

from deploy.cli.failure import CommandError
from deploy.cli.kafka_reader import reader

_TIMEOUT_MS = 3_000


def sinks_at_work(bootstrap: str, group: str) -> int:
    """The group's members, also while it shares the mappings out; 0 where there is no such group.

    A sink that was killed counts until Kafka has missed its heartbeats. Raises CommandError where
    no broker answers.
    """
    with reader(bootstrap):  # soon tells that nobody listens; the client below tries for longer
        pass
    try:
        admin = KafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=_TIMEOUT_MS)
        try:
            described = admin.describe_groups([group])
        finally:
            admin.close()
    except GroupIdNotFoundError:
        return 0
    except KafkaError as error:
        raise CommandError(
            f"Kafka at {bootstrap} does not tell who is in group {group!r} ({error})",
            mend="Is it still starting? Ask again.",
        ) from error
    return len(described.get(group, {}).get("members") or ())
