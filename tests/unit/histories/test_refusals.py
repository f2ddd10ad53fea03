"""Histories of what the database, or a column, does not take."""

from __future__ import annotations

import pytest

from sink.core.cell import CellContent
from sink.core.envelope import Post, PostedCell, PostedRow
from sink.core.marks import Mark
from sink.core.row_key import RowKey
from sink.core.row_state import WHOLE_ROW
from sink.core.version import ABSENT
from sink.inbound import Inbox
from sink.posted_rows import SheetRow
from sink.state.errors import DatabaseUnavailableError
from tests.doubles.constraints import Constraints
from tests.unit.histories.world import World, key

TOO_LONG = "x" * 30


def refusing(world: World, column: str, value: str) -> None:
    world.server.refuses = lambda write: "check" if write.cells.get(column) == value else None


def posted(time: int, name: str, **cells: CellContent) -> SheetRow:
    contents = {column: PostedCell(value, ABSENT, None) for column, value in cells.items()}
    row = PostedRow(2, {"id": 1}, None, False, True, contents)
    return SheetRow(Post(name, "edit", time, None, None, (row,)), 0, row, key(), None, time)


def test_a_refused_cell_keeps_what_was_typed_and_the_table_its_value() -> None:
    world = World()
    refusing(world, "a", "X")
    world.typed(1, a="X")
    world.settle(5)
    assert world.server.data.table[key()]["a"] == "A"
    assert world.sheet[key()]["a"] == "X"
    assert world.state(key()).refused == {"a": "check"}
    assert len(world.dead) == 1


def test_the_other_cells_of_a_refused_row_go_through() -> None:
    world = World()
    world.pipeline.apply(Inbox(rows=[posted(1, "p", a=TOO_LONG, b="B")]))
    assert world.server.data.table[key()] == {"a": "A", "b": "B"}
    assert list(world.state(key()).refused) == ["a"]


def test_a_good_value_after_a_refused_one_mends_the_cell() -> None:
    world = World()
    world.pipeline.apply(Inbox(rows=[posted(1, "p", a=TOO_LONG), posted(2, "q", a="ok")]))
    assert not world.state(key()).refused
    assert world.server.data.table[key()]["a"] == "ok"


@pytest.mark.parametrize("together", [True, False])
def test_a_change_in_the_table_replaces_a_refused_cell(together: bool) -> None:
    world = World()
    world.sheet[key()]["a"] = TOO_LONG
    bad = posted(1, "p", a=TOO_LONG)
    world.database(2, a="D")
    change = world.event(world.server.binlog.pop())
    if together:
        world.pipeline.apply(Inbox(rows=[bad, change]))
    else:
        world.pipeline.apply(Inbox(rows=[bad]))
        world.pipeline.apply(Inbox(rows=[change]))
    world.settle(10)
    assert world.both() == {"a": "D", "b": "A"}
    assert not world.state(key()).refused


def test_replaced_content_that_is_refused_is_told_once() -> None:
    world = World()
    refusing(world, "a", "X")
    world.database(1, a="B")
    world.read_database()
    world.pasted(2, lost=True, a="X")
    world.call(3)
    for step in range(5):
        world.grace(9_000_000 + step)
    assert len(world.dead) == 1
    assert not world.state(key()).finds
    assert not world.state(key()).refused
    assert world.both() == {"a": "B", "b": "A"}


def test_a_delete_that_the_database_refuses_puts_the_row_back() -> None:
    world = World()
    world.server.refuses = lambda write: "foreign key" if write.op == "delete" else None
    world.deleted()
    world.settle(5)
    assert world.both() == {"a": "A", "b": "A"}
    assert len(world.dead) == 1


def test_a_row_that_the_database_refuses_is_told_once_and_stays_in_the_sheet() -> None:
    world = World(empty=True)
    world.server.refuses = lambda write: "unique" if write.op == "insert" else None
    world.created(1, a="N", b="N")
    world.settle(5)
    assert world.server.data.table == {}
    assert world.sheet[key()] == {"a": "N", "b": "N"}
    assert len(world.dead) == 1


def without_m(world: World) -> None:
    """The table takes no new row but one with ``a`` = M."""
    world.server.refuses = lambda write: (
        "needs an M" if write.op == "insert" and write.cells.get("a") != "M" else None
    )


def refused_anew() -> World:
    """A row that the database deleted, typed anew, and refused as a whole."""
    world = World()
    world.database_delete(1)
    world.settle(5)
    without_m(world)
    world.created(20, a="N", b="B")
    world.settle(25)
    assert world.sheet[key()] == {"a": "N", "b": "B"}
    assert world.state(key()).marks["id"].wanted is not None
    return world


def test_a_row_created_anew_that_the_database_refuses_stays_in_the_sheet_with_its_reason() -> None:
    world = refused_anew()
    world.typed(40, a="M")
    world.settle(45)
    assert world.both() == {"a": "M", "b": "B"}
    assert world.state(key()).marks.get("id", Mark()).wanted is None


def test_an_edit_that_does_not_mend_a_row_refused_anew_leaves_it_in_the_sheet() -> None:
    world = refused_anew()
    world.typed(40, b="C")
    world.settle(45)
    assert world.sheet[key()] == {"a": "N", "b": "C"}
    assert WHOLE_ROW in world.state(key()).refused


def test_a_row_refused_anew_stays_where_all_that_it_shows_cannot_be_held() -> None:
    world = refused_anew()
    world.sheet[key()].update(a=TOO_LONG, b=TOO_LONG)
    world.pipeline.apply(Inbox(rows=[posted(40, "p", a=TOO_LONG, b=TOO_LONG)]))
    world.settle(45)
    assert world.sheet[key()] == {"a": TOO_LONG, "b": TOO_LONG}


def test_a_late_edit_of_the_row_before_takes_no_row_away_that_was_typed_anew() -> None:
    world = refused_anew()
    world.pipeline.apply(Inbox(rows=[posted(1, "late", b="old")]))
    world.settle(45)
    assert world.sheet[key()] == {"a": "N", "b": "B"}
    assert WHOLE_ROW in world.state(key()).refused


def test_a_refused_row_is_created_once_it_is_mended() -> None:
    world = World(empty=True)
    refusing(world, "a", "N")
    world.created(1, a="N", b="B")
    world.settle(5)
    world.typed(20, a="M")
    world.settle(25)
    assert world.both() == {"a": "M", "b": "B"}
    assert not world.state(key()).refused


def test_a_value_refused_later_gives_way_to_the_table_s_and_is_logged() -> None:
    world = World()
    refusing(world, "b", "BAD")
    world.database(1, b="G")  # not read yet: the lock leaves the cell alone
    world.typed(2, b="BAD")
    world.read_sheet()
    world.read_database()
    assert world.state(key()).owed_to_table() == ("", {})
    assert ("b", "BAD") in world.logged()
    assert world.server.data.table[key()]["b"] == "G"


def test_an_unheard_cell_that_does_not_fit_is_found_once() -> None:
    world = World()
    world.sheet[key()]["a"] = TOO_LONG
    for step in range(5, 12):
        world.look(step)
    assert len(world.dead) == 1
    assert list(world.state(key()).refused) == ["a"]


def test_a_lost_insert_is_made_up_for_by_the_next_change() -> None:
    world = World(empty=True)
    world.database(1, a="D", b="D")
    world.server.binlog.clear()
    world.database(2, b="E")
    world.settle(5)
    assert world.both() == {"a": "D", "b": "E"}


def test_a_post_from_before_the_first_sync_is_history() -> None:
    world = World(synced=100)
    edit = world.typed(5, a="STALE")
    world.sheet[key()]["a"] = "A"
    world.read_sheet(edit, now=101)
    assert world.server.data.table[key()]["a"] == "A"


def test_a_truncate_deletes_every_row() -> None:
    world = World()
    world.database(1, row=2, a="B", b="B")
    world.settle(5)
    world.truncate(20)
    world.settle(30)
    assert world.sheet == {}


def test_a_row_inserted_after_our_lock_is_left_to_its_event(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(empty=True)
    lock = world.server.lock

    def lock_then_insert(row: RowKey, session: object) -> None:
        lock(row, session)
        if not world.server.data.table:
            monkeypatch.undo()
            world.database(3, a="D", b="D")

    world.created(2, a="S")
    monkeypatch.setattr(world.server, "lock", lock_then_insert)
    world.read_sheet()
    assert world.server.data.table == {key(): {"a": "D", "b": "D"}}
    assert (world.dead, world.logged()) == ([], [])
    world.settle(5)
    assert world.both() == {"a": "D", "b": "D"}
    assert ("a", "S") in world.logged()


def test_a_value_that_another_row_has_is_refused() -> None:
    world = World(empty=True)
    world.server.constraints = Constraints(unique=("a",))
    world.database(1, row=2, a="taken", b="B")
    world.settle(2)
    world.created(10, a="taken", b="B")
    world.settle(11)
    assert world.server.data.table[key()] == {"a": None, "b": "B"}
    assert world.sheet[key()] == {"a": "taken", "b": "B"}
    assert list(world.state(key()).refused) == ["a"]
    assert len(world.dead) == 1


def test_only_the_cells_to_blame_are_refused() -> None:
    world = World()
    refusing(world, "a", "X")
    world.pasted(1, a="X", b="B")
    world.settle(5)
    assert world.server.data.table[key()] == {"a": "A", "b": "B"}
    assert list(world.state(key()).refused) == ["a"]
    (letter,) = world.dead
    assert letter.reason == "“a” check; the database still holds A"


def test_two_cells_refused_for_two_reasons_are_two_letters() -> None:
    world = World()
    world.server.refuses = lambda write: next(
        (f"no {name}" for name in ("a", "b") if write.cells.get(name) == "X"), None
    )
    world.pasted(1, a="X", b="X")
    world.settle(5)
    assert world.server.data.table[key()] == {"a": "A", "b": "A"}
    assert world.state(key()).refused == {"a": "no a", "b": "no b"}
    assert [letter.reason.split(";")[0] for letter in world.dead] == ["“a” no a", "“b” no b"]


def test_a_new_row_goes_in_without_the_cell_that_is_refused() -> None:
    world = World(empty=True)
    refusing(world, "a", "X")
    world.created(1, a="X", b="B")
    world.settle(5)
    assert world.server.data.table[key()] == {"a": None, "b": "B"}
    assert world.sheet[key()] == {"a": "X", "b": "B"}
    assert list(world.state(key()).refused) == ["a"]
    assert len(world.dead) == 1


def test_a_cell_typed_after_the_row_s_creation_in_one_batch_is_refused_alone() -> None:
    world = World(empty=True)
    refusing(world, "a", "X")
    world.created(1, b="B")
    world.typed(2, a="X")
    world.settle(5)
    assert world.server.data.table[key()] == {"a": None, "b": "B"}
    assert list(world.state(key()).refused) == ["a"]


def test_a_deadlock_is_no_refusal_the_batch_is_merged_again() -> None:
    world = World()
    world.server.locks[key()] = world  # a program holds the row
    event = world.typed(1, a="B")
    with pytest.raises(DatabaseUnavailableError) as caught:
        world.read_sheet()
    assert caught.value.retriable
    assert world.dead == []
    world.server.locks.clear()
    world.read_sheet(event)
    world.settle(5)
    assert world.both() == {"a": "B", "b": "A"}
    assert world.dead == []


def test_a_cell_of_a_deleted_row_that_is_refused_is_left_out_when_the_row_comes_back() -> None:
    world = World()
    refusing(world, "a", "N")
    world.database_delete(10)
    world.typed(9, a="N")
    world.read_sheet()
    world.read_database()
    world.typed(20, b="M")
    world.settle(25)
    assert world.server.data.table[key()] == {"a": None, "b": "M"}
    assert world.sheet[key()] == {"a": "N", "b": "M"}
    assert world.state(key()).refused == {"a": "check"}
    assert ("a", "N") in world.logged()


def test_a_row_that_the_database_refused_loses_its_mark_when_a_program_makes_it() -> None:
    world = refused_anew()
    world.database(40, a="M", b="P")
    world.settle(45)
    assert world.both() == {"a": "M", "b": "P"}
    assert not world.state(key()).refused


@pytest.mark.parametrize(("time", "wins"), [(40, "P"), (15, "N")])
def test_what_was_typed_into_a_refused_row_crosses_with_a_program_s_row(
    time: int, wins: str
) -> None:
    world = World(empty=True)
    without_m(world)
    world.created(20, a="N", b="B")
    world.settle(25)
    assert WHOLE_ROW in world.state(key()).refused
    world.server.refuses = lambda _: None
    world.database(time, a="P", b="B")
    world.settle(60)
    assert world.both() == {"a": wins, "b": "B"}
    assert ("a", {"P": "N", "N": "P"}[wins]) in world.logged()
    assert not world.state(key()).refused


def test_a_refused_edit_that_a_call_replaced_before_it_was_read_stays_in_no_cell() -> None:
    """The cell shows what the call wrote: the table's next change must reach it."""
    world = World()
    refusing(world, "a", "X")
    world.database(2, a="B")
    edit = world.typed(4, a="X")
    world.read_database()
    world.call(5)
    world.database(3, a="C")  # its clock is behind
    world.read_database()
    world.read_sheet(edit)
    assert not world.state(key()).refused
    world.settle(10)
    assert world.both() == {"a": "C", "b": "A"}
    assert len(world.dead) == 1


@pytest.mark.parametrize("typed", [4, 5])
def test_a_refused_edit_that_a_call_under_way_replaces_stays_in_no_cell(typed: int) -> None:
    """It is read before the call's answer, and may stand before or after the call (5 to 6)."""
    world = World()
    refusing(world, "a", "X")
    world.database(2, a="B")
    edit = world.typed(typed, a="X")
    world.read_database()
    call = world.send(5)
    world.database(3, a="C")  # its clock is behind
    world.read_database()
    world.read_sheet(edit)
    assert world.state(key()).refused == {"a": "check"}
    world.answer(call, 6)
    world.look(8)
    assert not world.state(key()).refused
    world.settle(10)
    assert world.both() == {"a": "C", "b": "A"}
    assert len(world.dead) == 1
