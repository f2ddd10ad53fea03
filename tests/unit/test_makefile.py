"""``make check`` runs everything beside each other and says which part failed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("python", "ruff", "mypy")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose tools only write down how they were called."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy/prerequisites.sh").write_text("exit 0\n")
    for name in ("requirements.lock", "pyproject.toml"):
        (tmp_path / name).touch()
    (tmp_path / ".venv/bin").mkdir(parents=True)
    for name in TOOLS:
        program(tmp_path, name, "exit 0")
    (tmp_path / ".venv/.installed").touch()
    return tmp_path


def program(checkout: Path, name: str, body: str) -> None:
    path = checkout / ".venv/bin" / name
    path.write_text(f'#!/bin/sh\necho "{name} $*" >>"{checkout}/calls"\n{body}\n')
    path.chmod(0o755)


def make(checkout: Path, goal: str) -> tuple[subprocess.CompletedProcess[str], str]:
    """How it ended, and the calls of the tools."""
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    answer = subprocess.run(
        ["make", "-C", str(checkout), goal],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    calls = checkout / "calls"
    return answer, calls.read_text() if calls.exists() else ""


def test_help_lists_the_targets_in_one_column_and_what_they_do_in_another(checkout: Path) -> None:
    answer, _ = make(checkout, "help")

    lines = [line for line in answer.stdout.splitlines() if line.startswith("  make ")]
    texts = [line.split(maxsplit=2) for line in lines]
    assert len(lines) > 10
    assert len({line.index(text) for line, (_, _, text) in zip(lines, texts, strict=True)}) == 1


def test_check_runs_format_lint_types_and_every_quick_test(checkout: Path) -> None:
    answer, calls = make(checkout, "check")

    assert answer.returncode == 0, answer.stderr
    for call in ("ruff format --check", "ruff check", "mypy"):
        assert call in calls
    tested = " ".join(line for line in calls.splitlines() if line.startswith("python -m pytest"))
    assert {"tests/unit", "tests/property", "tests/simulation"} <= set(tested.split())


def test_what_fails_is_shown_whole_and_named_and_the_rest_is_run_all_the_same(
    checkout: Path,
) -> None:
    program(checkout, "mypy", "echo first line; sleep 0.2; echo second line; exit 1")

    answer, calls = make(checkout, "check")

    assert answer.returncode != 0
    assert "first line\nsecond line\n" in answer.stdout
    assert ": types] Error 1" in answer.stderr
    assert "ruff check" in calls
    assert calls.count("-m pytest") == 2
