"""People who type rows whose key is none, and what must be said of those at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from random import Random

from deploy.sheets_emulator.gestures import Done
from sink.core.marks import is_tint, own_part
from tests.doubles.memory_server import MemoryServer
from tests.simulation.acts import Actor
from tests.simulation.agenda import Agenda
from tests.simulation.play import World
from tests.simulation.refusals import faces
from tests.simulation.script import Script
from tests.simulation.setting import START, Setting
from tests.simulation.sheet import HEADERS, PersonsSheet

FIRST_MENDED = 500
"""Keys that nobody else types."""

MOST = 6


class BungledKeys(World):
    """A history in which somebody types such rows, and nobody other ones that are refused."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(replace(setting, bunglers=0.0, typists=0.0))
        chance = Random(f"{setting.seed}/keys")
        self.key_bungler = KeyBungler(setting, self.agenda, self)
        for number in range(chance.randint(1, MOST)):
            time = START + int(chance.random() * setting.span)
            self.agenda.at(time, partial(self.key_bungler.act, number, chance))


class KeyBungler(Actor):
    """Types words where the key belongs, below the other rows."""

    def __init__(self, setting: Setting, agenda: Agenda, world: World) -> None:
        super().__init__(setting, agenda, world.history, world.count)
        self._sheet: PersonsSheet = world.sheet
        self._script: Script = world.script

    def act(self, number: int, chance: Random) -> None:
        """A new row, or something to one that stands."""
        grid = self._sheet.grid()
        standing = [at for at, row in enumerate(grid, start=2) if isinstance(row[0], str)]
        draw = chance.random()
        if not standing or draw < 0.5:
            values = [f"z{number}", f"w{number}"][: chance.choice((1, 2, 2))]
            self._edit(number, f"A{len(grid) + 2}", values)
            return
        at = chance.choice(standing)
        if draw < 0.7:
            self._edit(number, f"A{at}", [FIRST_MENDED + number])
        elif draw < 0.8:
            self._edit(number, f"A{at}", [f"y{number}"])
        elif draw < 0.9:
            self._edit(number, f"D{at}", [f"w{number}b"])
        else:
            self._did(
                number, f"deletes row {at}", self._sheet.gesture("delete_rows", start=at, count=1)
            )

    def _edit(self, number: int, place: str, values: Sequence[object]) -> None:
        done = self._sheet.gesture("edit", range=place, values=[list(values)])
        self._did(number, f"{values} at {place}", done)

    def _did(self, number: int, what: str, done: Done) -> None:
        self.count("keys bungled")
        self.tell(number, f"key bungler: {what}")
        self._script.fire(done, lambda time, edits: None)


def keys_wrong(server: MemoryServer, sheet: PersonsSheet) -> list[str]:
    """Such a row says so at its key, and nowhere else; and each is remembered once."""
    found: list[str] = []
    count = 0
    for cells, row in zip(sheet.grid(), faces(sheet), strict=False):
        if not isinstance(cells[0], str):
            continue
        count += 1
        key, *others = row
        if not (is_tint(key.background) and "whole number" in key.note and cells[0] in key.note):
            found.append(f"row {cells} does not say that its key is none: {key}")
        for header, face in zip(HEADERS[1:], others, strict=True):
            if is_tint(face.background) or own_part(face.note) != face.note:
                found.append(f"row {cells} says something at {header}: {face}")
    told = [row for row in server.data.tagged.values() if row.key is None and "id" in row.lacks]
    if len(told) != count:
        found.append(f"{count} rows have no key that fits, and {len(told)} are remembered: {told}")
    return found
