"""Debezium's JDBC sink connector in a Kafka Connect worker of its own: the peer of our sink.

Its newest release to be had is 3.6.0 (the MySQL connector of the stack is 3.6.1); the events
that it is fed are of that version. The worker is standalone and runs with Java's usual compilers;
the connector is set as its makers advise for speed: batches as large as the consumer's polls, and
rewritten by the driver.
https://debezium.io/documentation/reference/3.6/connectors/jdbc.html
https://debezium.io/blog/2023/12/20/JDBC-sink-connector-batch-support
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from sqlalchemy.engine import URL

from deploy.local.loopback import LOOPBACK
from deploy.local.ports import HOST
from deploy.local.ports import choose as choose_ports
from deploy.local.provision.cache import cache_directory, cached
from deploy.local.provision.command import run
from deploy.local.provision.java import JavaServers
from tests.benchmarks.debezium_records import key_schema, value_schema

VERSION = "3.6.0.Final"
SHA256 = "c23af8d416f0f801ffb0271b1a8fd9b5360ff8d66b0dd650e066bb56ecfddc05"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
NAME = "jdbc-peer"
BATCH = 5_000
"""Records a batch, and a poll: 500 (the default), 2,000 and 10,000 took more processor."""
FETCH_BYTES = 50_000_000
HEAP = "1g"
PATIENCE_SECONDS = 120.0
JSON = "org.apache.kafka.connect.json.JsonConverter"


def plugin() -> Path:
    """The folder with the connector, fetched once into the user's cache and checked by its hash."""
    folder = cache_directory() / f"debezium-connector-jdbc-{VERSION}"
    cached(folder, SHA256, _fetch)
    return folder


def _fetch(target: Path) -> None:
    artifact = f"io.debezium:debezium-connector-jdbc:{VERSION}:tar.gz:plugin"
    run(
        [
            *("mvn", "--batch-mode", "--strict-checksums", COPY),
            *(f"-Dartifact={artifact}", f"-DoutputDirectory={target}"),
        ],
        mend="On Debian or Ubuntu: apt install maven",
        cwd=target,
    )
    archive = target / f"debezium-connector-jdbc-{VERSION}-plugin.tar.gz"
    if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256:
        raise ValueError(f"{archive} is not the file that was pinned")
    with tarfile.open(archive) as files:
        files.extractall(target, filter="data")
    archive.unlink()


class JdbcSink:
    """The running connector."""

    def __init__(self, url: str, pid: int) -> None:
        self._url = f"{url}/connectors/{NAME}"
        self.pid = pid

    def pause(self) -> None:
        """Stop reading; returns once its task has."""
        LOOPBACK.put(f"{self._url}/pause").raise_for_status()
        self._until("PAUSED")

    def resume(self) -> None:
        """Go on reading; returns at once."""
        LOOPBACK.put(f"{self._url}/resume").raise_for_status()

    def running(self) -> None:
        """Wait until the connector's task runs. Raises RuntimeError with the cause if it failed."""
        self._until("RUNNING")

    def _until(self, wanted: str) -> None:
        _eventually(lambda: self._states() == [wanted], f"{NAME} is not {wanted}")

    def _states(self) -> list[str]:
        try:
            answer = LOOPBACK.get(f"{self._url}/status", timeout=5)
        except httpx.TransportError:
            return []
        if not answer.is_success:
            return []
        tasks = answer.json()["tasks"]
        for task in tasks:
            if task["state"] == "FAILED":
                raise RuntimeError(task["trace"])
        return [task["state"] for task in tasks]


@contextmanager
def jdbc_sink(
    servers: JavaServers, directory: Path, kafka: str, mysql: URL, topic: str, table: str
) -> Iterator[JdbcSink]:
    """The connector, from ``topic`` into ``table`` of the URL's user; its worker ends with this."""
    directory.mkdir(parents=True, exist_ok=True)
    port = choose_ports(["jdbc"], directory / "ports.json")["jdbc"]
    url = f"http://{HOST}:{port}"
    worker, connector = directory / "worker.properties", directory / "connector.json"
    worker.write_text(_lines(_worker(kafka, url, directory, topic)), encoding="utf-8")
    connector.touch(mode=0o600)
    connector.write_text(json.dumps({"name": NAME, "config": _connector(mysql, topic, table)}))
    command = (
        *(servers.java, f"-Xmx{HEAP}", "-Djava.awt.headless=true"),
        *("-cp", f"{servers.libraries}/*"),
        *("org.apache.kafka.connect.cli.ConnectStandalone", str(worker), str(connector)),
    )
    with (directory / "worker.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        sink = JdbcSink(url, process.pid)
        sink.running()
        yield sink
    finally:
        process.terminate()
        process.wait()


def _worker(kafka: str, url: str, directory: Path, topic: str) -> dict[str, str]:
    return {
        "bootstrap.servers": kafka,
        "listeners": url,
        "plugin.path": str(plugin()),
        "plugin.discovery": "service_load",
        "offset.storage.file.filename": str(directory / "offsets"),
        "key.converter": JSON,
        "key.converter.schema.content": key_schema(topic),
        "value.converter": JSON,
        "value.converter.schema.content": value_schema(topic),
    }


def _connector(mysql: URL, topic: str, table: str) -> dict[str, str]:
    # the driver's options: https://dev.mysql.com/doc/connector-j/en/connector-j-reference-configuration-properties.html
    options = "rewriteBatchedStatements=true&sslMode=DISABLED&allowPublicKeyRetrieval=true"
    database = table.partition(".")[0]
    return {
        "connector.class": "io.debezium.connector.jdbc.JdbcSinkConnector",
        "tasks.max": "1",
        "topics": topic,
        "connection.url": f"jdbc:mysql://{mysql.host}:{mysql.port}/{database}?{options}",
        "connection.username": mysql.username or "",
        "connection.password": mysql.password or "",
        "collection.name.format": table,
        "insert.mode": "upsert",
        "primary.key.mode": "record_key",
        "schema.evolution": "none",
        "batch.size": str(BATCH),
        "consumer.override.max.poll.records": str(BATCH),
        "consumer.override.fetch.max.bytes": str(FETCH_BYTES),
        "consumer.override.max.partition.fetch.bytes": str(FETCH_BYTES),
    }


def _lines(settings: dict[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def _eventually(done: Callable[[], bool], problem: str) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while not done():
        if time.monotonic() > ends:
            raise TimeoutError(problem)
        time.sleep(0.05)
