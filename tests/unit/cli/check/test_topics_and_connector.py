"""Kafka's topics, and the connector as registered, running, or neither."""

from __future__ import annotations

from collections import deque

import pytest

from connectors.template import render
from deploy.cli.check.connector import check_capture_login, check_connector, check_worker
from deploy.cli.check.finding import Finding, Level
from deploy.cli.check.topics import check_dead_letters, check_topics
from sink.core.topics import needed_topics
from tests.unit.cli.check.edges import FakeBroker, a_configuration, levels, planes, problems
from tests.unit.connectors.fake_connect import Connector, FakeConnect

ALL = {topic.name: 1 for topic in needed_topics(a_configuration())}


def topics(**changes: dict[str, str]) -> list[Finding]:
    return problems(check_topics(a_configuration(), FakeBroker(dict(ALL), **changes)))


def test_all_topics_with_one_partition_are_fine() -> None:
    assert topics() == []
    assert set(ALL) == {
        "cdc.demo.planes", "commands.planes", "sheet.planes", "sheetbridge.dead-letters",
        "sheetbridge.schema-history", "sheetbridge.status",
    }  # fmt: skip


def test_missing_topics_are_named() -> None:
    broker = FakeBroker({"sheetbridge.schema-history": 1, "cdc.demo.planes": 1})
    (found,) = problems(check_topics(a_configuration(), broker))
    assert found.what == (
        "Missing: commands.planes, sheet.planes, sheetbridge.dead-letters, sheetbridge.status."
    )
    assert "sheetbridge register" in found.mend


def test_a_topic_with_more_partitions_is_named() -> None:
    (found,) = problems(check_topics(a_configuration(), FakeBroker(ALL | {"cdc.demo.planes": 3})))
    assert "cdc.demo.planes has 3 partitions" in found.what


@pytest.mark.parametrize(
    "configured",
    [{"retention.ms": "604800000"}, {"cleanup.policy": "compact"}, {"retention.bytes": "1000"}],
)
def test_a_schema_history_that_forgets_is_a_problem(configured: dict[str, str]) -> None:
    (found,) = topics(configured=configured)
    assert "schema-history" in found.what
    assert "retention.ms=-1" in found.mend


def test_dead_letters_that_are_kept_otherwise_are_told() -> None:
    ninety_days = str(90 * 24 * 3600 * 1_000)
    (fine,) = check_dead_letters(a_configuration(), {"retention.ms": ninety_days})
    assert (fine.level, fine.what) == (Level.OK, "dead letters are kept for 90 days")
    (found,) = check_dead_letters(a_configuration(), {"retention.ms": "604800000"})
    assert found.level is Level.WARNING
    assert found.what == "Dead letters are not kept for 90 days, as [retention] says."
    assert "Restart the sink" in found.mend


def registered(fake: FakeConnect, **changed: str) -> Connector:
    connector = Connector(render(a_configuration()) | changed)
    fake.connectors["sheetbridge"] = connector
    return connector


def connector(fake: FakeConnect) -> list[Finding]:
    return list(check_connector(a_configuration(), fake.client()))


def test_a_connector_that_runs_as_described_is_fine() -> None:
    fake = FakeConnect()
    registered(fake)
    assert set(levels(connector(fake))) == {Level.OK}
    assert fake.methods() == []


def test_an_unregistered_connector() -> None:
    (found,) = problems(connector(FakeConnect()))
    assert "not registered" in found.what


def test_a_mapping_added_since_is_told_by_the_settings_names_only() -> None:
    fake = FakeConnect()
    registered(fake)
    configuration = a_configuration(planes(), planes(name="orders", table="shop.orders"))
    (found,) = problems(check_connector(configuration, fake.client()))
    assert "table.include.list" in found.what
    assert "shop" not in found.what


def test_a_failed_task_is_told_with_its_cause_and_mend() -> None:
    fake = FakeConnect()
    registered(fake).states = deque(
        [("FAILED", "x.Y: stopped\nCaused by: java.sql.SQLException: Access denied for user 'c'")]
    )
    (found,) = problems(connector(fake))
    assert "Access denied for user 'c'" in found.what
    assert "connect.database_password" in found.mend


@pytest.mark.parametrize("state", ["STOPPED", "PAUSED"])
def test_a_resting_connector(state: str) -> None:
    fake = FakeConnect()
    registered(fake).state = state
    assert any(state in found.what for found in problems(connector(fake)))


def test_a_missing_plugin_and_another_cluster() -> None:
    fake = FakeConnect()
    assert problems(check_worker(fake.client(), "abc")) == []
    assert problems(check_worker(fake.client(), None)) == []
    fake.plugins = []
    found = problems(check_worker(fake.client(), "other"))
    assert ["plugin.path" in found[0].mend, "another Kafka cluster" in found[1].what] == [True] * 2


def test_what_debezium_objects_to_is_told_with_the_mend() -> None:
    fake = FakeConnect()
    fake.objections = {"database.hostname": ["Unable to connect: Communications link failure"]}
    (found,) = problems(check_capture_login(a_configuration(), fake.client()))
    assert "database.hostname: Unable to connect" in found.what
    assert "connect.database_host" in found.mend


def test_debeziums_login_is_tried_without_changing_anything() -> None:
    fake = FakeConnect()
    (found,) = check_capture_login(a_configuration(), fake.client())
    assert found.level is Level.OK
    assert all("validate" in method for method in fake.methods())
