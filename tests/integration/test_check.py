"""``sheetbridge check`` on the real stack: all is well, and each setting broken alone is named."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine, text

from connectors.connect_client import ConnectClient
from deploy.cli.check.areas import areas, open_pieces
from deploy.cli.check.finding import Finding, Level
from deploy.cli.check.runner import run
from deploy.cli.configuration import load
from deploy.cli.register import register_with_needs
from deploy.local.connections import a_new_connection_each_time
from deploy.local.endpoints import Endpoints
from deploy.local.loopback import LOOPBACK
from sink.core.configuration import Configuration, Secret
from sink.core.mapping import Mapping
from sink.core.topics import Topic
from sink.google_access import sheets_service
from sink.topic_administration import TopicAdministration

if TYPE_CHECKING:
    from googleapiclient._apis.sheets.v4.schemas import Request

pytestmark = pytest.mark.stack

PRIVILEGES = "SELECT, INSERT, UPDATE, DELETE"


@pytest.fixture
def configuration(stack: Endpoints) -> Configuration:
    return load(Path(stack.config))


@pytest.fixture
def root(stack: Endpoints) -> Engine:
    return a_new_connection_each_time(stack.root_mysql_url)


def blamed(configuration: Configuration, *titles: str) -> list[Finding]:
    """The problems and warnings of the named areas (all, if none is named)."""
    with open_pieces(configuration) as pieces:
        wanted = [
            area for area in areas(configuration, pieces) if not titles or area.title in titles
        ]
        assert wanted
        found = [finding for _, finding in run(wanted, progress=lambda title: None)]
    broken = [finding for finding in found if "broke down" in finding.what]
    assert not broken
    bad = [each for each in found if each.level in {Level.PROBLEM, Level.WARNING}]
    assert all(each.mend for each in bad)
    return bad


@contextlib.contextmanager
def as_root(root: Engine, broken: str, mended: str) -> Iterator[None]:
    def execute(statement: str) -> None:
        with root.begin() as connection:
            connection.execute(text(statement))

    execute(broken)
    try:
        yield
    finally:
        execute(mended)


def test_all_is_well_on_a_fresh_stack(configuration: Configuration) -> None:
    register_with_needs(configuration, progress=lambda what: None)
    assert blamed(configuration) == []


@pytest.mark.parametrize(
    ("area", "broken", "mended", "told"),
    [
        (
            "MySQL server",
            "SET GLOBAL binlog_row_image = MINIMAL",
            "SET GLOBAL binlog_row_image = FULL",
            "binlog_row_image is MINIMAL",
        ),
        (
            "MySQL server",
            "SET GLOBAL binlog_row_value_options = PARTIAL_JSON",
            "SET GLOBAL binlog_row_value_options = ''",
            "binlog_row_value_options",
        ),
        (
            "MySQL server",
            "SET GLOBAL gtid_mode = ON_PERMISSIVE",
            "SET GLOBAL gtid_mode = ON",
            "gtid_mode is ON_PERMISSIVE",
        ),
        (
            "MySQL server",
            "SET GLOBAL binlog_expire_logs_seconds = 7200",
            "SET GLOBAL binlog_expire_logs_seconds = 604800",
            "kept for 2.0 h",
        ),
        (
            "grants",
            "REVOKE REPLICATION_APPLIER ON *.* FROM sheetbridge",
            "GRANT REPLICATION_APPLIER ON *.* TO sheetbridge",
            "lacks REPLICATION_APPLIER",
        ),
        (
            "grants",
            "REVOKE DELETE ON `demo`.* FROM sheetbridge",
            "GRANT DELETE ON `demo`.* TO sheetbridge",
            "lacks DELETE on demo.planes",
        ),
    ],
)
def test_a_setting_of_the_server_broken_alone_is_named(
    configuration: Configuration, root: Engine, area: str, broken: str, mended: str, told: str
) -> None:
    with as_root(root, broken, mended):
        assert any(told in finding.what for finding in blamed(configuration, area))
    assert blamed(configuration, area) == []


def test_the_connectors_grants_are_seen_where_they_may_be(
    configuration: Configuration, root: Engine
) -> None:
    with (
        as_root(
            root,
            "GRANT SELECT ON mysql.* TO sheetbridge",
            "REVOKE SELECT ON mysql.* FROM sheetbridge",
        ),
        as_root(
            root,
            "REVOKE LOCK TABLES ON *.* FROM sheetbridge_cdc",
            "GRANT LOCK TABLES ON *.* TO sheetbridge_cdc",
        ),
    ):
        (found,) = blamed(configuration, "grants")
        assert "'sheetbridge_cdc'@'%' lacks LOCK TABLES" in found.what


def changed(
    configuration: Configuration, change: Callable[[Mapping], Mapping], number: int = 0
) -> Configuration:
    return replace(configuration, mappings=(change(configuration.mappings[number]),))


TABLES = {
    "keyless": ("id INT", "no primary key"),
    "mapped": ("id INT PRIMARY KEY, place GEOMETRY", "place"),
    "zero": ("id INT PRIMARY KEY, day DATE", "zero dates"),
}


@pytest.mark.parametrize("name", TABLES)
def test_an_unfit_table_is_named(configuration: Configuration, root: Engine, name: str) -> None:
    columns, told = TABLES[name]
    with root.begin() as connection:
        connection.execute(text(f"DROP TABLE IF EXISTS demo.unfit_{name}"))
        connection.execute(text(f"CREATE TABLE demo.unfit_{name} ({columns})"))
        if name == "zero":
            connection.execute(text("SET SESSION sql_mode = ''"))
            connection.execute(text("INSERT INTO demo.unfit_zero VALUES (1, '2004-00-00')"))
    mapping = Mapping("unfit", f"demo.unfit_{name}", "none", "none", ("id",))
    found = blamed(changed(configuration, lambda _: mapping), "mapping unfit")
    assert any(told in f"{finding.what} {finding.mend}" for finding in found)


def test_a_missing_tab_table_and_spreadsheet_are_each_named(configuration: Configuration) -> None:
    name = f"mapping {configuration.mappings[0].name}"
    found = blamed(changed(configuration, lambda one: replace(one, tab="Planes")), name)
    assert "There is no tab 'Planes', but one 'planes'." in [each.what for each in found]
    found = blamed(changed(configuration, lambda one: replace(one, tab="hangar")), name)
    assert any("There is no tab 'hangar' any more" in each.what for each in found)
    fresh = changed(configuration, lambda one: replace(one, name="fresh", tab="hangar"))
    assert blamed(fresh, "mapping fresh") == []  # the first sync will make it
    found = blamed(changed(configuration, lambda one: replace(one, table="demo.nope")), name)
    assert "There is no table demo.nope, or our user may not see it." in [
        each.what for each in found
    ]
    elsewhere = changed(configuration, lambda one: replace(one, spreadsheet_id="1-not-there"))
    (told, *_) = blamed(elsewhere, "spreadsheets")
    assert "no spreadsheet '1-not-there'" in told.what


def test_duplicate_keys_and_headers_of_a_tab_are_named(configuration: Configuration) -> None:
    planes, tab_id = configuration.mappings[0], uuid.uuid4().int % 1_000_000_000
    title = f"check-{tab_id}"
    rows: list[list[object]] = [
        ["tailnum", "year", "year"],
        ["N1", 1],
        ["N2", 2],
        ["N1", 3],
        ["n2"],
    ]

    def change(request: Request) -> None:
        # A service for each call: a server closes idle connections while the checks run.
        with sheets_service(configuration.google) as service:
            service.spreadsheets().batchUpdate(
                spreadsheetId=planes.spreadsheet_id, body={"requests": [request]}
            ).execute()

    change({"addSheet": {"properties": {"title": title, "sheetId": tab_id}}})
    try:
        with sheets_service(configuration.google) as service:
            service.spreadsheets().values().update(
                spreadsheetId=planes.spreadsheet_id,
                range=f"'{title}'!A1",
                valueInputOption="RAW",
                body={"values": rows},
            ).execute()
        found = blamed(
            changed(configuration, lambda one: replace(one, tab=title)), f"mapping {planes.name}"
        )
    finally:
        change({"deleteSheet": {"sheetId": tab_id}})
    told = "\n".join(finding.what for finding in found)
    assert "Header 'year' stands in columns B and C" in told
    assert "lacks the header type" in told
    assert "Key N1 stands in rows 2, 4" in told
    assert "collation" in told


def test_a_topic_with_two_partitions_and_a_missing_one_are_named(
    configuration: Configuration,
) -> None:
    administration = TopicAdministration(configuration.kafka)
    administration.create(Topic("sheet.check_wide"), partitions=2)
    administration.create(Topic("commands.check_wide"))
    administration.close()
    wide = changed(configuration, lambda one: replace(one, name="check_wide"))
    found = blamed(wide, "topics")
    assert ["sheet.check_wide has 2 partitions" in each.what for each in found] == [True]
    (missing,) = blamed(
        changed(configuration, lambda one: replace(one, name="check_missing")), "topics"
    )
    assert missing.what == "Missing: commands.check_missing, sheet.check_missing."


def test_a_paused_connector_and_a_mapping_added_since_are_named(
    stack: Endpoints, configuration: Configuration
) -> None:
    wider = replace(
        configuration,
        mappings=(*configuration.mappings, Mapping("x", "demo.x", "none", "none", ("id",))),
    )
    (found,) = blamed(wider, "connector")
    assert "table.include.list" in found.what
    name = configuration.connect.connector
    LOOPBACK.put(f"{stack.connect_url}/connectors/{name}/pause", timeout=30).raise_for_status()
    try:
        with ConnectClient(stack.connect_url) as client:
            while (status := client.status(name)) is not None and status.running:
                pass
        assert any("PAUSED" in each.what for each in blamed(configuration, "connector"))
    finally:
        register_with_needs(configuration, progress=lambda what: None)


def test_a_webhook_with_another_secret_and_one_that_is_away_are_told_apart(
    configuration: Configuration,
) -> None:
    other = replace(configuration.webhook, secrets=(Secret("${file:other}", "other"),))
    (found,) = blamed(replace(configuration, webhook=other), "webhook")
    assert "refuses what is signed with ${file:other}" in found.what
    away = replace(configuration.webhook, public_url="http://127.0.0.1:9", port=9)
    found, *_ = blamed(replace(configuration, webhook=away), "webhook")
    assert "does not answer at http://127.0.0.1:9" in found.what


def test_with_every_server_away_each_address_is_named_and_the_command_fails(
    stack: Endpoints, tmp_path: Path
) -> None:
    own = Path(stack.config)
    for file in ("database-password", "webhook-secret", "service-account.json"):
        shutil.copy(own.parent / file, tmp_path / file)
    text_of_it = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:9", own.read_text())
    text_of_it = re.sub(r"^port = \d+", "port = 9", text_of_it, flags=re.MULTILINE)
    (tmp_path / "sheetbridge.toml").write_text(text_of_it)

    command = [sys.executable, "-m", "deploy.cli.main", "check"]
    done = subprocess.run(
        [*command, "--config", str(tmp_path / "sheetbridge.toml")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    for piece in (
        "MySQL at 127.0.0.1:9",
        "Kafka does not answer at 127.0.0.1:9",
        "Kafka Connect does not answer at http://127.0.0.1:9",
        "http://127.0.0.1:9 does not answer",
        "The public webhook does not answer at http://127.0.0.1:9",
    ):
        assert piece in done.stdout
