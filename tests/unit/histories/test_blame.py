"""Whom a refusal blames: the edit that brought the value, and where none did, what was agreed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from sink.core.refusal import Refusal
from sink.ports import TableWrite
from tests.doubles.memory_store import MemoryTransaction
from tests.unit.histories.test_refusals import refusing
from tests.unit.histories.world import World, key


def test_a_good_edit_is_not_refused_with_a_bad_one_that_follows_it_in_a_batch() -> None:
    world = World()
    refusing(world, "a", "X")
    world.typed(2, a="good")
    world.typed(3, a="X")
    world.read_sheet()
    world.settle(5)
    assert world.server.data.table[key()]["a"] == "good"
    assert world.sheet[key()]["a"] == "X"
    assert len(world.dead) == 1


def test_a_refusal_that_names_no_cell_gives_up_what_was_to_be_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A trigger's own table may be in the way of a write, and of none of its cells alone."""
    world = World()

    def write(_: MemoryTransaction, writes: Sequence[TableWrite]) -> list[Refusal]:
        return [Refusal(each.key, each.op, (), "not now", 1062) for each in writes]

    monkeypatch.setattr(MemoryTransaction, "write", write)
    world.typed(1, a="X")
    world.read_sheet()
    assert world.state(key()).agreed == {"a": "A", "b": "A"}
    assert world.logged() == [("a", "X")]
    assert [letter.reason for letter in world.dead] == ["“a” not now; the database still holds A"]
