"""What an edit did not see that was made while a call was putting a person's value back."""

from __future__ import annotations

import pytest

from sink.core.belief import Belief
from sink.core.out_of_sight import out_of_sight
from tests.unit.core.rows import of_database, of_sheet, standing


@pytest.mark.parametrize(("time", "unseen"), [(9, set()), (15, {"a"}), (20, {"a"}), (21, set())])
def test_until_the_call_has_come_the_mistaken_write_was_shown(time: int, unseen: set[str]) -> None:
    state = standing()
    state.cells["a"] = of_sheet("mine", 3)
    state.beliefs["a"] = Belief("mine", 10, 20, written=True, wrote=(10, 20), over=(5, None))
    assert out_of_sight(state, ["a"], time) == unseen


def test_a_new_value_of_the_database_is_no_putting_back() -> None:
    state = standing()
    state.cells["a"] = of_database("new", 3)
    state.beliefs["a"] = Belief("new", 10, 20, written=True, wrote=(10, 20), over=(5, "old"))
    assert out_of_sight(state, ["a"], 15) == set()
