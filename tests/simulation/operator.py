"""Who answers the guards: a person at the command line, who also pauses and resumes at times."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import orjson

from sink.core.command import Command, Order
from sink.core.mapping import Guards
from sink.state.records import HAS_HELD
from tests.doubles.memory_server import MemoryServer
from tests.simulation.agenda import SECOND, Agenda
from tests.simulation.streams import Topic

EVERY = 1_500_000
"""Microseconds between two looks at what is held."""


def guards_of(seed: int) -> Guards:
    """The guards of a seed: in most histories they let everything through."""
    chance = Random(f"{seed}/guards")
    if chance.random() < 0.6:
        return Guards()
    return Guards(
        max_deletes=0,
        max_clears=chance.choice((0.0, 1.0)),
        minimum=chance.choice((0, 0, 1, 2)),
        max_rewrites=chance.choice((None, None, 1)),
    )


class Operator:
    """Looks at what is held and answers some of it; once healed, all of it."""

    def __init__(
        self,
        seed: int,
        guards: Guards,
        server: MemoryServer,
        commands: Topic,
        agenda: Agenda,
        count: Callable[[str], None],
        tell: Callable[[str], None],
    ) -> None:
        self._chance = Random(f"{seed}/operator")
        self._server = server
        self._commands = commands
        self._agenda = agenda
        self._count = count
        self._tell = tell
        self._given = 0
        self.healed = False
        self._there = True
        if guards != Guards():
            agenda.after(SECOND, self.look)

    def leave(self) -> None:
        """Say nothing any more."""
        self._there = False

    def look(self) -> None:
        """See what is held, and say something to it or not."""
        if not self._there:
            return
        notes, chance = self._server.data.notes, self._chance
        rows = [key for key, row in self._server.data.states.items() if row.attention & HAS_HELD]
        if notes.get("paused") and (self.healed or chance.random() < 0.5):
            self._give(Order.RESUME)
        if (rows or notes.get("held_batch")) and (self.healed or chance.random() < 0.4):
            order = chance.choice((Order.RELEASE, Order.REFUSE))
            self._count(f"{order.value}d")
            self._give(order)
        elif not self.healed and chance.random() < 0.1:
            self._give(chance.choice((Order.PAUSE, Order.RECONCILE)))
        self._agenda.after(int(EVERY * chance.uniform(0.2, 1.5)), self.look)

    def _give(self, order: Order) -> None:
        self._given += 1
        self._tell(f"operator: {order.value}")
        command = Command(f"command{self._given}", order)
        for _ in range(self._chance.choice((1, 1, 2))):
            self._commands.append(None, orjson.dumps(command.to_json()))
