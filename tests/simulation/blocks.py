"""A person's gestures on many rows at once: pasted blocks, keys pasted over keys, moved rows."""

from __future__ import annotations

from random import Random

from sink.core.cell import CellContent
from sink.core.version import Origin
from tests.simulation.acts import NEW_KEYS, TYPED, Person
from tests.simulation.history import Entry
from tests.simulation.setting import CELLS, KEYS
from tests.simulation.sheet import HEADERS
from tests.simulation.statements import otherwise

Cells = dict[str, CellContent]
Rows = dict[int, Cells]


class Blocks(Person):
    """A person who works on many rows at once."""

    def act(self, number: int, chance: Random) -> None:
        """One gesture."""
        rows = self.sheet.rows()
        block = self._block(chance)
        draw = chance.random()
        if not block:
            return
        if draw < 0.35:
            self._paste_values(number, block, rows, chance)
        elif draw < 0.6:
            self._paste_keys(number, block, rows, chance)
        elif draw < 0.7:
            self._clear(number, block, rows)
        elif draw < 0.8:
            self._delete_rows(number, block, rows)
        elif draw < 0.9:
            self._move_rows(number, chance)
        else:
            self._spell_otherwise(number, block[0], rows, chance)

    def _block(self, chance: Random) -> list[tuple[int, int]]:
        """Two or three neighbouring rows that bear keys: their places and keys."""
        keyed = [
            (place, cells[0])
            for place, cells in enumerate(self.sheet.grid(), start=2)
            if isinstance(cells[0], int)
        ]
        if len({key for _, key in keyed}) < len(keyed) or not keyed:
            return []  # a key stands twice: that is to be mended first
        first = chance.randrange(len(keyed))
        block = keyed[first : first + chance.randint(2, 3)]
        return [each for at, each in enumerate(block) if each[0] == block[0][0] + at]

    def _entries(self, key: int, cells: Cells, saw: Cells | None) -> list[Entry]:
        now = self.agenda.now
        return [
            self.history.add(Origin.SHEET, key, column, value, now, saw, pasted=True)
            for column, value in cells.items()
            if column in CELLS and (value is not None or saw is not None)
        ]

    def _paste_values(
        self, number: int, block: list[tuple[int, int]], rows: Rows, chance: Random
    ) -> None:
        columns = chance.choice((("a",), ("b", "u"), ("b",)))
        values: list[Cells] = [
            {column: f"{self.value(number, chance)}{column}{key}" for column in columns}
            for _, key in block
        ]
        self.count("pastes of several rows")
        self.tell(number, f"person: pastes {values} at rows {[key for _, key in block]}")
        entries: list[Entry] = []
        for (_, key), cells in zip(block, values, strict=True):
            entries += self._entries(key, cells, rows[key])
        self._edit_block(entries, block[0][0], columns[0], [list(row.values()) for row in values])

    def _paste_keys(
        self, number: int, block: list[tuple[int, int]], rows: Rows, chance: Random
    ) -> None:
        """Keys and the cells beside them, over rows that have keys already."""
        old = [key for _, key in block]
        free = [key for key in (*KEYS, *NEW_KEYS) if key not in rows]
        new = list(old)
        if free and chance.random() < 0.6:
            new[chance.randrange(len(new))] = chance.choice(free)
        if chance.random() < 0.5:
            chance.shuffle(new)
        values = [f"{self.value(number, chance)}a{key}" for key in new]
        self.count("pastes over keys")
        self.tell(number, f"person: pastes keys {new} over {old}, with {values}")
        entries = [
            self.history.add(Origin.SHEET, key, None, False, self.agenda.now, rows[key])
            for key in old
            if key not in new
        ]
        for key, stood, value in zip(new, old, values, strict=True):
            shows = {**rows[stood], "a": value}
            if key not in rows:
                entries.append(
                    self.history.add(Origin.SHEET, key, None, True, self.agenda.now, None)
                )
            saw = rows.get(key)
            changed: Cells = {
                column: shows[column]
                for column in CELLS
                if saw is None or shows[column] != saw[column]
            }
            entries += self._entries(key, changed, saw)
        pairs: list[list[CellContent]] = [[*pair] for pair in zip(new, values, strict=True)]
        self.history.pasted_over.update({*old, *new} if old != new else ())
        self.history.told_whole.update(
            key for key, stood in zip(new, old, strict=True) if key == stood
        )
        self._edit_block(entries, block[0][0], "id", pairs, exact=False)

    def _clear(self, number: int, block: list[tuple[int, int]], rows: Rows) -> None:
        self.tell(number, f"person: clears a of rows {[key for _, key in block]}")
        entries: list[Entry] = []
        for _, key in block:
            entries += self._entries(key, {"a": None}, rows[key])
        self._edit_block(entries, block[0][0], "a", [[None]] * len(block))

    def _edit_block(
        self,
        entries: list[Entry],
        row: int,
        column: str,
        values: list[list[CellContent]],
        *,
        exact: bool = True,
    ) -> None:
        letter = "ABCDE"[HEADERS.index(column)]
        shown = [["" if cell is None else cell for cell in cells] for cells in values]
        self.gesture(entries, "edit", exact=exact, range=f"{letter}{row}", values=shown, paste=True)

    def _delete_rows(self, number: int, block: list[tuple[int, int]], rows: Rows) -> None:
        keys = [key for _, key in block]
        self.tell(number, f"person: deletes rows {keys}")
        entries = [
            self.history.add(Origin.SHEET, key, None, False, self.agenda.now, rows[key])
            for key in keys
        ]
        self.gesture(entries, "delete_rows", start=block[0][0], count=len(block))
        for entry in entries:
            entry.exact = False

    def _move_rows(self, number: int, chance: Random) -> None:
        last = len(self.sheet.grid()) + 1
        start, target = chance.randint(2, last), chance.randint(2, last)
        if target not in (start, start + 1):
            self.tell(number, f"person: moves row {start} of the grid before row {target}")
            self.gesture([], "move_rows", start=start, count=1, to=target)

    def _spell_otherwise(
        self, number: int, place: tuple[int, int], rows: Rows, chance: Random
    ) -> None:
        row, key = place
        column = chance.choice(TYPED)
        value = otherwise(rows[key][column], chance)
        if value == rows[key][column]:
            return
        self.count("values spelt otherwise")
        self.tell(number, f"person: row {key} types {value!r} into {column}")
        entries = self._entries(key, {column: value}, rows[key])
        for entry in entries:
            entry.pasted = False
        letter = "ABCDE"[HEADERS.index(column)]
        self.gesture(entries, "edit", range=f"{letter}{row}", values=[[value]])
