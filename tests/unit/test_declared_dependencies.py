"""What the code imports is declared in ``pyproject.toml``, and what is declared is locked."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = ("connectors", "deploy", "sink", "webhook")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PROVIDERS = metadata.packages_distributions()


def normal(name: str) -> str:
    """https://packaging.python.org/en/latest/specifications/name-normalization/"""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(requirements: list[str]) -> set[str]:
    return {normal(re.split(r"[><=;\[ ]", each)[0]) for each in requirements}


RUN = declared(PROJECT["dependencies"])
DEVELOP = declared(PROJECT["optional-dependencies"]["dev"])


def imported(folder: str) -> set[str]:
    """The third-party modules that the folder's files import, by their first names."""
    names: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        if "node_modules" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {each.name.partition(".")[0] for each in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - {*OURS, "tests"}


@pytest.mark.parametrize("folder", [*OURS, "tests"])
def test_what_is_imported_is_declared(folder: str) -> None:
    known = RUN | DEVELOP if folder == "tests" else RUN
    missing = {
        module
        for module in imported(folder)
        if not known & {normal(each) for each in PROVIDERS.get(module, [])}
    }
    assert missing == set()


def test_what_is_declared_is_locked_as_ours() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    locked = {
        normal(name)
        for name, via in re.findall(
            r"^([\w.-]+)==(?:.|\n)*?# via((?:.|\n)*?)(?=^\S|\Z)", lock, re.MULTILINE
        )
        if "sheetbridge (pyproject.toml)" in via
    }
    assert locked == RUN | DEVELOP
