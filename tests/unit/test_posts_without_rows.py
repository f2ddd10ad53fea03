"""Heartbeats and hints, as the sink reads them from the sheet's topic."""

from __future__ import annotations

from typing import Any

import orjson

from sink.core.columns import Column, Table
from sink.core.envelope import CHECK_EDITOR
from sink.core.gtid import GtidSet
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Mapping
from sink.inbound import Inbox, Reader
from sink.record import Record

MAPPING = Mapping("orders", "shop.orders", "spreadsheet", "orders", ("id",))
TABLE = MappedTable.of(
    MAPPING,
    Table("shop.orders", {"id": Column("id", "int", "int", nullable=False, precision=10)}, ("id",)),
)
NOW = 1_000_000


def read(*posts: dict[str, Any]) -> Inbox:
    """What a batch of posts leads to; the clock says at most ``NOW`` (µs)."""
    records = [
        Record(MAPPING.sheet_topic, at, None, orjson.dumps({"id": str(at), "time_ms": 5, **post}))
        for at, post in enumerate(posts)
    ]
    inbox = Inbox()
    reader = Reader(TABLE, "uuid", GtidSet.parse(""))
    reader.read(records, inbox, received=NOW - 1, latest=NOW)
    assert inbox.dead == []
    return inbox


def test_the_newest_heartbeat_is_kept_and_none_of_the_future() -> None:
    beats = [{"kind": "heartbeat", "time_ms": time} for time in (300, 700, 500)]
    assert read(*beats).progress.heartbeat == 700_000
    assert read({"kind": "heartbeat", "time_ms": 5_000}).progress.heartbeat == NOW


def test_the_heartbeat_of_check_proves_nothing_of_the_script() -> None:
    assert read({"kind": "heartbeat", "editor": CHECK_EDITOR}).progress.heartbeat == 0


def test_hints_and_edits_are_no_heartbeat() -> None:
    assert read({"kind": "hint", "change_type": "OTHER"}).progress.heartbeat == 0


def test_a_hint_has_the_tab_compared() -> None:
    hints = read({"kind": "hint", "change_type": "OTHER"}).hints
    assert [post.change_type for post in hints] == ["OTHER"]
