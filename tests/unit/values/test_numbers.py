"""Whole numbers, decimals and floats in cells."""

from __future__ import annotations

import pytest

from sink.core.errors import UnfitValueError
from tests.unit.values.columns import codec, refusal, wall


def test_a_typed_number_is_read_at_fifteen_digits() -> None:
    assert codec("decimal(20,18)").from_cell(0.1 + 0.2) == "0.300000000000000000"
    assert codec("double").from_cell(0.1 + 0.2) == 0.3
    assert codec("varchar(10)").from_cell(0.1 + 0.2) == "0.3"


@pytest.mark.parametrize(
    ("declaration", "value", "shown"),
    [
        ("bigint", 123456789012345, 123456789012345),
        ("bigint", 1234567890123456, "1234567890123456"),
        ("bigint", 1234567890123450, 1234567890123450),
        ("bigint unsigned", 18446744073709551615, "18446744073709551615"),
        ("decimal(10,2)", "12.50", 12.5),
        ("decimal(20,2)", "1234567890123.45", 1234567890123.45),
        ("decimal(20,2)", "12345678901234.56", "12345678901234.56"),
        ("double", 1 / 3, "0.3333333333333333"),
        ("double", 0.1, 0.1),
        ("double", 1e300, 1e300),
        ("float", 0.1, 0.1),
        ("year", 2004, 2004),
    ],
)
def test_a_number_shows_as_a_number_up_to_fifteen_digits_else_as_text(
    declaration: str, value: int | float | str, shown: int | float | str
) -> None:
    found = codec(declaration).to_cell(value)
    assert found == shown
    assert isinstance(found, str) == isinstance(shown, str)


def test_more_decimals_than_the_column_holds_are_refused_not_rounded() -> None:
    price = codec("decimal(10,2)")
    assert refusal(price, 12.345) == "takes a number with at most 2 decimals, not “12.345”"
    assert refusal(price, "12.345") == "takes a number with at most 2 decimals, not “12.345”"
    assert refusal(codec("int"), 1.5).startswith("takes a whole number from -2147483648")
    assert refusal(codec("decimal(5,0)"), 1.5) == "takes a whole number, not “1.5”"
    assert refusal(codec("decimal(5,1)"), 1.55).startswith("takes a number with at most 1 decimal,")


def test_zeros_after_the_last_decimal_are_no_more_decimals() -> None:
    assert codec("decimal(10,2)").from_cell("12.5000") == "12.50"
    assert codec("int").from_cell("12.0") == 12


def test_a_decimal_has_one_canonical_text() -> None:
    price = codec("decimal(10,2)")
    for raw in ("12.5", "12.50", "012.50", "1.25E+1"):
        assert price.from_debezium(raw) == "12.50"
    assert price.from_debezium("-0.00") == "0.00"
    assert price.from_cell(-0.0) == "0.00"


def test_numbers_beyond_the_columns_range_are_refused() -> None:
    assert (
        refusal(codec("tinyint unsigned"), 256) == "takes a whole number from 0 to 255, not “256”"
    )
    assert refusal(codec("tinyint unsigned"), -1) == "takes a whole number from 0 to 255, not “-1”"
    assert refusal(codec("decimal(4,2)"), 100) == (
        "takes at most 2 digits before the point, not “100”"
    )
    assert refusal(codec("decimal(4,2) unsigned"), -1) == "takes no number below 0, not “-1”"
    assert refusal(codec("float"), 1e39) == "takes no number as large as this"
    assert refusal(codec("year"), 1900) == "takes a year from 1901 to 2155, not “1900”"
    assert refusal(codec("bigint"), "1e999999") == (
        "takes a whole number from -9223372036854775808 to 9223372036854775807, not “1E+999999”"
    )


def test_a_long_number_typed_as_a_number_is_refused_before_digits_are_lost() -> None:
    reason = "has more than 15 digits, which a number in a sheet cannot hold"
    assert reason in refusal(codec("bigint"), 1234567890123456)
    assert reason in refusal(codec("varchar(30)"), 1234567890123456.0)
    assert codec("bigint").from_cell("1234567890123456") == 1234567890123456


@pytest.mark.parametrize("text", ["12,5", "1 000", "1_000", "NaN", "inf", "0x10", "twelve"])
def test_a_number_is_not_guessed_from_text(text: str) -> None:
    refusal(codec("decimal(10,2)"), text)
    refusal(codec("int"), text)
    refusal(codec("double"), text)


def test_numbers_do_not_take_dates_or_truth() -> None:
    assert refusal(codec("int"), True).endswith("not “TRUE”")
    assert "2004-01-02" in refusal(codec("decimal(10,2)"), wall("2004-01-02"))


def test_a_single_is_the_shortest_decimal_that_names_it() -> None:
    single = codec("float")
    assert single.from_row(0.10000000149011612) == 0.1
    assert single.from_debezium(0.1) == 0.1
    assert single.from_debezium(16777216.0) == 16777216.0
    assert single.to_parameter(3.4028235e38) == 3.4028234663852886e38


def test_a_float_with_declared_decimals_is_rounded_like_mysql() -> None:
    assert codec("float(10,6)").from_debezium(52.5200080871582) == 52.520008
    assert codec("double(12,3)").from_row(0.1) == 0.1


def test_minus_zero_is_zero() -> None:
    assert str(codec("double").from_debezium(-0.0)) == "0.0"


def test_the_year_zero_that_debezium_sends_as_1900_is_zero() -> None:
    assert codec("year").from_debezium(1900) == codec("year").from_row(0) == 0
    assert codec("year").to_parameter(0) == 0


def test_bits_are_read_from_either_end() -> None:
    ten = codec("bit(10)")
    assert ten.from_row(b"\x02\x01") == ten.from_debezium("AQI=") == 513


def test_what_a_server_cannot_have_sent_is_told_with_the_declaration() -> None:
    with pytest.raises(UnfitValueError, match=r"holds 300, .* declared tinyint"):
        codec("tinyint").from_debezium(300)
    with pytest.raises(UnfitValueError, match="holds 'x'"):
        codec("decimal(10,2)").from_debezium("x")
