"""The first sync in simulated time: an empty tab, an empty table, both full; killed anywhere.

The production code runs over the store in memory and the emulator; calls to Google take time, fail,
are applied unheard or late.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from itertools import count, islice
from random import Random

import pytest

from sink import filling
from sink.ahead import Item, Items, WhenAsked
from sink.core.mapping import Rule
from tests.simulation import process
from tests.simulation.agenda import SECOND
from tests.simulation.beginning import HEADER, QUIET, Grid, NewWorld, Rows, away_at, finish, in_step
from tests.simulation.setting import Setting
from tests.simulation.test_simulation import SEEDS

ROWS: Rows = {key: {"a": f"a{key}", "b": None if key % 3 else f"b{key}"} for key in range(1, 61)}


class MadeBefore(WhenAsked[Item]):
    """The first item is made before anyone asks: a thread may have stored its rows by then."""

    def __init__(self, items: Items[Item], most: int) -> None:
        super().__init__(_behind(list(islice(items, 1)), items), most)


def _behind(first: list[Item], items: Items[Item]) -> Items[Item]:
    with closing(items):
        yield from first
        yield from items


@pytest.fixture(autouse=True, params=[WhenAsked, MadeBefore])
def small_blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Blocks of a few rows, two at a time, so that there are several."""
    logging.disable(logging.CRITICAL)
    monkeypatch.setattr(process, "WhenAsked", request.param)
    monkeypatch.setattr(filling, "BODY_BYTES", 200)
    monkeypatch.setattr(filling, "BLOCKS_AT_ONCE", 2)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("grid", [None, []], ids=["no tab", "an empty tab"])
def test_the_table_fills_the_sheet(grid: Grid | None) -> None:
    world = NewWorld(QUIET, ROWS, grid)
    finish(world)
    assert world.shown()[0] == HEADER
    assert world.rows() == world.stored()
    assert list(world.rows()) == list(ROWS)  # in the order of the key
    assert world.logged() == []
    in_step(world)


def test_an_empty_table_gives_an_empty_tab_its_header() -> None:
    world = NewWorld(QUIET, {}, [])
    finish(world)
    assert world.shown() == [HEADER]
    world.put(7, {"a": "new"})
    world.rest()
    in_step(world)


def calls_of_a_fill() -> int:
    smooth = NewWorld(QUIET, ROWS, [])
    smooth.until(lambda: smooth.runs, "the end")
    calls = smooth.processes[0].client.writes
    assert calls > 10
    return calls


def fates_of_the_fill() -> list[str]:
    return ["killed", "killed unheard", "killed late", "lost", "unheard", "late", "quota"]


@pytest.mark.parametrize("fate", fates_of_the_fill())
def test_a_fill_that_is_interrupted_at_any_call_is_gone_on_with(fate: str) -> None:
    for call in range(calls_of_a_fill()):
        world = NewWorld(QUIET, ROWS, [])
        world.processes[0].fates.extend(["answered"] * call + [fate])
        finish(world)
        assert world.shown()[0] == HEADER, call
        assert len(world.rows()) == len(ROWS), call
        assert world.logged() == [], call
        in_step(world, strays=1 if fate.endswith("late") else 0)


def until_killed(world: NewWorld) -> None:
    world.until(lambda: not world.processes[0].alive, "the kill")


def stopped_at(call: int) -> NewWorld:
    """A fill that is told to stop during a call, and the calls that it still makes."""
    world = NewWorld(QUIET, ROWS, [])
    first = world.processes[0]
    world.when(lambda: first.client.writes > call, partial(setattr, first, "stopping", True))
    world.until(lambda: not first.alive or world.runs, "the end of the first worker")
    assert first.client.writes <= call + 4
    return world


def test_a_fill_that_is_told_to_stop_ends_with_its_block_and_the_next_goes_on() -> None:
    for call in range(calls_of_a_fill()):
        world = stopped_at(call)
        finish(world)
        assert list(world.rows()) == list(ROWS), call
        assert world.logged() == [], call
        in_step(world)


def test_a_fill_goes_on_when_the_database_was_away_for_a_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for transaction in count():
        world = NewWorld(QUIET, ROWS, [])
        met = away_at(world, transaction, monkeypatch)
        finish(world)
        assert len(world.processes) == 1
        assert list(world.rows()) == list(ROWS), transaction
        assert world.logged() == [], transaction
        in_step(world)
        if not met():
            assert transaction > 10
            return


@pytest.mark.parametrize("delay", [1, 3, 20])
def test_what_programs_and_people_do_while_the_fill_is_interrupted_is_kept(delay: int) -> None:
    for call in range(2, calls_of_a_fill()):
        world = NewWorld(QUIET, ROWS, [])
        world.processes[0].fates.extend(["answered"] * call + [f"killed late {delay}"])
        until_killed(world)
        world.put(1, {"a": "changed"})
        world.put(2, None)
        world.put(3, None)
        world.put(3, {"a": "again"})
        world.put(40, {"a": "later"})
        world.put(99, {"a": "more"})
        rows = world.shown()
        if len(rows) > 4:
            # below the fill, and in a row that stands
            world.sheet_edit(f"C{world.row_of(4)}", "typed")
        finish(world)
        stored = world.stored()
        assert (stored[1]["a"], stored[3]["a"], stored[40]["a"]) == ("changed", "again", "later")
        assert 2 not in stored
        assert stored[99]["a"] == "more"
        if len(rows) > 4:
            assert stored[4]["b"] == "typed", call
        in_step(world)


def test_what_a_person_types_below_a_fill_is_not_written_over() -> None:
    world = NewWorld(QUIET, ROWS, [])
    world.when(
        lambda: len(world.shown()) > 20,
        # rows that the fill has made and not yet written are hidden: nobody types there
        lambda: world.sheet_edit(f"A{len(ROWS) + 8}", [[500, "mine", "too"]]),
    )
    finish(world)
    assert world.stored()[500] == {"a": "mine", "b": "too", "u": None}
    in_step(world)


@pytest.mark.parametrize("call", [3, 5, 7, 9])
def test_a_key_typed_below_an_interrupted_fill_clears_nothing(call: int) -> None:
    world = NewWorld(QUIET, ROWS, [])
    world.processes[0].fates.extend(["answered"] * call + ["killed"])
    until_killed(world)
    below = len(world.shown()) + 3
    world.sheet_edit(f"A{below}", [[57], [58, "", "typed"]])
    finish(world)
    assert world.stored()[57] == {"a": "a57", "b": "b57", "u": None}
    assert world.stored()[58] == {"a": "a58", "b": "typed", "u": None}
    assert all(loser is None for _, _, loser, _ in world.logged())
    in_step(world)


def test_a_row_that_a_person_deletes_from_a_half_filled_tab_comes_back() -> None:
    world = NewWorld(QUIET, ROWS, [])
    world.processes[0].fates.extend(["answered"] * 7 + ["killed"])
    until_killed(world)
    world.sheet.gesture("delete_rows", start=world.row_of(3), count=1)
    finish(world)
    assert set(world.stored()) == set(ROWS)
    in_step(world)


def test_a_tab_without_header_but_with_content_is_not_written_over() -> None:
    world = NewWorld(QUIET, ROWS, [[], [], [], ["", "", "", "", "mine"]])
    with pytest.raises(Exception, match="row 1 of the tab 'rows' is empty"):
        world.until(lambda: world.runs, "the end")
    assert world.shown()[3] == ["", "", "", "", "mine"]
    assert len(world.shown()) == 4


def test_the_sheet_fills_an_empty_table() -> None:
    rows: Grid = [[key, f"a{key}", "", f"u{key}"] for key in range(1, 41)]
    world = NewWorld(QUIET, {}, [HEADER, *rows])
    finish(world)
    assert world.stored()[7] == {"a": "a7", "b": None, "u": "u7"}
    assert len(world.stored()) == 40
    in_step(world)


@pytest.mark.parametrize("point", ["before_database_write", "after_database_write"])
def test_a_table_whose_filling_is_interrupted_is_filled_once(point: str) -> None:
    rows: Grid = [[key, f"a{key}", "", f"u{key}"] for key in range(1, 41)]
    world = NewWorld(QUIET, {}, [HEADER, *rows])
    world.processes[0].dies_at = point
    finish(world)
    assert len(world.processes) == 2
    assert len(world.stored()) == 40
    assert world.logged() == []
    in_step(world)


def troubled(seed: int) -> Setting:
    """A setting in which much goes wrong, but no change event is lost."""
    drawn = Setting.of(seed)
    chance = Random(f"{seed}/first sync")
    return Setting(
        **{
            **{name: getattr(drawn, name) for name in drawn.__slots__},
            "rule": Rule(),
            "column_rules": {},
            "touching": False,
            "stamping": False,
            "rounding": False,
            "defaulting": False,
            "lost_change": 0.0,
            "snapshot": 0.0,
            "skew": 0,
            "set_clock": None,
            "crash": chance.choice((0.0, 0.1, 0.3)),
            "failing_call": chance.choice((0.0, 0.1, 0.3)),
        }
    )


@pytest.mark.parametrize("first", range(0, 100 if SEEDS >= 3_000 else 20, 20))
def test_in_any_company_both_sides_end_as_programs_and_people_left_them(first: int) -> None:
    for seed in range(first, first + 20):
        world = in_company(seed)
        world.agenda.advance(8 * SECOND)
        world.heal()
        try:
            finish(world)
            in_step(world, strays=2)
            kept = {k: row for k, row in world.stored().items() if k not in world.deleted}
            assert kept == world.as_both_left_it()
            if not world.typed:
                assert world.stored() == world.as_programs_left_it()
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error


def in_company(seed: int) -> NewWorld:
    """A first sync beside programs that write, workers that are replaced, calls that fail, and, in
    every other seed, people who type.
    """
    chance = Random(f"{seed}/company")
    grid: Grid | None = chance.choice((None, [], [HEADER]))
    world = NewWorld(troubled(seed), ROWS, grid)
    for number in range(chance.randint(0, 12)):
        cells = None if chance.random() < 0.2 else {"a": f"p{number}"}
        write = partial(world.put, chance.randint(1, 70), cells)
        world.agenda.after(int(chance.random() * 6 * SECOND), write)
    for number in range(chance.randint(0, 8) * (seed % 2)):
        typing = partial(world.type_into, chance.randint(1, 60), f"t{number}")
        world.agenda.after(int(chance.random() * 6 * SECOND), typing)
    for _ in range(chance.randint(0, 2)):
        world.agenda.after(int(chance.random() * 4 * SECOND), world.rebalance)
    return world


def test_what_was_posted_before_it_keeps_no_comparison_waiting() -> None:
    """Those posts are passed over: the first sync looks for itself."""
    world = NewWorld(QUIET, {}, [HEADER, [7, "a7"]])
    world.posts.append(None, b'{"id":"early","kind":"heartbeat","time_ms":0}')
    finish(world)
    world.sheet_edit("B2", "typed unheard")
    world.rest()
    assert world.stored()[7]["a"] == "typed unheard"
    in_step(world)
