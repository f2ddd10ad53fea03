"""What must hold of every tracked file, whoever wrote it."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAX_LINES = 400
SOURCES = {".py", ".pyi", ".gs", ".js", ".mjs", ".cjs", ".css", ".html", ".sh"}
GENERATED = {"requirements.lock"}
VAGUE = {"utils", "util", "helpers", "helper", "misc", "common", "manager"}

# Written in pieces, so that this file does not hold what it looks for.
_REGISTRIES = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "repo" + ".maven",
               "repo1" + ".maven", "deb" + ".debian.org", "proxy" + ".golang")  # fmt: skip
REGISTRY = re.compile("|".join(map(re.escape, _REGISTRIES)), re.IGNORECASE)
INDEX_OPTION = re.compile(
    "--(extra-)?index" + r"-url\s|\"resolved\": \"|" + "artifact" + "ory", re.IGNORECASE
)
MACHINE_PATH = re.compile(r"(?<![\w.$}~-])/(work|root|home/[a-z][\w-]*|Users/\w+)/")
_CODES = r"(?P<codes>\[[^\]]*\]|:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)"
SILENCED = re.compile(rf"#\s*(?:noqa|type:\s*ignore){_CODES}?\s*(?P<reason>.*)$")
SAYS_WHY = {"[import-untyped]", "[no-untyped-call]"}
"""Codes that are their own reason: a library ships no types."""


@cache
def tracked() -> tuple[Path, ...]:
    """The files that git knows and that are there."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


@cache
def text_of(path: Path) -> str | None:
    """The content of a text file; None for another."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in tracked()
        for number, line in enumerate((text_of(path) or "").splitlines(), 1)
        if pattern.search(line)
    ]


def python_files() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py"]


def test_there_is_something_to_look_at() -> None:
    assert len(python_files()) > 50


def test_no_registry_is_named() -> None:
    assert lines_with(REGISTRY) == []
    assert lines_with(INDEX_OPTION) == []


def test_no_path_of_a_machine_is_named() -> None:
    assert lines_with(MACHINE_PATH) == []


def test_no_file_or_folder_has_a_vague_name() -> None:
    assert [
        str(path.relative_to(ROOT))
        for path in tracked()
        if VAGUE & {Path(part).stem.lower() for part in path.relative_to(ROOT).parts}
    ] == []


def test_no_source_file_is_long() -> None:
    assert [
        f"{path.relative_to(ROOT)}: {count} lines"
        for path in tracked()
        if path.suffix in SOURCES
        and path.name not in GENERATED
        and (count := (text_of(path) or "").count("\n")) > MAX_LINES
    ] == []


def test_every_module_says_what_it_is_for() -> None:
    """Tests say it by their names; the others by a docstring."""
    assert [
        str(path.relative_to(ROOT))
        for path in python_files()
        if path.relative_to(ROOT).parts[0] != "tests"
        and not ast.get_docstring(ast.parse(text_of(path) or ""))
    ] == []


def silenced_without_reason(line: str) -> bool:
    found = SILENCED.search(line)
    if found is None or found["codes"] in SAYS_WHY:
        return False
    reason = found["reason"].strip(" #-:")
    return not found["codes"] or len(reason.split()) < 2


def test_no_check_is_silenced_without_a_reason() -> None:
    """The reason stands after it, or in a comment above."""
    found = []
    for path in python_files():
        above = ""
        for number, line in enumerate((text_of(path) or "").splitlines(), 1):
            explained = above.lstrip().startswith("#")
            if path != Path(__file__) and silenced_without_reason(line) and not explained:
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
            above = line
    assert found == []


@pytest.mark.parametrize(
    ("line", "bad"),
    [
        ("x = 1", False),
        ("x = 1  # no" + "qa", True),
        ("x = 1  # no" + "qa: S101", True),
        ("x = 1  # no" + "qa: S101 - asserts are wanted", False),
        ("x = 1  # type:" + " ignore", True),
        ("x = 1  # type:" + " ignore[misc]", True),
        ("import x  # type:" + " ignore[import-untyped]", False),
        ("x = 1  # type:" + " ignore[misc]  # it ships no types", False),
    ],
)
def test_a_reason_is_told_from_none(line: str, bad: bool) -> None:
    assert silenced_without_reason(line) is bad


@pytest.mark.parametrize(
    ("line", "bad"),
    [
        ('path = "/' + 'work/main"', True),
        ("cd /ro" + "ot/x", True),
        ("/ho" + "me/ann/x", True),
        ("https://example.com/wo" + "rk/x", False),
        ("$HOME/wo" + "rk/x", False),
        ("network/work", False),
    ],
)
def test_a_machine_path_is_told_from_others(line: str, bad: bool) -> None:
    assert bool(MACHINE_PATH.search(line)) is bad
