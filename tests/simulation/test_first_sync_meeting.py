"""The first sync where both sides hold rows, in simulated time; interrupted anywhere."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import count

import pytest

from sink import first_sync
from sink.core.mapping import Policy, Rule
from sink.core.version import Origin
from sink.meeting import meet
from sink.writers.sheets.layout import MissingHeaderError
from tests.simulation.agenda import SECOND
from tests.simulation.beginning import HEADER, QUIET, Grid, NewWorld, Rows, away_at, finish, in_step
from tests.simulation.refusals import refused
from tests.simulation.setting import FUNCTION, Setting


@pytest.fixture(autouse=True)
def quiet_log() -> Iterator[None]:
    """What is retried is logged, and is expected here."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


BOTH: Rows = {
    1: {"a": "same", "b": "table's"},
    2: {"a": "table's", "b": None},
    3: {"a": "only here", "b": "x"},
}
TAB: Grid = [
    ["mine", "b", "id", "a", "u"],
    ["note", "sheet's", 1, "same", ""],
    ["", "sheet's", 2, "", ""],
    ["", "new", 4, "only there", ""],
]


def met(prefer: Origin | None, rule: Rule) -> NewWorld:
    world = NewWorld(Setting.quiet(rule), BOTH, TAB, prefer)
    finish(world)
    assert world.stored()[3] == {"a": "only here", "b": "x", "u": None}
    assert world.stored()[4] == {"a": "only there", "b": "new", "u": None}
    assert world.shown()[0] == TAB[0]
    assert world.shown()[1][0] == "note"
    in_step(world)
    return world


@pytest.mark.parametrize(
    ("prefer", "rule"),
    [
        (None, Rule()),
        (None, Rule(Policy.DATABASE_WINS)),
        (Origin.DATABASE, Rule(Policy.SHEET_WINS)),
    ],
)
def test_where_both_hold_a_row_the_table_s_values_stay(prefer: Origin | None, rule: Rule) -> None:
    world = met(prefer, rule)
    assert world.stored()[1] == {"a": "same", "b": "table's", "u": None}
    assert world.stored()[2] == {"a": "table's", "b": None, "u": None}
    assert sorted(world.logged()) == [
        (1, "b", "sheet's", "table's"),
        (2, "b", "sheet's", None),
    ]


@pytest.mark.parametrize(
    ("prefer", "rule"), [(None, Rule(Policy.SHEET_WINS)), (Origin.SHEET, Rule())]
)
def test_where_both_hold_a_row_the_sheet_s_values_stay(prefer: Origin | None, rule: Rule) -> None:
    world = met(prefer, rule)
    assert world.stored()[1] == {"a": "same", "b": "sheet's", "u": None}
    assert world.stored()[2] == {"a": None, "b": "sheet's", "u": None}
    assert sorted(world.logged()) == [
        (1, "b", "table's", "sheet's"),
        (2, "a", "table's", None),
        (2, "b", None, "sheet's"),
    ]


def test_what_differs_counts_though_the_clock_was_thought_to_be_ahead_when_it_began(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ahead = 10 * 1_000_000
    monkeypatch.setattr(
        first_sync, "meet", lambda parts, tab, read_at: meet(parts, tab, read_at + ahead)
    )
    world = NewWorld(Setting.quiet(Rule(Policy.SHEET_WINS)), BOTH, TAB, None)
    world.until(lambda: world.runs, "the end of the first sync")
    world.agenda.advance(SECOND)  # before the tab is compared
    assert world.stored()[1] == {"a": "same", "b": "sheet's", "u": None}


@pytest.mark.parametrize("prefer", [None, *Origin])
def test_a_formula_stays_whichever_side_is_preferred(prefer: Origin | None) -> None:
    rows: Rows = {1: {"a": "1"}, 2: {"a": "table's"}, 3: {"a": "kept"}}
    world = NewWorld(QUIET, rows, [HEADER, *([key, "", "", ""] for key in (1, 2, 3, 4))], prefer)
    formulas = ['="1"', '="sheet\'s"', "=NOW()", '="only "&"there"']
    world.sheet_edit("B2", [[formula] for formula in formulas])
    finish(world)
    assert [world.stored()[key]["a"] for key in (1, 2, 3, 4)] == [
        "1",
        "sheet's",
        "kept",
        "only there",
    ]
    assert world.logged() == [(2, "a", "table's", "sheet's")]
    assert [world.sheet.formula(row, "a") for row in (2, 3, 4, 5)] == formulas
    [letter] = world.letters
    assert "changes by itself" in letter.reason
    assert refused(world.server, 3) == {"a"}


def test_a_condition_leaves_rows_out_of_the_meeting() -> None:
    rows: Rows = {1: {"a": "in"}, 2: {"a": "hidden", "u": "x"}, 3: {"a": "hidden", "u": "x"}}
    grid: Grid = [HEADER, [2, "mine", "", ""], [4, "new", "", ""], [5, "new", "", "x"]]
    world = NewWorld(replace(QUIET, where=True), rows, grid)
    finish(world)
    assert {key: row["a"] for key, row in world.stored().items()} == {
        1: "in",
        2: "hidden",
        3: "hidden",
        4: "new",
    }
    assert {key: row["a"] for key, row in world.rows().items()} == {
        1: "in",
        2: "mine",
        4: "new",
        5: "new",
    }
    assert [refused(world.server, key) for key in (2, 5)] == [{"id"}, {"id"}]


@pytest.mark.parametrize("prefer", [None, *Origin])
def test_a_blank_where_something_must_stand_is_filled_from_the_table(prefer: Origin | None) -> None:
    rows: Rows = {1: {"a": "x", "u": 5}, 2: {"a": "x", "u": 6}}
    grid: Grid = [HEADER, [1, "x", "", ""], [2, "x", "", "many"]]
    world = NewWorld(QUIET, rows, grid, prefer, counts=True)
    finish(world)
    assert [world.stored()[key]["u"] for key in (1, 2)] == [5, 6]
    assert [row["u"] for row in world.rows().values()] == [5, "many"]  # what is refused stays
    assert world.logged() == []


def test_a_user_s_function_decides_cell_by_cell() -> None:
    world = met(None, Rule(Policy.FUNCTION, FUNCTION))  # the database for b, else the sheet
    assert world.stored()[1]["b"] == "table's"
    assert world.stored()[2] == {"a": None, "b": None, "u": None}


@pytest.mark.parametrize("prefer", list(Origin))
@pytest.mark.parametrize(
    "point",
    [
        "while_meeting",
        "before_database_write",
        "after_database_write",
        "before_sheet_write",
        "after_sheet_write",
    ],
)
def test_a_meeting_that_is_interrupted_ends_the_same(prefer: Origin, point: str) -> None:
    world = NewWorld(QUIET, BOTH, TAB, prefer)
    world.processes[0].dies_at = point
    finish(world)
    assert len(world.processes) == 2
    kept = "table's" if prefer is Origin.DATABASE else "sheet's"
    assert world.stored()[1]["b"] == kept
    assert len(world.stored()) == 4
    lost = {(1, "b", "table's"), (2, "a", "table's"), (2, "b", None)}
    if prefer is Origin.DATABASE:
        lost = {(1, "b", "sheet's"), (2, "b", "sheet's")}
    assert {logged[:3] for logged in world.logged()} == lost
    assert len(world.logged()) == len(lost)
    in_step(world)


def marked(world: NewWorld) -> bool:
    return any(change.marker for change in world.server.binlog)


def test_a_database_that_is_away_for_a_moment_leaves_nothing_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At any transaction; a change after the marker and before the read is merged once only."""
    for transaction in count():
        world = NewWorld(Setting.quiet(Rule(Policy.DATABASE_WINS)), BOTH, TAB, Origin.SHEET)
        world.when(partial(marked, world), partial(world.put, 2, {"a": "just now"}))
        met = away_at(world, transaction, monkeypatch)
        finish(world)
        assert world.stored()[1]["b"] == "sheet's", transaction
        assert world.stored()[2] == {"a": None, "b": "sheet's", "u": None}, transaction
        assert set(world.stored()) == {1, 2, 3, 4}, transaction
        assert sorted(world.logged()) == [
            (1, "b", "table's", "sheet's"),
            (2, "a", "just now", None),
            (2, "b", None, "sheet's"),
        ], transaction
        in_step(world)
        if not met():
            assert transaction > 5
            return


def test_what_the_sheet_wins_is_held_by_no_guard_when_the_database_was_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Merged by the first sync itself, that is, and not found by a comparison later on."""
    rows: Rows = {key: {"a": f"a{key}"} for key in range(1, 41)}
    cells: Grid = [[key, "", "", ""] for key in rows]
    for transaction in count():
        world = NewWorld(QUIET, rows, [HEADER, *cells], Origin.SHEET)
        met = away_at(world, transaction, monkeypatch)
        finish(world)
        assert world.server.committed.notes.get("held_batch") is None, transaction
        assert [row["a"] for row in world.stored().values()] == [None] * 40, transaction
        assert len(world.logged()) == 40, transaction
        if not met():
            return


@pytest.mark.parametrize("below", [[], [["sheet's", 1]]], ids=["no rows", "a row"])
def test_a_header_that_lacks_columns_stops_before_anything_is_written_until_it_is_there(
    below: list[list[str | int]],
) -> None:
    grid: Grid = [["b", "id"], *below]
    world = NewWorld(QUIET, BOTH, grid)
    with pytest.raises(MissingHeaderError, match="no column with the header 'a' and 'u'"):
        world.until(lambda: world.runs, "the end")
    assert world.stored() == world.as_programs_left_it()
    assert world.shown() == grid
    world.sheet_edit("C1", [["u", "a"]])
    world.rebalance()  # a worker that has stopped begins anew after a while
    finish(world)
    assert world.shown()[0] == ["b", "id", "u", "a"]
    assert world.stored() == world.as_programs_left_it()
    in_step(world)


@pytest.mark.parametrize("rows", [{}, BOTH], ids=["no rows", "rows"])
def test_a_header_alone_is_kept_and_gets_the_table_s_rows(rows: Rows) -> None:
    world = NewWorld(QUIET, rows, [TAB[0]], Origin.SHEET)
    finish(world)
    assert world.shown()[0] == TAB[0]
    assert world.stored() == world.as_programs_left_it()
    assert world.logged() == []
    in_step(world)


def test_a_key_that_stands_twice_stops_before_anything_is_written() -> None:
    world = NewWorld(QUIET, BOTH, [*TAB, ["", "again", 4, "", ""]])
    with pytest.raises(Exception, match="the key 4 stands in rows 4 and 5"):
        world.until(lambda: world.runs, "the end")
    assert len(world.stored()) == 3
