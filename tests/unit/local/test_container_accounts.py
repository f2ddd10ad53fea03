"""``deploy/mysql/accounts.sh`` fills in the passwords, with a stand-in for the mysql client."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"
PASSWORDS = {
    "SHEETBRIDGE_DATABASE_PASSWORD": "d" * 16,
    "SHEETBRIDGE_CDC_PASSWORD": "c" * 16,
    "SHEETBRIDGE_APP_PASSWORD": "a" * 16,
    "SHEETBRIDGE_READER_PASSWORD": "r" * 16,
}


def run(folder: Path, passwords: dict[str, str]) -> subprocess.CompletedProcess[str]:
    client = folder / "mysql"
    client.write_text(f"#!/bin/bash\nprintf '%s ' \"$@\" >{folder}/line\ncat >{folder}/input\n")
    client.chmod(0o755)
    script = (DEPLOY / "mysql/accounts.sh").read_text()
    script = script.replace("/etc/sheetbridge/accounts.sql", str(DEPLOY / "mysql/accounts.sql"))
    return subprocess.run(
        ["bash", "-c", script],
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


def test_a_password_that_would_need_escaping_is_refused(tmp_path: Path) -> None:
    answer = run(tmp_path, {**PASSWORDS, "SHEETBRIDGE_CDC_PASSWORD": "it's a long password"})

    assert answer.returncode == 1
    assert "SHEETBRIDGE_CDC_PASSWORD must be 16 or more letters and digits" in answer.stderr
    assert not (tmp_path / "input").exists()
