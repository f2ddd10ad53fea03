"""A person and a program at full speed: each act is one gesture or statement, drawn by chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import count
from random import Random

from sink.core.change_event import Image
from tests.simulation.acts import row_key
from tests.simulation.agenda import MILLISECOND
from tests.simulation.moving.model import FORMULA, MAPPED, REMARK, Content
from tests.simulation.moving.stage import Stage
from tests.simulation.sheet import HEADERS

Cells = dict[str, Content]

BLOCKS = (("a",), ("a", REMARK, "b"), ("b", "u"), (REMARK, "b"))
"""Neighbouring columns into which blocks are pasted."""

PROGRAMS_KEY, PERSONS_KEY = 1_000, 5_000

LONGEST_CALL = 100 * MILLISECOND
"""More than a call takes here, by the widest bounds of its time."""


class Program:
    """Changes the table; ``written`` are the last cells that it changed, the newest last."""

    def __init__(self, stage: Stage, chance: Random) -> None:
        self._stage = stage
        self._chance = chance
        self._keys = count(PROGRAMS_KEY)
        self._values = count(1)
        self.written: list[tuple[int, str]] = []
        self.left_alone: set[tuple[int, str]] = set()
        self.done: Counter[str] = Counter()

    def act(self) -> None:
        """One statement."""
        draw = self._chance.random()
        kind = "insert" if draw < 0.12 else "delete" if draw < 0.22 else "update"
        keys = self._keys_there()
        if kind == "insert" or not keys:
            self._insert()
        elif kind == "delete":
            self._delete(self._chance.choice(keys))
        else:
            self._update(keys)
        self.done[kind] += 1

    def _keys_there(self) -> list[int]:
        """Rows of the table that no person has deleted in the sheet meanwhile."""
        there = (key.values[0] for key in self._stage.server.data.table)
        return [key for key in there if isinstance(key, int) and self._stage.model.exists(key)]

    def _table_row(self, key: int) -> Cells:
        image = self._stage.server.data.table[row_key(key)]
        return {column: str(value or "") or None for column, value in image.items()}

    def _new_value(self, column: str) -> str:
        return f"{self._chance.choice('gmt')}{next(self._values)}{column}"

    def _put(self, key: int, cells: Cells | None) -> None:
        image: Image | None = None if cells is None else {c: cells.get(c) for c in MAPPED}
        server = self._stage.server
        server.put(row_key(key), image, time=server.now)

    def _insert(self) -> None:
        key = next(self._keys)
        cells: Cells = {column: self._new_value(column) for column in MAPPED}
        self._put(key, cells)
        self._stage.model.create(key, cells)

    def _delete(self, key: int) -> None:
        if any((key, column) in self.left_alone for column in MAPPED):
            return
        saw = self._table_row(key)
        self._put(key, None)
        self._stage.model.delete(key, saw, in_database=True)

    def _update(self, keys: list[int]) -> None:
        for key in self._chance.sample(keys, min(len(keys), self._chance.randint(1, 4))):
            columns = self._chance.sample(MAPPED, self._chance.randint(1, 2))
            cells: Cells = {
                column: self._new_value(column)
                for column in columns
                if (key, column) not in self.left_alone
            }
            saw = self._table_row(key)
            self._put(key, {**saw, **cells})
            self._stage.model.write(key, cells, saw)
            self.written = [*self.written, *((key, column) for column in cells)][-12:]


class Person:
    """Edits the sheet as it stands at that moment. Works on rows whose end it has not seen."""

    def __init__(self, stage: Stage, program: Program, chance: Random) -> None:
        self._stage = stage
        self._program = program
        self._chance = chance
        self._keys = count(PERSONS_KEY)
        self._values = count(1)
        self._loose = count(1)
        self._grid: list[list[Content]] = []
        self.done: Counter[str] = Counter()
        self._gestures: list[tuple[str, Callable[[], bool], float]] = [
            ("type", self._type, 0.28),
            ("type, unheard", self._type_unheard, 0.03),
            ("paste", self._paste, 0.13),
            ("clear", self._clear, 0.03),
            ("type beside the mapped columns", self._remark, 0.05),
            ("type a formula", self._calculate, 0.04),
            ("note", self._note, 0.04),
            ("create", self._create, 0.05),
            ("insert", self._insert, 0.1),
            ("delete", self._delete, 0.05),
            ("move", self._move, 0.1),
            ("sort", self._sort, 0.1),
        ]

    def act(self) -> None:
        """One gesture; one that has no place in the sheet as it is now is left out."""
        self._look()
        weights = [weight for _, _, weight in self._gestures]
        [(name, gesture, _)] = self._chance.choices(self._gestures, weights)
        self.done[name] += gesture()

    def interrupt(self) -> None:
        """Type where a call that is under way is going to write."""
        self._look()
        self.done["type"] += self._type()

    def _look(self) -> None:
        grid = self._stage.sheet.grid()
        self._grid = [[_content(cell) for cell in cells] for cells in grid]

    def _gesture(self, name: str, *, heard: bool = True, **body: object) -> None:
        done = self._stage.sheet.gesture(name, **body)
        if heard:
            self._stage.script.fire(done, lambda _time, _edits: None)

    # What stands where; rows count from 1

    def _shown(self, row: int) -> Cells:
        return dict(zip(HEADERS, self._grid[row - 2], strict=True))

    def _key(self, row: int) -> int | None:
        """The key in a row that is not known to be deleted."""
        key = self._grid[row - 2][0] if 2 <= row < len(self._grid) + 2 else None
        return key if isinstance(key, int) and self._stage.model.exists(key) else None

    def _name(self, row: int) -> int | str | None:
        """The row's key, or the remark of a row without one."""
        remark = self._shown(row)[REMARK]
        named = self._grid[row - 2][0] is None and isinstance(remark, str)
        return remark if named and self._stage.model.exists(str(remark)) else self._key(row)

    def _row(self, fits: Callable[[int], object]) -> int | None:
        rows = [row for row in range(2, len(self._grid) + 2) if fits(row)]
        return self._chance.choice(rows) if rows else None

    def _new_value(self, column: str) -> str:
        return f"{self._chance.choice('gmt')}p{next(self._values)}{column}"

    # Mapped cells

    def _type(self) -> bool:
        """Now and then where the table has just been changed, or deleted the row."""
        cell = self._cell()
        if cell is None:
            return False
        row, key, column = cell
        value = self._new_value(column)
        self._gesture("edit", range=f"{_letter(column)}{row}", values=[[value]])
        self._stage.model.write(
            key, {column: value}, self._shown(row), typed_at=self._stage.agenda.now
        )
        return True

    def _cell(self) -> tuple[int, int, str] | None:
        rows = {cells[0]: row for row, cells in enumerate(self._grid, start=2)}
        written = self._stage.under_way or self._program.written
        if self._chance.random() < 0.85 and written:
            key, column = self._chance.choice(written)
            doomed = self._stage.model.was_deleted(key)
            if key in rows and (self._stage.model.exists(key) or doomed):
                return rows[key], key, column
        row = self._row(self._key)
        key_there = None if row is None else self._key(row)
        if row is None or key_there is None:
            return None
        return row, key_there, self._chance.choice(MAPPED)

    def _type_unheard(self) -> bool:
        """The trigger is lost: the edit is found, and nobody knows when it was made.

        So it is a cell that shows what is agreed, and that programs leave alone from now on. Nor
        was it typed in while a call was under way that still is: what such a call replaces unheard
        bears the time at which it began, since nothing tells when it was typed, and is older than
        an edit that was heard since (LADDER, found_superseded).
        """
        cell = self._cell()
        if cell is None:
            return False
        row, key, column = cell
        agreed = self._stage.model.rows.get(key)
        if agreed is None or agreed.cells[column] != self._shown(row)[column]:
            return False
        typed = self._stage.model.typed.get(agreed.cells[column])
        if typed is not None and self._stage.agenda.now - typed.time < LONGEST_CALL:
            return False
        value = self._new_value(column)
        self._program.left_alone.add((key, column))
        self._gesture("edit", heard=False, range=f"{_letter(column)}{row}", values=[[value]])
        self._stage.model.write(
            key, {column: value}, self._shown(row), typed_at=self._stage.agenda.now
        )
        return True

    def _paste(self) -> bool:
        return self._fill(self._new_value)

    def _clear(self) -> bool:
        return self._fill(lambda _column: None)

    def _fill(self, content: Callable[[str], Content]) -> bool:
        """A block of neighbouring rows and columns, the column between the mapped ones too."""
        first = self._row(self._key)
        if first is None:
            return False
        last = first
        while last - first < 3 and self._key(last + 1) is not None:
            last += 1
        columns = self._chance.choice(BLOCKS)
        block: list[Cells] = [
            {column: content(column) for column in columns} for _ in range(first, last + 1)
        ]
        values = [[cell or "" for cell in cells.values()] for cells in block]
        place = f"{_letter(columns[0])}{first}"
        for row, cells in enumerate(block, start=first):
            key = self._key(row)
            if key is not None:
                saw = self._shown(row)
                # who clears what shows nothing changes nothing
                mapped = {c: v for c, v in cells.items() if c in MAPPED and v != saw[c]}
                self._stage.model.write(key, mapped, saw, typed_at=self._stage.agenda.now)
                same = {c: v for c, v in cells.items() if c in MAPPED and v == saw[c]}
                self._stage.model.repeat(key, same)
                if REMARK in cells:
                    self._stage.model.remark(key, cells[REMARK])
        self._gesture("edit", range=place, values=values, paste=True)
        return True

    # What is the person's own

    def _remark(self) -> bool:
        row = self._row(self._key)
        key = None if row is None else self._key(row)
        if row is None or key is None:
            return False
        self._stage.person_remarks(key, row, f"remark {next(self._values)}")
        return True

    def _calculate(self) -> bool:
        row = self._row(self._name)
        name = None if row is None else self._name(row)
        if row is None or name is None:
            return False
        self._stage.person_calculates(name, row)
        return True

    def _note(self) -> bool:
        row = self._row(self._name)
        name = None if row is None else self._name(row)
        if row is None or name is None:
            return False
        header = self._chance.choice((*MAPPED, REMARK, FORMULA))
        self._stage.person_notes(name, row, header, f"note {next(self._values)}")
        return True

    # Rows

    def _create(self) -> bool:
        """One to three rows pasted below all others, or a remark in an empty row."""
        empty = self._row(lambda row: not any(self._grid[row - 2]))
        if empty is not None and self._chance.random() < 0.4:
            self._stage.person_begins_loose(empty, f"loose {next(self._loose)}")
            return True
        values: list[list[Content]] = []
        for _ in range(self._chance.randint(1, 3)):
            key = next(self._keys)
            cells: Cells = {column: self._new_value(column) for column in MAPPED}
            remark = f"remark of {key}"
            self._stage.model.create(key, cells, remark, self._stage.agenda.now)
            whole = {"id": key, REMARK: remark, **cells}
            values.append([whole[header] for header in HEADERS])
        self._gesture("edit", range=f"A{len(self._grid) + 2}", values=values)
        return True

    def _insert(self) -> bool:
        row = self._chance.randint(2, len(self._grid) + 1)
        self._gesture("insert_rows", start=row, count=self._chance.randint(1, 2))
        return True

    def _delete(self) -> bool:
        """A row of any kind, more often an empty one, so that the sheet stays small."""
        empty = self._row(lambda row: not any(self._grid[row - 2]))
        if empty is not None and self._chance.random() < 0.6:
            self._gesture("delete_rows", start=empty, count=1)
            return True
        row = self._row(self._name)
        name = None if row is None else self._name(row)
        if row is None or name is None:
            return False
        self._gesture("delete_rows", start=row, count=1)
        self._stage.model.delete(name, self._shown(row))
        return True

    def _move(self) -> bool:
        start = self._chance.randint(2, len(self._grid))
        target = self._chance.randint(2, len(self._grid))
        number = self._chance.randint(1, 2)
        if start <= target <= start + number:
            return False
        self._gesture("move_rows", start=start, count=number, to=target)
        return True

    def _sort(self) -> bool:
        column = self._chance.choice(HEADERS)
        self._gesture("sort", column=column, ascending=self._chance.random() < 0.5)
        return True


def _letter(column: str) -> str:
    return "ABCDE"[HEADERS.index(column)]


def _content(cell: object) -> Content:
    assert cell is None or isinstance(cell, int | str)
    return cell
