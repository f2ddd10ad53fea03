"""Takes golden change events from a running stack: edge values of every column type.

    python -m deploy.local up --directory RUN --services mysql,kafka,connect
    python -m tests.contract.take_golden_events RUN

It makes the tables of ``tests.contract.golden_tables``, registers a connector with the project's
settings for them, inserts the values by SQL, writes what PyMySQL reads back once more through the
codecs (the *copies*), and saves each event beside what PyMySQL returned to
``tests/contract/golden/values/``. The tests that read those files need no server.
"""

from __future__ import annotations

import argparse
import json
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pymysql  # type: ignore[import-untyped]  # it ships no types
from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]  # nor does it
from pymysql.connections import Connection  # type: ignore[import-untyped]
from pymysql.cursors import Cursor  # type: ignore[import-untyped]

from connectors.template import render
from deploy.local.endpoints import Endpoints
from sink.core.columns import Column
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
from sink.core.declaration import FIELDS, declared_column
from sink.core.mapping import Mapping
from sink.core.values.codec import Codec
from sink.core.values.registry import codec_for
from sink.core.values.sql import quoted, read_expression
from tests.contract.golden_tables import DATABASE, TABLES, GoldenTable
from tests.contract.golden_values import encode

GOLDEN = Path(__file__).parent / "golden" / "values"
PATIENCE = 60.0
READY = "ready"
"""A table that only tells whether the connector streams."""

Row = tuple[object, ...]


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    endpoints = Endpoints.load(parser.parse_args().directory / "endpoints.json")
    for name, taken in take_all(endpoints).items():
        (GOLDEN / f"{name}.json").write_text(as_text(taken))


def take_all(endpoints: Endpoints, *, before: bool = False) -> dict[str, dict[str, object]]:
    """What each golden table's file should hold, by the table's name.

    The connector learns of a table from the statement that makes it, or, of one that was there
    ``before`` it, from MySQL's own words (``SHOW CREATE TABLE``).
    """
    names = [table.name for table in TABLES]
    with connect(endpoints.mysql_url) as database:
        make_database(database, DATABASE)
        if before:
            make_tables(database)
        with connector(endpoints, database, DATABASE, names) as prefix:
            if not before:
                make_tables(database)
            return {
                table.name: take(database, table, endpoints.kafka_bootstrap, prefix)
                for table in TABLES
            }


def as_text(taken: dict[str, object]) -> str:
    """The content of a golden file."""
    return json.dumps(taken, ensure_ascii=False, indent=1) + "\n"


def connect(url: str) -> Connection:
    """A session as the sink's: UTC, utf8mb4."""
    parts = urlsplit(url)
    return pymysql.connect(
        host=parts.hostname or "",
        port=parts.port or 3306,
        user=parts.username,
        password=parts.password or "",
        charset="utf8mb4",
        autocommit=True,
        init_command="SET time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES'",
    )


def make_database(database: Connection, name: str) -> None:
    """An empty database, whatever was there before."""
    with database.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")


def make_tables(database: Connection) -> None:
    """The golden tables, empty."""
    with database.cursor() as cursor:
        for table in TABLES:
            columns = [f"{quoted(name)} {kind}" for name, (kind, _) in table.columns.items()]
            if "id" in table.key and "id" not in table.columns:
                columns.insert(0, "id INT NOT NULL")
            key = ", ".join(map(quoted, table.key))
            cursor.execute(
                f"CREATE TABLE {DATABASE}.{table.name} ({', '.join(columns)}, PRIMARY KEY ({key}))"
            )


@contextmanager
def connector(
    endpoints: Endpoints, database: Connection, schema: str, tables: Sequence[str]
) -> Iterator[str]:
    """A connector of its own for ``tables``, with the project's settings; gives its topic prefix.

    It streams when the block begins, and is gone at its end, so that it does not meet the stack's
    own connector.
    """
    name = f"values-{uuid.uuid4().hex[:8]}"
    settings = render(configuration(endpoints, name, schema, [*tables, READY]))
    settings = {key: value for key, value in settings.items() if not key.startswith("transforms")}
    settings |= {
        "topic.prefix": name,
        "schema.history.internal.kafka.topic": f"{name}.schema-history",
    }
    with database.cursor() as cursor:  # a table made while the connector begins is unknown to it
        cursor.execute(
            f"CREATE TABLE IF NOT EXISTS {schema}.{READY} (id INT AUTO_INCREMENT PRIMARY KEY)"
        )
    with httpx.Client(base_url=endpoints.connect_url, timeout=PATIENCE) as client:
        client.put(f"/connectors/{name}/config", json=settings).raise_for_status()
        try:
            wait_until_running(client, name)
            wait_until_streaming(database, schema, endpoints.kafka_bootstrap, name)
            yield name
        finally:
            client.delete(f"/connectors/{name}")


def wait_until_running(client: httpx.Client, name: str) -> None:
    """Wait until the connector's task runs; raises TimeoutError."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        tasks = client.get(f"/connectors/{name}/status").json().get("tasks", [])
        if [task["state"] for task in tasks] == ["RUNNING"]:
            return
        time.sleep(0.2)
    raise TimeoutError(f"the connector does not run: {tasks}")


def wait_until_streaming(database: Connection, schema: str, bootstrap: str, prefix: str) -> None:
    """Insert rows until one arrives: a task RUNNING may not have noted its place in the binlog."""
    topic = f"{prefix}.{schema}.{READY}"
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    deadline = time.monotonic() + PATIENCE
    with database.cursor() as cursor:
        while topic not in consumer.topics():
            if time.monotonic() > deadline:
                raise TimeoutError("the connector sends nothing")
            cursor.execute(f"INSERT INTO {schema}.{READY} VALUES ()")
            time.sleep(0.3)
    consumer.close()


def configuration(
    endpoints: Endpoints, connector_name: str, schema: str, tables: Sequence[str]
) -> Configuration:
    """A mapping for each table, on the stack of ``endpoints``."""
    parts = urlsplit(endpoints.mysql_url)
    return Configuration(
        DatabaseSettings(parts.hostname or "", "sheetbridge", Secret("", ""), parts.port or 3306),
        KafkaSettings(endpoints.kafka_bootstrap),
        ConnectSettings(
            endpoints.connect_url,
            "sheetbridge_cdc",
            "${env:SHEETBRIDGE_CDC_PASSWORD}",
            connector_name,
        ),
        GoogleSettings(),
        WebhookSettings(()),
        SinkSettings(),
        tuple(Mapping(name, f"{schema}.{name}", "golden", name, ("id",)) for name in tables),
    )


def take(
    database: Connection, table: GoldenTable, bootstrap: str, prefix: str
) -> dict[str, object]:
    """Fill ``table``, read its rows and its events."""
    columns = declared(database, DATABASE, table.name)
    codecs = {name: codec_for(column, time_zone="UTC") for name, column in columns.items()}
    with database.cursor() as cursor:
        insert(cursor, table)
        originals = read(cursor, table, columns)
        if table.name in {"numbers", "texts", "times"}:
            copy(cursor, table, codecs, originals)
        rows = read(cursor, table, columns)
    events = read_topic(bootstrap, f"{prefix}.{DATABASE}.{table.name}", len(rows))
    return {
        "columns": [
            dict(zip(FIELDS, found, strict=True))
            for found in information(database, DATABASE, table.name)
        ],
        "key": list(table.key),
        "rows": [
            {
                "row": dict(zip(columns, map(encode, row), strict=True)),
                "key": key,
                "after": json.loads(value)["after"],
            }
            for row, (key, value) in zip(rows, events, strict=True)
        ],
    }


def information(database: Connection, schema: str, table: str) -> list[Row]:
    """The table's rows of information_schema.COLUMNS."""
    with database.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(FIELDS)} FROM information_schema.COLUMNS "
            "WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s ORDER BY ORDINAL_POSITION",
            (schema, table),
        )
        return list(cursor.fetchall())


def declared(database: Connection, schema: str, table: str) -> dict[str, Column]:
    """The table's columns by name."""
    found = [
        declared_column(dict(zip(FIELDS, row, strict=True)))
        for row in information(database, schema, table)
    ]
    return {column.name: column for column in found}


def insert(cursor: Cursor, table: GoldenTable) -> None:
    """The rows of SQL literals, one statement each, in order."""
    names = list(table.columns)
    numbered = "id" in table.key and "id" not in table.columns
    cursor.execute("SET SESSION sql_mode = ''")
    for number in range(table.rows):
        literals = [
            values[number] if number < len(values) else "NULL"
            for _, values in table.columns.values()
        ]
        if numbered:
            literals.insert(0, str(number + 1))
        listed = ", ".join(map(quoted, ["id", *names] if numbered else names))
        cursor.execute(
            f"INSERT INTO {DATABASE}.{table.name} ({listed}) VALUES ({', '.join(literals)})"
        )
    cursor.execute("SET SESSION sql_mode = 'STRICT_ALL_TABLES'")


def read(cursor: Cursor, table: GoldenTable, columns: dict[str, Column]) -> list[Row]:
    """All rows in the order in which they were inserted (keyed tables: of their literals)."""
    expressions = ", ".join(map(read_expression, columns.values()))
    if "id" in table.columns or len(table.key) > 1:
        rows: list[Row] = []
        for number in range(table.rows):
            where = " AND ".join(
                f"{quoted(name)} = {table.columns[name][1][number]}" for name in table.key
            )
            cursor.execute(f"SELECT {expressions} FROM {DATABASE}.{table.name} WHERE {where}")
            rows += cursor.fetchall()
        return rows
    cursor.execute(f"SELECT {expressions} FROM {DATABASE}.{table.name} ORDER BY id")
    return list(cursor.fetchall())


def copy(
    cursor: Cursor, table: GoldenTable, codecs: dict[str, Codec], originals: list[Row]
) -> None:
    """Every row once more, through from_row and to_parameter."""
    for row in originals:
        values = {
            name: codec.from_row(raw)
            for (name, codec), raw in zip(codecs.items(), row, strict=True)
        }
        if table.name == "texts" and values["choice"] == "":
            values["choice"] = None
        parameters = [
            int(str(values["id"])) + table.rows
            if name == "id"
            else codecs[name].to_parameter(value)
            for name, value in values.items()
        ]
        marks = ", ".join(["%s"] * len(parameters))
        listed = ", ".join(map(quoted, codecs))
        cursor.execute(
            f"INSERT INTO {DATABASE}.{table.name} ({listed}) VALUES ({marks})", parameters
        )


def read_topic(bootstrap: str, topic: str, expected: int) -> list[tuple[str, str]]:
    """Key and value of the ``expected`` records of ``topic``, as text; raises TimeoutError."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    consumer.seek_to_beginning(partition)
    records: list[tuple[str, str]] = []
    deadline = time.monotonic() + PATIENCE
    while len(records) < expected and time.monotonic() < deadline:
        for found in consumer.poll(timeout_ms=500).values():
            records += [(record.key.decode(), record.value.decode()) for record in found]
    consumer.close()
    if len(records) != expected:
        raise TimeoutError(f"{topic}: {len(records)} records instead of {expected}")
    return records


if __name__ == "__main__":
    main()
