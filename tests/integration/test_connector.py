"""The registration on a real Connect: capture, one more table, refusals, a purged binlog."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

# kafka-python ships no types.
from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]
from sqlalchemy import Engine, text

from connectors.connect_client import ConnectClient
from connectors.errors import ConnectorRefusedError, TaskFailedError
from connectors.registration import Outcome, restart_failed
from deploy.cli.configuration import load
from deploy.cli.register import register_with_needs
from deploy.local.connections import a_new_connection_each_time
from deploy.local.endpoints import Endpoints
from deploy.local.loopback import LOOPBACK
from sink.core.configuration import Configuration
from sink.core.mapping import Mapping

pytestmark = pytest.mark.stack("connector")

PATIENCE = 60.0


def silent(what: str) -> None:
    del what


def mapping(table: str) -> Mapping:
    return Mapping(table.replace(".", "_"), table, "none", "none", ("id",))


@pytest.fixture
def configuration(stack: Endpoints) -> Iterator[Configuration]:
    """The stack's; whatever a test registers, the stack's own registration comes back."""
    original = load(Path(stack.config))
    yield original
    register_with_needs(original, progress=silent)


@pytest.fixture
def root(stack: Endpoints) -> Engine:
    return a_new_connection_each_time(stack.root_mysql_url)


def run(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def with_tables(configuration: Configuration, *tables: str) -> Configuration:
    added = tuple(mapping(table) for table in tables)
    return replace(configuration, mappings=configuration.mappings + added)


@contextmanager
def watching(stack: Endpoints, table: str) -> Iterator[KafkaConsumer]:
    """What comes into the table's topic from now on; the topic must exist."""
    consumer = KafkaConsumer(bootstrap_servers=stack.kafka_bootstrap, enable_auto_commit=False)
    partition = TopicPartition(f"cdc.{table}", 0)
    consumer.assign([partition])
    consumer.seek_to_end(partition)
    consumer.position(partition)
    yield consumer
    consumer.close()


def ids(consumer: KafkaConsumer, wanted: int) -> list[int]:
    """The ids of created rows as they come, until there are ``wanted``, and then what follows."""
    ends, found = time.monotonic() + PATIENCE, list[int]()
    while len(found) < wanted:
        assert time.monotonic() < ends, f"{len(found)} of {wanted} rows came"
        found += _poll(consumer)
    return found + _poll(consumer)


def _poll(consumer: KafkaConsumer) -> list[int]:
    found = []
    for records in consumer.poll(timeout_ms=200).values():
        for record in records:
            event = json.loads(record.value) if record.value else {}
            if event.get("op") == "c" and "marker__" not in event["source"]["table"]:
                found.append(event["after"]["id"])
    return found


def test_registering_again_changes_nothing(configuration: Configuration) -> None:
    done = register_with_needs(configuration, progress=silent)
    assert done.outcome is Outcome.UNCHANGED
    assert done.status.running


def test_no_secret_can_be_read_from_connect(stack: Endpoints, configuration: Configuration) -> None:
    told = json.loads((Path(stack.run_directory) / "passwords.json").read_text())
    name = configuration.connect.connector
    for path in ("connectors?expand=info&expand=status", f"connectors/{name}/config"):
        answer = LOOPBACK.get(f"{stack.connect_url}/{path}", timeout=30).text
        assert configuration.connect.database_password in answer
        assert not [user for user, secret in told.items() if secret in answer]


def test_one_more_table_of_another_database_and_no_event_is_missed(
    stack: Endpoints, configuration: Configuration, root: Engine
) -> None:
    application = a_new_connection_each_time(stack.mysql_url)
    run(
        root,
        "DROP DATABASE IF EXISTS demo_first",
        "DROP DATABASE IF EXISTS demo_second",
        "CREATE DATABASE demo_first",
        "CREATE DATABASE demo_second",
        "CREATE TABLE demo_first.things (id INT PRIMARY KEY)",
        "CREATE TABLE demo_second.things (id INT PRIMARY KEY, name VARCHAR(20))",
    )
    register_with_needs(with_tables(configuration, "demo_first.things"), progress=silent)
    stop, written = threading.Event(), list[int]()

    def keep_writing() -> None:
        with application.connect() as connection:
            while not stop.is_set():
                written.append(len(written))
                connection.execute(
                    text("INSERT INTO demo_first.things VALUES (:id)"), {"id": written[-1]}
                )
                connection.commit()
                stop.wait(0.02)

    with watching(stack, "demo_first.things") as first:
        writer = threading.Thread(target=keep_writing)
        writer.start()
        try:
            both = with_tables(configuration, "demo_first.things", "demo_second.things")
            done = register_with_needs(both, progress=silent)
        finally:
            stop.set()
            writer.join()
        assert done.outcome is Outcome.UPDATED
        with watching(stack, "demo_second.things") as second:
            run(application, "INSERT INTO demo_second.things VALUES (1, 'new')")
            assert ids(second, 1) == [1]
        assert len(written) > 10
        assert ids(first, len(written)) == written


def test_a_wrong_password_is_refused_before_anything_changes(
    stack: Endpoints, configuration: Configuration
) -> None:
    wrong = replace(configuration.connect, database_password="${env:SHEETBRIDGE_NOT_SET}")
    with pytest.raises(ConnectorRefusedError, match="Access denied") as told:
        register_with_needs(replace(configuration, connect=wrong), progress=silent)
    assert "connect.database_password" in told.value.mend
    assert register_with_needs(configuration, progress=silent).outcome is Outcome.UNCHANGED


def test_an_unknown_host_is_named(configuration: Configuration) -> None:
    away = replace(configuration.connect, database_host="no-such-host.invalid")
    with pytest.raises(ConnectorRefusedError) as told:
        register_with_needs(replace(configuration, connect=away), progress=silent)
    assert "no-such-host.invalid" in told.value.mend
    assert "connect.database_host" in told.value.mend


def test_after_a_purged_binlog_it_fails_with_the_mend_and_a_reset_lets_it_go_on(
    stack: Endpoints, configuration: Configuration, root: Engine
) -> None:
    run(
        root, "CREATE DATABASE IF NOT EXISTS demo_purged", "DROP TABLE IF EXISTS demo_purged.things"
    )
    run(root, "CREATE TABLE demo_purged.things (id INT PRIMARY KEY)")
    wider = with_tables(configuration, "demo_purged.things")
    register_with_needs(wider, progress=silent)
    name = configuration.connect.connector
    with ConnectClient(configuration.connect.url) as client:
        client.stop(name)
        while not ((status := client.status(name)) and status.stopped):
            time.sleep(0.05)
        run(root, "INSERT INTO demo_purged.things VALUES (1)", "FLUSH BINARY LOGS")
        with root.connect() as connection:
            newest = connection.execute(text("SHOW BINARY LOGS")).fetchall()[-1][0]
        run(root, f"PURGE BINARY LOGS TO '{newest}'")

        with pytest.raises(TaskFailedError) as told:
            register_with_needs(wider, progress=silent)
        assert told.value.lost_position
        assert "--reset-offsets" in told.value.mend
        assert restart_failed(client, name)

    done = register_with_needs(wider, progress=silent, reset_offsets=True)
    assert done.status.running
    with watching(stack, "demo_purged.things") as consumer:
        run(root, "INSERT INTO demo_purged.things VALUES (2)")
        assert ids(consumer, 1) == [2]
