"""Cells of the table that no codec can tell: nobody but a person who types over one replaces it.

Of a zero date in a NOT NULL column Debezium makes the column's default, or 1970-01-01; of one in a
TIMESTAMP the codec knows that it is none, so that the event says nothing of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from sink.core.change_event import ChangeEvent, DatabaseChange, Image
from sink.core.mapping import Policy
from sink.core.policies import rules_of
from sink.pipeline import Pipeline
from tests.doubles.memory_store import MemoryStore
from tests.unit.histories.world import World, key

ZERO = "0000-00-00"


class UntellingStore(MemoryStore):
    """No reading of the table tells a zero date."""

    def known(self, image: Image) -> Image:
        return {name: value for name, value in super().known(image).items() if value != ZERO}


class ZeroDates(World):
    """Change events tell ``made_of_it`` where the table holds a zero date; None: nothing."""

    def __init__(self, made_of_it: str | None, policy: Policy = Policy.LAST_WRITE_WINS) -> None:
        self.made_of_it = made_of_it
        super().__init__(policy)
        self.database(2, a=ZERO, b="B")
        self.settle(3)

    def restart(self) -> None:
        self.store = UntellingStore(self.server)
        rules = rules_of(self.table.mapping)
        self.pipeline = Pipeline(self.table, rules, self.store, self.dead.extend)

    def merge(
        self,
        events: Sequence[ChangeEvent],
        *,
        now: int | None = None,
        offsets: dict[str, int] | None = None,
    ) -> None:
        super().merge([self._told(event) for event in events], now=now, offsets=offsets)

    def _told(self, event: ChangeEvent) -> ChangeEvent:
        if not isinstance(event, DatabaseChange):
            return event
        return replace(event, before=self._image(event.before), after=self._image(event.after))

    def _image(self, image: Image | None) -> Image | None:
        if image is None:
            return None
        told = {name: self.made_of_it if value == ZERO else value for name, value in image.items()}
        untold = {name for name, value in image.items() if value == ZERO and not self.made_of_it}
        return {name: value for name, value in told.items() if name not in untold}

    @property
    def row(self) -> Image | None:
        """What the table holds in truth."""
        return self.server.data.table.get(key())


@pytest.fixture(params=["1970-01-01", None])
def world(request: pytest.FixtureRequest) -> ZeroDates:
    return ZeroDates(request.param)


def test_nothing_is_written_over_it(world: ZeroDates) -> None:
    assert world.row == {"a": ZERO, "b": "B"}
    assert world.sheet[key()] == {"a": world.made_of_it or "A", "b": "B"}


@pytest.mark.parametrize("policy", [Policy.SHEET_WINS, Policy.DATABASE_WINS])
def test_nothing_is_written_over_it_whoever_wins(policy: Policy) -> None:
    assert ZeroDates("1970-01-01", policy).row == {"a": ZERO, "b": "B"}


def test_the_rows_other_cells_go_on_both_ways(world: ZeroDates) -> None:
    world.typed(10, b="P")
    world.settle(11)
    assert world.row == {"a": ZERO, "b": "P"}
    world.database(20, b="Q")
    world.settle(21)
    assert world.row == {"a": ZERO, "b": "Q"}
    assert world.sheet[key()]["b"] == "Q"


def test_what_a_person_types_over_it_is_stored(world: ZeroDates) -> None:
    world.typed(10, a="P")
    world.settle(11)
    assert world.both() == {"a": "P", "b": "B"}


def test_a_program_can_mend_it(world: ZeroDates) -> None:
    world.database(10, a="M")
    world.settle(11)
    assert world.both() == {"a": "M", "b": "B"}


def test_a_person_can_delete_its_row(world: ZeroDates) -> None:
    world.deleted()
    world.settle(11)
    assert world.both() is None
