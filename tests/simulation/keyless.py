"""People who type new rows without a key, and what must have become of those at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from sink.core.cell import CellContent
from sink.core.version import Origin
from tests.doubles.memory_server import MemoryServer
from tests.simulation.acts import Actor, row_key
from tests.simulation.agenda import Agenda
from tests.simulation.history import History
from tests.simulation.script import Script
from tests.simulation.setting import FIRST_GIVEN, Setting
from tests.simulation.sheet import HEADERS, PersonsSheet

Row = list[CellContent]


@dataclass(slots=True)
class Typed:
    """A value typed into a row without a key; ``gone``: it need not stay, since a person replaced,
    deleted or cleared it before the row had one, or the database sets that column."""

    column: str
    value: str
    gone: bool = False


class Typist(Actor):
    """Types rows below the others and leaves the key to the database."""

    def __init__(
        self,
        setting: Setting,
        agenda: Agenda,
        history: History,
        count: Callable[[str], None],
        sheet: PersonsSheet,
        script: Script,
    ) -> None:
        super().__init__(setting, agenda, history, count)
        self._sheet = sheet
        self._script = script
        self.typed: list[Typed] = []

    def act(self, number: int, chance: Random) -> None:
        """One gesture: mostly a new row, else one of the rows that have no key yet."""
        waiting = [
            (place, row) for place, row in enumerate(self._sheet.grid(), start=2) if _keyless(row)
        ]
        draw = chance.random()
        if not waiting or draw < 0.5:
            self._begin(number, chance)
            return
        place, row = chance.choice(waiting)
        if draw < 0.85:
            self._type_on(number, place, chance)
        else:
            self._leave(number, place, row, delete=draw < 0.93)

    def _begin(self, number: int, chance: Random) -> None:
        place = len(self._sheet.grid()) + 2
        typed = [Typed("a", f"k{number}a")]
        values: list[object] = [typed[0].value]
        if chance.random() < 0.5:
            typed.append(Typed("b", f"k{number}b"))
            values += ["", typed[1].value]
        self.count("rows typed without a key")
        self.tell(number, f"typist: new row {place} without a key: {values}")
        self._edit(typed, f"B{place}", values)

    def _type_on(self, number: int, place: int, chance: Random) -> None:
        column = chance.choice(("b",) if self.setting.touching else ("b", "u"))
        stamped = column in self.setting.computed  # the next update of the row may replace it
        typed = Typed(column, f"k{number}{column}", gone=stamped)
        self.tell(number, f"typist: row {place}, still without a key: {column} = {typed.value}")
        for before in self.typed:
            if before.value == self._sheet.content(place, column):
                before.gone = True
        self._edit([typed], f"{'ABCDE'[HEADERS.index(column)]}{place}", [typed.value])

    def _leave(self, number: int, place: int, row: Row, *, delete: bool) -> None:
        self.tell(number, f"typist: {'deletes' if delete else 'clears'} row {place}: {row}")
        self.count("keyless rows given up")
        for typed in self.typed:
            typed.gone = typed.gone or typed.value in row
        if delete:
            done = self._sheet.gesture("delete_rows", start=place, count=1)
        else:
            done = self._sheet.gesture("clear", range=f"A{place}:E{place}")
        self._script.fire(done, lambda time, edits: None)

    def _edit(self, typed: list[Typed], place: str, values: list[object]) -> None:
        self.typed += typed
        done = self._sheet.gesture("edit", range=place, values=[values])
        self._script.fire(done, lambda time, edits: None)


def _keyless(row: Row) -> bool:
    return row[0] is None and any(row[HEADERS.index(column)] is not None for column in "abu")


def _deleted_by_an_operator(history: History, server: MemoryServer) -> set[str]:
    """What rows held that an operator's restored delete took out of the table.

    Whoever restores it has seen the row, so its cells are not logged.
    """
    keys = {row_key(g.key) for g in history.given if g.column is None and g.value is False}
    return {
        str(value)
        for change in server.binlog
        if change.key in keys and change.own is not None and change.after is None
        for value in (change.before or {}).values()
    }


def keyless_wrong(
    typed: list[Typed],
    history: History,
    server: MemoryServer,
    sheet: PersonsSheet,
    *,
    sorted_once: bool,
) -> list[str]:
    """A row typed without a key is made once, keeps what was typed, and comes by its key, whether
    its trigger told of it or not.

    A sort moves a row away from its tag: if it is edited then, it may be made anew, and the first
    one deleted. So may one whose key our call wrote into another row, where a person typed before
    that was put right: that row is the one with the key then.
    """
    edited = {row_key(e.key) for e in history.entries if e.side is Origin.SHEET and e.column}
    rows = {
        (change.key, str(change.after["a"]))
        for change in server.binlog
        if change.key is not None
        and change.before is None
        and change.after is not None
        and int(str(change.key.values[0])) >= FIRST_GIVEN
        and change.key not in edited
    }
    made = Counter[str]() if sorted_once else Counter(value for _, value in rows)
    found = [
        f"{one.value} was made {made[one.value]} times" for one in typed if made[one.value] > 1
    ]
    found += [
        f"a key stays out of the sheet: {row}"
        for row in server.data.tagged.values()
        if row.key is not None and row.finished is None
    ]
    known = {str(value) for image in server.data.table.values() for value in image.values()}
    known |= {str(loss.loser.value) for _, loss in server.data.conflicts}
    known |= {str(value) for entry in history.entries for value in entry.saw_row.values()}
    known |= _deleted_by_an_operator(history, server)
    waiting = {str(cell) for row in sheet.grid() if row[0] is None for cell in row}
    for one in typed:
        if one.gone:
            continue
        if one.value in waiting:
            found.append(f"the row of {one.value} has no key")
        elif one.value not in known:
            found.append(f"{one.value}, typed without a key, is lost")
    return found
