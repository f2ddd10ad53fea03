"""What the command line looks like from outside: help that teaches, errors without tracebacks."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from deploy.cli import failure, main
from deploy.cli.failure import CommandError
from deploy.cli.help_text import unwrapped
from sink.core.errors import ConfigurationError

runner = CliRunner()


@pytest.fixture(autouse=True)
def _wide_terminal_and_own_hook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.delenv(failure.DEBUG_VARIABLE, raising=False)
    monkeypatch.delenv("SHEETBRIDGE_CONFIG", raising=False)


def _leaves(name: str) -> list[list[str]]:
    """The command lines below ``name`` that do something, found from their help."""
    result = runner.invoke(main.app, [name, "--help"])
    assert result.exit_code == 0, result.output
    if " COMMAND " not in result.output:
        return [[name]]
    table = result.output.partition("Commands ")[2]
    return [[name, line.split()[1]] for line in table.splitlines() if line.startswith("│ ")]


def test_help_lists_every_subcommand_with_a_line_about_it() -> None:
    result = runner.invoke(main.app, ["--help"])
    assert result.exit_code == 0
    for name in main.Commands.modules:
        row = next(line for line in result.output.splitlines() if line.startswith(f"│ {name} "))
        assert len(row.strip("│ ").split()) > 3, row


@pytest.mark.parametrize("name", main.Commands.modules)
def test_each_subcommand_shows_an_example_of_itself(name: str) -> None:
    for words in _leaves(name):
        result = runner.invoke(main.app, [*words, "--help"])
        assert "Example" in result.output, words
        assert f"sheetbridge {' '.join(words)}" in result.output, words


@pytest.mark.parametrize("words", [["reconcile"], ["deletes"], ["conflicts", "restore"]])
def test_help_fills_the_lines_of_a_narrow_terminal(
    words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No line is left short before a word that would have fitted, as by the source's own breaks."""
    monkeypatch.setenv("COLUMNS", "80")
    told = runner.invoke(main.app, [*words, "--help"]).output.partition("╭")[0]
    width = max(len(line.rstrip()) for line in told.splitlines())
    for line, after in pairwise(told.splitlines()):
        if line.strip() and after.strip():
            assert len(line.rstrip()) + 1 + len(after.split()[0]) > width, line


def test_examples_keep_their_lines() -> None:
    text = "One\n    line.\n\n    Two\n    lines.\n\n        sheetbridge a\n        sheetbridge b\n"
    wanted = "One line.\n\nTwo lines.\n\n    sheetbridge a\n    sheetbridge b"
    assert unwrapped(text) == wanted


def test_no_arguments_show_the_help() -> None:
    assert "sheetbridge init" in runner.invoke(main.app, []).output


def test_a_misspelt_subcommand_is_suggested() -> None:
    result = runner.invoke(main.app, ["mappin"])
    assert result.exit_code == 2
    assert "'mapping'" in result.output


@pytest.mark.parametrize("arguments", [["--no-such"], ["mapping", "add"]])
def test_wrong_usage_has_status_2(arguments: list[str]) -> None:
    assert runner.invoke(main.app, arguments).exit_code == 2


def _run(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> int | str | None:
    def raise_it(arguments: object) -> None:
        raise error

    monkeypatch.setattr(main, "_invoke", raise_it)
    with pytest.raises(SystemExit) as caught:
        main.run([])
    return caught.value.code


def test_a_known_error_is_two_lines_and_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(CommandError("the bridge is [red]out[/red]", mend="Swim."), monkeypatch) == 1
    assert capsys.readouterr().err == "sheetbridge: the bridge is [red]out[/red]\nSwim.\n"


def test_an_unusable_configuration_has_status_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error = ConfigurationError("port is no number", mend="Write 3306", source="my.toml", line=4)
    assert _run(error, monkeypatch) == 2
    assert "my.toml:4: port is no number. Write 3306" in capsys.readouterr().err


def test_an_interruption_has_status_130(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _run(KeyboardInterrupt(), monkeypatch) == 130


def test_an_interruption_within_a_command_has_status_130(monkeypatch: pytest.MonkeyPatch) -> None:
    app = typer.Typer()

    @app.command()
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "app", app)
    with pytest.raises(SystemExit) as caught:
        main.run([])
    assert caught.value.code == 130


def test_a_fault_of_ours_is_told_in_two_lines_with_its_place() -> None:
    script = (
        "import typer\n"
        "from deploy.cli import main\n"
        "main.app = typer.Typer(pretty_exceptions_enable=False)\n"
        "@main.app.command()\n"
        "def broken() -> None:\n"
        "    raise KeyError('x')\n"
        "main.run([])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "unexpected KeyError: 'x'" in done.stderr
    assert "<string>:6" in done.stderr
    assert "Traceback" not in done.stderr


def test_debugging_lets_the_traceback_through(monkeypatch: pytest.MonkeyPatch) -> None:
    def raise_it(arguments: object) -> None:
        raise CommandError("a", mend="b")

    hook = sys.excepthook
    monkeypatch.setenv(failure.DEBUG_VARIABLE, "1")
    monkeypatch.setattr(main, "_invoke", raise_it)
    with pytest.raises(CommandError):
        main.run([])
    assert sys.excepthook is hook


def test_a_missing_configuration_names_the_file_and_the_mend(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main.run(["mapping", "list", "--config", str(tmp_path / "none.toml")])
    assert caught.value.code == 2
    told = capsys.readouterr().err
    assert "none.toml" in told
    assert "sheetbridge init" in told


def test_mappings_are_added_listed_and_removed(tmp_path: Path) -> None:
    file = tmp_path / "sheetbridge.toml"
    file.write_text("# mine\n")
    config = ["--config", str(file)]
    add = ["mapping", "add", "shop.Orders", "--key", "id", *config]
    sheet = "https://docs.google.com/spreadsheets/d/1AbC/edit"
    result = runner.invoke(main.app, [*add, "--spreadsheet", sheet])
    assert result.exit_code == 0, result.output
    assert "sheetbridge register" in result.output
    assert 'spreadsheet = "1AbC"' in file.read_text()
    assert 'tab = "Orders"' in file.read_text()
    header, row = runner.invoke(main.app, ["mapping", "list", *config]).output.splitlines()
    assert header.split() == ["Mapping", "Table", "Tab", "Spreadsheet"]
    assert row.split() == ["orders", "shop.Orders", "Orders", "1AbC"]
    assert runner.invoke(main.app, ["mapping", "remove", "orders", *config]).exit_code == 0
    assert file.read_text() == "# mine\n"


@pytest.mark.parametrize(
    ("option", "value", "mend"),
    [
        ("--policy", "last_write_win", "Did you mean 'last_write_wins'?"),
        ("--direction", "up", "both, to_sheet, to_database"),
        ("--time-zone", "Europe/Berln", "Did you mean 'Europe/Berlin'?"),
    ],
)
def test_an_unfit_setting_of_a_new_mapping_is_refused_before_the_file_changes(
    option: str, value: str, mend: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sheetbridge.toml"
    file.write_text("# mine\n")
    words = ["mapping", "add", "a.b", "--spreadsheet", "S", "--key", "id", "--config", str(file)]
    with pytest.raises(SystemExit) as caught:
        main.run([*words, option, value])
    assert caught.value.code == 2
    assert mend in capsys.readouterr().err
    assert file.read_text() == "# mine\n"
