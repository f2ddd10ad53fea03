"""The configuration reference in README.md is complete, and its defaults are the real ones."""

from __future__ import annotations

import re
import tomllib
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

import pytest

from connectors.mysql import CAPTURE_PRIVILEGES
from deploy.cli.init import grants
from sink.core import configuration
from sink.core.configuration_file import parse
from sink.core.errors import ConfigurationError
from sink.core.mapping import Guards, Mapping

README = Path(__file__).resolve().parents[3] / "README.md"
ROW = re.compile(r"^\| `([a-z_]+\.[a-z_.]+)` \| (.+?) \| (.+) \|$", re.MULTILINE)
SECTIONS: dict[str, type[Any]] = {
    "database": configuration.DatabaseSettings,
    "kafka": configuration.KafkaSettings,
    "connect": configuration.ConnectSettings,
    "google": configuration.GoogleSettings,
    "webhook": configuration.WebhookSettings,
    "sink": configuration.SinkSettings,
    "retention": configuration.RetentionSettings,
    "mapping": Mapping,
    "mapping.guards": Guards,
}
# Fields whose name in the file is another; None: the field is a table with fields of its own.
WRITTEN = {"spreadsheet_id": "spreadsheet", "rule": "policy", "column_rules": "policies"}
OPTIONAL_THERE = {"webhook.secrets"}
SPECIAL = {"columns": '"*"', "rule": '"last_write_wins"', "column_rules": "none"}


POINTER = re.compile(r'README\.md,\s+(?:# )?"([^"]+)"')


def _documented() -> dict[str, str]:
    return {name: default for name, default, _ in ROW.findall(README.read_text(encoding="utf-8"))}


def _settings() -> dict[str, Field[Any]]:
    return {
        f"{section}.{WRITTEN.get(field.name, field.name)}": field
        for section, kind in SECTIONS.items()
        for field in fields(kind)
        if field.name != "guards"
    }


def test_every_setting_is_documented_and_nothing_else() -> None:
    assert sorted(_documented()) == sorted(_settings())


@pytest.mark.parametrize("name", sorted(_settings()))
def test_the_documented_default_is_the_real_one(name: str) -> None:
    field, written = _settings()[name], _documented()[name]
    if field.name in SPECIAL:
        assert written == f"`{SPECIAL[field.name]}`".replace("`none`", "none")
    elif field.default is MISSING:
        assert written == ("none" if name in OPTIONAL_THERE else "required")
    elif field.default is None:
        assert written == "none" or written.startswith("as `") or written == "Google's"
    else:
        assert tomllib.loads(f"x = {written.strip('`')}")["x"] == field.default


@pytest.mark.parametrize("name", sorted(_settings()))
def test_every_documented_setting_is_one_that_the_file_may_have(name: str) -> None:
    section, _, setting = name.rpartition(".")
    header = {"mapping": "[[mapping]]", "mapping.guards": "[[mapping]]\n[mapping.guards]"}
    # A value that fits no setting: whatever is wrong with it, it is not the setting's name.
    text = f"{header.get(section, f'[{section}]')}\n{setting} = 1979-05-27\n"
    known = (
        ("database", 'host = "h"\nuser = "u"\npassword = "${env:A}"\n'),
        ("kafka", 'bootstrap = "k:9092"\n'),
        ("connect", 'url = "http://c"\ndatabase_user = "u"\ndatabase_password = "${env:A}"\n'),
        ("google", 'credentials = "application_default"\n'),
    )
    for other, content in known:
        if other != section:
            text += f"[{other}]\n{content}"
    if not section.startswith("mapping"):
        text += '[[mapping]]\nname = "m"\ntable = "a.b"\nspreadsheet = "S"\ntab = "t"\n'
        text += 'key = ["id"]\n'
    with pytest.raises(ConfigurationError) as caught:
        parse(text, source="x", environment={"A": "a" * 16}, read_file=lambda path: "")
    assert "has no setting" not in str(caught.value)


@pytest.mark.parametrize(
    "privilege", [*grants.SINK_GLOBAL, *grants.SINK_ON_DATA, *CAPTURE_PRIVILEGES]
)
def test_the_grants_in_the_readme_are_those_that_init_prints(privilege: str) -> None:
    readme = README.read_text(encoding="utf-8")
    granted = re.findall(r"^GRANT .*?;", readme, re.MULTILINE | re.DOTALL)
    assert any(privilege in statement for statement in granted)


def test_a_section_to_which_the_settings_of_compose_point_is_there() -> None:
    pointed = POINTER.findall((README.parent / "deploy/.env.example").read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert pointed
    assert set(pointed) <= set(headings)
