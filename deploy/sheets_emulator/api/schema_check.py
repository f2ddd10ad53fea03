"""Checks requests against the API's discovery document, as Google does before it runs them.

The document is the one that google-api-python-client ships. A message comes back cleaned: null
members dropped, numbers given as text made numbers. Cells of a write, of which there may be
40,000 in a body, take a short cut.
"""

import functools
import importlib.resources
import re
from typing import cast

import orjson

from deploy.sheets_emulator.api.errors import ApiError, bad_field
from deploy.sheets_emulator.json_types import JsonObject, JsonValue

_TYPE_NAMES = {
    "string": "TYPE_STRING",
    "boolean": "TYPE_BOOL",
    "integer": "TYPE_INT32",
    "number": "TYPE_DOUBLE",
}
_TYPES_OF_VALUE: dict[str, tuple[type, ...]] = {
    "numberValue": (int, float),
    "boolValue": (bool,),
    "stringValue": (str,),
    "formulaValue": (str,),
}
_MESSAGE_PREFIX = "type.googleapis.com/google.apps.sheets.v4."


class AnswerError(Exception):
    """The emulator gives an answer that Google would not."""


@functools.cache
def discovery() -> JsonObject:
    """The discovery document of the Sheets API v4."""
    cache = importlib.resources.files("googleapiclient") / "discovery_cache" / "documents"
    return cast(JsonObject, orjson.loads((cache / "sheets.v4.json").read_bytes()))


@functools.cache
def _methods() -> dict[str, JsonObject]:
    """Methods by name, such as `spreadsheets.values.get`."""
    found: dict[str, JsonObject] = {}
    pending: list[JsonObject] = [discovery()]
    while pending:
        node = pending.pop()
        pending.extend(node.get("resources", {}).values())
        for method in node.get("methods", {}).values():
            found[method["id"].removeprefix("sheets.")] = method
    return found


def _snake(name: str) -> str:
    return re.sub("[A-Z]", lambda match: "_" + match[0].lower(), name)


def check_query(method: str, names: list[str]) -> None:
    """ApiError 400 for a query parameter that the method does not have."""
    known = _methods()[method].get("parameters", {}).keys() | discovery()["parameters"].keys()
    for name in names:
        if name.removeprefix("$") not in known:
            raise bad_field(
                "",
                f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query '
                f"parameter. Field '{name}' could not be found in request message.",
            )


def check_body(method: str, body: JsonObject) -> JsonObject:
    """The body, cleaned; ApiError 400 if it does not fit the method's request message."""
    request: str | None = _methods()[method].get("request", {}).get("$ref")
    if request is None:
        return body
    return _check_message(body, request, "")


def check_answer(method: str, answer: JsonObject) -> None:
    """AnswerError where the answer is not one that the method can give."""
    response: str | None = _methods()[method].get("response", {}).get("$ref")
    if response is None:
        return
    try:
        _check_message(answer, response, "")
    except ApiError as error:
        raise AnswerError(f"The emulator's answer to {method} is wrong: {error.message}") from error


def check_message(body: JsonValue, schema: str) -> JsonObject:
    """The message, cleaned; ApiError 400 if it does not fit the schema of that name."""
    return _check_message(body, schema, "")


def _wrong(path: str, kind: str, value: JsonValue) -> ApiError:
    shown = f'"{value}"' if isinstance(value, str) else orjson.dumps(value).decode()
    return bad_field(path, f"Invalid value at '{path}' ({kind}), {shown}")


def _check_message(value: JsonValue, name: str, path: str) -> JsonObject:
    if not isinstance(value, dict):
        raise _wrong(path, _MESSAGE_PREFIX + name, value)
    properties: JsonObject = discovery()["schemas"][name].get("properties", {})
    cleaned: JsonObject = {}
    for key, item in value.items():
        known = properties.get(key)
        if known is None:
            where = f" at '{path}'" if path else ""
            message = f'Unknown name "{key}"{where}: Cannot find field.'
            raise bad_field(path, f"Invalid JSON payload received. {message}")
        if item is None:
            continue
        below = f"{path}.{_snake(key)}" if path else _snake(key)
        cleaned[key] = _check(item, known, below, key)
    return cleaned


def _check(value: JsonValue, schema: JsonObject, path: str, key: str) -> JsonValue:
    reference: str | None = schema.get("$ref")
    if reference is not None:
        if reference == "ValueRange":
            # Values are checked where they are written, which knows the path's other name.
            return value
        return _check_message(value, reference, path)
    kind: str = schema.get("type", "any")
    if kind == "array":
        return _check_list(value, schema["items"], path, key)
    if kind in ("any", "object"):
        return value
    return _check_scalar(value, kind, schema, path)


def _check_list(value: JsonValue, items: JsonObject, path: str, key: str) -> JsonValue:
    if not isinstance(value, list):
        value = [value]  # a repeated field may be given as its only element
    if items.get("$ref") == "RowData":
        return _check_rows(value, path)
    if items.get("$ref") == "ValueRange" or items.get("type") == "array":
        return value
    return [_check(item, items, f"{path}[{at}]", key) for at, item in enumerate(value)]


def _check_rows(rows: list[JsonValue], path: str) -> list[JsonValue]:
    """Rows of cells: those that only set a plain value are passed by a look at their keys."""
    checked: list[JsonValue] = []
    for at, row in enumerate(rows):
        cells = row.get("values") if isinstance(row, dict) and len(row) == 1 else None
        if isinstance(cells, list) and all(map(_is_plain, cells)):
            checked.append(row)
        else:
            checked.append(_check_message(row, "RowData", f"{path}[{at}]"))
    return checked


def _is_plain(cell: JsonValue) -> bool:
    if type(cell) is not dict or len(cell) != 1:
        return type(cell) is dict and not cell
    value = cell.get("userEnteredValue")
    if type(value) is not dict or len(value) != 1:
        return False
    ((name, content),) = value.items()
    return type(content) in _TYPES_OF_VALUE.get(name, ())


def _check_scalar(value: JsonValue, kind: str, schema: JsonObject, path: str) -> JsonValue:
    options: list[str] | None = schema.get("enum")
    if options is not None:
        if value not in options:
            name = path.rpartition(".")[2].title().replace("_", "")
            raise _wrong(path, _MESSAGE_PREFIX + name, value)
        return value
    checked: JsonValue = None
    if (kind == "string" and isinstance(value, str)) or (
        kind == "boolean" and isinstance(value, bool)
    ):
        checked = value
    elif kind in ("integer", "number") and not isinstance(value, bool):
        checked = _number(value, whole=kind == "integer")
    if checked is None:
        raise _wrong(path, _TYPE_NAMES[kind], value)
    return checked


def _number(value: JsonValue, *, whole: bool) -> int | float | None:
    """The number, also if given as text as the JSON mapping allows; None if it is none."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if not isinstance(value, int | float):
        return None
    if not whole:
        return value
    return int(value) if float(value).is_integer() and abs(value) < 2**63 else None
