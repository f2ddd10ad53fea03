"""What people do in the sheet and programs in the table, drawn by chance; each act for itself.

An act is drawn from its own number, so that a history with some acts left out plays the others as
they were: that is how a failing one is made small.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from sink.core.cell import CellContent
from sink.core.change_event import Image
from sink.core.row_key import RowKey
from sink.core.version import Origin
from sink.state.errors import DatabaseUnavailableError
from tests.doubles.memory_server import MemoryServer
from tests.simulation.agenda import MILLISECOND, Agenda
from tests.simulation.history import Entry, History
from tests.simulation.script import Script
from tests.simulation.setting import CELLS, KEYS, Setting
from tests.simulation.sheet import HEADERS, PersonsSheet

NEW_KEYS = (5, 6)
TYPED = ("a", "b")
HIDING = 0.4
LEAVING = 0.25
"""The shares of a program's and a person's acts that take a row out of the condition, or back."""
FORMULA_VALUE = "f"
"""What a formula shows begins with this, and nothing else does."""


def row_key(number: int) -> RowKey:
    """The table's key of a row."""
    return RowKey.from_values(("id",), (number,))


class Actor:
    """What all actors have in common."""

    def __init__(
        self, setting: Setting, agenda: Agenda, history: History, count: Callable[[str], None]
    ) -> None:
        self.setting = setting
        self.agenda = agenda
        self.history = history
        self.count = count

    def value(self, number: int, chance: Random) -> str:
        """A value that no other act writes; some end in what the database may cut off."""
        return f"v{number}{'~' if chance.random() < 0.1 else ''}"

    def other_side(self, number: int, row: Mapping[str, CellContent]) -> dict[str, str]:
        """What takes a row out of the mapping's condition, or back where it does not satisfy it."""
        return {"u": f"{'x' if self.setting.shows(row) else 'v'}{number}u"}

    def act(self, number: int, chance: Random) -> None:
        """Do act ``number``."""
        raise NotImplementedError

    def tell(self, number: int, text: str) -> None:
        """A line of the story, for whoever must understand a failure."""
        at = (self.agenda.now // MILLISECOND) % 1_000_000
        self.history.story.append(f"{at:7} ms  act {number}: {text}")


class Program(Actor):
    """Plain SQL by programs that know nothing of the sheet."""

    def __init__(
        self,
        setting: Setting,
        agenda: Agenda,
        history: History,
        count: Callable[[str], None],
        server: MemoryServer,
        shown: Callable[[], dict[int, dict[str, CellContent]]],
    ) -> None:
        super().__init__(setting, agenda, history, count)
        self.server = server
        self._shown = shown

    def act(self, number: int, chance: Random) -> None:
        """One statement, on a row drawn by chance."""
        key = chance.choice(KEYS)
        row = self.server.data.table.get(row_key(key))
        draw = chance.random()
        hiding = Random(f"{self.setting.seed}/hiding/{number}")
        if self.setting.where and row is not None and hiding.random() < HIDING:
            self.change(number, key, {**row, **self.other_side(number, row)})
            return
        if row is None or draw < 0.12:
            self._insert(number, chance)
        elif draw < 0.22:
            self.change(number, key, None)
        elif draw < 0.28:
            self._rekey(number, key, chance)
        else:
            self._update(number, key, row, draw, chance)

    def _update(self, number: int, key: int, row: Image, draw: float, chance: Random) -> None:
        columns = chance.sample(TYPED, 2 if draw < 0.4 else 1)
        cells: Image = {c: self.value(number, chance) + c for c in columns}
        if draw < 0.45:
            cells[columns[0]] = chance.choice((None, ""))
        elif draw < 0.52:
            cells[columns[0]] = _text(self._shown().get(key, {}).get(columns[0], row[columns[0]]))
        elif draw < 0.6:
            cells[columns[0]] = _text(self._earlier(key, columns[0], row[columns[0]]))
        self.change(number, key, {**row, **cells})

    def _earlier(self, key: int, column: str, now: CellContent) -> CellContent:
        entries = [e for e in self.history.of(key, column) if e.side is Origin.DATABASE]
        return entries[-1].saw if entries else now

    def _insert(self, number: int, chance: Random) -> None:
        missing = [k for k in (*KEYS, *NEW_KEYS) if row_key(k) not in self.server.data.table]
        if missing:
            cells: Image = {
                c: self.value(number, chance) + c for c in TYPED if chance.random() < 0.8
            }
            self.change(number, chance.choice(missing), cells or {"a": f"v{number}a"})

    def _rekey(self, number: int, key: int, chance: Random) -> None:
        new = chance.choice(NEW_KEYS)
        image = dict(self.server.data.table[row_key(key)])
        if row_key(new) not in self.server.data.table:
            self.count("key changes")
            self.change(number, key, None)
            self.change(number, new, image)

    def change(self, number: int, key: int, image: Image | None) -> None:
        """Write a row (None: delete it), and note what is other than it was."""
        server = self.server
        before = server.data.table.get(row_key(key))
        server.now = self.setting.server_time(self.agenda.now)
        try:
            server.put(row_key(key), image, time=server.now)
        except DatabaseUnavailableError:
            return  # the sink holds the row; the program gives up
        after = server.data.table.get(row_key(key))
        if before == after:
            return
        self.tell(number, f"program: row {key} := {after}")
        saw = None if before is None else dict[str, CellContent](before)
        if before is None or after is None:
            self._note(key, None, after is not None, saw)
        for column, value in (after or {}).items():
            if column in CELLS and (before is None or before[column] != value):
                self._note(key, column, value, saw)

    def _note(
        self, key: int, column: str | None, value: CellContent, saw: dict[str, CellContent] | None
    ) -> None:
        entry = self.history.add(Origin.DATABASE, key, column, value, self.agenda.now, saw)
        entry.stamp = self.server.now


def _text(content: CellContent) -> str | None:
    return content if content is None or isinstance(content, str) else str(content)


class Person(Actor):
    """A person's hand in the sheet, and the script that tells of it."""

    def __init__(
        self,
        setting: Setting,
        agenda: Agenda,
        history: History,
        count: Callable[[str], None],
        sheet: PersonsSheet,
        script: Script,
        calling: Callable[[], bool],
    ) -> None:
        super().__init__(setting, agenda, history, count)
        self.sheet = sheet
        self._script = script
        self._calling = calling

    def act(self, number: int, chance: Random) -> None:
        """One gesture, on a row drawn by chance."""
        rows = self.sheet.rows()
        draw = chance.random()
        if not rows or draw < 0.1:
            self._create(number, chance)
            return
        key = chance.choice(sorted(rows))
        formulas = Random(f"{self.setting.seed}/formula/{number}")
        if formulas.random() < self.setting.formulas:
            self._put_formula(number, key, rows, formulas)
            return
        if self._leaves(number):
            cells: dict[str, CellContent] = {**self.other_side(number, rows[key])}
            self._edit(number, key, cells, rows[key], single=True)
            return
        if draw < 0.17:
            self._delete(number, key, rows)
        elif draw < 0.22:
            self._rekey(number, key, rows, chance)
        elif draw < 0.27:
            self._move_about(number, chance)
        elif draw < 0.31:
            self._note(number, key, rows)
        elif draw < 0.5:
            self._paste(number, key, rows, chance)
        else:
            self._type(number, key, rows, draw, chance)

    def _type(
        self,
        number: int,
        key: int,
        rows: dict[int, dict[str, CellContent]],
        draw: float,
        chance: Random,
    ) -> None:
        column = chance.choice(TYPED)
        value: CellContent = self.value(number, chance) + column
        if draw < 0.55:
            value = None
        elif draw < 0.6:
            earlier = [e for e in self.history.of(key, column) if e.side is Origin.SHEET]
            value = earlier[-1].saw if earlier else value
        self._edit(number, key, {column: value}, rows[key], single=True)

    def _leaves(self, number: int) -> bool:
        chance = Random(f"{self.setting.seed}/leaving/{number}")
        return self.setting.where and chance.random() < LEAVING

    def _put_formula(
        self, number: int, key: int, rows: dict[int, dict[str, CellContent]], chance: Random
    ) -> None:
        """A formula in ``a`` that shows the row's ``b``, or the person's own note."""
        row = self.sheet.row_of(key)
        text = f'="{FORMULA_VALUE}{number}:"&{chance.choice("CD")}{row}'
        self.count("formulas put in")
        self.tell(number, f"person: row {key} types {text} into a")
        entry = self.history.add(Origin.SHEET, key, "a", None, self.agenda.now, rows[key])
        entry.formula = text
        self.gesture([entry], "edit", range=f"B{row}", values=[[text]])

    def _paste(
        self, number: int, key: int, rows: dict[int, dict[str, CellContent]], chance: Random
    ) -> None:
        columns = chance.choice((("a",), ("b", "u"), ("b",)))
        cells: dict[str, CellContent] = {c: f"{self.value(number, chance)}{c}" for c in columns}
        self._edit(number, key, cells, rows[key], single=False)

    def _edit(
        self,
        number: int,
        key: int,
        cells: dict[str, CellContent],
        saw: dict[str, CellContent],
        *,
        single: bool,
    ) -> None:
        row = self.sheet.row_of(key)
        first = HEADERS.index(next(iter(cells)))
        values = [["" if value is None else value for value in cells.values()]]
        self.tell(number, f"person: row {key} {'types' if single else 'pastes'} {cells}")
        entries = [
            self.history.add(
                Origin.SHEET, key, column, value, self.agenda.now, saw, pasted=not single
            )
            for column, value in cells.items()
        ]
        self.gesture(
            entries, "edit", range=f"{'ABCDE'[first]}{row}", values=values, paste=not single
        )

    def gesture(
        self, entries: list[Entry], name: str, *, exact: bool = True, **body: object
    ) -> None:
        """Do it, and let the script tell of it; ``entries`` learn when it did.

        ``exact`` False: the sink may look at the sheet instead, at a time of its own.
        """
        done = self.sheet.gesture(name, **body)
        at, calling = self.agenda.now, self._calling()
        for entry in entries:
            entry.exact = False

        def told(time: int, edits: bool) -> None:
            for entry in entries:
                if edits and entry.stamp is None:
                    entry.stamp = time
                    entry.exact = exact and self.agenda.now == at and not (entry.pasted and calling)

        self._script.fire(done, told)

    def _create(self, number: int, chance: Random) -> None:
        there = self.sheet.rows()
        missing = [key for key in (*KEYS, *NEW_KEYS) if key not in there]
        if not missing:
            return
        key = chance.choice(missing)
        cells: dict[str, CellContent] = {
            c: f"{self.value(number, chance)}{c}" for c in TYPED if chance.random() < 0.7
        }
        if self._leaves(number):
            cells |= self.other_side(number, {})
        row = len(self.sheet.grid()) + 2
        self.tell(number, f"person: creates row {key} {cells}")
        entries = [self.history.add(Origin.SHEET, key, None, True, self.agenda.now, None)]
        entries += [
            self.history.add(Origin.SHEET, key, column, value, self.agenda.now, None, pasted=True)
            for column, value in cells.items()
        ]
        values = [[key if h == "id" else cells.get(h, "") or "" for h in HEADERS]]
        self.gesture(entries, "edit", range=f"A{row}", values=values)

    def _delete(self, number: int, key: int, rows: dict[int, dict[str, CellContent]]) -> None:
        row = self.sheet.row_of(key)
        self.tell(number, f"person: deletes row {key}")
        entry = self.history.add(Origin.SHEET, key, None, False, self.agenda.now, rows[key])
        self.gesture([entry], "delete_rows", start=row, count=1)
        entry.exact = False

    def _rekey(
        self, number: int, key: int, rows: dict[int, dict[str, CellContent]], chance: Random
    ) -> None:
        free = [new for new in (*KEYS, *NEW_KEYS) if new not in rows]
        if not free:
            return
        new, row = chance.choice(free), self.sheet.row_of(key)
        self.count("key changes")
        self.tell(number, f"person: types key {new} over {key}")
        now = self.agenda.now
        entries = [
            self.history.add(Origin.SHEET, key, None, False, now, rows[key]),
            self.history.add(Origin.SHEET, new, None, True, now, None),
        ]
        entries += [
            self.history.add(Origin.SHEET, new, column, rows[key][column], now, None, pasted=True)
            for column in CELLS
            if rows[key][column] is not None
        ]
        self.gesture(entries, "edit", range=f"A{row}", values=[[new]])

    def _note(self, number: int, key: int, rows: dict[int, dict[str, CellContent]]) -> None:
        """The person's own column."""
        row = self.sheet.row_of(key)
        text = f"note {number}"
        self.tell(number, f"person: row {key} note {text!r}")
        entry = self.history.add(Origin.SHEET, key, "note", text, self.agenda.now, rows[key])
        self.gesture([entry], "edit", range=f"C{row}", values=[[text]])

    def mend(self) -> bool:
        """Delete the lower one of two rows with the same key; False where there are none."""
        keys = [cells[0] for cells in self.sheet.grid()]
        for place, key in enumerate(keys):
            if isinstance(key, int) and key in keys[:place]:
                self.tell(-1, f"person: deletes the second row {key}")
                self.history.mended.add(key)
                self.gesture([], "delete_rows", start=place + 2, count=1)
                return True
        return False

    def _move_about(self, number: int, chance: Random) -> None:
        if chance.random() < 0.6:
            ascending = chance.random() < 0.5
            self.count("sorts")
            self.tell(number, f"person: sorts by a, {'ascending' if ascending else 'descending'}")
            self.gesture([], "sort", column="a", ascending=ascending)
        else:
            row = chance.randint(2, len(self.sheet.grid()) + 1)
            self.tell(number, f"person: inserts a row above row {row} of the grid")
            self.gesture([], "insert_rows", start=row, count=1)
