"""Formulas: their values, their text, and when they are worked out."""

import pytest

from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.formulas.tokens import normalize
from deploy.sheets_emulator.json_types import JsonValue


def enter(document: Document, text: str, values: list[list[JsonValue]]) -> None:
    document.values_update(text, values, "USER_ENTERED")


def result(document: Document, formula: str) -> JsonValue:
    enter(document, "H1", [[formula]])
    return document.values_get("H1", "UNFORMATTED_VALUE")[0][0]


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=1+2*3", 7),
        ("=(1+2)*3", 9),
        ("=-2^2", 4),
        ("=2^-1", 0.5),
        ("=50%", 0.5),
        ("=7/2", 3.5),
        ('="a"&1&TRUE', "a1TRUE"),
        ("=1=1", True),
        ('="A"="a"', True),
        ("=1<>2", True),
        ('=2<"1"', True),
        ('="say ""hi"""', 'say "hi"'),
        ("=SUM(A1:A4)", 6),
        ("=SUM(A1:A4, 4, A1)", 11),
        ("=AVERAGE(A1:A4)", 2),
        ("=COUNT(A1:A4)", 3),
        ("=COUNTA(A1:A4)", 4),
        ("=MIN(A1:A4)", 1),
        ("=MAX(A1:A4)", 3),
        ('=IF(A1>0,"yes","no")', "yes"),
        ("=IF(FALSE,1)", False),
        ("=CONCATENATE(A1,B1,A4)", "1text"),
        ("=ROUND(2.345,2)", 2.35),
        ("=ROUND(-2.5)", -3),
        ("=IFERROR(1/0,9)", 9),
        ('=COUNTIF(A1:A4,">1")', 2),
        ("=SUMIF(A1:A4,2)", 2),
        ("=VLOOKUP(2,A1:B3,2,FALSE)", "two"),
        ("=LEN(A4)", 4),
        ("=B1", 0),
        ("=1/0", "#DIV/0!"),
        ('=1+"x"', "#VALUE!"),
        ("=NOSUCH(1)", "#NAME?"),
        ("=nosuchname", "#NAME?"),
        ("=Nowhere!A1", "#REF!"),
        ("=1+", "#ERROR!"),
        ("=H1", "#REF!"),
        ("=SUM(A1/0)", "#DIV/0!"),
        ("=SQRT(-1)", "#NUM!"),
        ("=DATE(2024,1,2)", 45293),
        ("=0.1+0.2", 0.1 + 0.2),
    ],
)
def test_values(document: Document, formula: str, value: JsonValue) -> None:
    enter(document, "A1", [[1], [2, "two"], [3], ["text"]])
    assert result(document, formula) == value


def test_formulas_follow_what_they_depend_on_in_any_order(document: Document) -> None:
    enter(document, "A1", [["=A2+1"], ["=A3+1"], [1]])
    assert document.values_get("A1:A3", "UNFORMATTED_VALUE") == [[3], [2], [1]]
    enter(document, "A3", [[10]])
    assert document.values_get("A1:A3", "UNFORMATTED_VALUE") == [[12], [11], [10]]


def test_a_long_chain_is_worked_out(document: Document) -> None:
    enter(document, "A1", [[1], *([f"=A{row}+1"] for row in range(1, 900))])
    assert document.values_get("A900", "UNFORMATTED_VALUE") == [[900]]


def test_the_text_is_kept_with_capitals_for_names_and_references() -> None:
    assert normalize("= sum( a1:b2 ) & 'my tab'!c3") == "= SUM( A1:B2 ) & 'my tab'!C3"


def test_now_takes_the_spreadsheets_zone_and_a_date_format(document: Document) -> None:
    zone = {"properties": {"timeZone": "Asia/Tokyo"}, "fields": "timeZone"}
    document.apply("spreadsheets.values.update", {
        "range": "A1", "values": [["=NOW()", "=TODAY()"]], "valueInputOption": "USER_ENTERED",
    }, at=0.0)  # fmt: skip
    assert document.values_get("A1:B1") == [["1/1/1970 0:00:00", "1/1/1970"]]
    document.apply(
        "spreadsheets.batchUpdate",
        {"requests": [{"updateSpreadsheetProperties": zone}]},
        at=0.0,
    )
    assert document.values_get("A1:B1") == [["1/1/1970 9:00:00", "1/1/1970"]]


def test_a_formula_that_was_overwritten_is_gone(document: Document) -> None:
    enter(document, "A1", [["=1+1"]])
    document.values_update("A1", [[5]], "RAW")
    assert document.values_get("A1", "FORMULA") == [[5]]
    document.batch_update([{"insertDimension": {"range": {
        "sheetId": 0, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}}}])  # fmt: skip
    assert document.values_get("A2", "FORMULA") == [[5]]
