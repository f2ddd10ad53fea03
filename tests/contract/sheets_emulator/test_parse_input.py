import pytest

from deploy.sheets_emulator.model.cell_value import CellValue
from deploy.sheets_emulator.parse_input import parse_input


@pytest.mark.parametrize(
    ("text", "value", "pattern"),
    [
        ("42", 42, None),
        ("0042", 42, None),
        ("-1.50", -1.5, None),
        (".5", 0.5, None),
        ("2,000,000.01", 2000000.01, "#,##0.00"),
        ("1,234", 1234, "#,##0"),
        ("5%", 0.05, "0%"),
        ("5.5%", 0.055, "0.00%"),
        ("$5", 5, '"$"#,##0'),
        ("-$5.25", -5.25, '"$"#,##0.00'),
        ("(7)", -7, None),
        ("1e3", 1000, "0.00E+00"),
        ("TRUE", True, None),
        ("false", False, None),
        ("2024-01-02", 45293, "yyyy-mm-dd"),
        ("1/2/2024", 45293, "m/d/yyyy"),
        ("2024-01-02 12:00", 45293.5, "yyyy-mm-dd h:mm"),
        ("2024-01-02T18:00:00", 45293.75, "yyyy-mm-dd h:mm:ss"),
        ("6:00 PM", 0.75, "h:mm am/pm"),
        ("36:00:00", 1.5, "[h]:mm:ss"),
        ("abc", "abc", None),
        ("'007", "007", None),
        ("'=1+1", "=1+1", None),
        ("1,23", "1,23", None),
        ("2024-13-40", "2024-13-40", None),
        ("1-2-3-4", "1-2-3-4", None),
        ("N10156", "N10156", None),
        ("-", "-", None),
        ("=", "=", None),
        ("", None, None),
        ("  7 ", 7, None),
    ],
)
def test_typed_texts(text: str, value: CellValue, pattern: str | None) -> None:
    entry = parse_input(text)
    assert entry.value == value
    assert type(entry.value) is type(value)
    assert entry.pattern == pattern
    assert entry.formula is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12,5", 12.5),
        ("-1.234,56", -1234.56),
        ("1.234", 1234),
        ("12,5%", 0.125),
        ("2.1.2024", 45293),
        ("02.01.2024 18:00", 45293.75),
        ("2024-01-02 12:00", 45293.5),
        ("12.5", "12.5"),
        ("1,2,3", "1,2,3"),
        ("32.1.2024", "32.1.2024"),
        ("abc.", "abc."),
    ],
)
def test_german_texts(text: str, value: CellValue) -> None:
    assert parse_input(text, locale="de_DE").value == value
    assert parse_input("12.5", locale="fr_FR").value == 12.5


def test_an_equals_sign_starts_a_formula() -> None:
    assert parse_input("=1+1").formula == "=1+1"


def test_a_plain_text_cell_keeps_what_is_typed() -> None:
    assert parse_input("0042", as_text=True).value == "0042"
    assert parse_input("=1+1", as_text=True).value == "=1+1"
