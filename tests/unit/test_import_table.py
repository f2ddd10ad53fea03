"""Which package may import which: the promise that the parts stay apart, read from the source."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("connectors", "deploy", "sink", "tests", "webhook")
CLIENT_LIBRARIES = (
    "alembic",
    "google",
    "googleapiclient",
    "httplib2",
    "kafka",
    "orjson",
    "pymysql",
)
DATABASE = ("alembic", "pymysql", "sqlalchemy")


@dataclass(frozen=True)
class Rule:
    """``package`` may import itself, the standard library and ``allowed``, but not ``refused``.

    Names stand for modules and all below them; the longest name that fits an import decides.
    """

    package: str
    allowed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


TABLE = [
    Rule("sink.core"),
    Rule("sink.retry", ("sink.core",)),
    Rule(
        "sink.writers.database",
        (
            *("sink.core", "sink.retry", "sink.ports", "sink.state"),
            *("sink.writers.joined_updates", "sink.writers.table_reader"),
            *DATABASE,
        ),
    ),
    Rule("sink.writers.dead_letters", ("sink.core", "sink.retry", "sink.ports", "kafka", "orjson")),
    Rule("sink.writers.status", ("sink.core", "sink.retry", "sink.ports", "kafka", "orjson")),
    Rule(
        "sink.writers.sheets",
        (
            "sink.core",
            "sink.retry",
            "sink.ports",
            "google",
            "googleapiclient",
            "httplib2",
            "orjson",
        ),
    ),
    Rule("sink.state", ("sink.core", "sink.retry", "sink.ports", "orjson", *DATABASE)),
    Rule("sink.pipeline", ("sink",), ("sink.writers", *CLIENT_LIBRARIES, *DATABASE)),
    Rule(
        "webhook",
        ("sink.core", "fastapi", "starlette", "pydantic", "uvicorn", "orjson", "kafka"),
    ),
    Rule("connectors", ("sink.core", "httpx")),
    Rule("deploy.sheets_emulator", ("deploy.sheets_emulator", *sys.stdlib_module_names, "*"), OURS),
]


EXCEPTIONS = {
    # Rows and their states commit in one transaction, so the transaction drives the row writer.
    ("sink/state/transaction.py", "sink.writers.database.TableWriter"),
}


def modules(package: str) -> list[Path]:
    """The source files of a package, or the one of a module."""
    path = ROOT / package.replace(".", "/")
    return sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of each import of a file, wherever in it; a ``from`` import of a name is
    that name's module."""
    here = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(here[: -node.level]) if node.level else ""
            module = ".".join(part for part in (above, node.module or "") if part)
            for alias in node.names:
                yield node.lineno, f"{module}.{alias.name}"


def fits(name: str, prefix: str) -> bool:
    return prefix in {"*", name} or name.startswith(prefix + ".")


def is_allowed(name: str, rule: Rule) -> bool:
    """Whether the longest fitting prefix is an allowed one."""
    allowed = (rule.package, *rule.allowed, *sys.stdlib_module_names)
    best = {
        verdict: max((len(prefix) for prefix in prefixes if fits(name, prefix)), default=0)
        for verdict, prefixes in ((True, allowed), (False, rule.refused))
    }
    return best[True] > best[False]


@pytest.mark.parametrize("rule", TABLE, ids=lambda rule: rule.package)
def test_a_package_imports_only_what_the_table_allows(rule: Rule) -> None:
    files = modules(rule.package)
    assert files, f"{rule.package} has no modules"
    strangers = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in files
        for line, name in imports(path)
        if not is_allowed(name, rule) and (str(path.relative_to(ROOT)), name) not in EXCEPTIONS
    ]
    assert strangers == []


def test_every_exception_is_still_one() -> None:
    for file, name in EXCEPTIONS:
        assert name in {found for _, found in imports(ROOT / file)}, f"{file} keeps to the table"


def test_tests_are_never_imported_by_what_they_test() -> None:
    for package in ("connectors", "deploy", "sink", "webhook"):
        for path in modules(package):
            assert not any(fits(name, "tests") for _, name in imports(path)), path


@pytest.mark.parametrize(
    ("name", "package", "verdict"),
    [
        ("sink.core.errors.EnvelopeError", "sink.core", True),
        ("sink.corelike", "sink.core", False),
        ("json.dumps", "sink.core", True),
        ("orjson", "sink.core", False),
        ("sink.state.store", "sink.pipeline", True),
        ("sink.writers.sheets", "sink.pipeline", False),
        ("sink.pipeline", "webhook", False),
        ("deploy.cli", "deploy.sheets_emulator", False),
        ("deploy.sheets_emulator.a1", "deploy.sheets_emulator", True),
        ("starlette.routing", "deploy.sheets_emulator", True),
        ("webhook.schemas", "deploy.sheets_emulator", False),
    ],
)
def test_the_table_tells_friend_from_stranger(name: str, package: str, verdict: bool) -> None:
    rule = next(rule for rule in TABLE if rule.package == package)
    assert is_allowed(name, rule) is verdict


def test_imports_are_found_wherever_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    path = tmp_path / "a" / "b.py"
    path.parent.mkdir()
    path.write_text(
        "import x.y\nfrom . import c\nfrom .d import e\n\ndef f():\n    from g import h as i\n"
    )
    assert sorted(imports(path)) == [(1, "x.y"), (2, "a.c"), (3, "a.d.e"), (6, "g.h")]
