"""Which API method a request is: path and verb to name and arguments.

Paths: https://developers.google.com/workspace/sheets/api/reference/rest
"""

from dataclasses import dataclass, field
from urllib.parse import unquote

from deploy.sheets_emulator.json_types import JsonObject


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the API as called: its name, spreadsheet and the path's other parameters."""

    name: str
    spreadsheet_id: str | None = None
    path: JsonObject = field(default_factory=dict)

    @property
    def is_write(self) -> bool:
        """True if it counts as a write for quotas, and changes something."""
        return self.name not in _READS


_READS = frozenset(
    {
        "spreadsheets.get",
        "spreadsheets.getByDataFilter",
        "spreadsheets.values.get",
        "spreadsheets.values.batchGet",
        "spreadsheets.values.batchGetByDataFilter",
        "spreadsheets.developerMetadata.get",
        "spreadsheets.developerMetadata.search",
    }
)

_ON_SPREADSHEET = {
    ("GET", ""): "spreadsheets.get",
    ("POST", "batchUpdate"): "spreadsheets.batchUpdate",
    ("POST", "getByDataFilter"): "spreadsheets.getByDataFilter",
}
_ON_VALUES = {
    ("GET", "batchGet"): "spreadsheets.values.batchGet",
    ("POST", "batchUpdate"): "spreadsheets.values.batchUpdate",
    ("POST", "batchClear"): "spreadsheets.values.batchClear",
    ("POST", "batchGetByDataFilter"): "spreadsheets.values.batchGetByDataFilter",
    ("POST", "batchUpdateByDataFilter"): "spreadsheets.values.batchUpdateByDataFilter",
    ("POST", "batchClearByDataFilter"): "spreadsheets.values.batchClearByDataFilter",
}


def match(verb: str, path: str) -> Method | None:
    """The method for a verb and the still encoded path below `/v4/spreadsheets`; None if none."""
    if path in ("", "/"):
        return Method("spreadsheets.create") if verb == "POST" else None
    first, _, rest = path.lstrip("/").partition("/")
    if not rest:
        spreadsheet_id, _, custom = unquote(first).partition(":")
        name = _ON_SPREADSHEET.get((verb, custom))
        return None if name is None else Method(name, spreadsheet_id)
    collection, _, item = rest.partition("/")
    if item:
        return _on_item(verb, unquote(first), collection, unquote(item))
    return _on_collection(verb, unquote(first), unquote(collection))


def _on_collection(verb: str, spreadsheet_id: str, text: str) -> Method | None:
    kind, _, custom = text.partition(":")
    if kind == "values" and (verb, custom) in _ON_VALUES:
        return Method(_ON_VALUES[verb, custom], spreadsheet_id)
    if kind == "developerMetadata" and (verb, custom) == ("POST", "search"):
        return Method("spreadsheets.developerMetadata.search", spreadsheet_id)
    return None


def _on_item(verb: str, spreadsheet_id: str, collection: str, text: str) -> Method | None:
    if collection == "values":
        return _on_range(verb, spreadsheet_id, text)
    if collection == "developerMetadata" and verb == "GET" and text.isdigit():
        return Method(
            "spreadsheets.developerMetadata.get", spreadsheet_id, {"metadataId": int(text)}
        )
    return None


def _on_range(verb: str, spreadsheet_id: str, text: str) -> Method | None:
    if verb == "GET":
        return Method("spreadsheets.values.get", spreadsheet_id, {"range": text})
    if verb == "PUT":
        return Method("spreadsheets.values.update", spreadsheet_id, {"range": text})
    for custom in ("append", "clear"):
        if verb == "POST" and text.endswith(f":{custom}"):
            return Method(
                f"spreadsheets.values.{custom}",
                spreadsheet_id,
                {"range": text.removesuffix(f":{custom}")},
            )
    return None
