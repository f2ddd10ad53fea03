"""The sink's consumer and its group: whatever comes between, it ends with its topics."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from collections.abc import Mapping as Dictionary
from contextlib import closing, contextmanager
from functools import partial
from types import SimpleNamespace
from typing import cast

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer  # type: ignore[import-untyped]
from kafka.coordinator.assignors.range import (  # type: ignore[import-untyped]
    RangePartitionAssignor,
)
from kafka.structs import (  # type: ignore[import-untyped]
    ConsumerGroupMetadata,
    MemberState,
)

from deploy.local.endpoints import Endpoints
from sink import assignor
from sink import consumer as sink_consumer
from sink.consumer import Consumer
from sink.core.configuration import Configuration
from sink.core.configuration_file import parse
from sink.core.errors import SheetbridgeError
from sink.core.mapping import Mapping
from sink.record import Record
from sink.shares import Group, Shares, share_out
from sink.topic_administration import TopicAdministration, ensure_topics
from sink.worker import Worker
from tests.integration.bridge import PATIENCE_SECONDS, eventually

pytestmark = pytest.mark.stack("kafka")

FORGOTTEN = "Kafka: the group was not joined; joining anew"
REFUSED = "InconsistentGroupProtocolError"
TRIES = 10
"""Where the metadata changes twice, step by step, the second change mends what was forgotten."""


@pytest.fixture
def configuration(stack: Endpoints) -> Configuration:
    """One mapping, its topics made, in a group that nobody else is in."""
    return prepared(stack, 1)


def prepared(stack: Endpoints, mappings: int) -> Configuration:
    """So many mappings, their topics made, in a group that nobody else is in."""
    run = f"joining_{uuid.uuid4().hex[:6]}"
    blocks = "".join(
        f"""
        [[mapping]]
        name = "{run}_{number}"
        table = "shop.{run}_{number}"
        spreadsheet = "S"
        tab = "orders{number}"
        key = ["number"]
        """
        for number in range(mappings)
    )
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
        group = "{run}"
        {blocks}
        """,
        source="sheetbridge.toml",
        environment={"A": "0123456789abcdef"},
        read_file=lambda _: "",
    )
    administration = TopicAdministration(parsed.kafka)
    ensure_topics(parsed, administration)
    administration.close()
    return parsed


def refuse(_: Mapping) -> Worker:
    """No mapping begins."""
    raise SheetbridgeError("no worker is wanted")


@contextmanager
def running(
    configuration: Configuration, start_worker: Callable[[Mapping], Worker] = refuse
) -> Iterator[Consumer]:
    """A consumer at work."""
    consumer = Consumer(configuration, start_worker)
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
    made: list[KafkaConsumer] = []

    def hurry(**settings: object) -> KafkaConsumer:
        made.append(KafkaConsumer(metadata_max_age_ms=500, **settings))
        return made[-1]

    monkeypatch.setattr(sink_consumer, "KafkaConsumer", hurry)
    names = [mapping.name for mapping in configuration.mappings]
    with running(configuration) as consumer:
        eventually(consumer.ours, lambda ours: ours == names, "its mappings")
        for partitions in range(2, 2 + TRIES):
            slow = SlowOnce()
            before = made[0].group_metadata().generation_id
            monkeypatch.setattr(assignor, "share_out", slow)
            enlarge(configuration, configuration.mappings[0].sheet_topic, partitions)
            assert slow.slept.wait(PATIENCE_SECONDS), "the new metadata leads to no join"
            eventually(made[0].group_metadata, partial(joined_after, before), "a join that ends")
            eventually(consumer.ours, lambda ours: ours == names, "its mappings again")
            if FORGOTTEN in caplog.messages:
                break
    assert FORGOTTEN in caplog.messages


def joined_after(generation: int, member: ConsumerGroupMetadata) -> bool:
    """Whether it is at work in a later generation than this."""
    at_work: bool = member.state == MemberState.STABLE
    return at_work and bool(member.generation_id > generation)


class SlowOnce:
    """Shares out so slowly, the first time, that a poll ends meanwhile."""

    def __init__(self) -> None:
        self.slept = threading.Event()

    def __call__(
        self,
        groups: Sequence[Group],
        members: Collection[str],
        owned: Dictionary[str, Collection[Group]],
    ) -> Shares:
        """As ``share_out``."""
        if not self.slept.is_set():
            self.slept.set()
            time.sleep(2 * sink_consumer.POLL_MILLISECONDS / 1_000)
        return share_out(groups, members, owned)


def enlarge(configuration: Configuration, topic: str, partitions: int) -> None:
    """Give the topic another partition, which changes its metadata."""
    client = KafkaAdminClient(bootstrap_servers=configuration.kafka.bootstrap)
    client.create_partitions({topic: partitions})
    client.close()


class Keeper:
    """A worker that merges nothing and keeps what it is given to read, by its value."""

    takes_changes = True

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        self.parts = SimpleNamespace(table=SimpleNamespace(mapping=mapping))
        self.read: list[bytes | None] = []
        self._alive = True

    def backlog(self, _topic: str) -> int:
        return 0

    def next_offset(self, _: str) -> int:
        return 0

    def offer(self, records: Sequence[Record]) -> None:
        self.read += [record.value for record in records]

    def read_so_far(self) -> list[bytes | None]:
        return list(self.read)

    def start(self) -> None:
        """It has nothing to do."""

    def stop(self) -> None:
        self._alive = False

    def is_alive(self) -> bool:
        return self._alive

    def join(self, _: float) -> None:
        """It has ended."""


class Staff:
    """Begins a keeper for each mapping that is asked for; remembers all of them."""

    def __init__(self) -> None:
        self.begun: list[Keeper] = []

    def __call__(self, mapping: Mapping) -> Worker:
        self.begun.append(Keeper(mapping))
        return cast("Worker", self.begun[-1])

    def at_work(self) -> dict[str, Keeper]:
        return {each.mapping.name: each for each in self.begun if each.is_alive()}


def test_who_joins_and_leaves_takes_no_worker_from_a_mapping_that_stays(stack: Endpoints) -> None:
    configuration = prepared(stack, 5)
    names = {mapping.name for mapping in configuration.mappings}
    said: list[bytes] = []

    def read_by_all(*staffs: Staff) -> None:
        """Another record for each mapping; whoever stayed has read each once, in order."""
        said.append(str(len(said)).encode())
        with closing(KafkaProducer(bootstrap_servers=configuration.kafka.bootstrap)) as producer:
            for mapping in configuration.mappings:
                producer.send(mapping.sheet_topic, said[-1])
        for staff in staffs:
            for keeper in staff.at_work().values():
                eventually(keeper.read_so_far, lambda read: read == said, "all records")

    first, second = Staff(), Staff()
    with running(configuration, first):
        eventually(first.at_work, lambda at_work: at_work.keys() == names, "all mappings")
        read_by_all(first)
        alone = first.at_work()
        with running(configuration, second):
            eventually(second.at_work, lambda at_work: len(at_work) == 2, "its share")
            shared = first.at_work()
            assert shared.keys() | second.at_work().keys() == names
            assert len(shared) == 3
            assert all(alone[name] is keeper for name, keeper in shared.items())
            read_by_all(first, second)
        eventually(first.at_work, lambda at_work: at_work.keys() == names, "all mappings again")
        assert all(first.at_work()[name] is keeper for name, keeper in shared.items())
        read_by_all(first)
    assert len(first.begun) == 7
    assert len(second.begun) == 2


def test_a_member_of_another_protocol_is_waited_for(
    configuration: Configuration, caplog: pytest.LogCaptureFixture
) -> None:
    """As where a sink of an older version still runs."""
    names = [mapping.name for mapping in configuration.mappings]
    (topic, *_) = configuration.mappings[0].topics
    other = KafkaConsumer(
        bootstrap_servers=configuration.kafka.bootstrap,
        group_id=configuration.sink.group,
        partition_assignment_strategy=(RangePartitionAssignor,),
        enable_auto_commit=False,
        metadata_max_age_ms=1_000,  # else a topic of which it heard too early is never its own
    )
    with closing(other):
        other.subscribe([topic])
        eventually(lambda: other.poll(100) or other.assignment(), bool, "the other's topic")
        with running(configuration) as consumer:
            eventually(lambda: caplog.text, lambda text: REFUSED in text, "the refusal")
            assert consumer.ours() == []
            other.close(autocommit=False)
            eventually(consumer.ours, lambda ours: ours == names, "its mappings")
