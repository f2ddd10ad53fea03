"""The run directory keeps its secrets to itself, and one starter at a time."""

from __future__ import annotations

import os
import stat
import string
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.local.configuration_text import Addresses, render, renew
from deploy.local.endpoints import Endpoints, MappingEndpoint
from deploy.local.failure import AlreadyRunningError, ServiceError
from deploy.local.identity import ProcessIdentity
from deploy.local.run_directory import RunDirectory
from deploy.local.servers.mysql import account_statements, socket_path
from deploy.local.stack import Stack, stop
from sink.core.configuration_file import parse

ADDRESSES = Addresses(
    mysql_host="127.0.0.1",
    mysql_port=3306,
    kafka_bootstrap="127.0.0.1:9092",
    connect_url="http://127.0.0.1:8083",
    sheets_url="http://127.0.0.1:8095",
    webhook_host="127.0.0.1",
    webhook_port=8090,
    webhook_url="http://127.0.0.1:8090",
)
PLANES = MappingEndpoint("planes", "demo.planes", "1Abc", "planes", ["tailnum"], ["tailnum"])


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_holds_secrets_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path / "run")
    directory.passwords()
    endpoints = Endpoints(webhook_secret="x").save(directory)

    assert mode(directory.path) == 0o700
    assert mode(directory.path / "passwords.json") == 0o600
    assert mode(endpoints) == 0o600


def test_passwords_are_random_and_stay_the_same_in_a_run_directory(tmp_path: Path) -> None:
    first = RunDirectory(tmp_path / "a").passwords()
    other = RunDirectory(tmp_path / "b").passwords()

    assert RunDirectory(tmp_path / "a").passwords() == first
    assert first != other
    every = {first.root, first.sheetbridge, first.sheetbridge_cdc, first.app, first.reader}
    assert len(every) == 5
    assert all(set(password) <= set(string.hexdigits) for password in every)


def test_passwords_do_not_show_when_printed(tmp_path: Path) -> None:
    passwords = RunDirectory(tmp_path).passwords()
    endpoints = Endpoints(mysql_url=f"mysql+pymysql://app:{passwords.app}@h/d")

    assert passwords.app not in repr(passwords)
    assert passwords.app not in repr(endpoints)


def test_two_starters_do_not_share_a_run_directory(tmp_path: Path) -> None:
    with Stack(RunDirectory(tmp_path)), pytest.raises(AlreadyRunningError, match="Another"):
        Stack(RunDirectory(tmp_path))
    Stack(RunDirectory(tmp_path)).close()


@pytest.mark.parametrize("directory", [Path(".sheetbridge"), Path("elsewhere")])
def test_a_stack_of_which_a_part_has_ended_is_named_with_its_log_and_the_way_out(
    directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    own = ProcessIdentity.of(os.getpid())
    assert own is not None
    gone = ProcessIdentity(own.pid, own.started - 1, own.boot)
    run = RunDirectory(directory)
    Endpoints(pids={"mysql": own, "sink": gone, "live": gone}).save(run)

    with pytest.raises(AlreadyRunningError) as caught:
        Stack(run, background=True)

    where = "" if directory == Path(".sheetbridge") else f" --directory {run.path}"
    assert caught.value.problem.startswith("sink and live have ended, while the rest")
    assert f"their logs: {run.log('sink')}, {run.log('live')}" in caught.value.problem
    assert caught.value.mend == (
        f"Stop the rest: sheetbridge down{where}\nThen start it again: sheetbridge up{where}"
    )
    assert run.endpoints.exists()

    Endpoints(pids={"mysql": own}).save(run)
    with pytest.raises(AlreadyRunningError, match="already running in the background"):
        Stack(run, background=True)


def test_endpoints_come_back_as_they_were_written(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path)
    endpoints = Endpoints(
        mysql_url="mysql+pymysql://app:x@127.0.0.1:1/demo",
        mappings=[PLANES],
        pids={"mysql": ProcessIdentity(1, 2, "boot")},
    )

    assert Endpoints.load(endpoints.save(directory)) == endpoints


def test_stopping_leaves_a_process_alone_that_has_taken_the_pid(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path)
    me = ProcessIdentity.of(1)
    stranger = ProcessIdentity(1, me.started + 1 if me else 0, "boot")
    Endpoints(pids={"mysql": stranger}).save(directory)

    assert stop(tmp_path) == []
    assert not directory.endpoints.exists()


def test_a_long_run_directory_has_its_socket_where_the_path_is_short(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path / ("long" * 30))
    socket = socket_path(directory)

    assert len(str(socket)) <= 100
    assert mode(socket.parent) == 0o700
    assert socket_path(directory) == socket
    socket.parent.rmdir()


def test_every_account_has_its_password_and_no_placeholder_is_left(tmp_path: Path) -> None:
    passwords = RunDirectory(tmp_path).passwords()
    statements = account_statements(passwords)

    assert "${" not in statements
    for user, password in (
        ("sheetbridge", passwords.sheetbridge),
        ("sheetbridge_cdc", passwords.sheetbridge_cdc),
        ("app", passwords.app),
        ("reader", passwords.reader),
    ):
        assert f"ALTER USER '{user}'@'%' IDENTIFIED BY '{password}';" in statements


def test_the_configuration_that_is_written_can_be_read() -> None:
    text = render(ADDRESSES, [PLANES])
    configuration = parse(text, source="t", environment={}, read_file=lambda _: "s3cr3t-word" * 3)

    assert configuration.google.api_endpoint == "http://127.0.0.1:8095"
    assert configuration.connect.database_password == "${env:SHEETBRIDGE_CDC_PASSWORD}"
    assert [mapping.name for mapping in configuration.mappings] == ["planes"]
    assert "s3cr3t-word" not in text


def test_mappings_that_a_person_added_stay_when_the_addresses_change() -> None:
    text = render(ADDRESSES, [PLANES]) + '\n[[mapping]]\nname = "mine"\n'
    moved = replace(ADDRESSES, webhook_port=9999, webhook_url="http://127.0.0.1:9999")

    renewed = renew(text, moved)

    assert renewed.endswith('name = "mine"\n')
    assert "port = 9999" in renewed
    assert "8090" not in renewed


def test_a_dead_service_is_named_with_its_address_and_the_end_of_its_log(tmp_path: Path) -> None:
    log = tmp_path / "kafka.log"
    log.write_text("".join(f"line {number}\n" for number in range(100)))

    told = str(ServiceError("Kafka", "127.0.0.1:9092", log, "has died (status -9)"))

    assert told.startswith("Kafka (127.0.0.1:9092) has died (status -9)\n")
    assert str(log) in told
    assert "line 99" in told
    assert "line 50" not in told
