"""Whoever alters the table, in some of the histories: columns come, go and are renamed.

They are columns of their own (``x0``, ``x1``, …), filled by programs and by nobody in the sheet:
all else that a history does must go on beside, and at rest the sheet shows what the table holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random

from sink.core.change_event import Image
from sink.state.errors import DatabaseUnavailableError
from tests.doubles.memory_server import MemoryServer
from tests.simulation.agenda import Agenda
from tests.simulation.setting import CELLS, START, TAB, Setting
from tests.simulation.sheet import PersonsSheet

SHARE = 0.2
"""Of the histories in which the table is altered."""


@dataclass(slots=True)
class Administrator:
    """``altered`` is told the table's columns whenever they have changed."""

    setting: Setting
    agenda: Agenda
    count: Callable[[str], None]
    server: MemoryServer
    altered: Callable[[tuple[str, ...]], None]
    extra: list[str] = field(default_factory=list)
    made: int = 0

    def plan(self) -> None:
        """Put the acts of this seed on the agenda, if it has any."""
        draw = Random(f"{self.setting.seed}/ddl")
        if draw.random() >= SHARE:
            return
        for number in range(draw.randint(1, 4)):
            time = START + int(draw.uniform(0, 1.1) * self.setting.span)
            self.agenda.at(time, partial(self.act, Random(f"{self.setting.seed}/ddl/{number}")))
        for number in range(draw.randint(0, 6)):
            time = START + int(draw.uniform(0, 1.3) * self.setting.span)
            self.agenda.at(time, partial(self._fill, Random(f"{self.setting.seed}/fill/{number}")))

    def act(self, chance: Random) -> None:
        """One ALTER TABLE; like MySQL's, it waits for transactions to end."""
        if self.server.locks:
            self.agenda.after(1_000, partial(self.act, chance))
            return
        draw = chance.random()
        if not self.extra or draw < 0.5:
            self.add(chance.choice((None, "", f"d{self.made}")))
        elif draw < 0.75:
            self.drop(chance.choice(self.extra))
        else:
            self.rename(chance.choice(self.extra))

    def add(self, default: str | None) -> str:
        """ADD COLUMN, at the end."""
        name = f"x{self.made}"
        self.made += 1
        self.extra.append(name)
        self.count("columns added")
        self._alter(lambda image: {**image, name: default})
        return name

    def drop(self, name: str) -> None:
        """DROP COLUMN."""
        self.extra.remove(name)
        self.count("columns dropped")
        self._alter(lambda image: {each: image[each] for each in image if each != name})

    def rename(self, name: str) -> str:
        """RENAME COLUMN."""
        new = f"x{self.made}"
        self.made += 1
        self.extra[self.extra.index(name)] = new
        self.count("columns renamed")
        self._alter(lambda image: {new if each == name else each: image[each] for each in image})
        return new

    def _alter(self, change: Callable[[Image], Image]) -> None:
        columns = (*CELLS, *self.extra)
        self.server.alter(columns, change)
        self.altered(columns)

    def _fill(self, chance: Random) -> None:
        table = self.server.data.table
        if not self.extra or not table:
            return
        key = chance.choice(sorted(table, key=lambda each: each.canonical))
        value = f"f{chance.randint(0, 999)}"
        image = {**table[key], chance.choice(self.extra): value}
        self.server.now = max(self.server.now, self.agenda.now + self.setting.skew)
        try:
            self.server.put(key, image, time=self.server.now)
        except DatabaseUnavailableError:
            return  # the sink holds the row; the program gives up


def unlike(extra: list[str], server: MemoryServer, sheet: PersonsSheet) -> list[str]:
    """The cells of added columns that the sheet does not show as the table holds them.

    A row that it is not to show may have its key in the sheet, where it is refused.
    """
    header, *rows = sheet.document.values_get(f"{TAB}!A1:Z", "UNFORMATTED_VALUE")
    shown = {
        row[0]: dict(zip(header, [*row, *[""] * (len(header) - len(row))], strict=True))
        for row in rows
        if row and row[0] != ""
    }
    missing = [f"the sheet has no column {name}" for name in extra if name not in header]
    if missing:
        return missing
    return [
        f"row {key.values[0]} column {name}: sheet {shown[key.values[0]][name]!r}, table {held!r}"
        for key, image in server.data.table.items()
        if server.condition(image)
        for name in extra
        if key.values[0] in shown and shown[key.values[0]][name] != ((held := image[name]) or "")
    ]
