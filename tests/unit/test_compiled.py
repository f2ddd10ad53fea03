"""The machine code of the merge is made of the source that stands here, and means the same."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import sink.compiled
from deploy import compiling
from deploy.compiling import CompilingError
from sink.compiled import MODULES, Compiled, digest, how_it_runs, source_of, take_compiled
from sink.core.row_key import RowKey
from sink.core.version import value_order


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the source, with no machine code."""
    for module in MODULES:
        copy = tmp_path / source_of(module).relative_to(sink.compiled.ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source_of(module), copy)
    for holder in (sink.compiled, compiling):
        monkeypatch.setattr(holder, "ROOT", tmp_path)
        monkeypatch.setattr(holder, "FOLDER", tmp_path / "compiled")
    monkeypatch.setattr(sys, "meta_path", [])
    monkeypatch.delenv("SHEETBRIDGE_COMPILED", raising=False)
    return tmp_path


def _made(elsewhere: Path, *, without: str = "") -> Path:
    """Files as of all modules but one; returns where that of the versions is, or would be."""
    folder = elsewhere / "compiled" / digest()
    for name in ("0123__mypyc", *MODULES):
        file = folder.joinpath(*name.split(".")).with_name(
            name.rpartition(".")[2] + sink.compiled._EXTENSION
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        if name != without:
            file.touch()
    return folder / "sink" / "core" / f"version{sink.compiled._EXTENSION}"


def test_machine_code_of_this_source_is_found(elsewhere: Path) -> None:
    file = _made(elsewhere)
    take_compiled()
    (finder,) = sys.meta_path
    assert isinstance(finder, Compiled)
    spec = finder.find_spec("sink.core.version")
    assert spec is not None
    assert spec.origin == str(file)
    assert finder.find_spec("sink.core.light") is None
    assert how_it_runs() == "machine code"


def test_machine_code_of_another_source_is_not_run(elsewhere: Path) -> None:
    _made(elsewhere)
    _edit()
    take_compiled()
    assert sys.meta_path == []
    assert "Python" in how_it_runs()


@pytest.mark.parametrize("without", ["sink.core.version", "0123__mypyc"])
def test_machine_code_by_halves_is_not_run(elsewhere: Path, without: str) -> None:
    _made(elsewhere, without=without)
    take_compiled()
    assert sys.meta_path == []


def test_what_cannot_be_read_is_not_run(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> dict[str, Path]:
        raise PermissionError("somebody else's")

    monkeypatch.setattr(sink.compiled, "compiled_files", refuse)
    take_compiled()
    assert sys.meta_path == []


def test_the_source_runs_where_that_is_wanted(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _made(elsewhere)
    monkeypatch.setenv("SHEETBRIDGE_COMPILED", "0")
    take_compiled()
    assert sys.meta_path == []


def test_a_program_without_its_source_runs_all_the_same(elsewhere: Path) -> None:
    shutil.rmtree(elsewhere / "sink")
    take_compiled()
    assert sys.meta_path == []


def test_no_compiler_is_no_reason_to_stop(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(compiling, "_SETUP", "import sys; sys.exit('gcc: not found')")
    assert compiling.main([]) == 0
    assert compiling.main(["--required"]) == 1
    said = capsys.readouterr()
    assert "it runs as Python" in said.out
    assert "gcc: not found" in said.err
    assert _folders(elsewhere) == []


def _folders(elsewhere: Path) -> list[str]:
    return sorted(each.name for each in (elsewhere / "compiled").iterdir() if each.is_dir())


MAKES = """
import pathlib, sys
suffix, names = {suffix!r}, {names!r}
for name in names:
    file = pathlib.Path(sys.argv[1], "lib", *name.split(".")).with_suffix(suffix)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
"""
"""Stands for the compiler."""


@pytest.fixture
def compiler(monkeypatch: pytest.MonkeyPatch) -> str:
    made = MAKES.format(suffix=sink.compiled._EXTENSION, names=("0123__mypyc", *MODULES))
    monkeypatch.setattr(compiling, "_SETUP", made)
    return made


def _edit() -> None:
    with source_of("sink.core.resolver").open("a", encoding="utf-8") as source:
        source.write("# edited\n")


@pytest.mark.usefixtures("compiler")
def test_the_newest_other_machine_code_stays_for_who_is_loading_it(elsewhere: Path) -> None:
    made = []
    for _ in range(3):
        assert compiling.compile_modules()
        assert not compiling.compile_modules()
        made.append(digest())
        os.utime(elsewhere / "compiled" / digest(), (len(made), len(made)))
        _edit()
    assert _folders(elsewhere) == sorted(made[1:])


@pytest.mark.usefixtures("compiler")
def test_what_was_left_by_halves_is_made_anew(elsewhere: Path) -> None:
    file = _made(elsewhere, without="sink.core.version")
    assert compiling.compile_modules()
    assert file.exists()


def test_a_source_that_is_edited_meanwhile_is_compiled_again(
    elsewhere: Path, compiler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    edits = "\nopen('sink/core/resolver.py', 'a').write('# edited')\n"
    monkeypatch.setattr(compiling, "_SETUP", compiler + edits)
    with pytest.raises(CompilingError, match="changed meanwhile"):
        compiling.compile_modules()
    assert _folders(elsewhere) == []


def test_where_nothing_can_be_written_the_source_runs(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (elsewhere / "file").touch()
    monkeypatch.setattr(compiling, "FOLDER", elsewhere / "file" / "compiled")
    assert compiling.main([]) == 0
    assert "runs as Python" in capsys.readouterr().out


def test_whole_numbers_stay_whole() -> None:
    """Machine code makes a float of a whole number where it is told that it is one."""
    below, above = (RowKey.from_values(("id",), (2**53 + more,)) for more in (0, 1))
    assert below < above
    kind, number, _ = value_order(2**53 + 1)
    assert (kind, number, type(number)) == (2, 2**53 + 1, int)


@pytest.mark.parametrize("module", MODULES)
def test_no_annotation_means_something_else_to_the_compiler(module: str) -> None:
    """To mypyc ``float`` is a machine's number, and ``bool | int`` an ``int`` that is no bool."""
    for annotation in _annotations(ast.parse(source_of(module).read_text(encoding="utf-8"))):
        for names in _unions(annotation):
            assert names != {"float"}, ast.unparse(annotation)
            assert names != {"bool", "int"}, ast.unparse(annotation)


def _annotations(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign):
            yield node.annotation
        if isinstance(node, ast.FunctionDef):
            every = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            yield from (arg.annotation for arg in every if arg.annotation is not None)
            if node.returns is not None:
                yield node.returns


def _unions(annotation: ast.expr) -> Iterator[set[str]]:
    """The names of each union within, and each name that stands alone."""
    if isinstance(annotation, ast.BinOp):
        parts = [annotation.left, annotation.right]
        names: set[str] = set()
        while parts:
            part = parts.pop()
            if isinstance(part, ast.BinOp):
                parts += [part.left, part.right]
            elif isinstance(part, ast.Name | ast.Constant):
                names.add(ast.unparse(part))
            else:
                names.add(ast.unparse(part))
                yield from _unions(part)
        yield names
    elif isinstance(annotation, ast.Name):
        yield {annotation.id}
    else:
        for child in ast.iter_child_nodes(annotation):
            if isinstance(child, ast.expr):
                yield from _unions(child)


@pytest.mark.skipif(os.environ.get("SHEETBRIDGE_COMPILED") == "0", reason="the source is wanted")
def test_what_is_imported_is_what_was_compiled() -> None:
    if not (sink.compiled.FOLDER / digest()).is_dir():
        pytest.skip("nothing is compiled: make compiled")
    code = f"import importlib; print(*[importlib.import_module(n).__file__ for n in {MODULES}])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert all(file.endswith(sink.compiled._EXTENSION) for file in ran.stdout.split())
