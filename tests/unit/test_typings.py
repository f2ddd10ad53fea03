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
    (build,) = (node for node in DECLARED if isinstance(node, ast.FunctionDef))
    names = {each.arg for each in [*build.args.args, *build.args.kwonlyargs]}
    (resource,) = (node for node in DECLARED if isinstance(node, ast.ClassDef))
    methods = {node.name for node in resource.body if isinstance(node, ast.FunctionDef)}

    assert names <= set(inspect.signature(googleapiclient.discovery.build).parameters)
    assert all(callable(getattr(googleapiclient.discovery.Resource, name)) for name in methods)
