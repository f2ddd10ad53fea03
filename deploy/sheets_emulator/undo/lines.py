"""Rows and columns as they were before a gesture put some in, took some out or moved some."""

from dataclasses import dataclass, field

from deploy.sheets_emulator.api.cell_data import OTHER_FIELDS
from deploy.sheets_emulator.formulas import shifting
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.area import ROWS, Area, Deletion, Insertion, Move
from deploy.sheets_emulator.model.spreadsheet import Spreadsheet
from deploy.sheets_emulator.undo.cells import row_cells, row_of
from deploy.sheets_emulator.undo.step import Later, Moved, lines_json

_EVERY_FIELD = ",".join(
    ("userEnteredValue", "userEnteredFormat", "note", "dataValidation", *OTHER_FIELDS)
)


@dataclass(slots=True)
class LinesStep:
    """A change of rows or columns, and what a deletion took with it."""

    moved: Moved
    cells: list[list[JsonObject]] = field(default_factory=list)  # of deleted lines, by row
    metadata: list[JsonObject] = field(default_factory=list)  # indexes from the first deleted line
    #: Formulas that lost a reference: (sheet, row, column, text), placed as after the deletion.
    formulas: list[tuple[int, int, int, str]] = field(default_factory=list)
    later: Later = field(default_factory=Later)

    @property
    def sheet_id(self) -> int:
        """The tab."""
        return self.moved.sheet_id

    def change_type(self) -> str:
        """Of the change event."""
        noun = "ROW" if self.moved.dimension == ROWS else "COLUMN"
        if isinstance(self.moved.shift, Move):
            return "OTHER"
        return f"REMOVE_{noun}" if isinstance(self.moved.shift, Insertion) else f"INSERT_{noun}"

    def area(self) -> Area | None:
        """An edit event has no place for this."""
        return None

    def requests(self) -> list[JsonObject]:
        """What makes it undone, where the rows or columns stand by now."""
        match self.moved.shift:
            case Insertion(at, count):
                return self._takes_out(at, count)
            case Deletion(start, end):
                return self._puts_back(start, end - start)
            case Move() as move:
                return self._moves_back(move)

    def _takes_out(self, at: int, count: int) -> list[JsonObject]:
        sheet_id, dimension = self.moved.sheet_id, self.moved.dimension
        found = (self.later.line(sheet_id, dimension, each) for each in range(at, at + count))
        runs: list[list[int]] = []  # [first, count]; more than one where others put some between
        for line in sorted(line for line in found if line is not None):
            if runs and sum(runs[-1]) == line:
                runs[-1][1] += 1
            else:
                runs.append([line, 1])
        return [
            {"deleteDimension": {"range": lines_json(sheet_id, dimension, first, length)}}
            for first, length in reversed(runs)
        ]

    def _puts_back(self, start: int, count: int) -> list[JsonObject]:
        sheet_id, dimension = self.moved.sheet_id, self.moved.dimension
        at = self.later.gap(sheet_id, dimension, start)
        lines = lines_json(sheet_id, dimension, at, count)
        requests: list[JsonObject] = [
            {"insertDimension": {"range": lines, "inheritFromBefore": at > 0}}
        ]
        row, column = (at, 0) if dimension == ROWS else (0, at)
        corner = {"sheetId": sheet_id, "rowIndex": row, "columnIndex": column}
        rows = [{"values": cells} for cells in self.cells]
        if any(self.cells):
            update = {"start": corner, "rows": rows, "fields": _EVERY_FIELD}
            requests.append({"updateCells": update})
        for entry in self.metadata:
            first, last = entry["span"]
            place = lines_json(sheet_id, dimension, at + first, last - first)
            told = {**entry["entry"], "location": {"dimensionRange": place}}
            requests.append({"createDeveloperMetadata": {"developerMetadata": told}})
        return requests + self._formulas_back(Moved(sheet_id, dimension, Insertion(at, count)))

    def _formulas_back(self, back: Moved) -> list[JsonObject]:
        requests: list[JsonObject] = []
        place = Later([*self.later.moves, back])
        for sheet_id, row, column, text in self.formulas:
            at = place.cell(sheet_id, row, column)
            if at is not None:
                start = {"sheetId": sheet_id, "rowIndex": at[0], "columnIndex": at[1]}
                cell = {"userEnteredValue": {"formulaValue": text}}
                update = {"start": start, "rows": [{"values": [cell]}]}
                requests.append({"updateCells": {**update, "fields": "userEnteredValue"}})
        return requests

    def _moves_back(self, move: Move) -> list[JsonObject]:
        sheet_id, dimension = self.moved.sheet_id, self.moved.dimension
        first, last = move.index(move.start), move.index(move.end - 1)
        start = self.later.line(sheet_id, dimension, first)
        end = self.later.line(sheet_id, dimension, last)
        if start is None or end is None or end - start != last - first:
            return []  # torn by others since
        destination = move.start if first > move.start else move.end
        lines = lines_json(sheet_id, dimension, start, end - start + 1)
        to = self.later.gap(sheet_id, dimension, destination)
        return [{"moveDimension": {"source": lines, "destinationIndex": to}}]


def changed_lines(moved: Moved, before: Spreadsheet) -> LinesStep | None:
    """The step of a change of rows or columns; None where the tab is not known."""
    sheet = before.sheet(moved.sheet_id)
    if sheet is None:
        return None
    if not isinstance(moved.shift, Deletion):
        return LinesStep(moved)
    lost = Deletion(moved.shift.start, min(moved.shift.end, sheet.size(moved.dimension)))
    moved = Moved(moved.sheet_id, moved.dimension, lost)
    if moved.dimension == ROWS:
        cells = [row_cells(row_of(sheet.grid, row)) for row in range(lost.start, lost.end)]
    else:
        reach = max(len(sheet.grid.values.rows), len(sheet.grid.formats.rows))
        rows = (row_cells(row_of(sheet.grid, row)) for row in range(reach))
        cells = [row[lost.start : lost.end] for row in rows]
    metadata = [
        {
            "entry": entry.to_json(),
            "span": (entry.location.start - lost.start, entry.location.end - lost.start),
        }
        for entry in before.metadata.values()
        if (entry.location.sheet_id, entry.location.dimension) == (moved.sheet_id, moved.dimension)
        and lost.start <= entry.location.start
        and entry.location.end <= lost.end
    ]
    return LinesStep(moved, cells, metadata, _torn_formulas(moved, lost, before))


def _torn_formulas(
    moved: Moved, lost: Deletion, before: Spreadsheet
) -> list[tuple[int, int, int, str]]:
    """Formulas that lines put in again do not make whole."""
    sheet = before.sheet(moved.sheet_id)
    torn: list[tuple[int, int, int, str]] = []
    back = Insertion(lost.start, lost.end - lost.start)
    for other in before.sheets:
        here = other is sheet
        for row, column, text in other.grid.formula_cells():
            title = sheet.title if sheet is not None else ""
            after = shifting.restructured(text, here, title, moved.dimension, lost)
            if shifting.restructured(after, here, title, moved.dimension, back) == text:
                continue
            at = Later([moved]).cell(other.sheet_id, row, column)
            if at is not None:
                torn.append((other.sheet_id, *at, text))
    return torn
