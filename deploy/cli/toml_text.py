"""``sheetbridge.toml`` as text: writing mapping blocks without disturbing what a person wrote.

Pure functions. The standard library reads TOML and does not write it; a block is appended or cut
as text, and every change is proven by parsing the file before and after.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass

from sink.core.errors import ConfigurationError

_HEADER = re.compile(r"^\s*\[")
_MAPPING_HEADER = re.compile(r"^\s*\[\[\s*mapping\s*\]\]\s*(#.*)?$")
_OF_MAPPING = re.compile(r"^\s*\[\[?\s*mapping\s*\.")
_NAME = re.compile(r"^[a-z][a-z0-9_]{0,40}$")
_IN_ADDRESS = re.compile(r"/spreadsheets/(?:u/\d+/)?d/([A-Za-z0-9_-]+)")


@dataclass(frozen=True, slots=True)
class MappingText:
    """What one ``[[mapping]]`` block says; None leaves a setting to its default."""

    name: str
    table: str
    spreadsheet: str
    tab: str
    key: tuple[str, ...]
    columns: tuple[str, ...] | None = None
    policy: str | None = None
    direction: str | None = None
    time_zone: str | None = None
    where: str | None = None
    prefer: str | None = None

    def render(self) -> str:
        """The block, with its header and a newline at its end."""
        lines = [
            "[[mapping]]",
            f"name = {quote(self.name)}",
            f"table = {quote(self.table)}",
            f"spreadsheet = {quote(self.spreadsheet)}",
            f"tab = {quote(self.tab)}",
            f"key = {quote_list(self.key)}",
        ]
        if self.columns is not None:
            lines.append(f"columns = {quote_list(self.columns)}")
        for setting in ("policy", "direction", "time_zone", "where", "prefer"):
            value = getattr(self, setting)
            if value is not None:
                lines.append(f"{setting} = {quote(value)}")
        return "\n".join(lines) + "\n"


def quote(text: str) -> str:
    """A TOML basic string (https://toml.io/en/v1.0.0#string)."""
    # JSON's escapes are TOML's, but for DEL, which TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def quote_list(texts: Sequence[str]) -> str:
    """A TOML array of strings on one line."""
    return "[" + ", ".join(quote(text) for text in texts) + "]"


def spreadsheet_id_of(text: str) -> str:
    """The id in a spreadsheet's browser address; an id is returned as it is."""
    found = _IN_ADDRESS.search(text)
    return found.group(1) if found else text.strip()


def mapping_settings(
    text: str, settings: Sequence[str], *, source: str = "sheetbridge.toml"
) -> list[tuple[str, ...]]:
    """These ``settings`` of each mapping as text, in the order of the file; empty where not set.

    Raises ConfigurationError where it is no TOML.
    """
    blocks = _mappings(text, source)
    return [tuple(str(block.get(setting, "")) for setting in settings) for block in blocks]


def append_mapping(text: str, block: MappingText, *, source: str = "sheetbridge.toml") -> str:
    """``text`` with ``block`` at its end.

    Raises ConfigurationError where the name is taken or unfit, or where the table or tab is mapped
    already.
    """
    if not _NAME.match(block.name):
        raise ConfigurationError(
            f"{block.name!r} cannot name a mapping",
            mend="Choose a lower-case name of letters, digits and _, at most 41 long: --name",
            source=source,
        )
    if block.table.count(".") != 1 or not all(block.table.split(".")):
        raise ConfigurationError(
            f"{block.table!r} is no table", mend="Write it as database.table", source=source
        )
    before = _mappings(text, source)
    for other in before:
        _refuse_overlap(block, other, source)
    joined = text.rstrip("\n") + "\n\n" + block.render() if text.strip() else block.render()
    _prove(joined, [*before, tomllib.loads(block.render())["mapping"][0]], source)
    return joined


def remove_mapping(text: str, name: str, *, source: str = "sheetbridge.toml") -> str:
    """``text`` without the block of that name; the comment directly above it goes with it.

    Raises ConfigurationError where there is none of that name.
    """
    before = _mappings(text, source)
    names = [block.get("name") for block in before]
    if name not in names:
        known = ", ".join(str(each) for each in names) or "none"
        raise ConfigurationError(
            f"there is no mapping {name!r}", mend=f"Those there are: {known}", source=source
        )
    place = names.index(name)
    lines = text.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if _MAPPING_HEADER.match(line)]
    if len(starts) != len(before):
        raise ConfigurationError(
            "its mappings are not all written as [[mapping]] blocks",
            mend="Remove the mapping by hand",
            source=source,
        )
    start = starts[place]
    end = next(
        (
            number
            for number in range(start + 1, len(lines))
            if _HEADER.match(lines[number])
            and not _OF_MAPPING.match(lines[number])
            and _is_outside_values(lines, start, number)
        ),
        len(lines),
    )
    if end < len(lines):
        end = _above_comment(lines, end, start + 1)
    start = _above_comment(lines, start, 0)
    cut = "".join(lines[:start]).rstrip("\n") + "\n\n" + "".join(lines[end:]).lstrip("\n")
    cut = cut.strip("\n") + "\n"
    _prove(cut, before[:place] + before[place + 1 :], source)
    return cut


def _above_comment(lines: Sequence[str], start: int, floor: int) -> int:
    while start > floor and lines[start - 1].lstrip().startswith("#"):
        start -= 1
    return start


def _is_outside_values(lines: Sequence[str], start: int, end: int) -> bool:
    """Whether ``lines[start:end]`` is complete TOML, so that a ``[`` after it opens a table."""
    try:
        tomllib.loads("".join(lines[start:end]))
    except tomllib.TOMLDecodeError:
        return False
    return True


def _refuse_overlap(block: MappingText, other: dict[str, object], source: str) -> None:
    if other.get("name") == block.name:
        raise ConfigurationError(
            f"there is a mapping {block.name!r} already",
            mend="Choose another --name",
            source=source,
        )
    if (other.get("spreadsheet"), other.get("tab")) == (block.spreadsheet, block.tab):
        raise ConfigurationError(
            f"tab {block.tab!r} of that spreadsheet is mapped by {other.get('name')!r} already",
            mend="Choose another --tab",
            source=source,
        )


def _mappings(text: str, source: str) -> list[dict[str, object]]:
    try:
        found = tomllib.loads(text).get("mapping", [])
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(
            f"is not TOML: {error}", mend="Mend that line first", source=source
        ) from error
    if not isinstance(found, list) or not all(isinstance(block, dict) for block in found):
        raise ConfigurationError(
            "'mapping' is not a list of tables", mend="Write [[mapping]] blocks", source=source
        )
    return found


def _prove(text: str, expected: list[dict[str, object]], source: str) -> None:
    if _mappings(text, source) != expected:
        raise ConfigurationError(
            "the file is written in a way that this command does not follow",
            mend="Change the [[mapping]] blocks by hand",
            source=source,
        )
