"""Dates, times and instants in cells."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from sink.core.cell import CellContent
from sink.core.errors import UnfitValueError
from sink.core.values.codec import Shown, Value
from sink.core.values.meaning import meaning
from tests.unit.values.columns import codec, refusal, wall

NEW_YORK = "America/New_York"


@pytest.mark.parametrize(
    ("declaration", "value", "shown"),
    [
        ("date", "2004-01-02", 37988),
        ("date", "1900-01-01", 2),
        ("date", "1899-12-31", "1899-12-31"),
        ("date", "9999-12-31", 2958465),
        ("datetime", "2004-01-02 12:00:00", 37988.5),
        ("datetime", "1815-06-18 11:30:00", "1815-06-18 11:30:00"),
        ("datetime(3)", "2004-01-02 00:00:00.001", 37988.00000001157),
        ("datetime(6)", "2004-01-02 00:00:00.001001", "2004-01-02 00:00:00.001001"),
        ("datetime(6)", "2004-01-02 06:00:00.000000", 37988.25),
        ("time", "06:00:00", 0.25),
        ("time", "-36:00:00", -1.5),
        ("time", "838:59:59", 34.958321759259256),
        ("time(6)", "00:00:00.000001", "00:00:00.000001"),
        ("timestamp", "2004-01-02T12:00:00Z", 37988.5),
    ],
)
def test_a_date_shows_as_a_serial_and_as_text_where_a_serial_is_not_exact(
    declaration: str, value: Value, shown: Shown
) -> None:
    found = codec(declaration).to_cell(value)
    assert found == (pytest.approx(shown, abs=1e-11) if isinstance(shown, float) else shown)
    assert codec(declaration).from_cell(found) == value


@pytest.mark.parametrize(
    ("declaration", "pattern"),
    [
        ("date", ("DATE", "yyyy-mm-dd")),
        ("datetime", ("DATE_TIME", "yyyy-mm-dd hh:mm:ss")),
        ("timestamp(3)", ("DATE_TIME", "yyyy-mm-dd hh:mm:ss.000")),
        ("datetime(6)", ("DATE_TIME", "yyyy-mm-dd hh:mm:ss.000")),
        ("time(1)", ("TIME", "[hh]:mm:ss.0")),
    ],
)
def test_the_number_format_shows_what_the_column_holds(
    declaration: str, pattern: tuple[str, str]
) -> None:
    assert codec(declaration).number_format == pattern


@pytest.mark.parametrize(
    ("declaration", "content", "value"),
    [
        ("date", "2004-01-02", "2004-01-02"),
        ("date", " 2004-1-2 ", "2004-01-02"),
        ("date", wall("2004-01-02"), "2004-01-02"),
        ("datetime", "2004-01-02", "2004-01-02 00:00:00"),
        ("datetime", "2004-01-02T03:04", "2004-01-02 03:04:00"),
        ("datetime(3)", "2004-01-02 03:04:05.12", "2004-01-02 03:04:05.120"),
        ("datetime", wall("2004-01-02 03:04:05"), "2004-01-02 03:04:05"),
        ("time", "3:04", "03:04:00"),
        ("time", "-100:00:01", "-100:00:01"),
        ("time", wall("1899-12-30 15:30:00"), "15:30:00"),
        ("time", wall("1899-12-29 12:00:00"), "-12:00:00"),
        ("timestamp", "2004-01-02 03:04:05+01:00", "2004-01-02T02:04:05Z"),
        ("timestamp", "2004-01-02T03:04:05Z", "2004-01-02T03:04:05Z"),
    ],
)
def test_dates_are_taken_as_text_or_as_apps_script_tells_them(
    declaration: str, content: CellContent, value: Value
) -> None:
    assert codec(declaration).from_cell(content) == value


def test_a_serials_rounding_is_not_a_fraction_of_a_second() -> None:
    moment = codec("datetime")
    for seconds in range(0, 86_400, 97):
        serial = 45_293 + seconds / 86_400
        expected = datetime.fromisoformat("2024-01-02") + timedelta(seconds=seconds)
        assert moment.from_cell(serial) == expected.isoformat(" ")
        assert moment.from_cell(float(f"{serial:.15g}")) == expected.isoformat(" ")


def test_a_fraction_finer_than_the_column_is_refused_not_rounded() -> None:
    half = 37988 + 0.5 / 86_400
    assert refusal(codec("datetime"), half) == (
        "takes whole seconds; this time has a fraction of a second"
    )
    assert refusal(codec("time(1)"), "00:00:00.25") == (
        "takes fractions of a second with at most 1 digit"
    )
    assert codec("datetime(1)").from_cell(half) == "2004-01-02 00:00:00.5"
    assert refusal(codec("datetime(6)"), "2004-01-02 00:00:00.1234567") == (
        "takes fractions of a second of at most 6 digits"
    )


def test_a_date_takes_no_time_of_day() -> None:
    assert refusal(codec("date"), 37988.5) == "takes a date without a time of day"
    assert refusal(codec("date"), "2004-01-02 12:00") == "takes a date without a time of day"


@pytest.mark.parametrize("text", ["2004-02-30", "02/01/2004", "2004", "yesterday", "0000-00-00"])
def test_a_text_that_is_no_date_is_refused(text: str) -> None:
    assert refusal(codec("date"), text) == f"takes a date, such as 2004-01-31, not “{text}”"
    assert refusal(codec("datetime"), text).startswith("takes a date and time, such as")


def test_numbers_beyond_the_calendar_are_refused() -> None:
    for number in (1e18, -1e6, 3e6, float("inf")):
        refusal(codec("date"), number)
        refusal(codec("datetime"), number)
        refusal(codec("time"), number)


def test_a_time_is_not_a_date() -> None:
    assert refusal(codec("time"), wall("2004-01-02 12:00:00")) == (
        "takes a time from -838:59:59 to 838:59:59, not a date"
    )


@pytest.mark.parametrize(
    ("declaration", "raw"),
    [
        ("date", "0000-00-00"),
        ("date", "2004-00-00"),
        ("datetime", "0000-00-00 00:00:00"),
        ("timestamp", "0000-00-00 00:00:00"),
    ],
)
def test_a_zero_date_is_null_as_the_connector_tells_it_or_refused(
    declaration: str, raw: str
) -> None:
    assert codec(declaration).from_row(raw) is None
    with pytest.raises(UnfitValueError, match="zero date"):
        codec(declaration, nullable=False).from_row(raw)


def test_an_instant_shows_as_wall_time_of_the_mappings_zone() -> None:
    instant = codec("timestamp", zone=NEW_YORK)
    assert instant.to_cell("2004-07-01T16:00:00Z") == 38169.5
    assert instant.from_cell(38169.5) == "2004-07-01T16:00:00Z"
    assert instant.from_cell(wall("2004-07-01 12:00:00")) == "2004-07-01T16:00:00Z"


def test_an_hour_that_happens_twice_is_told_apart() -> None:
    instant = codec("timestamp", zone=NEW_YORK)
    first, second = "2024-11-03T05:30:00Z", "2024-11-03T06:30:00Z"
    assert instant.to_cell(first) == 45599.0625
    assert instant.to_cell(second) == "2024-11-03 01:30:00 -05:00"
    assert instant.from_cell(45599.0625) == instant.from_cell("2024-11-03 01:30") == first
    assert instant.from_cell("2024-11-03 01:30:00 -05:00") == second


def test_an_hour_that_never_was_is_refused() -> None:
    reason = (
        "takes a time that exists: 2024-03-10 02:30:00 was skipped in America/New_York "
        "when clocks went forward"
    )
    assert refusal(codec("timestamp", zone=NEW_YORK), "2024-03-10 02:30") == reason
    assert codec("datetime", zone=NEW_YORK).from_cell("2024-03-10 02:30")


def test_an_instant_outside_timestamps_range_is_refused() -> None:
    for text in ("1970-01-01 00:00:00Z", "2038-01-19 03:14:08Z", "1969-12-31", "9999-12-31"):
        assert refusal(codec("timestamp"), text) == (
            "takes times from 1970-01-01 to 2038-01-19 (UTC)"
        )


def test_an_instants_parameter_does_not_depend_on_the_sessions_zone() -> None:
    parameter = codec("timestamp(3)", zone=NEW_YORK).to_parameter("2004-01-02T03:04:05.120Z")
    assert parameter == "2004-01-02 03:04:05.120+00:00"


def test_debeziums_other_time_mode_is_understood() -> None:
    assert codec("date").from_debezium("2004-01-02Z") == "2004-01-02"
    assert codec("datetime(3)").from_debezium("2004-01-02T03:04:05.12Z") == (
        "2004-01-02 03:04:05.120"
    )
    assert codec("time(3)").from_debezium("12:34:56.7Z") == "12:34:56.700"


def test_a_date_cell_that_apps_script_tells_is_unchanged_to_the_millisecond() -> None:
    moment = codec("datetime(6)")
    stored = "2004-01-02 03:04:05.120000"
    assert meaning(moment, wall("2004-01-02 03:04:05.120"), stored) == stored
    assert meaning(moment, wall("2004-01-02 03:04:05.121"), stored) == "2004-01-02 03:04:05.121000"


def test_a_number_is_unchanged_if_it_agrees_to_fifteen_digits() -> None:
    double = codec("double")
    assert meaning(double, 0.30000000000000004, 0.3) == 0.3
    assert meaning(double, 0.301, 0.3) == 0.301
