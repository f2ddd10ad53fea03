"""Which dead letters are open: what their rows' states tell, and what may be done with them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from deploy.cli import main
from deploy.cli.letter_standing import RefusedCell
from sink.core.belief import Belief
from sink.core.row_key import RowKey
from sink.core.row_state import WHOLE_ROW, RowState
from sink.core.version import Origin, Version
from tests.unit.cli.dead_letter_commands import (
    POST,
    REFUSED,
    Topics,
    call,
    config,
    numbers,
    topics,
)

__all__ = ["config", "topics"]

KEY = RowKey(("id",), (7,))
ROW = ("orders", KEY.canonical)
STANDING = replace(REFUSED, edit="e3/0", column="price", stands=True)
"""A letter of which the row's state tells: price was “dear”."""


def row(price: str = "12.50", *, alive: bool = True, shows: str | None = None) -> RowState:
    """Row 7 as it is stored; ``shows``: what is refused of its price."""
    agreed = Version(price, 1_385_000_000_000_001, Origin.SHEET, seen_from=1)
    life = Version(alive, 1, Origin.SHEET, seen_from=1)
    state = RowState(
        KEY, life=life, cells={"price": agreed}, beliefs={"price": Belief(price, 1, 1)}
    )
    if shows is not None:
        state.refused["price"], state.unfit["price"] = "takes a number", shows
    return state


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (row("13"), "the cell holds “13” since"),
        (row(shows="cheap"), "the cell holds “cheap” since, which is refused too"),
        (row(alive=False), "the row was deleted since"),
    ],
)
def test_a_letter_whose_cell_was_edited_since_is_settled(
    config: str, topics: Topics, state: RowState, says: str
) -> None:
    topics.write("orders", STANDING)
    topics.states = {ROW: row(shows="dear")}
    assert numbers(config) == [0, 1, 2, 3]
    topics.states = {ROW: state}
    assert numbers(config) == [0, 1, 2], "only of the last one the state can tell"
    _, told = call("list", "--config", config)
    assert "1 settled letter is not listed" in told
    _, told = call("list", "--all", "--json", "--config", config)
    letter = json.loads(told.splitlines()[-1])
    assert (letter["number"], letter["open"], letter["settled"]) == (3, False, says)
    assert f"Settled:     {says}" in call("show", "3", "--config", config)[1]


def test_a_letter_of_a_row_that_was_forgotten_stays_settled(config: str, topics: Topics) -> None:
    topics.write("orders", STANDING)
    assert numbers(config) == [0, 1, 2]


def test_a_letter_of_a_column_that_was_renamed_stays_open(config: str, topics: Topics) -> None:
    topics.write("orders", STANDING)
    state = row()
    state.cells["cost"], state.beliefs["cost"] = (
        state.cells.pop("price"),
        state.beliefs.pop("price"),
    )
    topics.states = {ROW: state}
    assert numbers(config) == [0, 1, 2, 3]


def test_a_refused_delete_can_be_dropped_for_no_cell_mends_it(config: str, topics: Topics) -> None:
    wish = b'{"key": {"id": 7}, "values": {}, "contents": {}, "exists": false}'
    topics.write("orders", replace(STANDING, column=WHOLE_ROW, wish=wish))
    state = row()
    state.refused[WHOLE_ROW] = "others refer to the row"
    topics.states = {ROW: state}
    assert numbers(config) == [0, 1, 2, 3]
    assert call("drop", "3", "--config", config)[0] == 0


def test_what_is_left_of_a_mapping_that_is_not_configured_can_be_dropped(
    config: str, topics: Topics
) -> None:
    topics.write("gone", STANDING)
    topics.states = {("gone", KEY.canonical): row(shows="dear")}
    topics.refused = [RefusedCell("gone", b'{"id":9}', "price", "takes a number")]
    assert call("drop", "3", "--config", config)[0] == 0
    assert "id = 9" not in call("list", "--config", config)[1]


def test_a_newer_value_is_replaced_only_where_the_operator_insists(
    config: str, topics: Topics
) -> None:
    topics.write("orders", STANDING)
    topics.states = {ROW: row("13")}
    for number in ("3", "0"):  # of the second no state tells, but its cell was edited after it
        result = CliRunner().invoke(
            main.app, ["dead-letters", "retry", "2", number, "--config", config]
        )
        assert result.exit_code == 1
        assert "(id = 7: price) is not tried again: the cell holds “13” since" in str(
            result.exception
        )
        assert f"retry {number} --anyway" in str(result.exception)
    assert (topics.sent, len(topics.letters)) == ([], 4)
    assert call("retry", "3", "--anyway", "--config", config)[0] == 0
    assert topics.sent[0][1]["wish"]["contents"] == {"price": "dear"}


def test_a_letter_is_tried_again_while_its_cell_shows_the_refused_value(
    config: str, topics: Topics
) -> None:
    topics.write("orders", STANDING)
    topics.states = {ROW: row(shows="dear")}
    assert call("retry", "3", "--config", config)[0] == 0
    assert len(topics.sent) == 1


def test_a_letter_cannot_be_dropped_while_its_cell_shows_the_refused_value(
    config: str, topics: Topics
) -> None:
    topics.write("orders", STANDING)
    topics.states = {ROW: row(shows="dear")}
    result = CliRunner().invoke(main.app, ["dead-letters", "drop", "1", "3", "--config", config])
    assert result.exit_code == 1
    assert "dead letter 3 (id = 7: price) is open" in str(result.exception)
    assert len(topics.letters) == 4
    topics.states = {ROW: row()}
    assert call("drop", "1", "3", "--config", config)[0] == 0


def test_refused_cells_of_which_no_open_letter_tells_are_listed_too(
    config: str, topics: Topics
) -> None:
    topics.write("orders", STANDING)
    topics.states = {ROW: row(shows="dear")}
    topics.refused = [
        RefusedCell("orders", KEY.canonical, "price", "takes a number"),
        RefusedCell("orders", b'{"id":8}', WHOLE_ROW, "not in the database yet: “a” is missing"),
        RefusedCell("orders", b'{"id":9}', "price", "takes a number"),
    ]
    _, told = call("list", "--json", "--config", config)
    cells = [each for line in told.splitlines() if (each := json.loads(line))["number"] is None]
    assert [(each["row"], each["reason"]) for each in cells] == [
        ("id = 8", "Not in the database yet: “a” is missing."),
        ("id = 9: price", "“price” takes a number"),
    ]
    assert "id = 9: price" in call("list", "--config", config)[1]


def test_without_the_database_all_are_listed_on_which_nobody_decided(
    config: str, topics: Topics
) -> None:
    topics.write("orders", STANDING)
    topics.states = {ROW: row("13")}
    topics.database_is_away = True
    status, told = call("list", "--config", config)
    assert status == 0
    assert "Which of them are settled is not known: MySQL is away" in told
    assert numbers(config) == [0, 1, 2, 3]
    _, told = call("list", "--json", "--config", config)
    assert {json.loads(line)["open"] for line in told.splitlines()} == {None}
    assert call("retry", "3", "--config", config)[0] == 1, "it might replace a newer value"


def test_the_list_says_that_there_are_more(config: str) -> None:
    _, told = call("list", "--limit", "1", "--config", config)
    assert "dead-letters list --limit 3" in told


@pytest.mark.parametrize(
    ("value", "row"),
    [
        (
            b'{"tab":"stock","rows":[{"row":5,"key":{"id":"4l"},"old_key":{"id":4}}]}',
            "row 5 of tab “stock”: id “4l” (before: “4”)",
        ),
        (
            b'{"rows":[{"row":5,"key":{"id":null,"day":{"date":"2026-01-02"}}}]}',
            "row 5: id (empty), day “2026-01-02”",
        ),
        (
            b'{"kind":"operator","rows":[],"wish":{"key":{"id":7},"values":{"gone":1}}}',
            "id = 7: gone",
        ),
        (b'{"rows":[{"row":5},{"row":6}]}', "a key"),
        (b"no json", "a key"),
    ],
)
def test_a_row_without_a_key_that_fits_is_named_by_its_place(
    config: str, topics: Topics, value: bytes, row: str
) -> None:
    topics.write("orders", replace(POST, key=b"a key", value=value))
    _, told = call("list", "--json", "--limit", "1", "--config", config)
    assert json.loads(told)["row"] == row
