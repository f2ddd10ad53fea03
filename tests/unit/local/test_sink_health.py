"""The container's health check asks the Kafka and the group that ``sheetbridge.toml`` names."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy import sink_health

CONFIGURATION = """\
[database]
host = "mysql"
user = "sheetbridge"
password = "${env:SHEETBRIDGE_DATABASE_PASSWORD}"

[kafka]
bootstrap = "broker.example.com:9192"

[google]
credentials = "application_default"

[sink]
group = "second-bridge"

[[mapping]]
name = "planes"
table = "demo.planes"
spreadsheet = "1AbC"
tab = "planes"
key = ["tailnum"]
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHEETBRIDGE_DATABASE_PASSWORD", "s3cret")
    path = tmp_path / "sheetbridge.toml"
    path.write_text(CONFIGURATION)
    return path


@pytest.mark.parametrize(("at_work", "status"), [(True, 0), (False, 1)])
def test_the_configured_group_at_the_configured_kafka_decides(
    file: Path, monkeypatch: pytest.MonkeyPatch, at_work: bool, status: int
) -> None:
    asked = []

    def has_members(bootstrap: str, group: str) -> bool:
        asked.append((bootstrap, group))
        return at_work

    monkeypatch.setattr(sink_health, "has_members", has_members)

    assert sink_health.main(["--config", str(file)]) == status
    assert asked == [("broker.example.com:9192", "second-bridge")]


def test_a_configuration_that_cannot_be_read_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sink_health.main(["--config", str(tmp_path / "none.toml")]) == 1
    assert "none.toml" in capsys.readouterr().err
