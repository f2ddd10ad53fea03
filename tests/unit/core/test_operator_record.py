"""What a log has kept, given back to a table that has changed since."""

from __future__ import annotations

import pytest

from sink.core import operator_record
from sink.core.columns import Column
from sink.core.errors import UnfitValueError
from sink.core.operator_record import Wish
from sink.core.values.codec import Value
from tests.unit.core.changing import DAY, INT, PRICE, TEXT, mapped


def given_back(value: Value, column: Column) -> Value:
    """What a wish for ``value`` becomes in a column that is declared so now."""
    wish = Wish({"id": 1}, {"a": value}).to_json()
    raw = operator_record.record("restore:1", wish, author="ada", time_ms=0)
    return operator_record.decode(raw, mapped({"a": column}), 5).cells["a"]


@pytest.mark.parametrize(
    ("value", "column"), [("x", TEXT), (7, INT), ("1.50", PRICE), ("2026-01-02", DAY), (None, INT)]
)
def test_a_value_of_the_column_s_own_is_taken_as_it_is(value: Value, column: Column) -> None:
    assert given_back(value, column) == value


@pytest.mark.parametrize(
    ("value", "column"), [("x", INT), (7, TEXT), ("many", PRICE), ("whenever", DAY)]
)
def test_a_value_of_an_older_type_is_refused(value: Value, column: Column) -> None:
    with pytest.raises(UnfitValueError, match=r"“a” had another type when it held"):
        given_back(value, column)
