"""The sink's consumer and its group: whatever comes between, it ends with its topics."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import pytest
from kafka import KafkaAdminClient, KafkaConsumer  # type: ignore[import-untyped]

from deploy.local.endpoints import Endpoints
from sink import assignor
from sink import consumer as sink_consumer
from sink.assignor import share_out
from sink.consumer import Consumer
from sink.core.configuration import Configuration
from sink.core.configuration_file import parse
from sink.core.errors import SheetbridgeError
from sink.core.mapping import Mapping
from sink.topic_administration import TopicAdministration, ensure_topics
from sink.worker import Worker
from tests.integration.bridge import PATIENCE_SECONDS, eventually

pytestmark = pytest.mark.stack("kafka")

Shares = dict[str, list[frozenset[str]]]
FORGOTTEN = "Kafka: the group was not joined; joining anew"
TRIES = 10
"""Where the metadata changes twice, step by step, the second change mends what was forgotten."""


@pytest.fixture
def configuration(stack: Endpoints) -> Configuration:
    """One mapping, its topics made, in a group that nobody else is in."""
    name = f"joining_{uuid.uuid4().hex[:6]}"
    parsed = parse(
        f"""
        [database]
        host = "db.test"
        user = "u"
        password = "${{env:A}}"
        [kafka]
        bootstrap = "{stack.kafka_bootstrap}"
        [connect]
        url = "http://connect.test"
        database_user = "u"
        database_password = "${{env:A}}"
        [google]
        credentials = "application_default"
        [sink]
        group = "{name}"
        [[mapping]]
        name = "{name}"
        table = "shop.{name}"
        spreadsheet = "S"
        tab = "orders"
        key = ["number"]
        """,
        source="sheetbridge.toml",
        environment={"A": "0123456789abcdef"},
        read_file=lambda _: "",
    )
    administration = TopicAdministration(parsed.kafka)
    ensure_topics(parsed, administration)
    administration.close()
    return parsed


@contextmanager
def running(configuration: Configuration) -> Iterator[Consumer]:
    """A consumer at work, whose mappings never begin."""

    def refuse(_: Mapping) -> Worker:
        raise SheetbridgeError("no worker is wanted")

    consumer = Consumer(configuration, refuse)
    thread = threading.Thread(target=consumer.run)
    thread.start()
    try:
        yield consumer
    finally:
        consumer.stop()
        thread.join(30)


def test_a_join_that_outlasts_a_poll_is_not_forgotten(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The library forgets a join that it began because of new metadata, where the end of a poll
    falls between the sharing out of the partitions and the coordinator's answer."""
    hurry = partial(KafkaConsumer, metadata_max_age_ms=500)
    monkeypatch.setattr(sink_consumer, "KafkaConsumer", hurry)
    names = [mapping.name for mapping in configuration.mappings]
    with running(configuration) as consumer:
        eventually(consumer.ours, lambda ours: ours == names, "its mappings")
        for partitions in range(2, 2 + TRIES):
            slow = SlowOnce()
            monkeypatch.setattr(assignor, "share_out", slow)
            enlarge(configuration, configuration.mappings[0].sheet_topic, partitions)
            assert slow.slept.wait(PATIENCE_SECONDS), "the new metadata leads to no join"
            eventually(consumer.ours, lambda ours: ours == names, "its mappings again")
            if FORGOTTEN in caplog.messages:
                break
    assert FORGOTTEN in caplog.messages


class SlowOnce:
    """Shares out so slowly, the first time, that a poll ends meanwhile."""

    def __init__(self) -> None:
        self.slept = threading.Event()

    def __call__(self, groups: Sequence[frozenset[str]], members: Sequence[str]) -> Shares:
        """As ``share_out``."""
        if not self.slept.is_set():
            self.slept.set()
            time.sleep(2 * sink_consumer.POLL_MILLISECONDS / 1_000)
        return share_out(groups, members)


def enlarge(configuration: Configuration, topic: str, partitions: int) -> None:
    """Give the topic another partition, which changes its metadata."""
    client = KafkaAdminClient(bootstrap_servers=configuration.kafka.bootstrap)
    client.create_partitions({topic: partitions})
    client.close()
