"""A whole bridge in which a history is played by hand: the sink's process, both topics, the sheet.

Where ``world`` merges events one by one, here the sink runs as it does in the simulation, its calls
to Google and its deaths included; a history says when things happen and what becomes of a call.
"""

from __future__ import annotations

from collections.abc import Callable

from sink.core.cell import CellContent
from sink.core.change_event import Image
from sink.core.mapping import Policy, Rule
from sink.core.values.codec import Value
from tests.simulation.acts import row_key
from tests.simulation.agenda import MILLISECOND, SECOND
from tests.simulation.play import World
from tests.simulation.process import SinkProcess
from tests.simulation.setting import CELLS, Setting
from tests.simulation.sheet import HEADERS

PATIENCE = 30 * SECOND


class Bridge:
    """Rows 1 to 4 stand on both sides, their cells ``A1`` to ``A4``."""

    def __init__(
        self, policy: Policy = Policy.LAST_WRITE_WINS, *, setting: Setting | None = None
    ) -> None:
        self.world = World(setting or Setting.quiet(Rule(policy)))
        self.pass_time(SECOND)

    @property
    def sink(self) -> SinkProcess:
        """The process that runs now."""
        return self.world.processes[-1]

    def pass_time(self, micros: int) -> None:
        self.world.agenda.advance(micros)

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Let time pass until the condition holds, in steps shorter than anything takes."""
        for _ in range(PATIENCE // MILLISECOND):
            if condition():
                return
            self.world.agenda.advance(MILLISECOND)
        raise AssertionError(f"it never comes to {what}")

    def until_killed(self, point: str) -> None:
        """The sink dies at a named point of its work."""
        self.sink.dies_at = point
        dying = self.sink
        self.until(lambda: not dying.alive, f"the point {point}")

    def rest(self) -> None:
        """Let everything come to rest."""
        self.world.rest()

    # What programs do

    def database(self, key: int = 1, **cells: Value) -> None:
        """UPDATE, or INSERT where the row is not there."""
        before = self.world.server.data.table.get(row_key(key), dict.fromkeys(CELLS))
        self._put(key, {**before, **cells})

    def database_delete(self, key: int = 1) -> None:
        self._put(key, None)

    def _put(self, key: int, image: Image | None) -> None:
        server = self.world.server
        server.now = self.world.setting.server_time(self.world.agenda.now)
        server.put(row_key(key), image, time=server.now)

    # What people do

    def edit(self, key: int = 1, *, heard: bool = True, **cell: CellContent) -> None:
        """Type one cell; ``heard`` False: its trigger is lost."""
        ((column, value),) = cell.items()
        place = f"{'ABCDE'[HEADERS.index(column)]}{self.world.sheet.row_of(key)}"
        done = self.world.sheet.gesture("edit", range=place, values=[[value]])
        if heard:
            self.world.script.fire(done, lambda _time, _edits: None)

    def create(self, key: int = 1, *, heard: bool = True, **cells: CellContent) -> None:
        """Paste a row below the others."""
        row = len(self.world.sheet.grid()) + 2
        values = [key if header == "id" else cells.get(header, "") for header in HEADERS]
        done = self.world.sheet.gesture("edit", range=f"A{row}", values=[values])
        if heard:
            self.world.script.fire(done, lambda _time, _edits: None)

    def delete(self, key: int = 1, *, heard: bool = True) -> None:
        """Delete the row; ``heard``: a hint tells that some row went."""
        row = self.world.sheet.row_of(key)
        done = self.world.sheet.gesture("delete_rows", start=row, count=1)
        if heard:
            self.world.script.fire(done, lambda _time, _edits: None)

    # What is there to see

    def sheet(self, key: int = 1) -> dict[str, CellContent] | None:
        """The sheet's row, mapped cells alone."""
        row = self.world.sheet.rows().get(key)
        return None if row is None else {column: row[column] for column in CELLS}

    def both(self, key: int = 1) -> Image | None:
        """The row on both sides; they must agree."""
        table = self.world.server.data.table.get(row_key(key))
        sheet = self.sheet(key)
        assert table == sheet, f"table {table}, sheet {sheet}"
        return table

    def logged(self) -> list[tuple[str | None, Value]]:
        """What the conflict log holds, as (column, losing value)."""
        return [(loss.column, loss.loser.value) for _, loss in self.world.server.data.conflicts]

    def met(self, what: str) -> int:
        """How often something happened, by the simulation's count."""
        return self.world.met[what]
