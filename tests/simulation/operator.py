"""An operator who gives values back from the conflict log, in some of the histories."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random

import orjson

from sink.core import operator_record
from sink.core.cell import CellContent
from sink.core.operator_record import Wish
from tests.doubles.memory_server import MemoryServer
from tests.simulation.agenda import MILLISECOND, Agenda
from tests.simulation.history import Given, History
from tests.simulation.setting import CELLS, START, Setting
from tests.simulation.streams import Topic

SHARE = 0.25
"""Of the histories in which an operator acts."""


@dataclass(slots=True)
class Operator:
    """Restores losers drawn by chance, with the record that ``sheetbridge conflicts`` writes."""

    setting: Setting
    agenda: Agenda
    history: History
    count: Callable[[str], None]
    server: MemoryServer
    posts: Topic

    def plan(self) -> None:
        """Put the acts of this seed on the agenda, if it has any."""
        draw = Random(f"{self.setting.seed}/operator")
        if draw.random() >= SHARE:
            return
        for number in range(draw.randint(1, 3)):
            time = START + int(draw.uniform(0.3, 1.6) * self.setting.span)
            self.agenda.at(time, partial(self.act, number))

    def act(self, number: int) -> None:
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
        at = (self.agenda.now // MILLISECOND) % 1_000_000
        self.history.story.append(f"{at:7} ms  {author}: row {row} {loss.column} := {value!r}")
        self.history.given.append(Given(row, loss.column, value, self.agenda.now, author))
        self.count("restored from the conflict log")
        record = operator_record.record(
            f"restore:{number}", wish.to_json(), author=author, time_ms=0
        )
        self.posts.append(None, orjson.dumps(record))

    def _of_others(self, column: str | None) -> bool:
        """Whether the database fills the column, or nobody judges what stands there."""
        return column not in (*CELLS, None) or (column == "u" and self.setting.touching)
