import pytest

from deploy.sheets_emulator.number_format import format_value
from deploy.sheets_emulator.serial_date import from_datetime, to_datetime


@pytest.mark.parametrize(
    ("value", "pattern", "shown"),
    [
        (2000000.01, "#,##0.00", "2,000,000.01"),
        (1234, "#,##0", "1,234"),
        (0.5, "0%", "50%"),
        (0.055, "0.00%", "5.50%"),
        (-3.456, "0.00", "-3.46"),
        (-3, "0.00;(0.00)", "(3.00)"),
        (0, "0.00;(0.00);-", "-"),
        (7, "000", "007"),
        (5.5, "0.##", "5.5"),
        (5, '"$"#,##0.00', "$5.00"),
        (1000, "0.00E+00", "1.00E+03"),
        (0.000123, "0.00E+00", "1.23E-04"),
        (1234567, "0.0,,\\M", "1.2M"),
        (0.005, "0.00", "0.01"),
        (1.005, "0.00", "1.01"),
        (-0.001, "0.00", "0.00"),
        (150, "[<100]0;[>=100]#,##0.0", "150.0"),
    ],
)
def test_numbers(value: float, pattern: str, shown: str) -> None:
    assert format_value(value, {"type": "NUMBER", "pattern": pattern}) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1 / 1024, "0.0009765625"),
        (1 / 3, "0.3333333333"),
        (3.141592653589793, "3.141592654"),
        (42, "42"),
        (-1.5, "-1.5"),
        (12345678901234, "12345678901234"),
        (1e15, "1E+15"),
        (0.1 + 0.2, "0.3"),
        (True, "TRUE"),
        ("text", "text"),
        (None, ""),
    ],
)
def test_automatic_format(value: bool | float | str | None, shown: str) -> None:
    assert format_value(value, None) == shown


@pytest.mark.parametrize(
    ("serial", "pattern", "shown"),
    [
        (45293, "yyyy-mm-dd", "2024-01-02"),
        (45293, "M/d/yyyy", "1/2/2024"),
        (45293, "ddd, d mmm yy", "Tue, 2 Jan 24"),
        (45293, "dddd mmmm", "Tuesday January"),
        (45293.5, "yyyy-mm-dd hh:mm:ss", "2024-01-02 12:00:00"),
        (45293.75, "h:mm AM/PM", "6:00 PM"),
        (45293.000011574074, "hh:mm:ss.000", "00:00:01.000"),
        (45293.5000014468, "h:mm:ss.000", "12:00:00.125"),
        (1.5, "[h]:mm:ss", "36:00:00"),
        (0.25, "[mm]", "360"),
        (1, "yyyy-mm-dd", "1899-12-31"),
    ],
)
def test_dates_and_times(serial: float, pattern: str, shown: str) -> None:
    assert format_value(serial, {"type": "DATE_TIME", "pattern": pattern}) == shown


def test_plain_text_leaves_numbers_as_they_are() -> None:
    assert format_value(7, {"type": "TEXT", "pattern": "@"}) == "7"
    assert format_value("007", {"type": "TEXT", "pattern": "@"}) == "007"


def test_serial_numbers_round_trip_to_the_millisecond() -> None:
    for milliseconds in range(0, 86_400_000, 7_919_333):
        serial = 45000 + milliseconds / 86_400_000
        assert abs(from_datetime(to_datetime(serial)) - serial) < 1e-9
