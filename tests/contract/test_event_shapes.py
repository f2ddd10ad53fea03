"""What the connector's events look like: the facts that the merge stands on, on taken records.

The records in ``golden_shapes`` come from the real connector with the project's own template
(``take_golden_shapes``). A newer Debezium or a changed setting that alters one shows here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from sink.core.envelope import decode_source
from sink.core.gtid import Gtid

FOLDER = Path(__file__).parent / "golden_shapes"
TOPIC = "cdc.demo_shapes.orders"
OWN_SOURCE = "5ee7b41d-9e00-4000-8000-00000000cafe"


@dataclass(frozen=True)
class Event:
    topic: str
    key: str | None
    value: dict[str, object] | None
    headers: dict[str, object]

    def block(self, name: str) -> dict[str, object]:
        assert self.value is not None
        found = self.value[name]
        assert isinstance(found, dict)
        return found


def events(case: str) -> list[Event]:
    records = json.loads((FOLDER / f"{case}.json").read_text(encoding="utf-8"))
    return [
        Event(
            record["topic"],
            record["key"],
            None if record["value"] is None else json.loads(record["value"]),
            record["headers"],
        )
        for record in records
    ]


def ops(case: str) -> list[object]:
    return [None if event.value is None else event.value["op"] for event in events(case)]


ALL = sorted(path.stem for path in FOLDER.glob("*.json"))


def test_every_case_was_taken() -> None:
    assert ALL == [
        "create", "delete", "key_change", "marker", "null_with_default", "one_transaction",
        "own_gtid", "several_rows", "snapshot", "truncate", "update",
    ]  # fmt: skip


def test_a_key_is_plain_json_without_schema() -> None:
    assert [event.key for event in events("create")] == ['{"id":1}']


def test_an_insert_has_no_before_and_a_decimal_is_text() -> None:
    (event,) = events("create")
    assert ops("create") == ["c"]
    assert event.value is not None
    assert event.value["before"] is None
    assert event.block("after") == {"id": 1, "name": "tea", "price": "2.50", "quantity": 3}


def test_an_update_carries_both_whole_images() -> None:
    (event,) = events("update")
    assert ops("update") == ["u"]
    assert event.block("before") == {"id": 1, "name": "tea", "price": "2.50", "quantity": 3}
    assert event.block("after") == {"id": 1, "name": "green tea", "price": "2.75", "quantity": 3}


def test_a_null_in_a_column_with_a_default_stays_null() -> None:
    (event,) = events("null_with_default")
    assert event.block("after")["quantity"] is None


def test_a_delete_is_followed_by_a_tombstone_of_the_same_key() -> None:
    delete, tombstone = events("delete")
    assert ops("delete") == ["d", None]
    assert delete.block("before")["id"] == 2
    assert delete.value is not None
    assert delete.value["after"] is None
    assert tombstone.key == delete.key


def test_a_key_change_is_a_delete_and_a_create_that_name_each_other() -> None:
    delete, tombstone, create = events("key_change")
    assert ops("key_change") == ["d", None, "c"]
    assert (delete.key, tombstone.key, create.key) == ('{"id":1}', '{"id":1}', '{"id":10}')
    assert delete.headers == tombstone.headers == {"__debezium.newkey": {"id": 10}}
    assert create.headers == {"__debezium.oldkey": {"id": 1}}


def test_both_halves_of_a_key_change_bear_one_binlog_position() -> None:
    """So file, offset and row do not name an event: the part of the key change belongs to it."""
    delete, _, create = events("key_change")
    assert delete.value is not None
    assert create.value is not None
    first, second = decode_source(delete.value).position, decode_source(create.value).position
    assert (first.file, first.offset, first.row) == (second.file, second.offset, second.row)
    assert first.repeats(second)
    assert not second.repeats(first)


def test_a_numbered_gtid_of_ours_is_shown() -> None:
    (event,) = events("own_gtid")
    assert event.value is not None
    gtid = decode_source(event.value).gtid
    assert isinstance(gtid, Gtid)
    assert gtid.source == OWN_SOURCE
    assert gtid.number >= 1


def test_rows_of_one_statement_share_a_position_and_are_told_apart_by_row() -> None:
    positions = [decode_source(event.value or {}).position for event in events("several_rows")]
    assert len({(position.file, position.offset) for position in positions}) == 1
    assert [position.row for position in positions] == [0, 1, 2]


def test_events_of_one_transaction_share_gtid_and_time_and_rise_in_position() -> None:
    first, second = (decode_source(event.value or {}) for event in events("one_transaction"))
    assert first.gtid == second.gtid
    assert first.time == second.time
    assert first.position.offset < second.position.offset


def test_a_marker_travels_in_the_topic_of_its_table() -> None:
    (event,) = events("marker")
    assert event.topic == TOPIC
    assert event.block("after")["token"] == "golden"
    source = decode_source(event.value or {})
    assert source.table == "sheetbridge.marker__demo_shapes__orders"


def test_a_truncate_comes_through_without_a_key() -> None:
    (event,) = events("truncate")
    assert ops("truncate") == ["t"]
    assert event.key is None


def test_only_a_snapshots_event_says_so() -> None:
    (event,) = events("snapshot")
    assert ops("snapshot") == ["r"]
    assert decode_source(event.value or {}).snapshot
    assert event.block("after")["quantity"] is None
    for case in set(ALL) - {"snapshot"}:
        for each in events(case):
            if each.value is not None:
                assert not decode_source(each.value).snapshot


@pytest.mark.parametrize("case", sorted(set(ALL) - {"snapshot", "truncate"}))
def test_a_commits_time_has_microseconds(case: str) -> None:
    times = [decode_source(each.value).time for each in events(case) if each.value is not None]
    assert any(time % 1_000 for time in times)


def test_positions_rise_over_the_whole_of_what_was_played() -> None:
    played = ["create", "update", "null_with_default", "key_change", "delete", "several_rows",
              "one_transaction", "marker", "truncate", "own_gtid"]  # fmt: skip
    positions = [
        decode_source(each.value).position
        for case in played
        for each in events(case)
        if each.value is not None
    ]
    places = [(position.file, position.offset, position.row) for position in positions]
    assert places == sorted(places)
