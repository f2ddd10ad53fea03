"""Histories of what guards hold: deletes one by one, emptied and rewritten cells as a batch."""

from __future__ import annotations

import pytest

from sink.core.change_event import DatabaseChange
from sink.core.guards import SECOND, Excess, What
from sink.core.held_batch import Answer, HeldBatch
from sink.core.mapping import Guards, Policy
from sink.core.version import Origin
from sink.guarding import HeldBatchError
from tests.unit.histories.world import World, key

EVERY = Guards(max_deletes=0, max_clears=1, minimum=0)
"""Holds every delete."""

ROWS = range(1, 31)


def filled(guards: Guards) -> World:
    """Thirty rows on both sides."""
    world = World(guards=guards)
    for row in ROWS:
        world.database(0, row, a="A", b="A")
    world.settle(1)
    return world


def rows(world: World) -> set[int]:
    assert set(world.sheet) == set(world.server.data.table)
    return {row for row in ROWS if key(row) in world.sheet}


@pytest.mark.parametrize("release", [True, False])
def test_held_delete(release: bool) -> None:
    world = World(guards=EVERY)
    world.deleted()
    world.look(1)
    world.database(2, a="C")
    world.settle(3)
    assert world.server.data.table[key()] == {"a": "C", "b": "A"}, "it is not written"
    assert key() not in world.sheet
    world.answer_held(20, release=release)
    world.settle(21)
    assert world.both() == {"a": "C", "b": "A"}
    assert (None, False) in world.logged()


@pytest.mark.parametrize("release", [True, False])
def test_held_delete_of_the_database(release: bool) -> None:
    world = World(guards=EVERY)
    world.database_delete(1)
    world.read_database()
    world.typed(2, a="C")
    world.settle(3)
    assert key() not in world.server.data.table
    assert world.sheet[key()] == {"a": "C", "b": "A"}
    world.answer_held(20, release=release)
    world.settle(21)
    assert world.both() == {"a": "C", "b": "A"}
    assert (None, False) in world.logged()


@pytest.mark.parametrize("side", Origin)
def test_held_delete_released_when_nothing_came_meanwhile(side: Origin) -> None:
    world = World(guards=EVERY)
    if side is Origin.SHEET:
        world.deleted()
    else:
        world.database_delete(1)
    world.settle(2)
    assert len(world.store.held_keys()) == 1
    world.answer_held(20, release=True)
    world.settle(21)
    assert world.both() is None
    assert world.store.held_keys() == []


@pytest.mark.parametrize("side", Origin)
def test_held_delete_refused_puts_the_row_back_and_is_logged(side: Origin) -> None:
    world = World(guards=EVERY)
    if side is Origin.SHEET:
        world.deleted()
    else:
        world.database_delete(1)
    world.settle(2)
    world.answer_held(20, release=False)
    world.settle(21)
    assert world.both() == {"a": "A", "b": "A"}
    assert (None, False) in world.logged()


@pytest.mark.parametrize("release", [True, False])
def test_held_meets_tombstone(release: bool) -> None:
    world = filled(Guards(max_deletes=0, minimum=1))
    for row in (1, 2):
        world.database_delete(10, row)
    world.read_database()
    assert set(world.store.held_keys()) == {key(1), key(2)}
    world.deleted(1)
    world.look(15)
    assert not world.state(key(1)).alive, "the sheet's delete is agreed"
    world.answer_held(20, release=release)
    world.sheet[key()] = {"a": "A", "b": "A"}
    world.typed(30, a="N")
    world.settle(31)
    assert world.both() == {"a": "N", "b": "A"}
    assert world.logged().count((None, False)) == (2 if release else 3), "row 2 was refused too"


def test_a_younger_create_approves_a_held_delete() -> None:
    world = World(guards=EVERY)
    world.database_delete(1)
    world.read_database()
    assert world.store.held_keys() == [key()]
    world.database(3, a="N", b=None)
    world.settle(4)
    assert world.store.held_keys() == []
    assert world.both() == {"a": "N", "b": None}


def test_a_row_deleted_and_made_again_in_one_batch_is_not_held() -> None:
    world = World(guards=EVERY)
    world.database_delete(1)
    world.database(1, a="N", b="N")
    world.settle(2)
    assert world.store.held_keys() == []
    assert world.both() == {"a": "N", "b": "N"}


def test_deletes_undone_in_the_sheet_approve_themselves() -> None:
    world = World(guards=EVERY)
    image = dict(world.sheet[key()])
    world.deleted()
    world.settle(2)
    assert world.store.held_keys() == [key()]
    world.sheet[key()] = image
    world.settle(10)
    assert world.store.held_keys() == []
    assert world.both() == {"a": "A", "b": "A"}


@pytest.mark.parametrize("release", [True, False])
def test_a_truncate_is_the_delete_of_all_rows_and_held(release: bool) -> None:
    world = filled(Guards())
    world.truncate(20)
    world.settle(21)
    assert len(world.store.held_keys()) == len(ROWS)
    assert len(world.sheet) == len(ROWS)
    world.answer_held(30, release=release)
    world.settle(31)
    assert rows(world) == (set() if release else set(ROWS))


def test_rows_that_a_person_deletes_together_are_judged_together() -> None:
    """By the estimated clock a call on some of them may have come after the first look."""
    world = filled(Guards(max_deletes=0, minimum=20))
    for row in ROWS[9:]:
        world.database(10, row, a="C")
    world.read_database()
    world.call(11, 20)
    for row in ROWS:
        world.deleted(row)
    world.look(15)
    assert all(world.state(key(row)).alive for row in ROWS), "nine of them would go unasked"
    world.look(25)
    assert all(world.state(key(row)).held for row in ROWS)


def test_few_deletes_are_let_through_and_what_exceeds_is_held_with_its_batch() -> None:
    world = filled(Guards())
    for row in range(1, 21):
        world.database_delete(20, row)
    world.settle(21)
    assert rows(world) == set(range(21, 31))
    world.database_delete(50, 21)
    world.database_delete(50, 22)
    world.settle(51)
    assert set(world.store.held_keys()) == {key(21), key(22)}


def test_a_minute_later_as_many_go_again() -> None:
    world = filled(Guards())
    second = 1_000_000
    for row in range(1, 21):
        world.database_delete(20 * second, row)
    world.settle(21 * second)
    world.database_delete(81 * second, 21)
    world.settle(82 * second)
    assert world.store.held_keys() == []
    assert 21 not in rows(world)


def emptied(world: World, count: int, at: int) -> None:
    for row in list(ROWS)[:count]:
        world.pasted(at, row, a=None)


def test_emptied_cells_beyond_the_limit_stop_before_the_batch() -> None:
    world = filled(Guards())
    emptied(world, 21, 20)
    before = world.server.data.copy()
    with pytest.raises(HeldBatchError) as held:
        world.read_sheet()
    assert (held.value.excess.what, held.value.excess.count) == (What.CLEARS, 21)
    assert world.server.data == before, "nothing is stored"


@pytest.mark.parametrize("release", [True, False])
def test_the_answer_lets_the_batch_through_or_writes_the_values_back(release: bool) -> None:
    world = filled(Guards())
    emptied(world, 21, 20)
    world.pasted(20, 30, a="B")
    world.pipeline.guard.answer = Answer({(What.CLEARS, Origin.SHEET): release}, 20)
    world.read_sheet()
    world.settle(21)
    values = {(world.both(row) or {}).get("a", "gone") for row in range(1, 22)}
    assert values == ({None} if release else {"A"})
    assert world.both(30) == {"a": "B", "b": "A"}
    assert world.logged().count(("a", None)) == (0 if release else 21)
    assert world.pipeline.guard.answer is None, "it was for this look alone"


@pytest.mark.parametrize("release", [True, False])
def test_the_same_in_the_database(release: bool) -> None:
    world = filled(Guards())
    for row in range(1, 22):
        world.database(20, row, a="")
    with pytest.raises(HeldBatchError):
        world.merge([world.event(change) for change in world.server.binlog])
    world.pipeline.guard.answer = Answer({(What.CLEARS, Origin.DATABASE): release}, 20)
    world.settle(21)
    texts = [image["a"] for image in world.server.data.table.values()]
    assert texts.count("A") == (9 if release else 30)


def told(world: World) -> list[DatabaseChange]:
    """The change events that wait in the stream."""
    events = [world.event(change) for change in world.server.binlog]
    world.server.binlog.clear()
    return events


@pytest.mark.parametrize("release", [True, False])
def test_one_answer_is_for_all_that_one_statement_did(release: bool) -> None:
    """A first batch has less of it than the limit, the second exceeds it, the third is the rest."""
    world = filled(Guards())
    for row in ROWS:
        world.database(20 * SECOND, row, a=None)
    changes = told(world)
    world.merge(changes[:5], offsets={"cdc": 5})
    with pytest.raises(HeldBatchError) as held:
        world.merge(changes[5:27], offsets={"cdc": 27})
    batch = HeldBatch(held.value.excess, 21 * SECOND, {"cdc": 27})
    world.pipeline.guard.answer = batch.answered(release=release, at=60 * SECOND)
    world.merge(changes[5:27], offsets={"cdc": 27})
    world.merge(changes[27:], offsets={"cdc": 30})
    world.settle(61 * SECOND)
    texts = [image["a"] for image in world.server.data.table.values()]
    assert texts.count("A") == (0 if release else 25)


@pytest.mark.parametrize(
    ("held", "reached", "later"),
    [
        (21, None, 22),
        (21, 21, 22),
        (51, 21, 30),  # the server's clock is half a minute behind Google's
        (600, 600, 90),  # the sink was ten minutes behind
    ],
)
def test_an_answer_is_not_for_what_is_done_later(
    held: int, reached: int | None, later: int
) -> None:
    world = filled(Guards())
    excess = Excess(What.CLEARS, Origin.DATABASE, 30, 20, 20 * SECOND)
    by_its_clock = None if reached is None else reached * SECOND
    batch = HeldBatch(excess, held * SECOND, {"cdc": 30}, by_its_clock)
    asked = HeldBatch.decoded(batch.encoded())
    world.pipeline.guard.answer = asked.answered(release=True, at=700 * SECOND)
    for row in ROWS:
        world.database(later * SECOND, row, a=None)
    with pytest.raises(HeldBatchError):
        world.merge(told(world), offsets={"cdc": 60})


def test_twenty_emptied_rows_are_let_through_and_rewrites_are_free() -> None:
    world = filled(Guards())
    emptied(world, 20, 20)
    for row in ROWS:
        world.pasted(21, row, b="B")
    world.settle(22)
    assert {image["b"] for image in world.sheet.values()} == {"B"}
    assert [image["a"] for image in world.sheet.values()].count(None) == 20


def test_rewrites_stop_where_a_limit_is_set() -> None:
    world = filled(Guards(max_rewrites=5))
    for row in range(1, 7):
        world.pasted(20, row, b="B")
    with pytest.raises(HeldBatchError) as held:
        world.read_sheet()
    assert (held.value.excess.what, held.value.excess.count) == (What.REWRITES, 6)


def test_a_tenth_of_many_rows_goes() -> None:
    guards = Guards(max_deletes=0.5, minimum=2)
    world = filled(guards)
    for row in range(1, 16):
        world.database_delete(20, row)
    world.settle(21)
    assert rows(world) == set(range(16, 31))


def test_what_was_counted_survives_a_restart() -> None:
    world = filled(Guards())
    for row in range(1, 21):
        world.database_delete(20, row)
    world.settle(21)
    tally = world.server.data.notes["tally"]
    assert isinstance(tally, str)
    again = type(world.pipeline.guard).stored(tally, None)
    assert again.tally == world.pipeline.guard.tally
    assert again.tally.most(What.DELETES, Origin.DATABASE) == 20


def test_policies_decide_a_released_delete_as_any() -> None:
    world = World(Policy.DATABASE_WINS, guards=EVERY)
    world.database_delete(1)
    world.read_database()
    world.typed(2, a="C")
    world.read_sheet()
    world.answer_held(20, release=True)
    world.settle(21)
    assert world.both() is None
    assert ("a", "C") in world.logged()


def test_a_held_delete_did_not_see_what_we_wrote_after_it() -> None:
    """Its answer comes after the echo of that write; what goes with the row is logged."""
    world = World(Policy.DATABASE_WINS, guards=EVERY)
    world.typed(1, a="C")
    world.database_delete(2)
    world.read(now=3)
    world.database(3, a="A", b="A")
    world.server.binlog.clear()
    world.database_delete(4)
    world.server.now = 5
    world.answer_held(5, release=False)
    assert world.server.data.table[key()] == {"a": "C", "b": "A"}, "the row is put back"
    world.read_database(now=6)
    world.answer_held(7, release=True)
    world.settle(20)
    assert world.both() is None
    assert ("a", "C") in world.logged()
