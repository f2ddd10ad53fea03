"""``deploy/mysql/accounts.sh`` fills in the passwords, with a stand-in for the mysql client."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from deploy.cli.check.grants import allowed, parse_grants
from deploy.cli.init import grants

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"
SCRIPT = DEPLOY / "mysql/accounts.sh"
PASSWORDS = {
    "SHEETBRIDGE_DATABASE_PASSWORD": "d" * 16,
    "SHEETBRIDGE_CDC_PASSWORD": "c" * 16,
    "SHEETBRIDGE_APP_PASSWORD": "a" * 16,
    "SHEETBRIDGE_READER_PASSWORD": "r" * 16,
}


def run(
    folder: Path, passwords: dict[str, str], command: str = "{script}"
) -> subprocess.CompletedProcess[str]:
    """Run bash's ``command``, in which ``{script}`` is the path of an executable copy."""
    client = folder / "mysql"
    client.write_text(f"#!/bin/bash\nprintf '%s ' \"$@\" >{folder}/line\ncat >{folder}/input\n")
    client.chmod(0o755)
    text = SCRIPT.read_text()
    text = text.replace("/etc/sheetbridge/accounts.sql", str(DEPLOY / "mysql/accounts.sql"))
    script = folder / "accounts.sh"
    script.write_text(text)
    script.chmod(0o755)
    return subprocess.run(
        ["bash", "-c", command.format(script=script)],
        env={
            "PATH": f"{folder}:{os.environ['PATH']}",
            "MYSQL_ROOT_PASSWORD": "m" * 16,
            **passwords,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_password_is_in_its_place_and_none_in_the_command_line(tmp_path: Path) -> None:
    answer = run(tmp_path, PASSWORDS)

    assert answer.returncode == 0, answer.stderr
    statements = (tmp_path / "input").read_text()
    assert "${" not in statements
    for password in PASSWORDS.values():
        assert f"IDENTIFIED BY '{password}';" in statements
        assert password not in (tmp_path / "line").read_text()


@pytest.mark.parametrize("command", ["{script}", "set -eo pipefail; . {script}; echo went on"])
def test_a_password_that_would_need_escaping_is_refused(tmp_path: Path, command: str) -> None:
    passwords = {**PASSWORDS, "SHEETBRIDGE_CDC_PASSWORD": "it's a long password"}
    answer = run(tmp_path, passwords, command)

    assert answer.returncode == 1
    assert "SHEETBRIDGE_CDC_PASSWORD must be 16 or more letters and digits" in answer.stderr
    assert not (tmp_path / "input").exists()
    assert "went on" not in answer.stdout


def test_sourced_by_the_images_entry_point_it_leaves_that_shell_as_it_was(tmp_path: Path) -> None:
    # As docker-entrypoint.sh does, which then expands variables that need not be set.
    entry_point = """
        set -eo pipefail
        before="$- $(set +o) $(compgen -v)"
        . {script}
        after="$- $(set +o) $(compgen -v | grep -vx before)"
        [ -n "$MYSQL_ONETIME_PASSWORD" ] || echo went on
        [ "$before" = "$after" ] || diff <(echo "$before") <(echo "$after")
    """
    answer = run(tmp_path, PASSWORDS, entry_point)

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert answer.stdout == "went on\n"
    assert (tmp_path / "input").exists()


def test_a_trace_shows_no_password(tmp_path: Path) -> None:
    answer = run(tmp_path, PASSWORDS, "set -x; . {script}")

    assert (tmp_path / "input").exists()
    assert not any(password in answer.stderr for password in PASSWORDS.values())


def test_git_has_it_executable() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--stage", SCRIPT.name],
        cwd=SCRIPT.parent,
        capture_output=True,
        text=True,
        check=True,
    )

    assert listed.stdout.startswith("100755 ")


def test_on_windows_too_shell_scripts_are_checked_out_with_line_feeds() -> None:
    told = subprocess.run(
        ["git", "check-attr", "eol", "--", SCRIPT.name, "../connect/start.sh", "../../.ci/run"],
        cwd=SCRIPT.parent,
        capture_output=True,
        text=True,
        check=True,
    )

    assert [line.rpartition(" ")[2] for line in told.stdout.splitlines()] == ["lf", "lf", "lf"]


@pytest.mark.parametrize(
    ("user", "wanted"),
    [
        ("sheetbridge", grants.sink_grants("sheetbridge", ["demo"])),
        ("sheetbridge_cdc", grants.connector_grants("sheetbridge_cdc")),
    ],
)
def test_the_accounts_may_do_what_init_would_grant(user: str, wanted: list[str]) -> None:
    text = (DEPLOY / "mysql/accounts.sql").read_text()
    lines = [line for line in text.splitlines() if f" TO '{user}'@" in line]
    given = parse_grants(lines)

    assert len(given) == len(lines)
    for grant in parse_grants(wanted):
        for privilege in grant.privileges:
            assert allowed(given, privilege, grant.database, grant.table), (privilege, grant)
