"""The types in ``typings/``, which mypy takes in place of a library's, say what the library has."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import googleapiclient.discovery

TYPINGS = Path(__file__).resolve().parents[2] / "typings"
DISCOVERY = TYPINGS / "googleapiclient/discovery.pyi"
DECLARED = ast.parse(DISCOVERY.read_text()).body


def test_what_is_declared_of_googles_client_is_there() -> None:
    functions = [node for node in DECLARED if isinstance(node, ast.FunctionDef)]
    (resource,) = (node for node in DECLARED if isinstance(node, ast.ClassDef))
    methods = {node.name for node in resource.body if isinstance(node, ast.FunctionDef)}

    assert [function.name for function in functions] == ["build_from_document", "build"]
    for function in functions:
        names = {each.arg for each in [*function.args.args, *function.args.kwonlyargs]}
        there = getattr(googleapiclient.discovery, function.name)
        assert names <= set(inspect.signature(there).parameters)
    assert all(callable(getattr(googleapiclient.discovery.Resource, name)) for name in methods)
