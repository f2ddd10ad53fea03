"""Recorded traffic of the real API, and its replay against the emulator."""

import codecs
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import httpx

RECORDED = Path(__file__).resolve().parents[4] / "shared" / "recorded"

_LEFT_OUT = {
    "spreadsheetUrl",
    "spreadsheetTheme",
    "defaultFormat",
    "locale",
    "timeZone",
    "namedRangeId",
    "protectedRangeId",
    "userEnteredFormat",
    "effectiveFormat",
}
_RANGES = {"range", "updatedRange", "tableRange", "clearedRange", "clearedRanges", "ranges"}


def _same(text: str) -> str:
    return text


def rotated(text: str) -> str:
    """Another text of the same shape: letters replaced, digits and signs kept."""
    return text if text.startswith("=") else codecs.encode(text, "rot13")


def in_range(text: str, change: Callable[[str], str]) -> str:
    """A range text with its tab (and a name after the `!`) changed, the cells kept."""
    title, mark, cells = text.rpartition("!")
    if not mark:
        title, cells = text, ""
    quoted = title.startswith("'")
    changed = change(title[1:-1] if quoted else title)
    if cells and not re.fullmatch(r"[A-Z]*[0-9]*(:[A-Z]*[0-9]*)?", cells):
        cells = change(cells)
    return (f"'{changed}'" if quoted else changed) + mark + cells


def translated(message: Any, change: Callable[[str], str], key: str = "") -> Any:
    """The message with titles, tab names and plain text values changed."""
    if isinstance(message, dict):
        return {name: translated(item, change, name) for name, item in message.items()}
    if isinstance(message, list):
        return [translated(item, change, key) for item in message]
    return _translated_text(message, change, key) if isinstance(message, str) else message


def _translated_text(text: str, change: Callable[[str], str], key: str) -> str:
    if key in _RANGES:
        return in_range(text, change)
    if key in ("title", "name", "values", "stringValue", "formattedValue"):
        return change(text)
    if key == "message":
        return re.sub(r'"([^"]*)"', lambda match: f'"{change(match[1])}"', text)
    return text


def _comparable(message: Any) -> Any:
    if isinstance(message, dict):
        if "error" in message:
            kept = message["error"]
            return {"error": {name: kept.get(name) for name in ("code", "message", "status")}}
        return {name: _comparable(item) for name, item in message.items() if name not in _LEFT_OUT}
    if isinstance(message, list):
        return [_comparable(item) for item in message]
    return message


def _differences(expected: Any, actual: Any, path: str = "") -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name in sorted(expected.keys() | actual.keys()):
            if name not in actual:
                yield f"{path}.{name}: missing, recorded {expected[name]!r}"
            elif name not in expected:
                yield f"{path}.{name}: {actual[name]!r}, not in the recording"
            else:
                yield from _differences(expected[name], actual[name], f"{path}.{name}")
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for at, (one, other) in enumerate(zip(expected, actual, strict=True)):
            yield from _differences(one, other, f"{path}[{at}]")
    elif expected != actual:
        yield f"{path}: {actual!r}, recorded {expected!r}"


@dataclass
class Report:
    """How many answers were compared and which disagreed."""

    compared: int = 0
    disagreements: list[str] = field(default_factory=list)

    def add(self, other: "Report") -> None:
        self.compared += other.compared
        self.disagreements += other.disagreements

    @property
    def share(self) -> float:
        """Share of answers that agree, 0…1."""
        return 1 - len(self.disagreements) / self.compared if self.compared else 0.0


@dataclass
class Replay:
    """One recording played against an emulator at `client`'s base URL."""

    client: httpx.Client
    change: Callable[[str], str] = _same
    ids: dict[str, str] = field(default_factory=dict)
    sheet_ids: dict[tuple[str, int], int] = field(default_factory=dict)
    named_range_ids: dict[str, str] = field(default_factory=dict)

    def play(self, recording: dict[str, Any], report: Report) -> None:
        for at, interaction in enumerate(recording["interactions"]):
            uri = urlsplit(interaction["uri"])
            if uri.netloc == "www.googleapis.com":
                if interaction["method"] == "POST" and uri.path == "/drive/v3/files":
                    self._create(interaction)
                continue
            problems = self._call(interaction, uri.path, uri.query)
            report.compared += 1
            if problems:
                what = (
                    f"{recording['name']} #{at} {interaction['method']} {unquote(uri.path)[-60:]}"
                )
                report.disagreements.append(f"{what}: {'; '.join(problems[:3])}")

    def _create(self, interaction: dict[str, Any]) -> None:
        title = self.change(json.loads(interaction["request_body"])["name"])
        answer = self.client.post("/v4/spreadsheets", json={"properties": {"title": title}})
        created = answer.json()
        new_id = created["spreadsheetId"]
        self.ids[json.loads(interaction["response_body"])["id"]] = new_id
        tab = self.change("Sheet1")
        if tab != "Sheet1":
            request = {"properties": {"sheetId": 0, "title": tab}, "fields": "title"}
            self.client.post(
                f"/v4/spreadsheets/{new_id}:batchUpdate",
                json={"requests": [{"updateSheetProperties": request}]},
            ).raise_for_status()

    def _call(self, interaction: dict[str, Any], path: str, query: str) -> list[str]:
        recorded_id = re.split("[/:]", path.removeprefix("/v4/spreadsheets/"))[0]
        body = interaction["request_body"]
        request = translated(json.loads(body), self.change) if body else None
        answer = self.client.request(
            interaction["method"],
            self._path(path, recorded_id),
            params=self._query(query),
            content=None if request is None else json.dumps(self._own(request, recorded_id)),
        )
        expected = json.loads(interaction["response_body"])
        actual = answer.json()
        self._learn(expected, actual, recorded_id)
        wanted = self._own(translated(_comparable(expected), self.change), recorded_id)
        problems = list(_differences(wanted, _comparable(actual)))
        if answer.status_code != interaction["status"]:
            problems.insert(0, f"status {answer.status_code}, recorded {interaction['status']}")
        return problems

    def _path(self, path: str, recorded_id: str) -> str:
        path = path.replace(recorded_id, self.ids[recorded_id])
        head, mark, last = path.partition("/values/")
        if not mark:
            return path
        verb = next((verb for verb in (":append", ":clear") if last.endswith(verb)), "")
        text = in_range(unquote(last.removesuffix(verb)), self.change)
        return f"{head}/values/{quote(text, safe='')}{verb}"

    def _query(self, query: str) -> list[tuple[str, str | int | float | bool | None]]:
        pairs: list[tuple[str, str | int | float | bool | None]] = []
        for name, _, value in (pair.partition("=") for pair in query.split("&") if pair):
            text = unquote(value)
            pairs.append((name, in_range(text, self.change) if name == "ranges" else text))
        return pairs

    def _own(self, message: Any, recorded_id: str, key: str = "") -> Any:
        """The message with recorded ids replaced by the emulator's."""
        if isinstance(message, dict):
            return {name: self._own(item, recorded_id, name) for name, item in message.items()}
        if isinstance(message, list):
            return [self._own(item, recorded_id, key) for item in message]
        if key == "sheetId":
            return self.sheet_ids.get((recorded_id, message), message)
        if key == "spreadsheetId":
            return self.ids.get(message, message)
        return self.named_range_ids.get(message, message) if key == "namedRangeId" else message

    def _learn(self, expected: Any, actual: Any, recorded_id: str) -> None:
        """Take note of ids that both sides gave at the same place."""
        if isinstance(expected, list) and isinstance(actual, list):
            for one, other in zip(expected, actual, strict=False):
                self._learn(one, other, recorded_id)
        elif isinstance(expected, dict) and isinstance(actual, dict):
            if "sheetId" in expected and "title" in expected and "sheetId" in actual:
                self.sheet_ids.setdefault((recorded_id, expected["sheetId"]), actual["sheetId"])
            if "namedRangeId" in expected and "namedRangeId" in actual:
                self.named_range_ids[expected["namedRangeId"]] = actual["namedRangeId"]
            for name in expected.keys() & actual.keys():
                self._learn(expected[name], actual[name], recorded_id)
