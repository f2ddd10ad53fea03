"""One bad record is set aside with its cause; the rest of its batch goes on."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from sink.core.columns import Column, Table
from sink.core.gtid import GtidSet
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Mapping
from sink.inbound import Inbox, Reader
from sink.posted_rows import SheetRow
from sink.record import Record

MAPPING = Mapping(
    "orders", "shop.orders", "spreadsheet", "orders", ("id",), {"id": "Number", "a": "a"}
)


def table(*, given: bool = False) -> MappedTable:
    columns = {
        "id": Column("id", "int", "int", nullable=False, precision=10, auto_increment=given),
        "a": Column("a", "varchar", "varchar(9)", length=9),
    }
    return MappedTable.of(MAPPING, Table("shop.orders", columns, ("id",)))


def read(*values: bytes, topic: str = MAPPING.sheet_topic, given: bool = False) -> Inbox:
    inbox = Inbox()
    records = [Record(topic, at, b"key", value) for at, value in enumerate(values)]
    reader = Reader(table(given=given), "uuid", GtidSet.parse(""))
    reader.read(records, inbox, received=9, latest=9)
    return inbox


def post(name: str, *rows: dict[str, Any]) -> bytes:
    return orjson.dumps({"id": name, "kind": "edit", "time_ms": 0, "rows": list(rows)})


def row(key: object, **cell: Any) -> dict[str, Any]:
    return {"row": 2, "key": {"Number": key}, "cells": {"a": {"value": "x", **cell}}}


BAD = [
    b"\xff no json",
    b"[1]",
    b'{"id": "p", "kind": "edit", "time_ms": "soon"}',
    b'{"id": "p", "kind": "edit", "time_ms": 0, "rows": [7]}',
    post("p", {"row": 2, "key": {"Number": {"what": 1}}, "cells": {}}),
    b'{"id": "p", "kind": "operator", "time_ms": 0, "wish": {"key": {"nr": 1}}}',
    b'{"id": "p", "kind": "operator", "time_ms": 0}',
]


@pytest.mark.parametrize("bad", BAD)
def test_a_record_that_cannot_be_read_is_set_aside_and_the_others_are_read(bad: bytes) -> None:
    inbox = read(post("first", row(1)), bad, post("last", row(2)))
    assert [item.key.values for item in inbox.rows if hasattr(item, "key")] == [(1,), (2,)]
    (letter,) = inbox.dead
    assert (letter.topic, letter.offset, letter.key) == (MAPPING.sheet_topic, 1, b"key")
    assert letter.value == bad
    assert letter.stage == "VALUE_CONVERTER"
    assert letter.reason
    assert inbox.progress.offsets == {MAPPING.sheet_topic: 3}


def test_a_change_event_that_nobody_can_read_is_set_aside() -> None:
    inbox = read(b'{"op": "u"}', b"{}", topic=MAPPING.cdc_topic)
    assert [letter.offset for letter in inbox.dead] == [0, 1]
    assert inbox.progress.offsets == {MAPPING.cdc_topic: 2}


def test_a_row_whose_key_does_not_fit_is_set_aside_alone_with_the_post_cut_to_it() -> None:
    inbox = read(post("p", row(1), row("one"), row(3)))
    assert [item.key.values for item in inbox.rows if hasattr(item, "key")] == [(1,), (3,)]
    (letter,) = inbox.dead
    assert letter.value is not None
    assert orjson.loads(letter.value)["rows"] == [row("one")]
    assert letter.edit == "p"
    assert letter.reason.startswith("“Number” takes ")


def test_each_row_that_is_set_aside_has_a_name_of_its_own_however_often_it_is_posted() -> None:
    first, other = (
        read(b"{}", post("p", row("one"), row("one"))).dead[1:],
        read(post("p", row("one"), row("one"))).dead,
    )
    names = [letter.name("orders") for letter in first]
    assert len(set(names)) == 2
    assert names == [letter.name("orders") for letter in other]


def test_rows_without_a_key_that_fits_are_to_be_looked_at() -> None:
    inbox = read(post("p", row(1), {**row("one"), "row": 5}, row(None)))
    assert inbox.unfit == [4]
    assert inbox.nameless
    assert not read(post("p", row(1))).nameless
    assert read(post("p", row(None))).nameless


def test_a_row_whose_key_did_not_fit_before_had_none() -> None:
    inbox = read(post("p", {**row(1), "key_edited": True, "old_key": {"Number": "one"}}))
    (item,) = inbox.rows
    assert isinstance(item, SheetRow)
    assert (item.key.values, item.old_key) == ((1,), None)
    assert inbox.dead == []


def test_a_row_without_its_key_is_told_what_it_lacks() -> None:
    (letter,) = read(post("p", row(None))).dead
    assert letter.error == "MissingKeyError"
    assert letter.reason.startswith("the row is not in the database: “Number” is empty")


@pytest.mark.parametrize("cell", [{"value": None}, {"value": 7, "formula": "=SUM(A2:A9)"}])
def test_a_blank_or_a_total_without_a_key_is_nothing_to_tell(cell: dict[str, Any]) -> None:
    assert read(post("p", row(None, **cell))).dead == []


def test_a_key_that_the_database_gives_is_not_missing() -> None:
    assert read(post("p", row(None)), given=True).dead == []
