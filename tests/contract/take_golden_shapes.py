"""Takes golden change events from a running stack: a file for each thing that happens to a row.

    python -m deploy.local up --directory RUN --services mysql,kafka,connect
    python -m tests.contract.take_golden_shapes RUN

It registers the project's own connector for a small table (a connector that the stack has already
is changed, and deleted at the end), plays each case, and saves the records as they came: key and
value as their text, headers decoded. The snapshot's event is taken by a second connector that
differs in ``snapshot.mode`` only. Tests that read the files need no server.
"""

from __future__ import annotations

import argparse
import json
import uuid
from collections.abc import Sequence
from pathlib import Path

# PyMySQL ships no types.
import pymysql  # type: ignore[import-untyped]

# kafka-python ships no types.
from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]
from sqlalchemy.engine import make_url

from connectors.connect_client import ConnectClient
from connectors.deadline import Deadline
from connectors.registration import unregister
from connectors.template import render
from deploy.cli.register import register_with_needs
from sink.core.configuration import (
    Configuration,
    ConnectSettings,
    DatabaseSettings,
    GoogleSettings,
    KafkaSettings,
    Secret,
    SinkSettings,
    WebhookSettings,
)
from sink.core.mapping import Mapping
from sink.core.topics import Topic
from sink.topic_administration import TopicAdministration

FOLDER = Path(__file__).parent / "golden_shapes"
DATABASE = "demo_shapes"
OWN_SOURCE = "5ee7b41d-9e00-4000-8000-00000000cafe"
"""The UUID of the numbered GTID in ``own_gtid``."""

ORDERS = f"{DATABASE}.orders"
OLD = f"{DATABASE}.old"

TABLE = """
CREATE TABLE {table} (
    id INT PRIMARY KEY,
    name VARCHAR(40),
    price DECIMAL(10,2) NOT NULL DEFAULT 0,
    quantity INT NULL DEFAULT 7
)
"""

CASES: dict[str, tuple[int, tuple[str, ...]]] = {
    "create": (1, (f"INSERT INTO {ORDERS} VALUES (1, 'tea', 2.50, 3)",)),
    "update": (1, (f"UPDATE {ORDERS} SET name = 'green tea', price = 2.75 WHERE id = 1",)),
    "null_with_default": (1, (f"INSERT INTO {ORDERS} VALUES (2, NULL, 1, NULL)",)),
    "key_change": (3, (f"UPDATE {ORDERS} SET id = 10 WHERE id = 1",)),
    "delete": (2, (f"DELETE FROM {ORDERS} WHERE id = 2",)),
    "several_rows": (
        3,
        (f"INSERT INTO {ORDERS} (id, name) VALUES (21, 'a'), (22, 'b'), (23, 'c')",),
    ),
    "one_transaction": (
        2,
        (
            "BEGIN",
            f"UPDATE {ORDERS} SET quantity = 1 WHERE id = 21",
            f"UPDATE {ORDERS} SET quantity = 2 WHERE id = 21",
            "COMMIT",
        ),
    ),
    "marker": (
        1,
        (
            f"INSERT INTO sheetbridge.marker__{DATABASE}__orders (token, at) "
            "VALUES ('golden', '2026-01-02 03:04:05.123456')",
        ),
    ),
    "truncate": (1, (f"TRUNCATE TABLE {ORDERS}",)),
}
"""Case → how many records it makes, and its statements."""


def take(run_directory: Path) -> None:
    """Play every case and write ``golden_shapes/*.json``."""
    endpoints = json.loads((run_directory / "endpoints.json").read_text())
    passwords = json.loads((run_directory / "passwords.json").read_text())
    url = make_url(endpoints["mysql_url"])
    host, port = str(url.host), int(url.port or 3306)
    application = _login(host, port, "app", passwords["app"])
    ours = _login(host, port, "sheetbridge", passwords["sheetbridge"])
    for statement in (
        f"DROP DATABASE IF EXISTS {DATABASE}",
        f"CREATE DATABASE {DATABASE}",
        TABLE.format(table=ORDERS),
        TABLE.format(table=OLD),
        f"INSERT INTO {OLD} VALUES (1, 'old', 9.99, NULL)",
    ):
        _execute(application, statement)
    configuration = Configuration(
        DatabaseSettings(
            host, "sheetbridge", Secret("run directory", passwords["sheetbridge"]), port
        ),
        KafkaSettings(endpoints["kafka_bootstrap"]),
        ConnectSettings(
            endpoints["connect_url"],
            "sheetbridge_cdc",
            "${env:SHEETBRIDGE_CDC_PASSWORD}",
        ),
        GoogleSettings(),
        WebhookSettings(()),
        SinkSettings(),
        (Mapping("orders", ORDERS, "none", "orders", ("id",)),),
    )
    FOLDER.mkdir(exist_ok=True)
    with ConnectClient(configuration.connect.url) as client:
        try:
            register_with_needs(configuration, progress=print)
            with _consumer(configuration, f"cdc.{ORDERS}") as consumer:
                for case, (count, statements) in CASES.items():
                    connection = ours if case == "marker" else application
                    for statement in statements:
                        _execute(connection, statement)
                    _save(case, _read(consumer, count))
                _execute(ours, f"SET SESSION gtid_next = '{OWN_SOURCE}:{_next_number(ours)}'")
                for statement in ("BEGIN", f"INSERT INTO {ORDERS} VALUES (5, 'x', 1, 1)", "COMMIT"):
                    _execute(ours, statement)
                _execute(ours, "SET SESSION gtid_next = 'AUTOMATIC'")
                _save("own_gtid", _read(consumer, 1))
        finally:
            unregister(client, configuration.connect.connector, deadline=Deadline(10))
        _save("snapshot", _snapshot(client, configuration))
    application.close()
    ours.close()


def _snapshot(client: ConnectClient, configuration: Configuration) -> list[dict[str, object]]:
    name = f"golden-snapshot-{uuid.uuid4().hex[:8]}"
    settings = render(configuration) | {
        "name": name,
        "snapshot.mode": "initial",
        "table.include.list": OLD.replace(".", r"\."),
        "schema.history.internal.kafka.topic": name,
    }
    administration = TopicAdministration(configuration.kafka)
    administration.create(Topic(f"cdc.{OLD}"))
    administration.close()
    with _consumer(configuration, f"cdc.{OLD}") as consumer:
        try:
            client.put_config(name, settings)
            return _read(consumer, 1)
        finally:
            unregister(client, name, deadline=Deadline(10))


def _consumer(configuration: Configuration, topic: str) -> KafkaConsumer:
    consumer = KafkaConsumer(
        bootstrap_servers=configuration.kafka.bootstrap, enable_auto_commit=False
    )
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    consumer.seek_to_end(partition)
    consumer.position(partition)
    return consumer


def _read(consumer: KafkaConsumer, count: int) -> list[dict[str, object]]:
    """The next ``count`` records; the registration's own late markers are left out."""
    deadline, taken = Deadline(60), list[dict[str, object]]()
    while len(taken) < count:
        if deadline.passed:
            raise TimeoutError(f"{len(taken)} of {count} records came")
        for records in consumer.poll(timeout_ms=200, max_records=1).values():
            taken += [
                {
                    "topic": record.topic,
                    "headers": {name: json.loads(value) for name, value in record.headers},
                    "key": None if record.key is None else record.key.decode(),
                    "value": None if record.value is None else record.value.decode(),
                }
                for record in records
                if b"marker__" not in (record.value or b"") or b"golden" in record.value
            ]
    return taken


def _save(case: str, records: Sequence[dict[str, object]]) -> None:
    text = json.dumps(records, indent=2, ensure_ascii=False)
    (FOLDER / f"{case}.json").write_text(text + "\n", encoding="utf-8")
    print(f"{case}: {len(records)} records")


def _login(host: str, port: int, user: str, password: str) -> pymysql.Connection:
    return pymysql.connect(host=host, port=port, user=user, password=password, autocommit=True)


def _execute(connection: pymysql.Connection, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _next_number(connection: pymysql.Connection) -> int:
    """One more than the highest number that this source has used on this server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@global.gtid_executed")
        row = cursor.fetchone()
    spans = [part for part in str(row[0] if row else "").split(",") if OWN_SOURCE in part]
    return 1 + max((int(span.split(":")[-1].split("-")[-1]) for span in spans), default=0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run_directory", type=Path)
    take(parser.parse_args().run_directory)
