"""``endpoints.json`` lists what ``sheetbridge.toml`` maps, also what was added to it."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli import main
from deploy.local import mapped
from deploy.local.configuration_text import render
from deploy.local.demo_mappings import demo_mappings
from deploy.local.endpoints import Endpoints
from deploy.local.first_sync import of_the_demo
from deploy.local.mapped import mapped_tables, tell_running_stack
from deploy.local.run_directory import RunDirectory
from sink.core.configuration import DatabaseSettings, Secret
from tests.unit.cli.unused_port import unused_port
from tests.unit.local.test_run_directory import ADDRESSES

ADDED = """
[[mapping]]
name = "orders"
table = "shop.orders"
spreadsheet = "S"
tab = "Orders"
key = ["id"]

[[mapping]]
name = "lines"
table = "shop.lines"
spreadsheet = "S"
tab = "Lines"
key = ["id"]
columns = { id = "No.", price = "Price" }
"""


def columns(settings: DatabaseSettings, table: str) -> list[str]:
    return {"shop.orders": ["id", "note"]}.get(table, [])


@pytest.fixture
def config(tmp_path: Path) -> Path:
    directory = RunDirectory(tmp_path / "run")
    for name in ("database-password", "webhook-secret"):
        directory.write_private(name, "0123456789abcdef")
    directory.configuration.write_text(render(ADDRESSES, demo_mappings("S")) + ADDED)
    return directory.configuration


def test_mappings_that_were_added_are_listed_with_their_columns(config: Path) -> None:
    listed = {mapping.name: mapping for mapping in mapped_tables(config, columns)}
    assert list(listed) == ["planes", "weather", "orders", "lines"]
    assert listed["orders"].columns == ["id", "note"]
    assert listed["lines"].columns == ["id", "price"]
    assert listed["planes"] == demo_mappings("S")[0]


def test_a_running_stack_is_told_of_added_mappings(config: Path) -> None:
    directory = RunDirectory(config.parent)
    Endpoints(config=str(config), live_url="http://live.test", spreadsheet_id="S").save(directory)
    assert tell_running_stack(config, columns)
    listed = Endpoints.load(directory.endpoints).mappings
    page = json.loads((config.parent / "page.json").read_text())
    assert [mapping.tab for mapping in listed] == ["planes", "weather", "Orders", "Lines"]
    assert [mapping["tab"] for mapping in page["mappings"]] == [mapping.tab for mapping in listed]
    assert (page["live_url"], page["spreadsheet_id"]) == ("http://live.test", "S")
    assert stat.S_IMODE(directory.endpoints.stat().st_mode) == 0o600


@pytest.mark.parametrize("at", [lambda config: None, lambda config: config.with_name("other.toml")])
def test_a_configuration_of_no_running_stack_changes_no_other(
    config: Path, at: Callable[[Path], Path | None]
) -> None:
    directory, other = RunDirectory(config.parent), at(config)
    if other is not None:
        Endpoints(config=str(other)).save(directory)
    assert not tell_running_stack(config, columns)
    assert directory.endpoints.exists() is (other is not None)


def test_mapping_add_and_remove_tell_the_stack(config: Path) -> None:
    directory = RunDirectory(config.parent)
    text = config.read_text().replace("port = 3306", f"port = {unused_port()}")
    config.write_text(text)
    Endpoints(config=str(config), spreadsheet_id="S").save(directory)
    arguments = ["mapping", "add", "shop.goods", "--spreadsheet", "S", "--key", "id"]
    added = CliRunner().invoke(main.app, [*arguments, "--config", str(config)])
    assert added.exit_code == 0, added.output
    assert "The first sync makes tab goods" in " ".join(added.output.split())
    assert Endpoints.load(directory.endpoints).mappings[-1].table == "shop.goods"
    CliRunner().invoke(main.app, ["mapping", "remove", "goods", "--config", str(config)])
    assert Endpoints.load(directory.endpoints).mappings[-1].name == "lines"


def test_only_the_demos_own_mappings_are_waited_for(config: Path) -> None:
    endpoints = Endpoints(mappings=mapped_tables(config, columns))
    assert [mapping.name for mapping in of_the_demo(endpoints)] == ["planes", "weather"]


def test_a_table_that_cannot_be_looked_at_has_no_known_columns(config: Path) -> None:
    settings = DatabaseSettings("127.0.0.1", "u", Secret("${env:A}", "x"), port=unused_port())
    assert mapped.declared_columns(settings, "shop.orders") == []
