"""The feed reads the configuration without its secrets and follows it while it changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deploy.live_feed.__main__ import READER_URL, main
from deploy.live_feed.catalogue import Catalogue

BASE = """
[database]
host = "127.0.0.1"
user = "sheetbridge"
password = "${env:A_VARIABLE_THAT_IS_NOT_SET}"
[kafka]
bootstrap = "127.0.0.1:9092"
[connect]
url = "http://127.0.0.1:8083"
database_user = "cdc"
database_password = "${env:OTHER}"
[google]
credentials = "application_default"
[webhook]
secrets = ["${file:a-file-that-is-not-there}"]
"""


def mapping(name: str) -> str:
    return f"""
[[mapping]]
name = "{name}"
table = "demo.{name}"
spreadsheet = "an-id"
tab = "{name}"
key = ["id"]
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "sheetbridge.toml"
    file.write_text(BASE + mapping("planes"), encoding="utf-8")
    return file


def rewrite(path: Path, text: str) -> None:
    written = path.stat().st_mtime_ns
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(written + 1_000, written + 1_000))


def test_secrets_are_not_needed(path: Path) -> None:
    assert list(Catalogue(path).topics()) == ["cdc.demo.planes", "sheet.planes"]


def test_a_mapping_that_is_added_is_taken_in(path: Path) -> None:
    catalogue = Catalogue(path)
    assert not catalogue.refresh()
    rewrite(path, BASE + mapping("planes") + mapping("weather"))
    assert catalogue.refresh()
    assert catalogue.mapping("weather") is not None


def test_a_change_of_the_mappings_is_told_and_another_change_is_not(path: Path) -> None:
    catalogue = Catalogue(path)
    told: list[int] = []
    catalogue.changed = lambda: told.append(len(catalogue.mappings))
    rewrite(path, BASE + mapping("planes") + "# seen")
    assert catalogue.refresh()
    assert told == []
    rewrite(path, BASE + mapping("planes") + mapping("weather"))
    assert catalogue.refresh()
    assert told == [2]


def test_a_file_that_is_wrong_for_a_moment_changes_nothing(path: Path) -> None:
    catalogue = Catalogue(path)
    rewrite(path, "[database")
    assert not catalogue.refresh()
    assert catalogue.mapping("planes") is not None


def test_a_missing_reader_url_is_said_in_two_lines(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(READER_URL, raising=False)
    assert main(["--config", str(path)]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert READER_URL in said[0]


def test_a_broken_configuration_is_said_with_its_mend(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(READER_URL, "mysql+pymysql://reader@127.0.0.1/demo")
    rewrite(path, "[database")
    assert main(["--config", str(path)]) == 2
    assert str(path) in capsys.readouterr().err
