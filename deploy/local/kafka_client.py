"""What the stack asks Kafka itself: is it there, is a consumer group at work."""

from __future__ import annotations

# kafka-python ships no types.
from kafka import KafkaAdminClient  # type: ignore[import-untyped]
from kafka.errors import KafkaError  # type: ignore[import-untyped]


def brokers(bootstrap: str) -> int:
    """How many brokers the cluster at ``bootstrap`` has; 0 if it does not answer."""
    try:
        admin = KafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=3_000)
    except KafkaError:
        return 0
    try:
        return len(admin.describe_cluster()["brokers"])
    except KafkaError:
        return 0
    finally:
        admin.close()


def has_members(bootstrap: str, group: str) -> bool:
    """Whether the group has settled on at least one member; False if Kafka does not answer."""
    try:
        admin = KafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=3_000)
    except KafkaError:
        return False
    try:
        described = admin.describe_groups([group])
    except KafkaError:
        return False
    finally:
        admin.close()
    found = described.get(group, {})
    return found.get("group_state") == "Stable" and bool(found.get("members"))
