"""What SHOW GRANTS says, and what of it is missing."""

from __future__ import annotations

import pytest

from deploy.cli.check.finding import Level
from deploy.cli.check.grants import (
    allowed,
    check_capture_user,
    check_sink_user,
    own_grants,
    parse_grants,
)
from tests.unit.cli.check.edges import (
    GOOD_GRANTS,
    FakeServer,
    a_configuration,
    levels,
    planes,
    problems,
)

TO = "TO `u`@`%`"


def gives(line: str, privilege: str, database: str = "*", table: str = "*") -> bool:
    return allowed(parse_grants([line]), privilege, database, table)


def test_a_grant_covers_its_schema_and_no_other() -> None:
    line = f"GRANT SELECT, INSERT ON `demo`.* {TO}"
    assert gives(line, "SELECT", "demo", "planes")
    assert gives(line, "INSERT", "demo")
    assert not gives(line, "UPDATE", "demo", "planes")
    assert not gives(line, "SELECT", "demo2", "planes")
    assert not gives(line, "SELECT")


def test_a_grant_on_one_table_covers_only_it() -> None:
    line = f"GRANT SELECT ON `demo`.`planes` {TO}"
    assert gives(line, "SELECT", "demo", "planes")
    assert not gives(line, "SELECT", "demo", "orders")
    assert not gives(line, "SELECT", "demo")


@pytest.mark.parametrize(
    ("pattern", "schema", "covered"),
    [
        (r"demo\_%", "demo_two", True),
        (r"demo\_%", "demoXtwo", False),
        ("demo_two", "demoXtwo", True),
        ("%", "anything", True),
        ("a``b", "a`b", True),
    ],
)
def test_a_schema_is_a_pattern(pattern: str, schema: str, covered: bool) -> None:
    assert gives(f"GRANT SELECT ON `{pattern}`.* {TO}", "SELECT", schema, "t") is covered


def test_all_privileges_and_global_ones() -> None:
    assert gives(f"GRANT ALL PRIVILEGES ON *.* {TO} WITH GRANT OPTION", "SELECT", "demo", "t")
    assert gives(f"GRANT SELECT, REPLICATION_APPLIER ON *.* {TO}", "REPLICATION_APPLIER")


def test_a_grant_of_some_columns_is_not_one_of_the_table() -> None:
    line = f"GRANT SELECT (`a`, `b`), INSERT ON `demo`.`planes` {TO}"
    assert not gives(line, "SELECT", "demo", "planes")
    assert gives(line, "INSERT", "demo", "planes")


def test_a_partial_revoke_takes_away() -> None:
    grants = parse_grants([f"GRANT SELECT ON *.* {TO}", "REVOKE SELECT ON `secret`.* FROM `u`@`%`"])
    assert allowed(grants, "SELECT", "demo", "t")
    assert not allowed(grants, "SELECT", "secret", "t")


def test_roles_and_proxies_are_no_grants_of_their_own() -> None:
    assert parse_grants([f"GRANT `writer`@`%` {TO}", f"GRANT PROXY ON ''@'' {TO}"]) == []


def test_privileges_of_active_roles_are_asked_for() -> None:
    server = FakeServer(answers={"CURRENT_ROLE()": [("`writer`@`%`",)]})
    own_grants(server)
    assert server.asked[-1][0] == "SHOW GRANTS FOR CURRENT_USER() USING `writer`@`%`"


def test_the_grants_that_init_prints_are_enough() -> None:
    assert set(levels(check_sink_user(a_configuration(), parse_grants(GOOD_GRANTS)))) == {Level.OK}


@pytest.mark.parametrize(
    ("left_out", "what", "mend"),
    [
        (0, "lacks REPLICATION CLIENT", "GRANT REPLICATION CLIENT ON *.*"),
        (1, "lacks REPLICATION_APPLIER", "GRANT REPLICATION_APPLIER ON *.*"),
        (2, "on schema sheetbridge", "GRANT ALL ON `sheetbridge`.*"),
        (3, "on demo.planes", "GRANT SELECT, INSERT, UPDATE, DELETE ON `demo`.*"),
    ],
)
def test_each_missing_grant_is_named_with_the_statement(
    left_out: int, what: str, mend: str
) -> None:
    lines = [line for place, line in enumerate(GOOD_GRANTS) if place != left_out]
    (found,) = problems(check_sink_user(a_configuration(), parse_grants(lines)))
    assert what in found.what
    assert mend in found.mend
    assert found.level is (Level.WARNING if left_out == 0 else Level.PROBLEM)


def test_only_the_missing_privileges_of_a_table_are_named() -> None:
    lines = [*GOOD_GRANTS[:3], f"GRANT SELECT, INSERT ON `demo`.`planes` {TO}"]
    (found,) = problems(check_sink_user(a_configuration(), parse_grants(lines)))
    assert "lacks UPDATE, DELETE on demo.planes" in found.what


def test_the_statement_is_that_of_the_tables_own_schema() -> None:
    configuration = a_configuration(planes(), planes(name="orders", table="shop.orders"))
    (found,) = problems(check_sink_user(configuration, parse_grants(GOOD_GRANTS)))
    assert "on shop.orders" in found.what
    assert "ON `shop`.*" in found.mend


def test_another_privilege_that_sets_gtid_next_will_do() -> None:
    lines = [line for line in GOOD_GRANTS if "APPLIER" not in line]
    lines.append(f"GRANT SESSION_VARIABLES_ADMIN ON *.* {TO}")
    assert problems(check_sink_user(a_configuration(), parse_grants(lines))) == []


def test_an_invisible_capture_user_is_told_not_blamed() -> None:
    (found,) = check_capture_user(a_configuration(), FakeServer())
    assert found.level is Level.UNKNOWN
    assert "not visible" in found.what
    assert "GRANT SELECT, RELOAD" in found.mend


def test_a_capture_user_that_is_not_there() -> None:
    (found,) = check_capture_user(a_configuration(), FakeServer(answers={"FROM mysql.user": []}))
    assert found.level is Level.PROBLEM
    assert "CREATE USER 'sheetbridge_cdc'@'%'" in found.mend


def test_a_capture_user_without_a_privilege() -> None:
    server = FakeServer(
        answers={
            "FROM mysql.user": [("%",)],
            "SHOW GRANTS FOR %s@%s": [
                ("GRANT SELECT, SHOW DATABASES, REPLICATION SLAVE ON *.* TO `sheetbridge_cdc`@`%`",)
            ],
        }
    )
    (found,) = problems(check_capture_user(a_configuration(), server))
    assert "'sheetbridge_cdc'@'%' lacks RELOAD, REPLICATION CLIENT, LOCK TABLES" in found.what
    assert server.asked[-1][1] == ("sheetbridge_cdc", "%")
