"""What is rendered for a configuration."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.mysql import server_id, template_text
from connectors.template import render
from sink.core.errors import ConfigurationError
from sink.core.mapping import Mapping
from tests.unit.connectors.fake_connect import configuration, mapping


def included(settings: dict[str, str]) -> list[str]:
    return re.split(r"(?<!\\),", settings["table.include.list"])


def routed(settings: dict[str, str], topic: str) -> str:
    """What Kafka's RegexRouter transforms make of a topic (Java's regex, in Python's syntax)."""
    for alias in settings["transforms"].split(","):
        found = re.fullmatch(settings[f"transforms.{alias}.regex"], topic)
        if found:
            replacement = settings[f"transforms.{alias}.replacement"].replace("$1", r"\1")
            topic = found.expand(replacement)
    return topic


def test_exactly_the_mapped_tables_and_their_markers_are_captured() -> None:
    settings = render(configuration(mapping(), mapping("shop.orders", "orders")))

    captured = included(settings)
    tables = ["demo.planes", "shop.orders"]
    markers = ["sheetbridge.marker__demo__planes", "sheetbridge.marker__shop__orders"]
    for table in tables + markers:
        assert sum(bool(re.fullmatch(each, table)) for each in captured) == 1
    assert len(captured) == len(tables + markers)
    for other in ("demo.planes2", "demoXplanes", "xdemo.planes", "sheetbridge.row_state"):
        assert not any(re.fullmatch(each, other) for each in captured)


def test_a_dot_in_a_table_name_matches_only_itself() -> None:
    settings = render(configuration(mapping("demo.a.b")))
    assert r"demo\.a\.b" in included(settings)


def test_each_marker_goes_to_the_topic_of_its_table() -> None:
    mappings = (mapping("a.b__c", "one"), mapping("a__b.d", "two"), mapping("a.b", "three"))
    settings = render(configuration(*mappings))
    for each in mappings:
        assert routed(settings, f"cdc.{each.marker_table}") == each.cdc_topic


def test_no_other_topic_is_rerouted() -> None:
    settings = render(configuration())
    for topic in ("cdc.demo.planes", "cdc.sheetbridge.marker__demo__planes2", "cdc.x.marker__a__b"):
        assert routed(settings, topic) == topic


def test_tables_mapped_twice_are_captured_once() -> None:
    settings = render(configuration(mapping(), mapping(name="again")))
    assert included(settings) == [r"demo\.planes", r"sheetbridge\.marker__demo__planes"]


def test_the_order_of_mappings_does_not_matter() -> None:
    one, two = mapping(), mapping("shop.orders", "orders")
    assert render(configuration(one, two)) == render(configuration(two, one))


def test_no_placeholder_is_left_and_every_value_is_text() -> None:
    for value in render(configuration()).values():
        assert isinstance(value, str)
        assert "{{" not in value


def test_the_password_stays_a_reference_and_no_secret_is_rendered() -> None:
    settings = render(configuration())
    assert settings["database.password"] == "${env:CDC}"
    assert "hidden" not in json.dumps(settings)


@pytest.mark.parametrize("plain", ["secret", "", "${}", "${env}", "x${env:CDC}"])
def test_a_plain_password_is_refused(plain: str) -> None:
    with pytest.raises(ConfigurationError, match="database_password is not a reference"):
        render(configuration(password=plain))


def test_connect_may_see_the_servers_under_other_names() -> None:
    plain = configuration()
    inside = replace(
        plain.connect, database_host="mysql", database_port=3307, kafka_bootstrap="kafka:19092"
    )
    settings = render(replace(plain, connect=inside))
    assert settings["database.hostname"] == "mysql"
    assert settings["database.port"] == "3307"
    assert settings["schema.history.internal.kafka.bootstrap.servers"] == "kafka:19092"


def test_the_server_id_is_stable_valid_and_one_for_each_connector() -> None:
    assert render(configuration())["database.server.id"] == str(server_id("sheetbridge"))
    ids = {server_id(f"connector-{n}") for n in range(500)}
    assert len(ids) == 500
    assert all(1_000_000 <= each < 2**32 for each in ids)


def test_a_configuration_without_mappings_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no mapping"):
        render(replace(configuration(), mappings=()))


@pytest.mark.parametrize(
    ("mappings", "told"),
    [
        ((mapping("demo.plänes"),), "cannot name a Kafka topic"),
        ((mapping("demo.a$b"),), "cannot name a Kafka topic"),
        ((mapping("d" * 30 + "." + "t" * 25),), "too long together"),
        ((mapping("a.b__c", "one"), mapping("a__b.c", "two")), "share one marker table"),
    ],
)
def test_a_table_that_cannot_travel_is_refused(mappings: tuple[Mapping, ...], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        render(configuration(*mappings))


def test_the_longest_names_still_fit() -> None:
    render(configuration(mapping("d" * 29 + "." + "t" * 25)))


def test_the_readme_gives_a_reason_for_every_setting_of_the_template() -> None:
    readme = (Path(__file__).parents[3] / "connectors/README.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`([\w.*]+)`", readme.split("## Why each setting", 1)[1]))
    plain = {
        "connector.class", "tasks.max", "topic.prefix", "database.hostname", "database.port",
        "database.user", "database.password", "schema.history.internal.kafka.bootstrap.servers",
        "schema.history.internal.kafka.topic",
    }  # fmt: skip
    covered = [re.compile(re.escape(name).replace(r"\*", ".*")) for name in told]
    for setting in set(json.loads(template_text())) - plain:
        assert any(each.fullmatch(setting) for each in covered) or any(
            setting.endswith(name) for name in told
        ), f"connectors/README.md does not tell why {setting} is set"
