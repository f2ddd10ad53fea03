"""A delete and an edit cross by the rule of the edited column, whichever is read first."""

from __future__ import annotations

import pytest

from sink.core.change_event import (
    CellEdit,
    ChangeEvent,
    DatabaseChange,
    Image,
    Op,
    Position,
    SheetDelete,
    SheetEdit,
)
from sink.core.policies import Decide, Rules, database_wins, last_write_wins, sheet_wins
from sink.core.resolver import resolve
from sink.core.row_key import RowKey
from sink.core.version import ABSENT
from sink.state.records import FirstSync

KEY = RowKey.from_values(("id",), (1,))
ROW: Image = {"a": "A", "b": "A"}
PLACE = Position("binlog.000001", 1, 0, 0, 1)


def lives(order: str, events: dict[str, ChangeEvent], rule: tuple[str, Decide]) -> bool:
    rules = Rules(("last_write_wins", last_write_wins), {"a": rule})
    state = FirstSync(0, 0).row(KEY, ROW)
    for name in order:
        state = resolve(events[name], state, rules).state
    return state.alive


@pytest.mark.parametrize("order", ["ds", "sd"])
@pytest.mark.parametrize("deleted_at", [1, 3])
@pytest.mark.parametrize("rule", [database_wins, sheet_wins])
def test_a_program_s_delete_and_a_person_s_edit(order: str, deleted_at: int, rule: Decide) -> None:
    delete = DatabaseChange("binlog", KEY, Op.DELETE, ROW, None, deleted_at, 9, position=PLACE)
    edit = SheetEdit("post", KEY, {"a": CellEdit("B", ABSENT)}, 2, 9)
    found = lives(order, {"d": delete, "s": edit}, (rule.__name__, rule))
    assert found is (rule is sheet_wins)


@pytest.mark.parametrize("order", ["ds", "sd"])
@pytest.mark.parametrize("deleted_at", [1, 3])
@pytest.mark.parametrize("rule", [database_wins, sheet_wins])
def test_a_person_s_delete_and_a_program_s_edit(order: str, deleted_at: int, rule: Decide) -> None:
    delete = SheetDelete("look", KEY, deleted_at, 9, seen_until=1)
    edit = DatabaseChange("binlog", KEY, Op.UPDATE, ROW, {**ROW, "a": "B"}, 2, 9, position=PLACE)
    found = lives(order, {"d": edit, "s": delete}, (rule.__name__, rule))
    assert found is (rule is database_wins)
