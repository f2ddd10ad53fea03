"""What changed between two declarations of a table, and what that leaves to be done."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sink.core.columns import Column
from sink.core.declared import Declared
from sink.core.errors import ConfigurationError
from sink.core.schema_change import SchemaChange, between, to_be_done, told
from tests.unit.core.changing import DAY, INT, MOMENT, PRICE, TEXT, declared


def change_of(old: Declared, new: Declared, *, same: bool = False) -> SchemaChange:
    return between(old, new, lambda gone, come: same)


OLD = declared({"name": TEXT, "price": PRICE})


def test_a_table_that_is_as_it_was_leaves_nothing_to_be_done() -> None:
    change = change_of(OLD, OLD)
    assert not change.of_rows
    assert to_be_done(OLD, OLD, change) == OLD
    assert told(OLD, OLD, change) == []


def test_columns_in_another_order_are_the_same() -> None:
    assert not change_of(OLD, declared({"price": PRICE, "name": TEXT})).of_rows


def test_a_new_column_is_filled_and_given_a_header() -> None:
    new = declared({"day": DAY, "name": TEXT, "price": PRICE})
    change = change_of(OLD, new)
    assert (change.added, change.dropped) == (("day",), ())
    due = to_be_done(OLD, new, change)
    assert (due.filling, due.titles, due.formats) == (("day",), {"day": None}, ())
    assert told(OLD, new, change) == [
        "the table has a new column 'day': it is mapped under the header 'day'"
    ]


def test_a_dropped_column_leaves_its_header_to_the_person_until_it_comes_again() -> None:
    new = declared({"name": TEXT})
    change = change_of(OLD, new)
    assert change.dropped == ("price",)
    due = to_be_done(OLD, new, change)
    assert (due.left, due.settled) == (("price",), True)
    again = to_be_done(due, OLD, change_of(due, OLD))
    assert (again.left, again.titles) == ((), {"price": None})


def test_the_same_place_and_declaration_and_values_are_a_rename() -> None:
    new = declared({"label": TEXT, "price": PRICE})
    change = change_of(OLD, new, same=True)
    assert (change.renamed, change.added, change.dropped) == ({"name": "label"}, (), ())
    due = to_be_done(OLD, new, change)
    assert (due.titles, due.filling, due.left) == ({"label": "name"}, ("label",), ())


@pytest.mark.parametrize(
    "new",
    [
        declared({"label": replace(TEXT, length=30), "price": PRICE}),
        declared({"price": PRICE, "label": TEXT}),
    ],
    ids=["another declaration", "another place"],
)
def test_a_column_that_is_otherwise_unlike_is_not_the_one_that_is_gone(new: Declared) -> None:
    change = change_of(OLD, new, same=True)
    assert (change.renamed, change.added, change.dropped) == ({}, ("label",), ("name",))


def test_other_values_are_a_drop_and_an_add() -> None:
    change = change_of(OLD, declared({"label": TEXT, "price": PRICE}))
    assert (change.added, change.dropped) == (("label",), ("name",))


def test_two_columns_can_be_renamed_at_once() -> None:
    old, new = declared({"a": TEXT, "b": TEXT}), declared({"a": TEXT, "c": TEXT})
    assert change_of(old, new, same=True).renamed == {"b": "c"}
    new = declared({"c": TEXT, "b": TEXT})
    assert change_of(old, new, same=True).renamed == {"a": "c"}


def test_the_header_that_a_mapping_gives_says_which_column_was_renamed() -> None:
    old = declared({"name": TEXT, "price": PRICE}, {"id": "No", "name": "Name"})
    new = declared({"price": PRICE, "label": DAY}, {"id": "No", "label": "Name"})
    change = change_of(old, new)
    assert change.renamed == {"name": "label"}
    assert set(change.retyped) == {"label"}
    due = to_be_done(old, new, change)
    assert (due.titles, due.filling) == ({}, ("label",))


def test_another_header_for_a_column_is_written_over_the_old_one() -> None:
    old = declared({"name": TEXT}, {"id": "id", "name": "Name"})
    new = declared({"name": TEXT}, {"id": "id", "name": "Label"})
    assert to_be_done(old, new, change_of(old, new)).titles == {"name": "Name"}


def test_a_retyped_column_is_read_anew_and_formatted() -> None:
    new = declared({"name": DAY, "price": replace(PRICE, scale=1)})
    change = change_of(OLD, new)
    assert set(change.retyped) == {"name", "price"}
    due = to_be_done(OLD, new, change)
    assert set(due.filling) == {"name", "price"}
    assert set(due.formats) == {"name", "price"}
    assert due.titles == {}
    long = declared({"name": replace(TEXT, length=40), "price": PRICE})
    assert to_be_done(OLD, long, change_of(OLD, long)).formats == ()


def test_a_default_or_a_null_is_no_other_type() -> None:
    new = declared({"name": replace(TEXT, nullable=False, has_default=True), "price": PRICE})
    assert not change_of(OLD, new).of_rows


def test_another_time_zone_shows_timestamps_otherwise() -> None:
    old = declared({"at": MOMENT, "day": DAY}, zone="UTC")
    assert set(change_of(old, declared({"at": MOMENT, "day": DAY}, zone="Asia/Tokyo")).retyped) == {
        "at"
    }


def test_what_was_undone_when_the_table_changed_again_stays_to_be_done() -> None:
    wide = declared({"name": TEXT, "price": PRICE, "day": DAY})
    first = to_be_done(OLD, wide, change_of(OLD, wide))
    new = declared({"name": TEXT, "price": PRICE, "date": DAY})
    due = to_be_done(first, new, change_of(first, new, same=True))
    assert (due.filling, due.titles) == (("date",), {"date": None})
    gone = to_be_done(first, OLD, change_of(first, OLD))
    assert gone.settled


@pytest.mark.parametrize(
    ("then", "now"),
    [
        (("id", "name"), ("name", "id")),
        (("id", "name"), ("id",)),
    ],
)
def test_another_key_stops_the_mapping(then: tuple[str, ...], now: tuple[str, ...]) -> None:
    old = declared({"name": TEXT}, key=then)
    with pytest.raises(ConfigurationError, match="rows are known by their keys"):
        change_of(old, declared({"name": TEXT}, key=now))


@pytest.mark.parametrize(
    ("then", "now", "goes_on"),
    [
        (INT, Column("", "bigint", "bigint", precision=19), True),
        (TEXT, replace(TEXT, length=40), True),
        (INT, TEXT, False),
        (PRICE, replace(PRICE, scale=3), False),
        (INT, Column("", "tinyint", "tinyint(1)"), False),
        (DAY, Column("", "datetime", "datetime"), False),
    ],
)
def test_a_key_may_grow_but_not_be_written_otherwise(
    then: Column, now: Column, goes_on: bool
) -> None:
    old, new = declared({"id": then, "name": TEXT}), declared({"id": now, "name": TEXT})
    if goes_on:
        assert not change_of(old, new).of_rows
    else:
        with pytest.raises(ConfigurationError, match="the key column 'id'"):
            change_of(old, new)


def test_a_declaration_survives_being_stored() -> None:
    rich = declared(
        {
            "size": Column(
                "", "enum", "enum('a','b')", members=("a", "b"), collation="utf8mb4_bin"
            ),
            "at": replace(MOMENT, fraction=6, nullable=False),
        },
        zone="Europe/Berlin",
    )
    due = replace(rich, filling=("at",), titles={"size": None, "at": "when"}, left=("gone",))
    assert Declared.decoded(due.encoded()) == due
    assert list(Declared.decoded(due.encoded()).columns) == list(due.columns)
