"""Histories of what an operator gives back from the conflict log or the dead letters."""

from __future__ import annotations

import orjson
import pytest

from sink.core import operator_record
from sink.core.gtid import GtidSet
from sink.core.mapping import Direction, Policy
from sink.core.operator_record import Wish
from sink.core.values.codec import Value
from sink.inbound import Inbox, Reader
from sink.record import Record
from tests.unit.histories.world import World, key


def given_back(
    world: World,
    now: int,
    name: str = "restore:1",
    *,
    exists: bool | None = None,
    times: int = 1,
    contents: dict[str, object] | None = None,
    **cells: Value,
) -> None:
    """The record that a command writes is read at ``now``, perhaps several times."""
    wish = Wish({"id": 1}, cells, contents or {}, exists=exists)
    value = operator_record.record(name, wish.to_json(), author="restored by ada", time_ms=0)
    world.server.now = max(world.server.now, now)
    for offset in range(times):
        record = Record(world.table.mapping.sheet_topic, offset, None, orjson.dumps(value))
        inbox = Inbox()
        inbox.progress.read_at = world.server.now
        reader = Reader(world.table, "uuid", GtidSet.parse(""))
        reader.read([record], inbox, received=world.server.now, latest=world.server.now)
        world.pipeline.apply(inbox)


def crossed(policy: Policy = Policy.LAST_WRITE_WINS) -> World:
    """The sheet's a = S lost against the database's a = D."""
    world = World(policy)
    world.typed(5, a="S")
    world.database(8, a="D")
    world.read()
    world.settle(10)
    assert world.both() == {"a": "D", "b": "A"}
    assert ("a", "S") in world.logged()
    return world


@pytest.mark.parametrize("policy", list(Policy)[:3])
def test_a_value_that_lost_is_given_back_to_both_sides_under_every_policy(policy: Policy) -> None:
    world = World(policy)
    world.database(5, a="D")
    world.settle(10)
    given_back(world, 30, a="S")
    world.settle(40)
    assert world.both() == {"a": "S", "b": "A"}
    assert world.logged() == [("a", "D")], "what it replaced can be given back in its turn"
    loss = world.server.data.conflicts[-1][1]
    assert (loss.rule, loss.winner.author) == ("restored", "restored by ada")


def test_it_is_applied_once_however_often_it_is_read() -> None:
    world = crossed()
    given_back(world, 30, a="S")
    world.settle(35)
    world.typed(50, a="T")
    world.settle(55)
    logged = world.logged()
    given_back(world, 80, a="S", times=2)
    world.settle(85)
    assert world.both() == {"a": "T", "b": "A"}
    assert world.logged() == logged


def test_an_edit_of_the_database_that_had_not_seen_it_crosses_with_it() -> None:
    world = crossed(Policy.DATABASE_WINS)
    world.database(30, a="E")  # committed, and read after the restored value was merged
    given_back(world, 31, a="S")
    world.settle(40)
    assert world.both() == {"a": "E", "b": "A"}
    assert world.logged()[-1] == ("a", "S"), "the restored value lost, and not in silence"


def test_an_older_edit_of_the_sheet_that_is_read_later_loses_to_it_and_is_logged() -> None:
    world = crossed()
    typed = world.typed(30, a="T")
    given_back(world, 31, a="S")
    world.read_sheet(typed, now=32)
    world.settle(40)
    assert world.both() == {"a": "S", "b": "A"}
    assert ("a", "T") in world.logged()


def test_a_younger_edit_of_the_sheet_that_had_not_seen_it_wins_and_logs_it() -> None:
    world = crossed()
    given_back(world, 30, a="S")
    world.typed(31, a="T")  # the sheet still shows D
    world.settle(40)
    assert world.both() == {"a": "T", "b": "A"}
    assert world.logged()[-1] == ("a", "S")


def test_an_edit_in_sight_of_it_replaces_it_without_a_conflict() -> None:
    world = crossed(Policy.DATABASE_WINS)
    given_back(world, 30, a="S")
    world.settle(40)
    before = world.logged()
    world.typed(60, a="T")
    world.settle(65)
    assert world.both() == {"a": "T", "b": "A"}
    assert world.logged() == before


def test_a_value_of_a_deleted_row_brings_the_row_back_with_all_its_cells() -> None:
    world = World()
    world.typed(5, b="B")
    world.settle(8)
    world.database_delete(30)
    world.settle(31)
    assert world.both() is None
    given_back(world, 60, a="S")
    world.settle(65)
    assert world.both() == {"a": "S", "b": "B"}
    assert (None, False) in world.logged()


def test_a_row_is_given_back_and_a_delete_that_lost_deletes_it() -> None:
    world = World()
    world.database_delete(5)
    world.settle(8)
    given_back(world, 30, exists=True)
    world.settle(35)
    assert world.both() == {"a": "A", "b": "A"}
    given_back(world, 60, "restore:2", exists=False)
    world.settle(65)
    assert world.both() is None
    assert world.logged() == [(None, False), (None, True)]


def test_a_value_that_the_database_refuses_is_a_dead_letter_and_changes_nothing() -> None:
    world = crossed()
    world.server.refuses = lambda write: "is wrong" if write.cells.get("a") == "S" else None
    given_back(world, 30, a="S")
    world.settle(35)
    assert world.both() == {"a": "D", "b": "A"}
    (letter,) = world.dead
    assert letter.reason == "“a” is wrong; the database still holds D"
    assert letter.edit == "restore:1"
    assert not letter.stands, "the sheet never showed it: no state tells when it is settled"


def test_a_row_that_the_database_does_not_take_back_is_a_dead_letter() -> None:
    world = World()
    world.database_delete(5)
    world.settle(8)
    world.server.refuses = lambda write: "is taken" if write.op == "insert" else None
    given_back(world, 30, exists=True)
    world.settle(35)
    assert world.both() is None
    assert len(world.dead) == 1


def test_in_a_mapping_that_goes_one_way_it_loses_and_is_logged() -> None:
    world = World(direction=Direction.TO_SHEET)
    given_back(world, 30, a="S")
    world.settle(35)
    assert world.both() == {"a": "A", "b": "A"}
    assert world.logged() == [("a", "S")]


def test_a_record_for_a_column_that_is_gone_is_a_dead_letter() -> None:
    world = World()
    given_back(world, 30, gone="S")
    assert [letter.reason for letter in world.dead] == [
        "“gone” is no mapped column of the table any more"
    ]


def test_what_its_column_still_cannot_hold_is_a_letter_of_its_row_and_the_rest_goes_on() -> None:
    world = World()
    text = "more than twenty characters"
    given_back(world, 30, "retry:0:1", contents={"a": text, "b": "B"}, times=2)
    world.settle(35)
    assert world.both() == {"a": "A", "b": "B"}
    (letter,) = world.dead
    assert letter.reason == (
        "“a” takes at most 20 characters; this text has 27; the database still holds A"
    )
    assert letter.edit == "retry:0:1"
    assert orjson.loads(letter.wish or b"") == Wish({"id": 1}, {}, {"a": text}).to_json()


def test_a_refused_cell_is_taken_once_the_database_allows_it() -> None:
    world = World()
    world.server.refuses = lambda write: "is wrong" if write.cells.get("a") == "X" else None
    world.typed(1, a="X")
    world.settle(5)
    given_back(world, 20, "retry:0", a="X")
    world.settle(25)
    for letter in world.dead:
        assert letter.wish is not None
        assert orjson.loads(letter.wish)["values"] == {"a": "X"}
        assert letter.stands
    assert len(world.dead) == 2
    world.server.refuses = lambda _: None
    given_back(world, 30, "retry:1", a="X")
    world.settle(35)
    assert world.both() == {"a": "X", "b": "A"}
    assert not world.state(key()).refused


def test_it_takes_the_place_of_a_text_that_was_refused() -> None:
    world = World()
    world.server.refuses = lambda write: "is wrong" if write.cells.get("a") == "X" else None
    world.typed(1, a="X")
    world.settle(5)
    given_back(world, 30, a="S")
    world.settle(35)
    assert world.both() == {"a": "S", "b": "A"}
    assert not world.state(key()).refused


def test_a_text_that_is_refused_after_it_keeps_the_cell_but_not_the_table() -> None:
    world = crossed()
    world.server.refuses = lambda write: "is wrong" if write.cells.get("a") == "X" else None
    given_back(world, 30, a="S")
    world.typed(31, a="X")
    world.settle(35)
    assert world.server.data.table[key()]["a"] == "S"
    assert world.sheet[key()]["a"] == "X"
    assert set(world.state(key()).refused) == {"a"}
