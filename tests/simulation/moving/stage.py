"""The bridge of the simulation with a table of some size, and columns beside the mapped ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sink.core.change_event import Image
from sink.core.mapping import Guards, Rule
from sink.state.records import FirstSync
from sink.writers.sheets.answer import CallAnswer
from sink.writers.sheets.call import SheetCall
from sink.writers.sheets.client import Answered
from tests.doubles.memory_store import MemoryStore
from tests.simulation.acts import row_key
from tests.simulation.agenda import MILLISECOND, SECOND
from tests.simulation.moving.model import FORMULA, MAPPED, REMARK, Content, Model, Seen
from tests.simulation.play import World
from tests.simulation.setting import CELLS, START, TAB, Setting
from tests.simulation.sheet import HEADERS
from tests.simulation.traces import Traces

ROWS = 40
LOOSE = 5
"""How many rows with a key there are at first, and how many without one among them."""

BEGIN, PAUSE = START + 2 * SECOND, 7 * MILLISECOND
"""When the acts begin, and how long it takes from one to the next."""

COLUMNS = (*HEADERS, FORMULA)


class Stage(World):
    """The sink, both topics and a sheet whose every row has a remark, a formula or a note.

    ``under_way`` are the cells that the call now under way means to write; ``interrupt`` is done
    while it is.
    ``moved`` counts writes of the sink that found another row where theirs had stood; ``fresh``
    those cells where a write found what a person had typed since it was sent.
    """

    def __init__(self, seed: int) -> None:
        self.model = Model()
        quiet = Setting.quiet(Rule())
        setting = replace(
            quiet,
            seed=seed,
            reading_delay=10 * MILLISECOND,
            post_delay=40 * MILLISECOND,
            capture_delay=20 * MILLISECOND,
            call_time=20 * MILLISECOND,
        )
        super().__init__(setting, Guards(minimum=10_000))
        self.moved = self.fresh = 0
        self.interrupt: Callable[[], None] = lambda: None
        self.under_way: list[tuple[int, str]] = []
        self.processes[-1].tab.sends = self._note_sent
        self.processes[-1].tab.heard = self._look_at
        self._furnish()

    def _first_sync(self) -> dict[int, Image]:
        server = self.server
        server.first = FirstSync(START - 2_000_000, START - 1_000_000)
        rows: dict[int, Image] = {
            key: {column: f"0{column}{key}" for column in CELLS} for key in range(1, ROWS + 1)
        }
        with MemoryStore(server).begin() as transaction:
            for key, image in rows.items():
                server.data.table[row_key(key)] = image
                self.model.create(key, {c: str(image[c]) for c in CELLS})
                transaction.save([server.first.row(row_key(key), image)])
        return rows

    def _furnish(self) -> None:
        """What is the person's own, before anything begins."""
        self.sheet.gesture("edit", range="F1", values=[[FORMULA]])
        for key in range(1, ROWS + 1):
            row = key + 1
            self.person_remarks(key, row, f"remark of {key}")
            self.person_calculates(key, row)
            if key % 3 == 0:
                self.person_notes(key, row, COLUMNS[key % 4], f"note of {key}")
        for number in range(1, LOOSE + 1):
            row = 1 + number * ROWS // LOOSE
            self.sheet.gesture("insert_rows", start=row, count=1)
            self.person_begins_loose(row, f"comment {number}")
            self.person_calculates(f"comment {number}", row)
            self.person_notes(f"comment {number}", row, REMARK, f"note of comment {number}")

    # Gestures beside the mapped columns: no post tells of them

    def person_remarks(self, name: int | str, row: int, text: Content) -> None:
        self.sheet.gesture("edit", range=f"C{row}", values=[[text]])
        self.model.remark(name, text)

    def person_begins_loose(self, row: int, text: str) -> None:
        """A remark in an empty row."""
        self.sheet.gesture("edit", range=f"C{row}", values=[[text]])
        self.model.create(text, {}, text)

    def person_calculates(self, name: int | str, row: int) -> None:
        formula = '=A{0}&"/"&C{0}'
        self.sheet.gesture("edit", range=f"F{row}", values=[[formula.format(row)]])
        self.model.formula(name, formula)

    def person_notes(self, name: int | str, row: int, header: str, text: str) -> None:
        start = {"sheetId": 1, "rowIndex": row - 1, "columnIndex": COLUMNS.index(header)}
        cells = {"start": start, "rows": [{"values": [{"note": text}]}], "fields": "note"}
        self.document.batch_update([{"updateCells": cells}])
        self.model.note(name, header, text)

    # What calls met

    def _note_sent(self, call: SheetCall) -> None:
        self.under_way = [
            (key, column)
            for placed in call.writes
            for key in placed.write.key.values
            if isinstance(key, int)
            for column in placed.write.cells or MAPPED
        ]
        # in a millisecond of its own: the script tells no finer times
        time = self.agenda.now - self.agenda.now % MILLISECOND + MILLISECOND
        if (time - BEGIN) % PAUSE == 0:
            time += MILLISECOND
        self.agenda.at(time, self.interrupt)

    def play(self, acts: Sequence[Callable[[], None]], interrupt: Callable[[], None]) -> None:
        """The acts one after the other, ``interrupt`` during each call, then rest."""
        for number, act in enumerate(acts):
            self.agenda.at(BEGIN + number * PAUSE, act)
        self.interrupt = interrupt
        self.agenda.advance(BEGIN + len(acts) * PAUSE - self.agenda.now)
        self.interrupt = lambda: None
        self.rest()

    def _look_at(self, answer: CallAnswer, answered: Answered) -> None:
        self.under_way = []
        self.moved += len(answer.hits) + len(answer.astray)
        for row in answer.reached:
            self._count_fresh(row.before, answered.lo)
        for hit in answer.hits:
            self._count_fresh(hit.before, answered.lo)

    def _count_fresh(self, before: dict[str, Any], since: int) -> None:
        typed = (self.model.typed.get(content) for content in before.values())
        self.fresh += sum(each is not None and each.time > since for each in typed)

    # What there is at the end

    def seen(self) -> Iterator[Seen]:
        """The sheet's rows below the header."""
        fields = "sheets.data.rowData.values(userEnteredValue,note)"
        [tab] = self.document.get([f"{TAB}!A2:F"], fields)["sheets"]
        for number, row in enumerate(tab["data"][0].get("rowData", []), start=2):
            cells: dict[str, Content] = {}
            formulas: dict[str, str] = {}
            notes: dict[str, str] = {}
            for header, cell in zip(COLUMNS, row.get("values", []), strict=False):
                [(kind, content)] = cell.get("userEnteredValue", {"": None}).items()
                if kind == "formulaValue":
                    formulas[header] = content
                else:
                    number_value = kind == "numberValue"
                    cells[header] = int(content) if number_value else content
                if "note" in cell:
                    notes[header] = cell["note"]
            yield Seen(number, cells, formulas, notes)

    def crossings(self) -> Iterator[str]:
        """Let the table say who has won where a person left what they saw in a changed cell."""
        traces = Traces(self.server, self.letters)
        for key in self.server.data.table:
            name = key.values[0]
            if isinstance(name, int) and self.model.exists(name):
                image = self.server.data.table[key]
                held = {column: str(value or "") or None for column, value in image.items()}
                yield from self.model.decide(name, held, traces.hold)

    def table_differences(self) -> Iterator[str]:
        """How the table differs from the model."""
        table = {key.values[0]: image for key, image in self.server.data.table.items()}
        wanted = {name: row.cells for name, row in self.model.rows.items() if name in table}
        for name in self.model.rows.keys() ^ table.keys():
            if isinstance(name, int):
                yield f"row {name} is in {'the table' if name in table else 'the model'} only"
        for name, cells in wanted.items():
            if {c: v or None for c, v in table[name].items()} != cells:
                yield f"row {name} of the table: {table[name]}, not {cells}"

    def untraced(self) -> Iterator[str]:
        traces = Traces(self.server, self.letters)
        return self.model.untraced(lambda t: traces.hold(t.key, t.column, t.value))
