"""People who type what the database refuses, and who annotate and colour cells beside it.

At the end every refused cell bears our mark and no other cell does, and each row that nobody made,
deleted or gave another key still has the notes and colours that people gave it.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from sink.core.cell import CellContent
from sink.core.marks import Face, is_tint, own_part
from sink.core.row_state import WHOLE_ROW
from sink.core.version import Origin
from sink.ports import TableWrite
from sink.writers.sheets.faces import face_of
from tests.doubles.memory_server import MemoryServer
from tests.doubles.memory_store import MemoryStore
from tests.simulation.acts import Actor, row_key
from tests.simulation.agenda import Agenda
from tests.simulation.history import History
from tests.simulation.script import Script
from tests.simulation.setting import FIRST_GIVEN, TAB, Setting
from tests.simulation.sheet import HEADERS, PersonsSheet

BAD = "!"
PICKY = (3, 6)
COLOURS = ({"red": 1}, {"green": 1}, {"red": 1, "green": 0.5})
Row = dict[str, CellContent]


def refusing(setting: Setting) -> Callable[[TableWrite], str | None]:
    """Check constraints: no text that ends in an exclamation mark; no rows ``PICKY`` without b."""

    def refuses(write: TableWrite) -> str | None:
        if any(str(value).endswith(BAD) for value in write.cells.values()):
            return "takes no exclamation marks"
        picky = setting.picky and write.op == "insert" and write.key in map(row_key, PICKY)
        return "this row needs a b" if picky and write.cells.get("b") in (None, "") else None

    return refuses


class Bungler(Actor):
    """Types refused values into rows that are there, mends them, annotates and colours cells."""

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
        self.own: dict[tuple[int, str], Face] = {}

    def act(self, number: int, chance: Random) -> None:
        """One gesture."""
        rows = self._sheet.rows()
        if not rows:
            return
        key, column = chance.choice(sorted(rows)), chance.choice(("a", "b"))
        bad = [
            (key, column)
            for key, cells in rows.items()
            for column in ("a", "b")
            if str(cells[column]).endswith(BAD)
        ]
        draw = chance.random()
        if draw < 0.35:
            self._decorate(number, key, column, chance)
        elif bad and draw < 0.6:
            key, column = chance.choice(sorted(bad))
            self._type(number, key, column, f"m{number}{column}", rows[key])
        else:
            self.count("refused edits")
            self._type(number, key, column, f"r{number}{column}{BAD}", rows[key])

    def _type(self, number: int, key: int, column: str, value: str, saw: Row) -> None:
        self.tell(number, f"bungler: row {key} types {column} = {value}")
        entry = self.history.add(Origin.SHEET, key, column, value, self.agenda.now, saw)
        entry.exact = False
        place = f"{'ABCDE'[HEADERS.index(column)]}{self._sheet.row_of(key)}"
        done = self._sheet.gesture("edit", range=place, values=[[value]])
        self._script.fire(done, lambda time, edits: None)

    def _decorate(self, number: int, key: int, column: str, chance: Random) -> None:
        """A note of one's own above ours, and a colour where there is no tint of ours."""
        row = self._sheet.row_of(key)
        if row is None:
            return
        before = faces(self._sheet)[row - 2][HEADERS.index(column)]
        ours = before.note.removeprefix(own_part(before.note))
        gap = "\n\n" if ours and not own_part(before.note) else ""
        cell: dict[str, Any] = {"note": f"own {number}{gap}{ours}"}
        fields = "note"
        if not is_tint(before.background):
            cell["userEnteredFormat"] = {"backgroundColor": chance.choice(COLOURS)}
            fields += ",userEnteredFormat.backgroundColor"
        self.tell(number, f"bungler: row {key} decorates {column}: {cell}")
        start = {"sheetId": 1, "rowIndex": row - 1, "columnIndex": HEADERS.index(column)}
        request = {"start": start, "rows": [{"values": [cell]}], "fields": fields}
        self._sheet.document.batch_update([{"updateCells": request}])
        known = self.own.get((key, column), Face())
        style = cell.get("userEnteredFormat")
        background = face_of(cell).background if style else known.background
        self.own[key, column] = Face(f"own {number}", background)


def faces(sheet: PersonsSheet, place: str = "A2:E") -> list[list[Face]]:
    """The faces of cells, by default of all below the header."""
    answer = sheet.document.read(
        "spreadsheets.get", {"ranges": [f"{TAB}!{place}"], "includeGridData": True}
    )
    rows = answer["sheets"][0]["data"][0].get("rowData", [])
    return [
        [face_of(cells[at]) if at < len(cells) else Face() for at in range(len(HEADERS))]
        for row in rows
        for cells in [row.get("values", [])]
    ]


def bungled(value: CellContent) -> bool:
    """Whether a bungler typed the value; the sheet's other ones are not told of less exactly."""
    return str(value).startswith(("r", "m"))


def refused(server: MemoryServer, key: int) -> set[str]:
    """The columns of a row (the key's for the row itself) that the database does not take."""
    state = MemoryStore(server).states([row_key(key)]).get(row_key(key))
    return {"id" if c == WHOLE_ROW else c for c in state.refused} if state else set()


def refused_text(server: MemoryServer, key: int, column: str | None) -> CellContent:
    """What a cell is known to show that the database does not take; None: no such thing."""
    state = MemoryStore(server).states([row_key(key)]).get(row_key(key))
    belief = state.belief(column) if state and column in state.refused else None
    text = belief.surely() if belief else None
    return text if isinstance(text, str) else None


def marks_wrong(
    bungler: Bungler, history: History, server: MemoryServer, sheet: PersonsSheet
) -> list[str]:
    """Marks stand where they belong, and what people put there beside them is untouched."""
    found: list[str] = []
    disturbed = {entry.key for entry in history.entries if entry.column is None}
    disturbed |= history.mended | history.pasted_over | history.left
    grid, shown = sheet.grid(), faces(sheet)
    (titles,) = faces(sheet, "A1:E1")
    found += [f"the header still says {face.note!r}" for face in titles if face.note]
    for cells, row in zip(grid, shown, strict=False):
        key = cells[0]
        if not isinstance(key, int):
            continue
        wanted = refused(server, key)
        for header, face in zip(HEADERS, row, strict=True):
            found += _wrong(f"row {key} column {header}", face, header in wanted)
            own = bungler.own.get((key, header), Face())
            if key in disturbed or key >= FIRST_GIVEN:
                continue  # what we put in takes its formats from the row above
            if own_part(face.note) != own.note:
                found.append(f"row {key} column {header}: own note {own.note!r} is {face.note!r}")
            if header not in wanted and face.background != own.background:
                found.append(f"row {key} column {header}: colour {own.background} is {face}")
    return found


def _wrong(where: str, face: Face, wanted: bool) -> list[str]:
    marked = own_part(face.note) != face.note
    if marked and is_tint(face.background) and wanted:
        return []
    if not marked and not is_tint(face.background) and not wanted:
        return []
    return [f"{where} is {'' if wanted else 'not '}refused and shows {face}"]
