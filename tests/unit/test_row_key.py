"""Row keys: one identity from every source."""

from __future__ import annotations

import pytest

from sink.core.errors import EnvelopeError, UnfitValueError
from sink.core.row_key import RowKey
from tests.unit.values.columns import codec

CODECS = {"id": codec("bigint unsigned"), "day": codec("date"), "code": codec("char(5)")}


def test_a_key_is_equal_from_the_connector_and_from_values() -> None:
    sent = {"id": 7, "day": 12419}
    assert RowKey.from_debezium(sent, ("id", "day"), CODECS) == RowKey.from_values(
        ("id", "day"), (7, "2004-01-02")
    )


def test_the_order_is_the_primary_keys_whatever_the_json_says() -> None:
    key = RowKey.from_debezium({"day": 12419, "id": 7}, ("id", "day"), CODECS)
    assert key.canonical == b'{"id":7,"day":"2004-01-02"}'
    assert key.debezium(CODECS) == b'{"id":7,"day":12419}'
    assert key.display == "7, 2004-01-02"


def test_bytes_are_escaped_like_the_connectors() -> None:
    text = 'é/"\\\x01\x1f\x7f\t\u2028😀'
    assert RowKey.from_values(("code",), (text,)).canonical == (
        '{"code":"é/\\"\\\\\\u0001\\u001F\x7f\\t\u2028\\uD83D\\uDE00"}'.encode()
    )
    literal = "\\u00ff"
    assert RowKey.from_values(("code",), (literal,)).canonical == b'{"code":"\\\\u00ff"}'


@pytest.mark.parametrize("raw", [None, {}, {"id": "x"}, {"id": None}, {"id": 1, "more": 2}, [1]])
def test_what_is_no_key_of_the_table_is_refused(raw: object) -> None:
    with pytest.raises(EnvelopeError, match="not a key of id"):
        RowKey.from_debezium(raw, ("id",), CODECS)


def test_a_key_is_never_null() -> None:
    with pytest.raises(UnfitValueError):
        RowKey.from_values(("id", "day"), (1, None))


def test_a_key_that_the_state_tables_cannot_hold_is_refused() -> None:
    for longest in ("x" * 1_991, "😀" * 165):
        assert RowKey.from_values(("id",), (longest,)).require_storable()
        with pytest.raises(UnfitValueError, match="too long"):
            RowKey.from_values(("id",), (longest + "😀",)).require_storable()
