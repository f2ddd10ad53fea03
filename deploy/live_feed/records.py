"""Kafka records of both topics as the change events that the page lists. Pure: JSON in, JSON out.

It reads the records with its own few lines and not with the sink's, so that the page shows what
is in Kafka even where the sink would refuse it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping as ReadOnly
from collections.abc import Sequence
from dataclasses import dataclass, field

from deploy.live_feed.display import ColumnType, Shown, show_event_value, show_row_value
from sink.core.mapping import Mapping

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Record:
    """A Kafka record as far as it matters here."""

    topic: str
    offset: int
    key: bytes | None
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one row, or (``op`` "hint") word that the sheet's rows changed.

    ``changed`` lists column, old and new value; ``old`` is left out where it is not known. ``at``
    is in milliseconds since the epoch: commit time, or the trigger's start. ``own`` says whether
    Sheetbridge made the change itself; None where that is not known.
    """

    mapping: str
    origin: str
    op: str
    topic: str
    offset: int
    at: float
    key: dict[str, Shown] = field(default_factory=dict)
    changed: list[dict[str, Shown]] = field(default_factory=list)
    own: bool | None = None
    gtid: str | None = None
    author: str | None = None
    note: str | None = None


def read_database_record(
    record: Record, mapping: Mapping, types: Sequence[ColumnType], server_uuid: str | None
) -> Change | None:
    """A record of a Debezium topic; None for tombstones and rows of the marker table."""
    value = _json(record.value)
    source = value.get("source")
    if not isinstance(source, dict) or f"{source.get('db')}.{source.get('table')}" != mapping.table:
        return None
    gtid = source.get("gtid")
    before, after = _images(value, types)
    return Change(
        mapping=mapping.name,
        origin="database",
        op=str(value.get("op")),
        topic=record.topic,
        offset=record.offset,
        at=_milliseconds(source),
        key=_key(_json(record.key), types),
        changed=_difference(before, after),
        own=_own(gtid, server_uuid),
        gtid=gtid if isinstance(gtid, str) else None,
    )


def read_sheet_record(record: Record, mapping: Mapping) -> list[Change]:
    """A signed post of the Apps Script: a change for each row, or one for a hint or command."""
    value = _json(record.value)
    columns = {header: column for column, header in mapping.columns.items()}
    editor, at = value.get("editor"), value.get("time_ms")
    note = value.get("change_type") or value.get("command")

    def change(op: str, row: ReadOnly[str, object]) -> Change:
        return Change(
            mapping=mapping.name,
            origin="sheet",
            op=op,
            topic=record.topic,
            offset=record.offset,
            at=float(at) if isinstance(at, int | float) else 0.0,
            key={
                columns.get(name, name): _cell(cell) for name, cell in _object(row, "key").items()
            },
            changed=[
                _edited_cell(columns.get(name, name), cell)
                for name, cell in _object(row, "cells").items()
            ],
            author=editor if isinstance(editor, str) else None,
            note=str(note) if note else None,
        )

    match value.get("kind"), value.get("rows"):
        case "edit", list(rows):
            return [change("edit", row) for row in rows if isinstance(row, dict)]
        case "operator", _:
            wish = _object(value, "wish")
            given = {**_object(wish, "values"), **_object(wish, "contents")}
            cells = {column: {"value": content} for column, content in given.items()}
            return [change("edit", {"key": _object(wish, "key"), "cells": cells})]
        case "hint" | "command", _:
            return [change("hint", {})]
        case _:
            return []


def _json(raw: bytes | None) -> Json:
    if not raw:
        return {}
    try:
        decoded = json.loads(raw)
    except ValueError:
        return {}
    return decoded if isinstance(decoded, dict) else {}


def _object(row: ReadOnly[str, object], name: str) -> Json:
    found = row.get(name)
    return found if isinstance(found, dict) else {}


def _images(
    value: Json, types: Sequence[ColumnType]
) -> tuple[dict[str, Shown] | None, dict[str, Shown] | None]:
    known = {kind.name: kind for kind in types}

    def image(raw: object) -> dict[str, Shown] | None:
        if not isinstance(raw, dict):
            return None
        return {
            name: show_event_value(item, known.get(name, ColumnType(name, "")))
            for name, item in raw.items()
        }

    return image(value.get("before")), image(value.get("after"))


def _key(raw: Json, types: Sequence[ColumnType]) -> dict[str, Shown]:
    known = {kind.name: kind for kind in types}
    return {
        name: show_event_value(part, known.get(name, ColumnType(name, "")))
        for name, part in raw.items()
    }


def _difference(
    before: dict[str, Shown] | None, after: dict[str, Shown] | None
) -> list[dict[str, Shown]]:
    if after is None:
        return []
    if before is None:
        return [
            {"column": name, "new": value} for name, value in after.items() if value is not None
        ]
    return [
        {"column": name, "old": before.get(name), "new": value}
        for name, value in after.items()
        if before.get(name) != value
    ]


def _milliseconds(source: Json) -> float:
    for name, scale in (("ts_us", 1_000), ("ts_ms", 1)):
        stamp = source.get(name)
        if isinstance(stamp, int) and stamp:
            return stamp / scale
    return 0.0


def _own(gtid: object, server_uuid: str | None) -> bool | None:
    """Sheetbridge numbers its transactions under UUIDs of its own, everyone else the server's."""
    if not isinstance(gtid, str) or server_uuid is None:
        return None
    return gtid.partition(":")[0].lower() != server_uuid


def _edited_cell(column: str, cell: object) -> dict[str, Shown]:
    content = cell if isinstance(cell, dict) else {}
    shown: dict[str, Shown] = {"column": column, "new": _cell(content.get("value"))}
    if "old" in content:
        shown["old"] = _cell(content["old"])
    return shown


def _cell(content: object) -> Shown:
    """A cell's content; dates lose their empty time of day."""
    match content:
        case {"date": str(wall)}:
            return wall.replace("T", " ").removesuffix(".000").removesuffix(" 00:00:00")
        case {"error": str(error)}:
            return error
        case _:
            return show_row_value(content)
