"""The conflict log is told whole, and a value that lost is given back as one edit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from rich.console import Console
from typer.testing import CliRunner

from deploy.cli import conflict_log, conflicts, main, stored_state
from deploy.cli.conflict_log import Conflict, Filter, Present, Side
from deploy.cli.failure import CommandError
from deploy.cli.since import since
from sink.core.configuration import DatabaseSettings
from tests.unit.live_feed.test_catalogue import BASE, mapping

AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
LOST = Side("12.50", "sheet", "ada@example.org", AT)
KEPT = Side("13.00", "database", None, None)
CELL = Conflict(3, "orders", {"id": 7}, "price", LOST, KEPT, "database_wins", AT)
GONE = Side(False, "sheet", None, AT)
THERE = Side(True, "database", None, AT)
DELETE = Conflict(4, "orders", {"id": 8}, None, GONE, THERE, "last_write_wins", AT)
ONE_WAY = Conflict(5, "oneway", {"id": 9}, "price", LOST, KEPT, "one_way", AT)


class Kept:
    """The log, what is agreed now, and what was written to Kafka."""

    def __init__(self) -> None:
        self.conflicts = {each.number: each for each in (CELL, DELETE, ONE_WAY)}
        self.present = Present(True, {"price": "13.00"})
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.wanted: Filter | None = None
        self.sink_runs = True

    def send(self, topic: str, key: bytes | None, value: bytes | None) -> int:
        assert key is None
        assert value is not None
        self.sent.append((topic, json.loads(value)))
        return 0

    def merged(self) -> bool:
        """The sink has merged what was written, where it runs."""
        if self.sink_runs:
            wish = self.sent[-1][1]["wish"]
            alive = wish["exists"] is not False
            self.present = Present(alive, {**self.present.cells, **wish["values"]})
        return self.sink_runs


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    found = Kept()

    @contextmanager
    def connected(_: DatabaseSettings) -> Iterator[Mock]:
        yield Mock()

    @contextmanager
    def publisher(_: str) -> Iterator[Kept]:
        yield found

    def listed(_: Mock, wanted: Filter, *, limit: int) -> list[Conflict]:
        found.wanted = wanted
        return list(found.conflicts.values())[:limit]

    monkeypatch.setattr(stored_state, "connected", connected)
    monkeypatch.setattr(conflict_log, "conflicts", listed)
    monkeypatch.setattr(conflict_log, "conflict", lambda _, number: found.conflicts.get(number))
    monkeypatch.setattr(conflict_log, "present", lambda *_: found.present)
    monkeypatch.setattr(conflicts, "publisher", publisher)
    monkeypatch.setattr(conflicts, "await_merged", lambda *_: found.merged())
    return found


@pytest.fixture
def config(kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    assert kept.sent == []
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("A_VARIABLE_THAT_IS_NOT_SET", "OTHER"):
        monkeypatch.setenv(name, "0123456789abcdef")
    (tmp_path / "a-file-that-is-not-there").write_text("0123456789abcdef")
    path = tmp_path / "sheetbridge.toml"
    one_way = mapping("oneway") + 'direction = "to_sheet"\n'
    path.write_text(BASE + mapping("orders") + one_way, encoding="utf-8")
    return str(path)


def call(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main.app, ["conflicts", *arguments])
    return result.exit_code, result.output, str(result.exception)


def test_the_list_has_both_values_who_typed_them_and_the_rule(config: str) -> None:
    status, told, _ = call("list", "--config", config)
    assert status == 0
    for said in ("3", "price", "12.50", "13.00", "ada@example.org", "database_wins"):
        assert said in told
    assert "deletion" in told


def test_the_list_breaks_no_usual_word_in_a_terminal_of_80_columns(
    config: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conflicts, "console", Console(width=80))
    _, told, _ = call("list", "--config", config)
    words = told.split()
    for word in ("2026-03-01", "12:30:00", "orders:", "price", "(sheet,", "last_write_wins"):
        assert word in words, told
    assert max(map(len, told.splitlines())) <= 80


def test_a_mapping_that_is_not_there_is_told(config: str) -> None:
    status, _, error = call("list", "--mapping", "nix", "--config", config)
    assert status == 1
    assert "there is no mapping 'nix'" in error


def test_a_column_that_no_mapping_has_is_refused_where_nothing_was_found(
    config: str, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conflicts, "declared_columns", lambda *_: ("id", "price"))
    dropped = call("list", "--column", "nope", "--config", config)
    assert dropped[0] == 0, "the log may know a column that the table has dropped"
    kept.conflicts = {}
    status, told, error = call("list", "--column", "nope", "--config", config)
    assert (status, told) == (1, "")
    assert "no mapping has a column 'nope'" in error
    assert call("list", "--column", "price", "--config", config)[:2] == (0, "No conflicts.\n")


def test_a_deletion_that_lost_to_an_edit_of_a_cell_shows_what_that_put_there(
    config: str, kept: Kept
) -> None:
    kept.conflicts = {6: replace(DELETE, number=6, winner=Side(771, "sheet", None, AT))}
    _, told, _ = call("list", "--config", config)
    (row,) = (line for line in told.splitlines() if "orders" in line)
    assert "771" in row
    assert row.count("deletion") == 1
    _, shown, _ = call("show", "6", "--config", config)
    assert "Kept:     771, from sheet" in shown


def test_the_list_is_narrowed_by_mapping_column_key_and_time(config: str, kept: Kept) -> None:
    call(
        *("list", "--mapping", "orders", "--column", "price", "--key", "1", "--key", "2"),
        *("--since", "2026-03-01", "--config", config),
    )
    assert kept.wanted == Filter("orders", "price", ["1", "2"], datetime(2026, 3, 1, tzinfo=UTC))


def test_one_is_shown_with_the_value_that_the_cell_has_now(config: str) -> None:
    _, told, _ = call("show", "3", "--config", config)
    assert "12.50, from sheet, ada@example.org, 2026-03-01 12:30:00 (UTC)" in told
    assert "13.00, from database, at an unknown time" in told
    assert "Now:      13.00" in told
    _, line, _ = call("show", "3", "--json", "--config", config)
    assert json.loads(line)["now"] == {"alive": True, "value": "13.00"}
    assert json.loads(line)["loser_author"] == "ada@example.org"


@pytest.mark.parametrize("command", ["show", "restore"])
def test_an_unknown_number_is_told_and_nothing_is_written(
    command: str, config: str, kept: Kept
) -> None:
    status, _, error = call(command, "99", "--config", config)
    assert status == 1
    assert "there is no conflict 99" in error
    assert kept.sent == []


def test_restoring_writes_one_edit_and_tells_what_came_of_it(config: str, kept: Kept) -> None:
    status, told, _ = call("restore", "3", "--config", config)
    assert (status, told) == (0, "Now: 12.50\n")
    ((topic, record),) = kept.sent
    assert (topic, record["kind"]) == ("sheet.orders", "operator")
    assert record["wish"] == {
        "key": {"id": 7},
        "values": {"price": "12.50"},
        "contents": {},
        "exists": None,
    }
    assert record["editor"].startswith("restored by ")
    assert len(record["id"]) <= 64


def test_a_delete_that_lost_is_given_back(config: str, kept: Kept) -> None:
    status, told, _ = call("restore", "4", "--config", config)
    assert (status, told) == (0, "Now: the row is not there\n")
    assert kept.sent[0][1]["wish"]["exists"] is False


def test_without_a_sink_it_is_said_that_it_waits(config: str, kept: Kept) -> None:
    kept.sink_runs = False
    status, told, _ = call("restore", "3", "--config", config)
    assert status == 0
    assert "as soon as the sink" in told
    assert len(kept.sent) == 1


def test_a_value_that_was_refused_is_no_success(
    config: str, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conflicts, "await_merged", lambda *_: True)
    status, told, error = call("restore", "3", "--config", config)
    assert (status, told) == (1, "Now: 13.00\n")
    assert "does not stand" in error
    assert kept.sent


def test_a_mapping_that_goes_one_way_is_refused_with_the_mend(config: str, kept: Kept) -> None:
    status, _, error = call("restore", "5", "--config", config)
    assert status == 1
    assert "only the database is edited" in error
    assert kept.sent == []


@pytest.mark.parametrize(
    ("said", "ago"),
    [("90s", timedelta(seconds=90)), ("2h", timedelta(hours=2)), ("3 d", timedelta(days=3))],
)
def test_a_time_ago(said: str, ago: timedelta) -> None:
    assert since(said, AT) == AT - ago


@pytest.mark.parametrize("said", ["soon", "5", "2026-13-01", "-2h", "999999w"])
def test_what_is_no_moment_is_told_with_the_mend(said: str) -> None:
    with pytest.raises(CommandError, match="Write 30m"):
        since(said, AT)
