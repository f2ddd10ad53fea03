"""People's hands in the sheet, by the emulator's control API.

A hand acts on the rows that it has just seen, or not at all (``at_revision``): so the history knows
which rows it touched, whoever moves them meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random

import httpx

from tests.fault.nemesis.acts import Writer, created, drawn, fitting, moved
from tests.fault.nemesis.history import EXISTENCE, Content, History, Outcome, Row, Side, Write
from tests.fault.nemesis.stage import HEADERS, REMARK, Sheet, View, mapped

TRIES = 6


class MovedError(Exception):
    """The tab was changed between the look and the gesture."""


class Hand(Writer):
    """One person."""

    side = Side.SHEET

    def __init__(self, name: str, number: int, seed: int, history: History, sheet: Sheet) -> None:
        super().__init__(name, number, seed, history)
        self.sheet = sheet

    def act(self, number: int, chance: Random) -> None:
        """One gesture, or the two of an inserted row; the same again where the tab had moved."""
        begun = chance.getstate()
        for _ in range(TRIES):
            chance.setstate(begun)
            try:
                view = self.sheet.look()
                if not view.keys():
                    return  # not filled yet
                doing = drawn(chance, self._shares(len(view.keys())))
                doing(number, chance, view)
            except MovedError:
                continue
            except httpx.HTTPError:
                return  # the emulator is away; met again at the next act
            return

    def _shares(self, rows: int) -> list[tuple[float, Callable[..., None]]]:
        return fitting(
            rows,
            [
                (42, self._type),
                (14, self._paste),
                (5, self._clear),
                (13, self._create),
                (4, self._insert),
                (10, self._delete),
                (5, self._rekey),
                (3, self._sort),
                (2, self._move),
                (3, self._remark),
                (3, self._mistype),
            ],
            more=self._create,
            fewer=self._delete,
        )

    def _type(self, number: int, chance: Random, view: View) -> None:
        key, column = chance.choice(_single(view)), chance.choice(("a", "b", "n"))
        self._edit("type", view, [key], column, [[self.value(number, column)]])

    def _mistype(self, number: int, chance: Random, view: View) -> None:
        """A text in a column of numbers."""
        key = chance.choice(_single(view))
        self._edit("mistype", view, [key], "n", [[f"{self.name}v{number} is no number"]])

    def _remark(self, number: int, chance: Random, view: View) -> None:
        """The person's own column."""
        key = chance.choice(_single(view))
        self._edit("remark", view, [key], REMARK, [[f"{self.name}v{number} remark"]])

    def _clear(self, number: int, chance: Random, view: View) -> None:
        key, column = chance.choice(_single(view)), chance.choice(("a", "b", "n"))
        place = {"range": f"{_letter(column)}{view.number_of(key)}"}
        self._gesture("clear", view, [Write(key, column, None)], "clear", place)

    def _paste(self, number: int, chance: Random, view: View) -> None:
        """A block of a and b over neighbouring rows, or one column of them."""
        first = chance.randrange(len(view.rows))
        count = chance.randint(1, 4)
        keys = [row.get("id") for row in view.rows[first : first + count]]
        if not all(isinstance(key, str) and key in _single(view) for key in keys):
            return
        columns = chance.choice((("a", "b"), ("b", "n"), ("b",)))
        values: list[list[Content]] = [
            [
                self.value(number * 10 + at, column) if column == "n"
                else f"{self.value(number, column)}{at}"
                for column in columns
            ]
            for at in range(len(keys))
        ]  # fmt: skip
        self._edit("paste", view, [str(key) for key in keys], columns[0], values, paste=True)

    def _edit(
        self,
        kind: str,
        view: View,
        keys: Sequence[str],
        column: str,
        values: Sequence[Sequence[Content]],
        *,
        paste: bool = False,
    ) -> None:
        """Type or paste ``values`` over the cells from the first key's ``column`` on."""
        at = HEADERS.index(column)
        writes = [
            Write(key, HEADERS[at + place], value)
            for key, row in zip(keys, values, strict=True)
            for place, value in enumerate(row)
        ]
        place = f"{_letter(column)}{view.number_of(keys[0])}"
        self._gesture(
            kind, view, writes, "edit", {"range": place, "values": values, "paste": paste}
        )

    def _create(self, number: int, chance: Random, view: View) -> None:
        """A row below the others."""
        self._fill(number, chance, view, len(view.rows) + 2)

    def _insert(self, number: int, chance: Random, view: View) -> None:
        """A row between the others: it is empty at first, then filled."""
        # never above row 2: that would take the new row out of the range that the formula sums
        at = 3 + chance.randrange(len(view.rows))
        self._gesture("insert row", view, [], "insert_rows", {"start": at, "count": 1})
        later = self.sheet.look()
        blank = [
            number
            for number, row in enumerate(later.rows, start=2)
            if all(content is None for content in row.values())
        ]
        if blank:
            self._fill(number, chance, later, blank[0])

    def _fill(self, number: int, chance: Random, view: View, row: int) -> None:
        key, cells = self.new_key(number, chance, view.keys()), self.cells(number, chance)
        values = [[key, *(cells.get(column) for column in ("a", "b", "n"))]]
        body = {"range": f"A{row}", "values": values, "paste": True}
        self._gesture("create", view, created(key, cells), "edit", body)

    def _delete(self, number: int, chance: Random, view: View) -> None:
        key = chance.choice(_single(view))
        place = {"start": view.number_of(key), "count": 1}
        self._gesture("delete", view, [Write(key, EXISTENCE, False)], "delete_rows", place)

    def _rekey(self, number: int, chance: Random, view: View) -> None:
        old = chance.choice(_single(view))
        new = self.new_key(number, chance, view.keys())
        writes = moved(old, new, mapped(view.by_key()[old]))
        body = {"range": f"A{view.number_of(old)}", "values": [[new]]}
        self._gesture("change key", view, writes, "edit", body)

    def _sort(self, number: int, chance: Random, view: View) -> None:
        column = {"column": chance.choice(HEADERS), "ascending": chance.random() < 0.5}
        self._gesture("sort", view, [], "sort", column)

    def _move(self, number: int, chance: Random, view: View) -> None:
        start = 3 + chance.randrange(len(view.rows) - 2)
        to = chance.choice(
            [at for at in range(3, len(view.rows) + 2) if at not in (start, start + 1)]
        )
        self._gesture("move", view, [], "move_rows", {"start": start, "count": 1, "to": to})

    def _gesture(
        self,
        kind: str,
        view: View,
        writes: Sequence[Write],
        name: str,
        body: Mapping[str, object],
    ) -> None:
        rows = view.by_key()
        saw: dict[str, Row] = {w.key: rows[w.key] for w in writes if w.key in rows}
        act = self.history.begin(self.name, self.side, kind, writes, saw)
        try:
            done = self.sheet.gesture(name, view, **body)
        except httpx.ConnectError as error:
            self.history.end(act, Outcome.FAILED, repr(error))
            raise
        except httpx.HTTPError as error:
            self.history.end(act, Outcome.UNKNOWN, repr(error))
            raise
        self.history.end(act, Outcome.DONE if done else Outcome.FAILED)
        if not done:
            raise MovedError


class Mender(Writer):
    """The person who deletes one of two rows with one key, as the note in the tab asks for."""

    side = Side.SHEET

    def __init__(self, name: str, history: History, sheet: Sheet) -> None:
        super().__init__(name, 0, 0, history)
        self._sheet = sheet
        self._twice: set[str] = set()

    def act(self, number: int, chance: Random) -> None:
        """Delete the lower one of a key that stood twice at this look and the last one."""
        try:
            self.mend(self._sheet.look())
        except httpx.HTTPError:
            return

    def mend(self, view: View) -> None:
        """One row at most."""
        keys = view.keys()
        twice = {key for key in keys if keys.count(key) > 1}
        lasting, self._twice = sorted(twice & self._twice), twice
        if not lasting:
            return
        lower = max(at for at, row in enumerate(view.rows, start=2) if row.get("id") == lasting[0])
        self.history.doubled.add(lasting[0])
        self.history.tell(doubled=lasting[0], row=lower)
        self._sheet.gesture("delete_rows", view, start=lower, count=1)


def _single(view: View) -> list[str]:
    """The keys that stand once, in order."""
    keys = view.keys()
    return sorted(key for key in keys if keys.count(key) == 1)


def _letter(column: str) -> str:
    return "ABCDEFGH"[HEADERS.index(column)]
