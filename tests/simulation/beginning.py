"""A world before its first sync: a table, and a tab that is missing, empty or full."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.emulator import Emulator
from sink.core.cell import CellContent
from sink.core.change_event import Image
from sink.core.columns import Column
from sink.core.mapping import Guards, Rule
from sink.core.values.codec import Value
from sink.core.values.registry import codec_for
from sink.core.version import Origin
from sink.state.errors import DatabaseUnavailableError
from tests.simulation.acts import row_key
from tests.simulation.agenda import MILLISECOND, SECOND
from tests.simulation.play import World
from tests.simulation.setting import CELLS, ORIGIN_OF_OTHERS, START, TAB, Setting

PATIENCE = 120 * SECOND

Grid = Sequence[Sequence[str | int]]
Rows = Mapping[int, Mapping[str, Value]]

HEADER = ["id", "a", "b", "u"]
QUIET = Setting.quiet(Rule())


class NewWorld(World):
    """``grid`` is what the tab holds, header and all; None: there is no such tab.

    ``counts``: column ``u`` holds numbers, and always one.
    """

    def __init__(
        self,
        setting: Setting,
        rows: Rows,
        grid: Grid | None,
        prefer: Origin | None = None,
        *,
        counts: bool = False,
    ) -> None:
        self._rows, self._grid, self._prefer, self._counts = rows, grid, prefer, counts
        self.typed: dict[int, str] = {}
        self.deleted: set[int] = set()
        self.programs: dict[int, dict[str, Value] | None] = {}
        super().__init__(setting, Guards())

    def _first_sync(self) -> dict[int, Image]:
        mapping = replace(self.table.mapping, prefer=self._prefer)
        self.table = replace(self.table, mapping=mapping)
        if self._counts:
            column = Column("u", "int", "int", nullable=False, precision=10)
            codecs = {**self.table.codecs, "u": codec_for(column, time_zone="UTC")}
            declared = {**self.table.declared, "u": column}
            self.table = replace(self.table, codecs=codecs, declared=declared)
        self.server.now = self.setting.server_time(START - SECOND)
        for key, cells in self._rows.items():
            image: Image = {**dict.fromkeys(CELLS), **cells}
            self.server.put(row_key(key), image, time=self.server.now)
            self.programs[key] = image
        self.server.data.notes["phase"] = "new"
        self.server.executed = lambda: f"{ORIGIN_OF_OTHERS}:1-{self.server.binlog[-1].place}"
        return {}

    def _new_document(self, rows: dict[int, Image]) -> Document:
        title = "Sheet1" if self._grid is None else TAB
        grid = {"rowCount": 30 + len(self._grid or ()), "columnCount": 6}
        properties = {"sheetId": 1, "title": title, "gridProperties": grid}
        emulator = Emulator(allow_any_token=True)
        document = emulator.create(
            {"sheets": [{"properties": properties}]}, spreadsheet_id="spreadsheet"
        )
        if self._grid:
            values = [list(row) for row in self._grid]
            document.values_update(f"{TAB}!A1", values, "RAW")
        return document

    # What happens

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Let time pass until it is so."""
        for _ in range(PATIENCE // (5 * MILLISECOND)):
            if condition():
                return
            self.agenda.advance(5 * MILLISECOND)
        raise AssertionError(f"it never comes to {what}")

    def when(self, condition: Callable[[], bool], action: Callable[[], None]) -> None:
        """Do something as soon as it is so, in the middle of whatever else goes on."""
        if condition():
            action()
        else:
            self.agenda.after(MILLISECOND, lambda: self.when(condition, action))

    @property
    def runs(self) -> bool:
        """Whether the first sync is done."""
        return self.phase == "running"

    @property
    def phase(self) -> object:
        return self.server.committed.notes.get("phase")

    def put(self, key: int, cells: Mapping[str, Value] | None) -> None:
        """A program's INSERT, UPDATE or DELETE."""
        self.server.now = self.setting.server_time(self.agenda.now)
        before = self.server.data.table.get(row_key(key), dict.fromkeys(CELLS))
        image = None if cells is None else {**before, **cells}
        self.server.put(row_key(key), image, time=self.server.now)
        self.programs[key] = None if image is None else {c: image[c] for c in CELLS}
        if image is None:
            self.deleted.add(key)

    def sheet_edit(self, place: str, values: CellContent | list[list[Any]]) -> None:
        """A person types or pastes; no trigger fires, so it is found by looking."""
        block = values if isinstance(values, list) else [[values]]
        self.sheet.gesture("edit", range=place, values=block)

    def type_into(self, key: int, value: str) -> None:
        """A person types into column b of a row, if they can see it; no trigger fires."""
        if self.document.state.sheet_titled(TAB) is None:
            return
        rows = self.shown()
        at = next((at for at, row in enumerate(rows) if row and row[0] == key), None)
        if at is None or at in self.hidden():
            return
        self.sheet_edit(f"{'ABCDEF'[rows[0].index('b')]}{at + 1}", value)
        self.typed[key] = value

    # What there is to see

    def shown(self) -> list[list[Any]]:
        """The tab as a person sees it, without what is blank at the end."""
        rows = self.document.values_get(TAB, "UNFORMATTED_VALUE")
        while rows and not any(cell not in ("", None) for cell in rows[-1]):
            rows.pop()
        return rows

    def row_of(self, key: int) -> int:
        """Where a key stands, counted from 1."""
        rows = self.shown()
        return next(number for number, row in enumerate(rows, 1) if row and row[0] == key)

    def rows(self) -> dict[int, dict[str, CellContent]]:
        """The keyed rows; a key that stands twice is an error."""
        found: dict[int, dict[str, CellContent]] = {}
        header, *rows = self.shown()
        for row in rows:
            cells = dict(zip(header, [*row, *[""] * len(header)], strict=False))
            key = cells.pop("id", "")
            if key in ("", None):
                continue
            assert key not in found, f"key {key} stands twice"
            found[key] = {column: cells.get(column) or None for column in CELLS}
        return found

    def stored(self) -> dict[int, dict[str, Value]]:
        """The table."""
        return {
            int(key.values[0] or 0): {column: image[column] or None for column in CELLS}
            for key, image in self.server.committed.table.items()
        }

    def as_programs_left_it(self) -> dict[int, dict[str, Value]]:
        """The table, if nobody but programs had written to it."""
        return {key: image for key, image in self.programs.items() if image is not None}

    def as_both_left_it(self) -> dict[int, dict[str, Value]]:
        """The table with what people typed, which programs never write to.

        Rows that programs have deleted are left out: an edit may have revived them.
        """
        return {
            key: {**image, **({"b": self.typed[key]} if key in self.typed else {})}
            for key, image in self.as_programs_left_it().items()
            if key not in self.deleted
        }

    def logged(self) -> list[tuple[int, str | None, Value, Value]]:
        """The conflict log as (key, column, loser, winner)."""
        return [
            (int(key.values[0] or 0), loss.column, loss.loser.value, loss.winner.value)
            for key, loss in self.server.committed.conflicts
        ]

    def named(self) -> list[str]:
        """The named ranges, but for the fence of the last call."""
        fence = self.server.committed.notes.get("fence")
        return [named.name for named in self.document.state.named_ranges if named.name != fence]

    def hidden(self) -> list[int]:
        """Rows that nobody can see (from 0)."""
        sheet = self.document.state.sheet_titled(TAB)
        assert sheet is not None
        return [row for row, kept in sheet.row_properties.items() if kept.get("hiddenByUser")]


def in_step(world: NewWorld, *, strays: int = 0) -> None:
    """Both sides are equal and the fill has left nothing behind.

    ``strays``: a first fence that came late may stand until the next one is laid.
    """
    assert world.rows() == world.stored()
    assert len(world.named()) <= strays
    assert world.hidden() == []


def finish(world: NewWorld) -> None:
    world.until(lambda: world.runs, "the end of the first sync")
    world.rest()


def away_at(
    world: NewWorld, transaction: int, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], bool]:
    """Have one transaction of the sink, counted from 0, find no database; whether it has."""
    begun = world.server.open
    numbers = count()
    met = []

    def begin(number: int, session: object) -> None:
        if next(numbers) == transaction:
            met.append(number)
            raise DatabaseUnavailableError("Lost connection to MySQL server")
        begun(number, session)

    monkeypatch.setattr(world.server, "open", begin)
    return lambda: bool(met)
