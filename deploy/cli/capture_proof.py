"""Proof that the connector captures: a marker row of each mapped table must arrive in its topic.

RUNNING only says that the task was started; Debezium then still reads the schema. A row that comes
through shows that the stream has begun, that it comes from the server that we write to, and that
the markers are routed. It also gives the connector its first stored position, so that a stop soon
after loses nothing.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Iterable

# kafka-python ships no types.
from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]
from kafka.errors import KafkaError  # type: ignore[import-untyped]
from sqlalchemy import Engine

from connectors.deadline import Deadline
from deploy.cli.failure import CommandError
from sink.core.configuration import Configuration
from sink.core.mapping import Mapping
from sink.state.markers import write_marker
from sink.topic_administration import KafkaUnreachableError

_WRITE_AGAIN = 1.0
_POLL_MS = 200


def prove_capture(
    configuration: Configuration,
    engine: Engine,
    *,
    progress: Callable[[str], None],
    deadline: Deadline,
) -> float:
    """Write markers until one of each mapped table has arrived; returns the seconds it took.

    Raises CommandError at the deadline, KafkaUnreachableError, and DBAPIError from the engine.
    """
    began = deadline.elapsed
    waiting = {mapping.cdc_topic: mapping for mapping in configuration.mappings}
    progress(f"waiting for a marker row to come through {', '.join(sorted(waiting))}")
    token = str(uuid.uuid4())
    try:
        consumer = KafkaConsumer(
            bootstrap_servers=configuration.kafka.bootstrap.split(","),
            enable_auto_commit=False,
            bootstrap_timeout_ms=10_000,
        )
        try:
            _watch_from_now(consumer, waiting)
            written = None
            while waiting:
                if deadline.passed:
                    raise _lost(configuration, waiting.values())
                if written is None or deadline.elapsed - written >= _WRITE_AGAIN:
                    _write(engine, waiting.values(), token)
                    written = deadline.elapsed
                for records in consumer.poll(timeout_ms=_POLL_MS).values():
                    for record in records:
                        if record.topic in waiting and carries(record.value, token):
                            del waiting[record.topic]
        finally:
            consumer.close()
    except KafkaError as error:
        raise KafkaUnreachableError(configuration.kafka.bootstrap, str(error)) from error
    return deadline.elapsed - began


def carries(value: bytes | None, token: str) -> bool:
    """Whether a record is the change event of the marker row with ``token``."""
    if value is None or token.encode() not in value:
        return False
    event = json.loads(value)
    after = event.get("after") if isinstance(event, dict) else None
    return isinstance(after, dict) and after.get("token") == token


def _watch_from_now(consumer: KafkaConsumer, topics: Collection[str]) -> None:
    partitions = [TopicPartition(topic, 0) for topic in topics]
    consumer.assign(partitions)
    consumer.seek_to_end(*partitions)
    for partition in partitions:
        consumer.position(partition)  # seek_to_end is lazy; the end must be that of now


def _write(engine: Engine, mappings: Iterable[Mapping], token: str) -> None:
    with engine.begin() as connection:
        for mapping in mappings:
            write_marker(connection, mapping, token)


def _lost(configuration: Configuration, missing: Iterable[Mapping]) -> CommandError:
    tables = ", ".join(sorted({mapping.marker_table for mapping in missing}))
    database, connect = configuration.database, configuration.connect
    host, port = connect.database_host or database.host, connect.database_port or database.port
    return CommandError(
        f"the connector runs, but rows written to {tables} on MySQL at {database.host}:"
        f"{database.port} do not arrive in Kafka at {configuration.kafka.bootstrap}.",
        mend=f"Is {host}:{port}, as the Connect worker sees it, the same server, and that Kafka "
        "the worker's own? A large server may also need a longer --timeout at the first time.",
    )
