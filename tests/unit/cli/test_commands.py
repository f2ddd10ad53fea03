"""Messages name our command as it can be typed here: in a checkout it is not on the PATH."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest

from deploy.cli import commands
from deploy.cli.commands import as_typed


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with the command in ``.venv/bin``, which is not on the PATH."""
    scripts = tmp_path / ".venv" / "bin"
    scripts.mkdir(parents=True)
    (scripts / "sheetbridge").write_text("#!/bin/sh\n")
    (scripts / "sheetbridge").chmod(0o755)
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(scripts))
    monkeypatch.setenv("PATH", "/usr/bin")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_in_a_checkout_the_command_is_named_by_its_path(checkout: Path) -> None:
    told = as_typed("Stop it: sheetbridge down. Then sheetbridge register, and sheetbridge sink")
    assert told == (
        "Stop it: .venv/bin/sheetbridge down. Then .venv/bin/sheetbridge register, "
        "and .venv/bin/sheetbridge sink"
    )
    assert as_typed(told) == told


def test_from_elsewhere_the_path_is_whole(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = checkout / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert commands.program() == str(checkout / ".venv/bin/sheetbridge")


def test_where_the_shell_finds_it_the_name_will_do(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(checkout / ".venv" / "bin"))
    assert as_typed("sheetbridge down") == "sheetbridge down"


def test_what_is_no_call_of_the_command_stays(checkout: Path) -> None:
    for text in ("schema sheetbridge is there", "./sheetbridge.toml", "the sheetbridge databases"):
        assert as_typed(text) == text
