"""Text, choices, documents, bytes and truth in cells."""

from __future__ import annotations

from pathlib import Path

import pytest

from sink.core.cell import CellContent, CellError
from sink.core.errors import ConfigurationError, UnfitValueError
from sink.core.values import registry
from sink.core.values.binaries import BLOB_BYTES
from sink.core.values.codec import Value
from sink.core.values.long_text import CELL_LIMIT
from sink.core.values.meaning import meaning
from sink.core.values.text import TEXT_BYTES
from tests.unit.values.columns import codec, column, refusal, wall


@pytest.mark.parametrize("text", ["00123", "1.0", "=1+1", "'quoted", "TRUE", "1/2", " a ", "\n"])
def test_a_text_that_looks_like_something_else_stays_text(text: str) -> None:
    varchar = codec("varchar(10)")
    assert varchar.to_cell(text) == text
    assert varchar.from_cell(text) == text
    assert varchar.number_format == ("TEXT", "@")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (12, "12"),
        (12.0, "12"),
        (-1.5, "-1.5"),
        (0.0, "0"),
        (1e20, "100000000000000000000"),
        (1e-9, "1E-9"),
        (True, "TRUE"),
        (wall("2004-01-02"), "2004-01-02"),
        (wall("2004-01-02 03:04:05"), "2004-01-02 03:04:05"),
    ],
)
def test_what_is_typed_into_a_text_column_is_its_text(content: CellContent, text: str) -> None:
    assert codec("varchar(30)").from_cell(content) == text


def test_an_empty_cell_is_null_where_the_column_allows_it_else_the_empty_text() -> None:
    assert codec("varchar(10)").from_cell(None) is None
    assert codec("varchar(10)", nullable=False).from_cell("") == ""
    assert codec("set('a')", nullable=False).from_cell(None) == ""
    assert codec("varbinary(10)", nullable=False).from_cell(None) == ""
    assert refusal(codec("int", nullable=False), None) == "cannot be empty"
    assert refusal(codec("enum('a')", nullable=False), None) == "cannot be empty"
    assert codec("enum('a','')", nullable=False).from_cell(None) == ""


def test_an_untouched_empty_text_stays_empty() -> None:
    varchar = codec("varchar(10)")
    assert varchar.to_cell("") is varchar.to_cell(None) is None
    assert meaning(varchar, None, "") == ""
    assert meaning(varchar, None, None) is None
    assert meaning(varchar, None, "x") is None


def test_char_has_no_trailing_spaces_and_varchar_keeps_them() -> None:
    assert codec("char(5)").from_cell("a  ") == "a"
    assert codec("varchar(5)").from_cell("a  ") == "a  "


def test_length_is_counted_as_mysql_counts_it() -> None:
    assert codec("varchar(2)").from_cell("😀é") == "😀é"
    assert refusal(codec("varchar(2)"), "abc") == ("takes at most 2 characters; this text has 3")
    assert codec("tinytext").from_cell("é" * 127) == "é" * 127
    assert refusal(codec("tinytext"), "é" * 128) == "takes at most 255 bytes; this text has 256"
    assert codec("tinytext", collation="latin1_swedish_ci").from_cell("é" * 255)


def test_characters_that_the_column_cannot_store_are_named() -> None:
    assert "cannot store the character 😀" in refusal(
        codec("varchar(9)", collation="utf8mb3_general_ci"), "a😀"
    )
    assert "cannot store the character я" in refusal(
        codec("varchar(9)", collation="latin1_swedish_ci"), "я"
    )
    assert "U+D83D" in refusal(codec("varchar(9)"), "half \ud83d")


def test_a_text_too_long_for_a_cell_shows_its_beginning_and_cannot_be_edited() -> None:
    text = codec("mediumtext")
    stored = "😀" * 30_000
    shown = text.to_cell(stored)
    assert isinstance(shown, str)
    assert len(shown.encode("utf-16-le")) // 2 <= CELL_LIMIT
    assert meaning(text, shown, stored) == stored
    assert "too long for a cell" in refusal(text, shown)
    assert text.to_cell(stored[:-1] + "x") != shown
    whole = "x" * CELL_LIMIT
    assert text.to_cell(whole) == whole
    assert text.from_cell(whole) == whole


def test_line_ends_and_control_characters_that_a_sheet_drops_are_no_edit() -> None:
    text = codec("text")
    assert meaning(text, "a\nb", "a\r\nb") == "a\r\nb"
    assert meaning(text, "ab", "a\x00b") == "a\x00b"
    assert meaning(text, "a b", "a\x00b") == "a b"


def test_a_date_typed_into_a_text_column_is_no_edit_when_the_api_reads_its_serial() -> None:
    text = codec("varchar(30)")
    assert meaning(text, 37988.0, "2004-01-02") == "2004-01-02"
    assert meaning(text, 37989.0, "2004-01-02") == "37989"


def test_an_error_is_refused_in_every_column() -> None:
    reason = "shows the error #REF!; mend the formula or type a value"
    for declaration in ("int", "varchar(9)", "date", "json", "tinyint(1)", "enum('a')"):
        assert refusal(codec(declaration), CellError("#REF!")) == reason


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (True, True),
        ("true", True),
        (" FALSE ", False),
        (1, True),
        (0.0, False),
        (5, 5),
        ("5", 5),
        (-128, -128),
    ],
)
def test_truth_takes_true_false_and_the_other_numbers_of_tinyint_1(
    content: CellContent, value: Value
) -> None:
    found = codec("tinyint(1)").from_cell(content)
    assert found == value
    assert type(found) is type(value)


def test_truth_refuses_what_is_neither() -> None:
    assert refusal(codec("tinyint(1)"), "yes") == "takes TRUE or FALSE, not “yes”"
    assert refusal(codec("tinyint(1)"), 128) == "takes TRUE or FALSE, not “128”"
    assert refusal(codec("bit(1)"), 2) == "takes TRUE or FALSE, not “2”"


def test_truth_is_the_same_from_every_source() -> None:
    truth = codec("tinyint(1)")
    for raw in (True, 1):
        assert truth.from_debezium(raw) is truth.from_row(1) is True
    assert codec("bit(1)").from_row(b"\x01") is codec("bit(1)").from_debezium(True) is True
    assert truth.from_debezium(5) == truth.from_row(5) == 5
    assert truth.to_parameter(True) == 1


def test_a_choice_is_a_member_in_any_case_of_letters() -> None:
    size = codec("enum('Small','it''s','1','A','a')")
    assert size.from_cell("small ") == "Small"
    assert size.from_cell("it's") == "it's"
    assert size.from_cell(1) == "1"
    assert size.from_cell("a") == "a"
    assert refusal(size, 2) == "takes one of: Small, it's, 1, A, a, not “2”"


def test_a_member_with_a_backslash_comes_doubled_from_the_connector() -> None:
    path = codec(r"enum('a\\b','c')")
    assert path.from_debezium(r"a\\b") == path.from_row(r"a\b") == r"a\b"


def test_mysqls_mark_of_an_invalid_choice_is_kept_but_never_written() -> None:
    size = codec("enum('a')")
    assert size.from_debezium("") == ""
    with pytest.raises(UnfitValueError):
        size.to_parameter("")


def test_a_set_is_in_declared_order_without_repeats() -> None:
    several = codec("set('c','a','b d')")
    assert several.from_cell("a, b d,A,c") == "c,a,b d"
    assert several.from_debezium("c,a") == "c,a"
    assert refusal(several, "a,x") == "takes any of: c, a, b d, separated by commas, not “x”"
    assert refusal(several, "a,,c").startswith("takes any of")


def test_a_document_has_one_writing() -> None:
    document = codec("json")
    canonical = '{"": {}, "a": [1, 2, 1.5, null, true, "é"], "bb": 1e-07}'
    mysql = '{"": {}, "a": [1, 2.0, 1.5, null, true, "é"], "bb": 0.0000001}'
    debezium = '{"":{},"a":[1,2.0,1.5,null,true,"\\u00e9"],"bb":0.000000099999999999999995474811}'
    assert document.from_row(mysql) == canonical
    assert document.from_debezium(debezium) == canonical
    assert document.from_cell(mysql) == canonical
    assert document.from_row('{"a": 1, "a": 2}') == '{"a": 2}'


def test_a_documents_numbers_are_as_exact_as_mysqls() -> None:
    document = codec("json")
    assert document.from_cell("[18446744073709551615, -9223372036854775808]") == (
        "[18446744073709551615, -9223372036854775808]"
    )
    assert document.from_row("[1.2345678901234568e17]") == document.from_debezium(
        "[123456789012345680]"
    )
    assert document.from_row("1e20") == document.from_debezium("100000000000000000000")


def test_json_null_is_not_an_empty_cell() -> None:
    document = codec("json")
    assert document.to_cell("null") == "null"
    assert document.from_cell("null") == "null"
    assert document.from_cell(None) is None
    assert document.from_cell(5) == "5"
    assert document.from_cell(True) == "true"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{a: 1}", "takes JSON; this text is none from its character 2 on"),
        ("[NaN]", "takes JSON, which has no NaN"),
        ("[1e999]", "takes JSON; the number 1e999 is too large"),
        ("[" * 20_000, "takes JSON with at most 100 levels of lists and objects"),
        ("[" * 101 + "]" * 101, "takes JSON with at most 100 levels of lists and objects"),
        ('"\\ud800"', "takes JSON; this text has half of a character"),
    ],
)
def test_what_mysql_would_not_store_as_json_is_refused(text: str, reason: str) -> None:
    assert refusal(codec("json"), text) == reason


def test_bytes_show_as_hex() -> None:
    binary = codec("varbinary(4)")
    assert binary.to_cell("AP8=") == "0x00FF"
    assert binary.from_cell("0x00ff") == "AP8="
    assert binary.to_parameter("AP8=") == b"\x00\xff"
    assert refusal(binary, "AP8=") == "takes bytes as hex digits, such as 0x00FF, not “AP8=”"
    assert refusal(binary, "0x0") == "takes bytes as hex digits, such as 0x00FF, not “0x0”"
    assert refusal(binary, "0x0102030405") == "takes at most 4 bytes; these are 5"


def test_binary_of_fixed_length_is_filled_with_zeros() -> None:
    fixed = codec("binary(4)")
    assert fixed.from_debezium("YQ==") == fixed.from_row(b"a\0\0\0") == fixed.from_cell("0x61")


def test_every_type_is_in_the_page_about_values() -> None:
    page = (Path(registry.__file__).parent / "README.md").read_text()
    grouped = {"smallint", "mediumint", "int", *TEXT_BYTES, *BLOB_BYTES}
    for data_type in {*registry.FAMILIES, "timestamp"} - grouped:
        assert data_type.upper() in page, data_type
    for group in ("TINYINT … BIGINT", "TEXT types", "BLOB types"):
        assert group in page


@pytest.mark.parametrize("declaration", ["geometry", "point", "vector(3)", "geomcollection"])
def test_a_type_that_no_cell_can_hold_is_refused_at_the_start(declaration: str) -> None:
    with pytest.raises(ConfigurationError, match="column price is declared") as refused:
        codec(declaration)
    assert refused.value.mend == "Leave it out of the mapping's columns"


def test_an_unknown_zone_is_refused_at_the_start() -> None:
    for zone in ("Mars/Olympus", "../etc/passwd", ""):
        with pytest.raises(ConfigurationError, match="time_zone"):
            codec("timestamp", zone=zone)


def test_members_are_read_as_the_server_writes_them() -> None:
    assert column(r"enum('it''s','a\\b','c,d','(e)')").members == ("it's", r"a\b", "c,d", "(e)")
