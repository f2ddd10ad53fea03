"""The records of both topics as typed facts: Debezium's envelope and the webhook's posts.

Debezium's format:
https://debezium.io/documentation/reference/stable/connectors/mysql.html#mysql-events (JSON
converter, schemas off). The webhook's format is ``webhook.schemas``. Input is decoded JSON;
whatever does not have its topic's form raises EnvelopeError.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sink.core.cell import CellContent, decode_cell
from sink.core.change_event import DatabaseChange, Op, Position
from sink.core.errors import EnvelopeError
from sink.core.gtid import Gtid
from sink.core.light import light
from sink.core.mapped_table import MappedTable
from sink.core.version import ABSENT, Absent

Json = Mapping[str, object]

MILLISECOND = 1_000

_OPS: dict[str, Op] = {op.value: op for op in Op}
"""To ask the enumeration itself takes several times as long, for each record."""

CHECK_EDITOR = "sheetbridge check"
"""Who the heartbeat of ``sheetbridge check`` says to be: it proves nothing of the script."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A row of the marker table: all that was committed before it has been read."""

    token: str
    position: Position | None


@dataclass(frozen=True, slots=True)
class Truncate:
    """The table was truncated: an event without a key."""

    time: int
    position: Position
    received: int = 0
    latest: int | None = None


@light
@dataclass(frozen=True, slots=True)
class SourceInfo:
    """Where a change event comes from: binlog position, GTID and commit time (µs)."""

    table: str
    position: Position
    gtid: Gtid | None
    time: int
    snapshot: bool

    @property
    def id(self) -> str:
        """The event's own name: the same each time that it is delivered."""
        place = self.position
        return f"{place.file}:{place.offset}:{place.row}:{place.part}"


def decode_source(value: Json) -> SourceInfo:
    """The ``source`` block of a Debezium envelope."""
    source = _object(value.get("source"), "source")
    gtid = source.get("gtid")
    return SourceInfo(
        f"{source.get('db')}.{source.get('table')}",
        Position(
            str(source.get("file", "")),
            _integer(source.get("pos", 0), "source.pos"),
            _integer(source.get("row", 0), "source.row"),
            1 if value.get("op") == Op.CREATE else 0,
            _integer(source.get("ts_us") or 0, "source.ts_us"),
        ),
        Gtid.parse(gtid) if isinstance(gtid, str) else None,
        _integer(source.get("ts_us") or 0, "source.ts_us"),
        source.get("snapshot") not in (None, "false", False),
    )


def decode_change(
    key: Json | None,
    value: Json,
    table: MappedTable,
    *,
    own_source: str,
    received: int,
    latest: int | None = None,
) -> DatabaseChange | Marker | Truncate | None:
    """One record of a CDC topic; None where it says nothing (old markers are cleared away).

    ``own_source`` is the UUID under which this mapping writes; ``received`` Google's time now,
    ``latest`` what it is at most.
    """
    source = decode_source(value)
    op = value.get("op")
    if source.table == table.mapping.marker_table:
        if op != Op.CREATE:
            return None
        after = _object(value.get("after"), "after of a marker")
        return Marker(str(after.get("token")), source.position)
    if op == "t":
        return Truncate(source.time, source.position, received, latest)
    if key is None or not isinstance(op, str) or op not in _OPS:
        raise EnvelopeError(f"a change event with op {op!r} and key {key!r:.80}")
    own = source.gtid is not None and source.gtid.source == own_source
    return DatabaseChange(
        source.id,
        table.key_from_debezium(key),
        Op.SNAPSHOT if source.snapshot else _OPS[op],
        table.image_from_debezium(_optional_object(value.get("before"), "before")),
        table.image_from_debezium(_optional_object(value.get("after"), "after")),
        source.time,
        received,
        source.gtid.number if own and source.gtid is not None else None,
        None if source.snapshot else source.position,
        latest=latest,
    )


@light
@dataclass(frozen=True, slots=True)
class PostedCell:
    """An edited cell as posted: its content now, before (where known), and its formula if any."""

    value: CellContent
    old: CellContent | Absent
    formula: str | None


@light
@dataclass(frozen=True, slots=True)
class PostedRow:
    """The edited cells of one row, by header, with the row's key cells as they stand.

    ``row_tag`` is the value of the developer metadata ``sheetbridge.row`` that a row without a full
    key carries; ``cells`` then has the whole mapped row.
    """

    row: int
    key: dict[str, CellContent]
    old_key: dict[str, CellContent] | None
    key_edited: bool
    typed: bool
    cells: dict[str, PostedCell]
    row_tag: str | None = None


@light
@dataclass(frozen=True, slots=True)
class Post:
    """One signed post of the script: edits, a hint to reconcile, or a heartbeat.

    ``time`` is the start of the trigger in microseconds on Google's clock. Commands have a topic of
    their own (``sink.core.command``).
    """

    id: str
    kind: str
    time: int
    editor: str | None
    change_type: str | None
    rows: tuple[PostedRow, ...]


def decode_post(value: Json) -> Post:
    """One record of a sheet topic."""
    rows = value.get("rows") or []
    if not isinstance(rows, list):
        raise EnvelopeError("rows of a post must be a list")
    editor, change_type = value.get("editor"), value.get("change_type")
    return Post(
        str(value.get("id")).lower(),  # MySQL takes ids that differ in case alone for one
        str(value.get("kind")),
        _integer(value.get("time_ms"), "time_ms") * MILLISECOND,
        editor if isinstance(editor, str) else None,
        change_type if isinstance(change_type, str) else None,
        tuple(_posted_row(_object(row, "row")) for row in rows),
    )


def _posted_row(row: Json) -> PostedRow:
    old_key = _optional_object(row.get("old_key"), "old_key")
    row_tag = row.get("row_tag")
    return PostedRow(
        _integer(row.get("row", 0), "row"),
        _contents(_object(row.get("key"), "key")),
        None if old_key is None else _contents(old_key),
        row.get("key_edited") is True,
        row.get("typed") is True,
        {
            header: _posted_cell(_object(cell, header))
            for header, cell in _object(row.get("cells"), "cells").items()
        },
        row_tag if isinstance(row_tag, str) else None,
    )


def _posted_cell(cell: Json) -> PostedCell:
    formula = cell.get("formula")
    return PostedCell(
        decode_cell(cell.get("value")),
        decode_cell(cell["old"]) if "old" in cell else ABSENT,
        formula if isinstance(formula, str) and formula else None,
    )


def _contents(cells: Json) -> dict[str, CellContent]:
    return {header: decode_cell(content) for header, content in cells.items()}


def _object(value: object, what: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise EnvelopeError(f"{what} must be an object, not {value!r:.80}")
    return value


def _optional_object(value: object, what: str) -> dict[str, object] | None:
    return None if value is None else _object(value, what)


def _integer(value: object, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise EnvelopeError(f"{what} must be a whole number, not {value!r:.80}")
    return value
