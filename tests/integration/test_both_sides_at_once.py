"""Two people at once, one on each side: both edits are made before the sink has seen either."""

from __future__ import annotations

import pytest

from deploy.local.stack import Stack
from tests.integration.bridge import Bridge, eventually
from tests.integration.conflict_log import conflicts
from tests.integration.ledger import Ledger, ledger

pytestmark = pytest.mark.stack


@pytest.fixture
def row(planes: Bridge, prefix: str) -> str:
    """A row that both sides show; its key."""
    planes.sql("INSERT INTO demo.planes (tailnum, seats, speed) VALUES (:key, 10, 20)", key=prefix)
    planes.sheet_shows({"seats": 10, "speed": 20}, prefix)
    return prefix


def _person(planes: Bridge, counted: Ledger, row: str, column: str, value: int) -> None:
    """Type a value; returns once Kafka has the edit."""
    planes.edit(f"{planes.letter(column)}{planes.place(row)}", [[value]])
    eventually(lambda: counted.edits(row), bool, "the edit's post in its topic")


def _program(planes: Bridge, counted: Ledger, row: str, column: str, value: int) -> None:
    """Update a value; returns once Kafka has the change event."""
    planes.sql(f"UPDATE demo.planes SET {column} = {value} WHERE tailnum = :key", key=row)
    eventually(lambda: counted.changes(row), bool, "the change event in its topic")


def _both_hold(planes: Bridge, row: str, **wanted: int) -> None:
    planes.row_becomes(wanted, tailnum=row)
    planes.sheet_shows(wanted, row)


@pytest.mark.parametrize("first", [_person, _program])
def test_edits_of_different_cells_of_a_row_both_survive(
    first: object, running_stack: Stack, planes: Bridge, row: str
) -> None:
    with ledger(planes) as counted:
        with running_stack.frozen("sink"):
            if first is _person:
                _person(planes, counted, row, "speed", 432)
                _program(planes, counted, row, "seats", 11)
            else:
                _program(planes, counted, row, "seats", 11)
                _person(planes, counted, row, "speed", 432)
        _both_hold(planes, row, seats=11, speed=432)
        counted.rest()
        _both_hold(planes, row, seats=11, speed=432)
        assert counted.changes(row) == [("u", row), ("u", row)], "the program's, and ours"
        assert counted.writes() == 1
    assert conflicts(planes, row) == []


def test_of_two_edits_of_a_cell_the_person_s_later_one_wins_and_the_other_is_logged(
    running_stack: Stack, planes: Bridge, row: str
) -> None:
    with ledger(planes) as counted:
        with running_stack.frozen("sink"):
            _program(planes, counted, row, "seats", 11)
            _person(planes, counted, row, "seats", 12)
        _both_hold(planes, row, seats=12)
        counted.rest()
        _both_hold(planes, row, seats=12, speed=20)
    (lost,) = conflicts(planes, row)
    assert _told(lost) == {
        "column": "seats", "loser": 11, "loser_origin": "database", "winner": 12,
        "rule": "last_write_wins",
    }  # fmt: skip


def test_of_two_edits_of_a_cell_the_program_s_later_one_wins_and_the_other_is_logged(
    running_stack: Stack, planes: Bridge, row: str
) -> None:
    with ledger(planes) as counted:
        with running_stack.frozen("sink"):
            _person(planes, counted, row, "seats", 12)
            _program(planes, counted, row, "seats", 11)
        _both_hold(planes, row, seats=11)
        counted.rest()
        _both_hold(planes, row, seats=11, speed=20)
        assert counted.changes(row) == [("u", row)], "the loser never reached the table"
    (lost,) = conflicts(planes, row)
    assert _told(lost) == {
        "column": "seats", "loser": 12, "loser_origin": "sheet", "winner": 11,
        "rule": "last_write_wins",
    }  # fmt: skip


def _told(conflict: dict[str, object]) -> dict[str, object]:
    names = ("column", "loser", "loser_origin", "winner", "rule")
    return {name: conflict[name] for name in names}
