"""A process with many mappings: what they share holds for all of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

import orjson
import pytest
from kafka import KafkaAdminClient, KafkaProducer  # type: ignore[import-untyped]

from deploy.cli.configuration import load
from deploy.local.endpoints import Endpoints
from sink.core.configuration import Configuration
from sink.core.configuration_file import parse
from sink.core.topics import Topic
from sink.state.engine import open_engine
from sink.stream_identity import StreamIdentities
from sink.topic_administration import TopicAdministration, ensure_topics
from tests.integration.bridge import eventually

MAPPINGS = 40


@pytest.mark.stack("mysql", "configuration")
def test_each_of_many_mappings_keeps_a_connection_and_can_read_beside_it(stack: Endpoints) -> None:
    engine = open_engine(load(Path(stack.config)).database)
    try:
        with ExitStack() as held:
            for _ in range(MAPPINGS):
                connection = held.enter_context(engine.connect())
                assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
            with engine.connect() as connection:
                assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
    finally:
        engine.dispose()


@pytest.fixture
def configuration(stack: Endpoints) -> Configuration:
    """Three mappings and their topics."""
    run = uuid.uuid4().hex[:6]
    blocks = "".join(
        f"""
        [[mapping]]
        name = "{name}_{run}"
        table = "shop.{name}_{run}"
        spreadsheet = "S"
        tab = "{name}"
        key = ["number"]
        """
        for name in ("one", "two", "three")
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


@pytest.fixture
def identities(configuration: Configuration) -> Iterator[StreamIdentities]:
    with closing(StreamIdentities(configuration.kafka)) as identities:
        yield identities


@pytest.mark.stack("kafka")
def test_each_mapping_is_told_of_its_own_topics(
    configuration: Configuration, identities: StreamIdentities
) -> None:
    producer = KafkaProducer(bootstrap_servers=configuration.kafka.bootstrap)
    for count, mapping in enumerate(configuration.mappings):
        for number in range(count):
            gtid = f"{mapping.name}:{number}"
            producer.send(mapping.cdc_topic, orjson.dumps({"source": {"gtid": gtid}}))
    producer.close()
    for _ in range(2):  # in turn, and again
        for count, mapping in enumerate(configuration.mappings):
            streams = identities.of(mapping)
            assert streams.topics.keys() == set(mapping.topics)
            assert streams.ends[mapping.cdc_topic] == count
            assert streams.ends[mapping.sheet_topic] == 0
            wanted = [f"{mapping.name}:{number}" for number in range(count)]
            assert identities.newest_transactions(mapping, streams, 0) == wanted
            assert identities.newest_transactions(mapping, streams, 1) == wanted[1:]


@pytest.mark.stack("kafka")
def test_a_topic_that_is_made_anew_is_read_as_it_is_now(
    configuration: Configuration, identities: StreamIdentities
) -> None:
    (mapping, *_) = configuration.mappings
    topic, bootstrap = mapping.cdc_topic, configuration.kafka.bootstrap
    for gtid in ("old:1", "new:1"):
        before = identities.of(mapping).topics[topic]
        with closing(KafkaProducer(bootstrap_servers=bootstrap)) as producer:
            producer.send(topic, orjson.dumps({"source": {"gtid": gtid}}))
        streams = identities.of(mapping)
        assert streams.topics[topic] == before
        assert identities.newest_transactions(mapping, streams, 0) == [gtid]
        with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as client:
            client.delete_topics([topic])
        eventually(partial(made, configuration, topic), lambda is_made: is_made, "the new topic")


def made(configuration: Configuration, topic: str) -> bool:
    """Make the topic; False while the old one is not gone yet."""
    with closing(TopicAdministration(configuration.kafka)) as administration:
        return administration.create(Topic(topic, {}))
