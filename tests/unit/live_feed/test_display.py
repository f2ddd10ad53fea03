"""Values read alike from a row and from a change event."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from deploy.live_feed.display import ColumnType, show_event_value, show_row_value


@pytest.mark.parametrize(
    ("in_row", "in_event", "column", "shown"),
    [
        (None, None, ColumnType("c", "int"), None),
        (2**60, 2**60, ColumnType("c", "bigint"), str(2**60)),
        (Decimal("1.50"), "1.50", ColumnType("c", "decimal"), "1.50"),
        (date(2013, 1, 1), 15_706, ColumnType("c", "date"), "2013-01-01"),
        (
            datetime.fromisoformat("2013-01-01 06:00:00"),
            1_357_020_000_000,
            ColumnType("c", "datetime"),
            "2013-01-01 06:00:00",
        ),
        (timedelta(hours=-25, seconds=-1), -90_001_000_000, ColumnType("c", "time"), "-25:00:01"),
        (b"\x00\xff", "AP8=", ColumnType("c", "varbinary"), "0x00ff"),
    ],
)
def test_a_value_shows_alike_from_both(
    in_row: object, in_event: object, column: ColumnType, shown: object
) -> None:
    assert show_row_value(in_row) == shown
    assert show_event_value(in_event, column) == shown


def test_microseconds_of_a_datetime_are_told_by_its_declaration() -> None:
    column = ColumnType("c", "datetime", fraction=6)
    assert show_event_value(1_357_020_000_123_456, column) == "2013-01-01 06:00:00.123456"


def test_a_timestamp_shows_in_utc() -> None:
    column = ColumnType("c", "timestamp")
    assert show_event_value("2013-01-01T06:00:00+02:00", column) == "2013-01-01 04:00:00"


def test_a_long_text_is_cut_and_says_so() -> None:
    shown = show_row_value("x" * 1_000)
    assert isinstance(shown, str)
    assert len(shown) == 300
    assert shown.endswith("…")
