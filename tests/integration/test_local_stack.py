"""The real servers, as the local stack starts them."""

from __future__ import annotations

import signal
import stat
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from deploy import demo_setup
from deploy.local import provision
from deploy.local.connections import a_new_connection_each_time
from deploy.local.endpoints import Endpoints
from deploy.local.failure import ServiceError
from deploy.local.loopback import LOOPBACK
from deploy.local.progress import Silent
from deploy.local.provision.cache import cache_directory
from deploy.local.run_directory import RunDirectory
from deploy.local.stack import Stack
from deploy.local.versions import DEBEZIUM, KAFKA, MYSQL_MINIMUM
from sink.core.configuration_file import parse

WEBHOOK_VARIABLE = "SHEETBRIDGE_WEBHOOK_SECRET"


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    engine = a_new_connection_each_time(url)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


@pytest.mark.stack("mysql")
def test_mysql_is_set_as_debezium_and_numbered_gtids_need_it(stack: Endpoints) -> None:
    (row,) = ask(
        stack.mysql_url,
        "SELECT @@gtid_mode, @@enforce_gtid_consistency, @@binlog_format, @@binlog_row_image, "
        "@@log_bin, @@character_set_server, @@time_zone, @@version",
    )

    assert row[:7] == ("ON", "ON", "ROW", "FULL", 1, "utf8mb4", "+00:00")
    assert tuple(map(int, str(row[7]).split(".")[:2])) >= MYSQL_MINIMUM


@pytest.mark.stack("mysql")
def test_the_reader_can_only_look_and_the_application_sees_no_bookkeeping(stack: Endpoints) -> None:
    with pytest.raises(DBAPIError, match="denied"):
        ask(stack.reader_mysql_url, "CREATE TABLE demo.forbidden (id INT PRIMARY KEY)")
    with pytest.raises(DBAPIError, match="denied"):
        ask(stack.mysql_url, "CREATE TABLE sheetbridge.forbidden (id INT PRIMARY KEY)")
    assert ask(stack.root_mysql_url, "SELECT CURRENT_USER()") == [("root@localhost",)]


@pytest.mark.stack("data")
def test_the_demo_holds_real_rows_with_nulls_and_decimals(stack: Endpoints) -> None:
    ((planes,),) = ask(stack.reader_mysql_url, "SELECT COUNT(*) FROM demo.planes")
    assert isinstance(planes, int)
    assert planes >= 3322, "the data set's, and what other tests have added"
    ((rows, gusts, dew),) = ask(
        stack.reader_mysql_url,
        "SELECT COUNT(*), COUNT(wind_gust), SUM(dewp <> ROUND(dewp)) FROM demo.weather",
    )
    assert isinstance(rows, int)
    assert isinstance(gusts, int)
    assert 2000 < rows < 2300
    assert 0 < gusts < rows
    assert dew


@pytest.mark.stack("connect")
def test_connect_runs_the_pinned_kafka_and_knows_debezium(stack: Endpoints) -> None:
    assert LOOPBACK.get(stack.connect_url, timeout=30).json()["version"] == KAFKA
    plugins = LOOPBACK.get(f"{stack.connect_url}/connector-plugins", timeout=30).json()
    versions = {plugin["class"]: plugin["version"] for plugin in plugins}
    assert versions["io.debezium.connector.mysql.MySqlConnector"] == DEBEZIUM


@pytest.mark.stack("mysql", "kafka", "connect")
def test_no_secret_is_in_a_command_line_and_its_files_are_private(
    running_stack: Stack,
) -> None:
    directory = running_stack.directory
    passwords = directory.passwords()
    secrets = [getattr(passwords, name) for name in type(passwords).__slots__]

    for identity in running_stack.endpoints.pids.values():
        line = Path(f"/proc/{identity.pid}/cmdline").read_text()
        assert not [secret for secret in secrets if secret in line]
    for path in directory.path.iterdir():
        if path.is_file() and any(secret in path.read_text("latin-1") for secret in secrets):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


@pytest.mark.stack("mysql")
def test_a_killed_server_is_named_and_comes_back_with_its_data(running_stack: Stack) -> None:
    url = running_stack.endpoints.mysql_url
    ask(url, "SELECT 1")
    with a_new_connection_each_time(url).begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS demo.kept (id INT PRIMARY KEY)"))
        connection.execute(text("REPLACE INTO demo.kept VALUES (7)"))

    running_stack.kill("mysql", signal.SIGKILL)
    deadline = time.monotonic() + 20
    while running_stack.alive()["mysql"]:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    with pytest.raises(ServiceError, match=r"MySQL \(127\.0\.0\.1:\d+\) has died \(status -9\)"):
        running_stack.require_alive()

    running_stack.restart("mysql")

    assert running_stack.endpoints.mysql_url == url
    assert ask(url, "SELECT id FROM demo.kept") == [(7,)]


@pytest.mark.stack("mysql")
def test_a_server_that_cannot_start_is_named_with_its_log(
    running_stack: Stack, tmp_path: Path
) -> None:
    (tmp_path / "mysql").mkdir()  # an empty folder is no data directory

    with (
        Stack(RunDirectory(tmp_path)) as other,
        pytest.raises(ServiceError, match=r"(?s)MySQL \(127.*ended while it started.*mysql\.log"),
    ):
        other.start(Silent(), ["mysql"])


@pytest.mark.stack("data", "emulator")
def test_the_containers_first_step_leaves_a_configuration_that_can_be_read(
    stack: Endpoints, tmp_path: Path
) -> None:
    secrets = {name: name * 2 for name in ("SHEETBRIDGE_DATABASE_PASSWORD", WEBHOOK_VARIABLE)}
    data = provision.dataset.install(cache_directory())[0]
    at = replace(demo_setup.AT, sheets_url=stack.sheets_url)

    def prepare() -> str:
        return demo_setup.prepare(
            tmp_path, data, mysql_url=stack.mysql_url, live_url="http://127.0.0.1:1", at=at
        )

    spreadsheet_id = prepare()
    text = (tmp_path / "sheetbridge.toml").read_text()
    configuration = parse(text, source="t", environment=secrets, read_file=lambda _: "")

    assert configuration.database.host == "mysql"
    assert configuration.google.api_endpoint == stack.sheets_url
    assert {mapping.spreadsheet_id for mapping in configuration.mappings} == {spreadsheet_id}
    assert not [value for value in secrets.values() if value in text]
    assert prepare() == spreadsheet_id
    assert (tmp_path / "sheetbridge.toml").read_text() == text
