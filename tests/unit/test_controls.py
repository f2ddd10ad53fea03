"""Commands at a merge point: each applied once, in order, with an answer for who gave it."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from sink.core.command import Command, Order, decode_command
from sink.core.errors import EnvelopeError
from sink.core.guards import What
from sink.core.mapping import Guards, Rule
from sink.core.version import Origin
from tests.simulation.acts import row_key
from tests.simulation.agenda import SECOND
from tests.simulation.play import World
from tests.simulation.setting import KEYS, Setting


class Desk:
    """A whole simulated bridge, and an operator who gives commands by hand."""

    def __init__(self, guards: Guards | None = None, *, skew: int = 0) -> None:
        self.world = World(replace(Setting.quiet(Rule()), skew=skew), guards or Guards())
        self.world.heal()
        self.pass_time()
        self._given = 0

    def pass_time(self, seconds: int = 8) -> None:
        self.world.agenda.advance(seconds * SECOND)

    def give(self, order: Order, **narrowed: object) -> str:
        """Give a command; what the sink says to it."""
        self._given += 1
        name = f"by hand {self._given}"
        value = {**Command(name, order).to_json(), **narrowed}
        self.world.commands.append(None, orjson.dumps(value))
        self.pass_time()
        return self.outcomes()[name][1]

    def outcomes(self) -> dict[str, tuple[bool, str]]:
        stored = self.world.server.data.notes.get("outcomes", "{}")
        assert isinstance(stored, str)
        found: dict[str, tuple[bool, str]] = orjson.loads(stored)
        return found

    def put(self, key: int, **cells: str | None) -> None:
        server = self.world.server
        before = server.data.table.get(row_key(key), {})
        server.put(row_key(key), {**before, **cells}, time=server.now)

    def drop(self, *keys: int) -> None:
        for key in keys:
            self.world.server.put(row_key(key), None, time=self.world.server.now)

    def shown(self) -> dict[int, object]:
        """Column ``a`` of the sheet, by key."""
        return {key: row["a"] for key, row in self.world.sheet.rows().items()}

    def held(self) -> set[int]:
        found = self.world.processes[-1].point.parts.store.held_keys()
        return {int(str(key.values[0])) for key in found}


HOLDS = Guards(max_deletes=0, max_clears=0, minimum=0)


def test_while_paused_nothing_is_written_and_afterwards_all_of_it() -> None:
    desk = Desk()
    assert desk.give(Order.PAUSE).startswith("Paused")
    assert desk.give(Order.PAUSE).startswith("It was paused already")
    desk.put(1, a="B")
    desk.pass_time()
    assert desk.shown()[1] == "A1"
    assert "paused" in desk.give(Order.RECONCILE)
    assert desk.give(Order.RESUME) == "Resumed."
    assert desk.shown()[1] == "B"


def test_a_pause_survives_the_death_of_the_sink() -> None:
    desk = Desk()
    desk.give(Order.PAUSE)
    desk.world.processes[-1].die()
    desk.put(1, a="B")
    desk.pass_time()
    assert desk.shown()[1] == "A1"
    desk.give(Order.RESUME)
    assert desk.shown()[1] == "B"


def test_a_command_is_applied_once_by_its_id() -> None:
    desk = Desk()
    for order in (Order.PAUSE, Order.RESUME):
        desk.give(order)
    paused = desk.world.commands.records[-2]
    desk.world.commands.append(paused.key, paused.value)
    desk.put(1, a="B")
    desk.pass_time()
    assert desk.shown()[1] == "B", "it is not paused again"


def test_a_bad_command_is_set_aside_and_the_next_one_applied() -> None:
    desk = Desk()
    for bad in (b"{", b"[]", b"null", b'{"id": "x", "command": "explode"}'):
        desk.world.commands.append(None, bad)
    assert desk.give(Order.RESUME) == "It was not paused."
    assert len(desk.world.letters) == 4
    assert {letter.topic for letter in desk.world.letters} == {"commands.rows"}


def test_held_deletes_are_decided_row_by_row_and_by_side() -> None:
    desk = Desk(HOLDS)
    desk.drop(1, 2, 3)
    desk.pass_time()
    assert desk.held() == {1, 2, 3}
    assert desk.give(Order.RELEASE, origin="sheet") == "Nothing of that is held."
    assert desk.give(Order.RELEASE, rows=["1"]) == "1 held delete released."
    assert desk.give(Order.REFUSE, rows=['{"id":2}']) == "1 held delete refused."
    assert desk.held() == {3}
    assert desk.shown().keys() == {2, 3, 4}
    assert row_key(2) in desk.world.server.data.table
    assert desk.give(Order.RELEASE, what="clears") == "Nothing of that is held."
    assert desk.give(Order.RELEASE, what="deletes") == "1 held delete released."
    assert desk.shown().keys() == {2, 4}


@pytest.mark.parametrize(("order", "value"), [(Order.RELEASE, None), (Order.REFUSE, "A1")])
def test_a_held_batch_waits_through_a_death_and_a_resume_for_its_answer(
    order: Order, value: str | None
) -> None:
    desk = Desk(HOLDS)
    desk.put(1, a=None)
    desk.put(2, a="B")
    desk.pass_time()
    desk.world.processes[-1].die()
    assert "It still stands still" in desk.give(Order.RESUME)
    desk.put(3, a="C")
    desk.pass_time()
    assert desk.shown() == {key: f"A{key}" for key in KEYS}
    assert desk.give(order) == f"1 clear of the database {order.value}d."
    assert desk.shown() == {1: value, 2: "B", 3: "C", 4: "A4"}
    assert desk.world.server.data.table[row_key(1)]["a"] == value


@pytest.mark.parametrize("skew", [0, -30 * SECOND, 30 * SECOND])
@pytest.mark.parametrize("order", [Order.RELEASE, Order.REFUSE])
def test_an_answer_is_not_for_what_a_program_does_after_it_whatever_its_clock(
    order: Order, skew: int
) -> None:
    desk = Desk(HOLDS, skew=skew)
    desk.put(1, a=None)
    desk.pass_time()
    assert desk.give(order) == f"1 clear of the database {order.value}d."
    desk.put(2, a=None)
    desk.pass_time()
    assert desk.give(Order.RELEASE) == "1 clear of the database released."
    assert desk.shown()[2] is None


def test_a_reconciliation_that_was_asked_for_tells_its_end() -> None:
    desk = Desk()
    assert desk.give(Order.RECONCILE) == "Sheet and table are as known."


def test_a_command_round_trips() -> None:
    command = Command("1", Order.REFUSE, What.DELETES, Origin.SHEET, ("1", "2"))
    assert decode_command(orjson.loads(orjson.dumps(command.to_json()))) == command


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"id": "", "command": "pause"},
        {"id": "x" * 65, "command": "pause"},
        {"id": "1", "command": None},
        {"id": "1", "command": "release", "rows": [1]},
        {"id": "1", "command": "release", "what": "all"},
        {"id": "1", "command": "release", "origin": "both"},
    ],
)
def test_what_is_no_command_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(EnvelopeError):
        decode_command(bad)
