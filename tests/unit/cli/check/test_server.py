"""Each setting of the server, broken alone, is named; a good server is not blamed."""

from __future__ import annotations

import pytest

from deploy.cli.check.finding import Level
from deploy.cli.check.server import check_server, read_facts
from tests.unit.cli.check.edges import GOOD_VARIABLES, FakeServer, levels, problems


def findings(version: str = "9.7.4", **variables: str) -> list[tuple[Level, str]]:
    server = FakeServer(version, GOOD_VARIABLES | variables)
    return [(each.level, each.what) for each in problems(check_server(read_facts(server)))]


def test_a_good_server_is_all_ok() -> None:
    found = list(check_server(read_facts(FakeServer())))
    assert set(levels(found)) == {Level.OK}
    assert len(found) == 7


@pytest.mark.parametrize("version", ["8.4.3", "9.7.4-debug", "9.0.1-cloud", "10.0.0"])
def test_supported_versions(version: str) -> None:
    assert findings(version) == []


def test_8_0_is_warned_of() -> None:
    assert findings("8.0.41-32") == [
        (Level.WARNING, "MySQL 8.0.41-32 has reached its end of life (April 2026)."),
    ]


def test_5_7_is_too_old() -> None:
    assert findings("5.7.44-log") == [(Level.PROBLEM, "MySQL 5.7.44-log is too old.")]


def test_mariadb_is_refused_with_the_reason_and_nothing_else_is_told() -> None:
    found = findings("11.4.2-MariaDB-log", gtid_mode="")
    assert len(found) == 1
    assert found[0][0] is Level.PROBLEM
    assert "MariaDB" in found[0][1]
    assert "echo" in found[0][1]


@pytest.mark.parametrize(
    ("variable", "value", "level"),
    [
        ("log_bin", "OFF", Level.PROBLEM),
        ("gtid_mode", "OFF", Level.PROBLEM),
        ("gtid_mode", "ON_PERMISSIVE", Level.PROBLEM),
        ("enforce_gtid_consistency", "WARN", Level.PROBLEM),
        ("binlog_format", "MIXED", Level.PROBLEM),
        ("binlog_row_image", "MINIMAL", Level.PROBLEM),
        ("binlog_row_value_options", "PARTIAL_JSON", Level.PROBLEM),
        ("server_id", "0", Level.PROBLEM),
        ("read_only", "ON", Level.PROBLEM),
        ("super_read_only", "ON", Level.PROBLEM),
        ("binlog_expire_logs_seconds", "3600", Level.WARNING),
    ],
)
def test_each_wrong_setting_is_named_alone(variable: str, value: str, level: Level) -> None:
    found = findings(**{variable: value})
    assert [each[0] for each in found] == [level]
    spoken = {
        "log_bin": "binlog is off",
        "read_only": "read-only",
        "super_read_only": "read-only",
        "binlog_expire_logs_seconds": "1.0 h",
    }
    assert spoken.get(variable, variable) in found[0][1]


@pytest.mark.parametrize("seconds", ["0", "86400", "2592000"])
def test_binlogs_kept_long_enough(seconds: str) -> None:
    assert findings(binlog_expire_logs_seconds=seconds) == []
