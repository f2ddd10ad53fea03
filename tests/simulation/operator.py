"""An operator at the command line, in some of the histories: gives values back from the conflict
log, answers what the guards hold, and pauses and resumes at times.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random

import orjson

from sink.core import operator_record
from sink.core.cell import CellContent
from sink.core.command import Command, Order
from sink.core.mapping import Guards
from sink.core.operator_record import Wish
from sink.state.records import HAS_HELD
from tests.doubles.memory_server import MemoryServer
from tests.simulation.agenda import MILLISECOND, SECOND, Agenda
from tests.simulation.history import Given, History
from tests.simulation.refusals import refused_text
from tests.simulation.setting import CELLS, START, Setting
from tests.simulation.streams import Topic

SHARE = 0.25
"""Of the histories in which an operator restores something."""

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


@dataclass(slots=True)
class Operator:
    """Writes the records that the commands of ``sheetbridge`` write.

    ``posts`` is the topic of what is given back, ``commands`` that of what is asked of the sink.
    Once ``healed``, whatever is held is answered.
    """

    setting: Setting
    agenda: Agenda
    history: History
    count: Callable[[str], None]
    server: MemoryServer
    posts: Topic
    commands: Topic
    healed: bool = False
    _commanded: int = 0

    def plan(self, guards: Guards) -> None:
        """Put the acts of this seed on the agenda, if it has any."""
        if guards != Guards():
            self.agenda.after(SECOND, partial(self.look, Random(f"{self.setting.seed}/desk")))
        draw = Random(f"{self.setting.seed}/operator")
        if draw.random() >= SHARE:
            return
        for number in range(draw.randint(1, 3)):
            time = START + int(draw.uniform(0.3, 1.6) * self.setting.span)
            self.agenda.at(time, partial(self.restore, number))

    def restore(self, number: int) -> None:
        """Restore one of the conflicts that are logged by now."""
        logged = self.server.data.conflicts
        losses = [(key, loss) for key, loss in logged if not self._of_others(loss.column)]
        if not losses:
            return
        chance = Random(f"{self.setting.seed}/operator/{number}")
        key, loss = chance.choice(losses)
        row, author = int(str(key.values[0])), f"operator {number}"
        image = dict(zip(key.columns, key.values, strict=True))
        if loss.column is None:
            wish = Wish(image, exists=loss.loser.value is True)
        else:
            wish = Wish(image, {loss.column: loss.loser.value})
        value: CellContent = loss.loser.value
        self._tell(f"{author}: row {row} {loss.column} := {value!r}")
        over = refused_text(self.server, row, loss.column)
        self.history.given.append(Given(row, loss.column, value, self.agenda.now, author, over))
        self.count("restored from the conflict log")
        record = operator_record.record(
            f"restore:{number}",
            wish.to_json(),
            author=author,
            time_ms=self.agenda.now // MILLISECOND,
        )
        self.posts.append(None, orjson.dumps(record))

    def look(self, chance: Random) -> None:
        """See what is held, and say something to it or not; then look again a while later."""
        notes = self.server.data.notes
        rows = [key for key, row in self.server.data.states.items() if row.attention & HAS_HELD]
        if notes.get("paused") and (self.healed or chance.random() < 0.5):
            self._give(Order.RESUME, chance)
        if (rows or notes.get("held_batch")) and (self.healed or chance.random() < 0.4):
            order = chance.choice((Order.RELEASE, Order.REFUSE))
            self.count("holds released" if order is Order.RELEASE else "holds refused")
            self._give(order, chance)
        elif not self.healed and chance.random() < 0.1:
            self._give(chance.choice((Order.PAUSE, Order.RECONCILE)), chance)
        self.agenda.after(int(EVERY * chance.uniform(0.2, 1.5)), partial(self.look, chance))

    def _give(self, order: Order, chance: Random) -> None:
        self._commanded += 1
        self._tell(f"operator: {order.value}")
        command = Command(f"command:{self._commanded}", order)
        for _ in range(chance.choice((1, 1, 2))):
            self.commands.append(None, orjson.dumps(command.to_json()))

    def _tell(self, what: str) -> None:
        at = (self.agenda.now // MILLISECOND) % 1_000_000
        self.history.story.append(f"{at:7} ms  {what}")

    def _of_others(self, column: str | None) -> bool:
        """Whether the database fills the column, or nobody judges what stands there."""
        return column not in (*CELLS, None) or column in self.setting.computed
