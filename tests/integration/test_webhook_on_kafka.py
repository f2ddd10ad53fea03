"""The webhook as its own process on a real Kafka: acknowledged means stored; away means 503."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition  # type: ignore[import-untyped]

from deploy.cli import configuration as configuration_of
from deploy.local.endpoints import Endpoints
from deploy.local.loopback import LOOPBACK
from deploy.local.stack import Stack
from sink.core.topics import largest_letter
from sink.ports import DeadLetter
from sink.topic_administration import TopicAdministration, ensure_topics
from sink.writers.dead_letters import DeadLetterWriter

pytestmark = pytest.mark.stack("kafka")

SECRET = "a secret of this test alone"
PATIENCE = 30.0
ROOT = Path(__file__).parents[2]


@dataclass
class Webhook:
    """A webhook process of this test's own, with a mapping (and so a topic) of its own."""

    directory: Path
    bootstrap: str
    port: int
    mapping: str
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def topic(self) -> str:
        return f"sheet.{self.mapping}"

    def edit(self, **changes: Any) -> dict[str, Any]:
        post = {
            "version": 1,
            "id": str(uuid.uuid4()),
            "kind": "edit",
            "spreadsheet_id": "a-spreadsheet",
            "tab": "tab",
            "time_ms": 1_763_939_915_123,
            "editor": None,
            "rows": [{"row": 2, "key": {"id": 1}, "cells": {"name": {"value": "ü ✓"}}}],
        }
        return {**post, **changes}

    def post(self, content: dict[str, Any]) -> httpx.Response:
        body = json.dumps(content, ensure_ascii=False).encode()
        timestamp = str(int(time.time()))
        mac = hmac.new(SECRET.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
        headers = {
            "X-Sheetbridge-Timestamp": timestamp,
            "X-Sheetbridge-Signature": f"v1={mac.hexdigest()}",
        }
        return LOOPBACK.post(f"{self.url}/v1/edits", content=body, headers=headers, timeout=10)

    def status(self, path: str) -> int:
        try:
            return LOOPBACK.get(f"{self.url}{path}", timeout=5).status_code
        except httpx.TransportError:
            return 0

    def stored(self) -> list[str]:
        """The ids in the topic, in order."""
        consumer = KafkaConsumer(bootstrap_servers=self.bootstrap, enable_auto_commit=False)
        try:
            partition = TopicPartition(self.topic, 0)
            consumer.assign([partition])
            consumer.seek_to_beginning(partition)
            end = consumer.end_offsets([partition])[partition]
            found: list[str] = []
            while len(found) < end:
                for records in consumer.poll(timeout_ms=1_000).values():
                    found += [json.loads(record.value)["id"] for record in records]
            return found
        finally:
            consumer.close()


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited {PATIENCE} s until {what}"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(directory: Path, bootstrap: str) -> Webhook:
    mapping = f"m_{uuid.uuid4().hex[:12]}"
    port = free_port()
    (directory / "secret").write_text(SECRET, encoding="utf-8")
    path = directory / "sheetbridge.toml"
    path.write_text(
        f"""
        [database]
        host = "127.0.0.1"
        user = "nobody"
        password = "${{file:secret}}"
        [kafka]
        bootstrap = "{bootstrap}"
        [connect]
        url = "http://127.0.0.1:1"
        database_user = "nobody"
        database_password = "${{env:NONE}}"
        [google]
        credentials = "application_default"
        [webhook]
        port = {port}
        secrets = ["${{file:secret}}"]
        [[mapping]]
        name = "{mapping}"
        table = "demo.{mapping}"
        spreadsheet = "a-spreadsheet"
        tab = "Tab"
        key = ["id"]
        """,
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "deploy.cli.main", "webhook", "--config", str(path)]
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    webhook = Webhook(directory, bootstrap, port, mapping, process)
    until(lambda: webhook.status("/healthz") == 200, "the webhook answers")
    return webhook


@pytest.fixture
def webhook(stack: Endpoints, tmp_path: Path) -> Iterator[Webhook]:
    started = start(tmp_path, stack.kafka_bootstrap)
    try:
        until(lambda: started.status("/readyz") == 200, "the webhook is ready")
        yield started
    finally:
        started.process.kill()
        started.process.wait()


def test_every_accepted_post_is_in_the_topic_once_and_in_order(webhook: Webhook) -> None:
    posts = [webhook.edit() for _ in range(30)]
    for post in posts:
        assert webhook.post(post).status_code == 202
    assert webhook.post(posts[3]).status_code == 202
    assert webhook.stored() == [post["id"] for post in posts]


def test_the_largest_post_is_stored_and_can_be_set_aside(webhook: Webhook) -> None:
    """Kafka takes a megabyte of its own accord; a pasted block may be larger."""
    cells = {f"c{column}": {"value": "x" * 49_000} for column in range(40)}
    post = webhook.edit(rows=[{"row": 2, "key": {"id": 1}, "cells": cells}])
    assert webhook.post(post).status_code == 202
    assert webhook.stored() == [post["id"]]
    configuration = configuration_of.load(webhook.directory / "sheetbridge.toml")
    administration = TopicAdministration(configuration.kafka)
    ensure_topics(configuration, administration)
    administration.close()
    value = json.dumps(post).encode()
    letter = DeadLetter(webhook.topic, 0, "RefusedError", "too much", value=value, wish=value)
    writer = DeadLetterWriter(configuration.kafka, largest_letter(configuration))
    writer.set_aside(webhook.mapping, [letter])
    writer.close()


def test_concurrent_posts_are_all_stored_once(webhook: Webhook) -> None:
    posts = [webhook.edit() for _ in range(200)]
    with ThreadPoolExecutor(16) as pool:
        statuses = {response.status_code for response in pool.map(webhook.post, posts)}
    assert statuses == {202}
    assert sorted(webhook.stored()) == sorted(str(post["id"]) for post in posts)


def test_the_topic_is_made_with_one_partition(webhook: Webhook) -> None:
    admin = KafkaAdminClient(bootstrap_servers=webhook.bootstrap)
    try:
        (topic,) = admin.describe_topics([webhook.topic])
    finally:
        admin.close()
    assert topic["error_code"] == 0
    assert len(topic["partitions"]) == 1


def test_what_was_accepted_survives_a_killed_webhook(webhook: Webhook) -> None:
    posts = [webhook.edit() for _ in range(5)]
    for post in posts:
        assert webhook.post(post).status_code == 202
    webhook.process.kill()
    webhook.process.wait()
    assert webhook.stored() == [post["id"] for post in posts]


def test_it_stops_by_itself_when_asked(webhook: Webhook) -> None:
    assert webhook.post(webhook.edit()).status_code == 202
    webhook.process.send_signal(signal.SIGTERM)
    assert webhook.process.wait(timeout=PATIENCE) in {0, -signal.SIGTERM}
    assert "Traceback" not in (webhook.directory / "log").read_text(encoding="utf-8")


def test_it_starts_without_kafka_and_says_503_within_2_s(tmp_path: Path) -> None:
    webhook = start(tmp_path, f"127.0.0.1:{free_port()}")
    try:
        begun = time.monotonic()
        response = webhook.post(webhook.edit())
        assert time.monotonic() - begun < 2.0
        assert response.status_code == 503
        assert int(response.headers["Retry-After"]) > 0
        assert webhook.status("/readyz") == 503
        assert webhook.status("/healthz") == 200
    finally:
        webhook.process.kill()
        webhook.process.wait()


def test_a_frozen_kafka_means_503_within_2_s_and_a_resend_is_stored_when_it_is_back(
    webhook: Webhook, running_stack: Stack
) -> None:
    """Frozen for longer than a broker's session, which kafka-python alone does not get over."""
    first, second = webhook.edit(), webhook.edit()
    assert webhook.post(first).status_code == 202
    with running_stack.frozen("kafka"):
        frozen = time.monotonic()
        while time.monotonic() - frozen < 12.0:
            begun = time.monotonic()
            assert webhook.post(second).status_code == 503
            assert time.monotonic() - begun < 2.0
            assert webhook.status("/healthz") == 200
    until(lambda: webhook.post(second).status_code == 202, "Kafka takes posts again")
    until(lambda: webhook.status("/readyz") == 200, "the webhook is ready again")
    ids = webhook.stored()
    assert ids[0] == first["id"]
    assert set(ids[1:]) == {second["id"]}


def test_a_taken_port_is_named_with_its_mend(tmp_path: Path) -> None:
    webhook = start(tmp_path, "127.0.0.1:1")
    try:
        second = subprocess.run(
            [
                sys.executable,
                "-m",
                "deploy.cli.main",
                "webhook",
                "-c",
                str(tmp_path / "sheetbridge.toml"),
            ],
            cwd=ROOT,
            env={**os.environ, "SHEETBRIDGE_DEBUG": ""},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    finally:
        webhook.process.kill()
        webhook.process.wait()
    assert second.returncode == 1
    assert f"127.0.0.1:{webhook.port}" in second.stderr
    assert "[webhook]" in second.stderr
    assert "Traceback" not in second.stderr
