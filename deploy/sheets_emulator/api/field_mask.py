"""Field masks: which fields of a message a client asks for or sets.

Source: https://developers.google.com/workspace/sheets/api/guides/field-masks
A mask is a tree of names; an empty tree stands for "all of it". Paths may use `.` or `/`, and
parentheses group: `sheets(properties.title,data/rowData)`.
"""

import re
from typing import TypeAlias

from deploy.sheets_emulator.api.errors import ApiError, bad_field
from deploy.sheets_emulator.json_types import JsonObject, JsonValue

MaskTree: TypeAlias = dict[str, "MaskTree"]

_TOKEN = re.compile(r"\s*([A-Za-z0-9_*]+|[(),./])\s*")


def _invalid(text: str) -> ApiError:
    return bad_field("", f"Request contains an invalid argument. Invalid field mask: {text}")


def parse(text: str) -> MaskTree:
    """The tree of a mask text; an empty tree for `*`. ApiError 400 if it cannot be read."""
    tokens: list[str] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _invalid(text)
        tokens.append(match[1])
        at = match.end()
    root: MaskTree = {}
    end = _read_list(tokens, 0, root, text)
    if end != len(tokens):
        raise _invalid(text)
    return {} if "*" in root else root


def _read_list(tokens: list[str], at: int, node: MaskTree, text: str) -> int:
    while True:
        at = _read_path(tokens, at, node, text)
        if at >= len(tokens) or tokens[at] != ",":
            return at
        at += 1


def _read_path(tokens: list[str], at: int, node: MaskTree, text: str) -> int:
    while True:
        if at >= len(tokens) or tokens[at] in "(),./":
            raise _invalid(text)
        name = tokens[at]
        is_new = name not in node
        child = node.setdefault(name, {})
        at += 1
        if at < len(tokens) and tokens[at] in "./":
            if not is_new and not child:
                child = {}  # the whole was asked for already; the narrower path adds nothing
            node, at = child, at + 1
        elif at < len(tokens) and tokens[at] == "(":
            at = _read_list(tokens, at + 1, child, text)
            if at >= len(tokens) or tokens[at] != ")":
                raise _invalid(text)
            return at + 1
        else:
            child.clear()
            return at


def includes(mask: MaskTree, *path: str) -> bool:
    """True if the mask asks for the field at this path, or for something in or around it."""
    node = mask
    for name in path:
        if not node or "*" in node:
            return True
        if name not in node:
            return False
        node = node[name]
    return True


def keep(message: JsonValue, mask: MaskTree) -> JsonValue:
    """The part of an answer that the mask asks for."""
    if not mask or "*" in mask:
        return message
    if isinstance(message, list):
        return [keep(item, mask) for item in message]
    if not isinstance(message, dict):
        return message
    return {name: keep(message[name], child) for name, child in mask.items() if name in message}


def merge(target: JsonObject, source: JsonObject, mask: MaskTree) -> JsonObject:
    """A copy of `target` where the masked fields are those of `source`; absent ones are cleared."""
    result = dict(target)
    names = mask if mask and "*" not in mask else {name: {} for name in [*target, *source]}
    for name in names:
        child = mask.get(name, {}) if mask else {}
        if child and "*" not in child:
            inner = merge(target.get(name) or {}, source.get(name) or {}, child)
            if inner or name in source:
                result[name] = inner
            else:
                result.pop(name, None)
        elif name in source:
            result[name] = source[name]
        else:
            result.pop(name, None)
    return result


def written_fields(text: str | None) -> MaskTree:
    """The mask of a writing request; ValueError with Google's message if none is given."""
    if not text:
        raise ValueError(
            "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)"
        )
    return parse(text)
