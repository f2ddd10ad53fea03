"""A sink that is killed after Kafka has its dead letters and before its commit writes them again.

They bear the names of the first ones, so that whoever reads them counts each once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest

from sink.ports import NO_RECORD, DeadLetter
from tests.simulation.acts import row_key
from tests.simulation.agenda import SECOND
from tests.simulation.google import Crashed
from tests.simulation.play import World
from tests.simulation.test_marks_without_key import edit
from tests.simulation.test_stopped_tab import comes, program, world

__all__ = ["world"]


class Topic(list[DeadLetter]):
    """The dead-letter topic: the process dies with Kafka's next answer."""

    def __init__(self) -> None:
        super().__init__()
        self.deadly = 1

    def extend(self, letters: Iterable[DeadLetter]) -> None:
        super().extend(letters)
        if self.deadly:
            self.deadly -= 1
            raise Crashed

    @property
    def names(self) -> Counter[str]:
        return Counter(letter.name("rows") for letter in self)


@pytest.fixture
def topic(world: World) -> Topic:
    """The topic of the process that runs, and of those that come after it."""
    found = Topic()
    world.letters = found
    world.rebalance()
    world.agenda.advance(20 * SECOND)
    return found


def is_told_twice(world: World, topic: Topic, kinds: int = 1) -> None:
    """The process was killed, and its letters were written again, and no others."""
    comes(world, lambda: len(topic) == 2 * kinds, "the letters, twice")
    world.agenda.advance(60 * SECOND)
    assert sorted(topic.names.values()) == [2] * kinds


def place(world: World, key: int) -> str:
    """The cell a of a row."""
    return f"B{world.sheet.row_of(key)}"


def test_of_cells_that_their_columns_or_the_database_refuse(world: World, topic: Topic) -> None:
    edit(world, place(world, 1), "bad!", None, "long" * 11)
    is_told_twice(world, topic, 2)
    assert {letter.column for letter in topic} == {"a", "b"}


def test_of_a_key_that_does_not_fit(world: World, topic: Topic) -> None:
    edit(world, f"A{len(world.sheet.grid()) + 3}", "4l", "good")
    is_told_twice(world, topic)


def test_of_a_row_without_a_key_that_no_post_told_of(world: World, topic: Topic) -> None:
    world.sheet.gesture("edit", range=f"B{len(world.sheet.grid()) + 3}", values=[["bad!"]])
    is_told_twice(world, topic)
    assert {letter.offset for letter in topic} == {NO_RECORD}


@pytest.mark.parametrize("content", ["bad!", "long" * 11])
def test_of_a_cell_that_no_post_told_of(world: World, topic: Topic, content: str) -> None:
    world.sheet.gesture("edit", range=place(world, 1), values=[[content]])
    is_told_twice(world, topic)
    assert {letter.offset for letter in topic} == {NO_RECORD}
    # the same that is typed there once more, later on, is another letter
    edit(world, place(world, 1), "good")
    comes(world, lambda: world.server.data.table[row_key(1)]["a"] == "good", "the edit")
    world.agenda.advance(10 * SECOND)
    world.sheet.gesture("edit", range=place(world, 1), values=[[content]])
    comes(world, lambda: len(topic) == 3, "the next letter")
    assert sorted(topic.names.values()) == [1, 2]


def test_of_content_that_a_call_has_replaced(world: World, topic: Topic) -> None:
    program(world, 1, a="new")
    world.sheet.gesture("edit", range=place(world, 1), values=[["long" * 11]])
    is_told_twice(world, topic)
    assert world.sheet.rows()[1]["a"] == "new"
