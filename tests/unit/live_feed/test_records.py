"""What the feed makes of the records of both topics."""

from __future__ import annotations

import json

import pytest

from deploy.live_feed.display import ColumnType
from deploy.live_feed.records import Change, Record, read_database_record, read_sheet_record
from sink.core.mapping import Mapping

SERVER = "11111111-1111-1111-1111-111111111111"
OWN = "99999999-9999-9999-9999-999999999999"
MAPPING = Mapping("planes", "demo.planes", "sheet", "planes", ("tailnum",), {"year": "Built"})
TYPES = (ColumnType("tailnum", "varchar"), ColumnType("year", "smallint"))


def database_record(**changed: object) -> Record:
    value: dict[str, object] = {
        "before": {"tailnum": "N1", "year": 2003},
        "after": {"tailnum": "N1", "year": 2004},
        "op": "u",
        "source": {"db": "demo", "table": "planes", "gtid": f"{SERVER}:7", "ts_us": 1_700_000_123},
    } | changed
    return Record("cdc.demo.planes", 4, b'{"tailnum":"N1"}', json.dumps(value).encode())


def read(record: Record, server: str | None = SERVER) -> Change | None:
    return read_database_record(record, MAPPING, TYPES, server)


def post(**changed: object) -> Record:
    value: dict[str, object] = {
        "kind": "edit",
        "time_ms": 5_000,
        "editor": "ann@example.com",
        "rows": [
            {"key": {"tailnum": "N1"}, "cells": {"Built": {"value": 2004, "old": 2003}}},
            {"key": {"tailnum": "N2"}, "cells": {"Built": {"value": None}}},
        ],
    } | changed
    return Record("sheet.planes", 1, b"id", json.dumps(value).encode())


def test_an_update_lists_only_the_columns_that_changed() -> None:
    change = read(database_record())
    assert change is not None
    assert change.changed == [{"column": "year", "old": 2003, "new": 2004}]
    assert (change.key, change.at) == ({"tailnum": "N1"}, 1_700_000.123)


def test_a_create_lists_what_is_not_null_and_has_no_old_values() -> None:
    change = read(database_record(before=None, op="c", after={"tailnum": "N1", "year": None}))
    assert change is not None
    assert change.changed == [{"column": "tailnum", "new": "N1"}]


def test_a_delete_lists_no_cells() -> None:
    change = read(database_record(after=None, op="d"))
    assert change is not None
    assert (change.op, change.changed) == ("d", [])


@pytest.mark.parametrize(
    ("gtid", "server", "own"),
    [
        (f"{OWN}:1", SERVER, True),
        (f"{SERVER.upper()}:1", SERVER, False),
        (None, SERVER, None),
        (f"{OWN}:1", None, None),
    ],
)
def test_an_own_write_is_known_by_a_gtid_that_is_not_the_servers(
    gtid: str | None, server: str | None, own: bool | None
) -> None:
    source = {"db": "demo", "table": "planes", "gtid": gtid, "ts_ms": 5}
    change = read(database_record(source=source), server)
    assert change is not None
    assert change.own is own


def test_rows_of_the_marker_table_and_tombstones_are_no_changes() -> None:
    marker = {"db": "sheetbridge", "table": "marker__demo__planes"}
    assert read(database_record(source=marker)) is None
    assert read(Record("cdc.demo.planes", 5, b'{"tailnum":"N1"}', None)) is None


def test_a_record_that_is_not_json_is_passed_over() -> None:
    assert read(Record("cdc.demo.planes", 5, b"x", b"\xff not json")) is None
    assert read_sheet_record(Record("sheet.planes", 5, b"x", b"[1]"), MAPPING) == []


def test_a_post_is_a_change_for_each_row_by_column_and_not_by_header() -> None:
    first, second = read_sheet_record(post(), MAPPING)
    assert first.changed == [{"column": "year", "new": 2004, "old": 2003}]
    assert (first.key, first.at, first.author) == ({"tailnum": "N1"}, 5_000, "ann@example.com")
    assert "old" not in second.changed[0]


def test_dates_and_errors_of_a_sheet_show_as_text() -> None:
    cells = {
        "a": {"value": {"date": "2004-01-02T00:00:00.000"}},
        "b": {"value": {"date": "2004-01-02T03:04:05.000"}},
        "c": {"value": {"error": "#REF!"}},
    }
    [change] = read_sheet_record(post(rows=[{"key": {"tailnum": "N1"}, "cells": cells}]), MAPPING)
    assert [cell["new"] for cell in change.changed] == [
        "2004-01-02",
        "2004-01-02 03:04:05",
        "#REF!",
    ]


def test_a_hint_is_one_change_and_a_heartbeat_none() -> None:
    [hint] = read_sheet_record(post(kind="hint", change_type="REMOVE_ROW", rows=[]), MAPPING)
    assert (hint.op, hint.note) == ("hint", "REMOVE_ROW")
    [command] = read_sheet_record(post(kind="command", command="pause", rows=[]), MAPPING)
    assert (command.op, command.note) == ("hint", "pause")
    assert read_sheet_record(post(kind="heartbeat", rows=[]), MAPPING) == []
