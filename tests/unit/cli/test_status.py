"""What ``sheetbridge status`` says of a mapping, and how progress and conflicts are told."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from deploy.cli import main
from deploy.cli.progress import StepProgress
from deploy.cli.status import describe
from deploy.cli.stored_state import Progress
from tests.unit.cli.unused_port import unused_port

ENDS = {"cdc.shop.orders": 10, "sheet.orders": 5}
AT_REST = Progress("orders", "running", None, False, 3327, 0, 0, dict(ENDS))


def test_a_mapping_that_has_read_all_is_well() -> None:
    line = describe("orders", AT_REST, ENDS)
    assert line.well
    assert line.says == "running, 3,327 rows known, all events read"


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (replace(AT_REST, phase="stopped", reason="header changed"), "stopped: header changed"),
        (replace(AT_REST, paused=True), "paused"),
        (replace(AT_REST, phase="new"), "new"),
        (None, "sheetbridge sink"),
    ],
)
def test_a_mapping_that_stands_still_is_not_well(found: Progress | None, says: str) -> None:
    line = describe("orders", found, ENDS)
    assert not line.well
    assert says in line.says


def test_what_is_behind_owed_and_lost_is_counted() -> None:
    late = replace(AT_REST, owed=4, conflicts=2, next_offsets={"cdc.shop.orders": 7})
    line = describe("orders", late, ENDS)
    assert line.well
    for text in ("3 events behind", "4 rows not at rest", "2 conflicts logged"):
        assert text in line.says


def test_parts_that_are_away_are_lines_with_their_addresses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    port = unused_port()
    file = tmp_path / "sheetbridge.toml"
    (tmp_path / "secret").write_text("0123456789abcdef")
    file.write_text(
        f"""
        [database]
        host = "127.0.0.1"
        port = {port}
        user = "u"
        password = "${{file:secret}}"
        [kafka]
        bootstrap = "127.0.0.1:{port}"
        [connect]
        url = "http://127.0.0.1:{port}"
        database_user = "u"
        database_password = "${{env:SHEETBRIDGE_CDC_PASSWORD}}"
        [google]
        credentials = "application_default"
        [webhook]
        port = {port}
        secrets = ["${{file:secret}}"]
        [[mapping]]
        name = "orders"
        table = "shop.orders"
        spreadsheet = "S"
        tab = "t"
        key = ["id"]
        """
    )
    result = CliRunner().invoke(main.app, ["status", "--config", str(file)])
    assert result.exit_code == 1
    for part in ("Debezium connector", "Webhook", "Kafka", "Database"):
        row = next(line for line in result.output.splitlines() if part in line)
        assert "✗" in row
        assert f"127.0.0.1:{port}" in row
    assert "0123456789abcdef" not in result.output


def test_each_step_leaves_a_line_with_its_outcome() -> None:
    console = Console(file=io.StringIO(), width=80)
    with StepProgress(console) as progress:
        progress.begin("MySQL")
        progress.advance("MySQL", 1, 2)
        progress.finish("MySQL", "9.7.4 [cached]")
        progress.begin("Kafka")
        progress.fail("Kafka", "no room\nand more")
    assert isinstance(console.file, io.StringIO)
    first, second = console.file.getvalue().splitlines()
    assert first.startswith("✓ MySQL: 9.7.4 [cached] (")
    assert second.startswith("✗ Kafka: no room (")
