"""The first sync of a mapping: one consistent read of the table, met with what the tab holds.

The table is read in a consistent snapshot after noting the executed GTIDs; change events of those
transactions are skipped later, so nothing is merged twice. An empty tab is filled by large RAW
writes (text that looks like a formula stays text); rows that only the sheet has are merged as
edits afterwards; where both sides hold a key and differ, the table's values are written and the
sheet's go to the conflict log, unless the mapping's rule prefers the sheet.

The shared stamps and the phase are stored last. A first sync that dies is made again from the
start; nothing but our own state and cells of the tab was written by then.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import orjson
from sqlalchemy import Engine, delete, insert

from sink.core.cell import CellContent
from sink.core.change_event import CellEdit, Image, SheetEdit
from sink.core.decision import Loss
from sink.core.errors import UnfitValueError
from sink.core.formulas import changes_by_itself
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Direction, Policy
from sink.core.row_key import RowKey
from sink.core.row_state import Belief, RowState
from sink.core.version import ABSENT, Origin, Version
from sink.posted_rows import text_of, value_of
from sink.state import schema
from sink.state.conflict_log import conflict_rows
from sink.state.database_errors import translated
from sink.state.records import FirstSync, encode
from sink.state.table_scan import scan
from sink.writers.sheets.formats import format_requests
from sink.writers.sheets.layout import TabLayout, column_letters, quoted
from sink.writers.sheets.reading import Reading
from sink.writers.sheets.tab import Tab

log = logging.getLogger(__name__)

BODY_BYTES = 1_800_000
"""Google recommends at most 2 MB a payload."""


@dataclass(slots=True)
class Synced:
    """What a first sync stored, and the sheet's own rows that are still to be merged."""

    first: FirstSync
    gtids: str
    rows: int = 0
    owed: list[RowKey] = field(default_factory=list)
    edits: list[SheetEdit] = field(default_factory=list)


class FirstSynchroniser:
    """Brings one mapping from nothing to agreed versions of every row."""

    def __init__(
        self, engine: Engine, tab: Tab, table: MappedTable, mapping_id: int, now: Callable[[], int]
    ) -> None:
        self._engine = engine
        self._tab = tab
        self._table = table
        self._mapping_id = mapping_id
        self._now = now

    def run(self) -> Synced:
        """Meet table and tab; the caller stores the result's stamps in a numbered transaction."""
        self._forget()
        if not self._tab.exists():
            self._tab.create(len(self._table.columns))
        read_at = self._now()
        if self._is_empty():
            return self._fill(read_at)
        reading = self._tab.read(formulas=True)
        reading.layout.index.require_unique()
        return self._meet(reading, read_at)

    def _forget(self) -> None:
        with translated(), self._engine.begin() as connection:
            for table in (schema.row_state, schema.tagged_row):
                connection.execute(delete(table).where(table.c.mapping_id == self._mapping_id))

    def _is_empty(self) -> bool:
        answer = self._tab.client.read_values([f"{quoted(self._table.mapping.tab)}!A1:ZZ2"])
        return not answer.json["valueRanges"][0].get("values")

    def _save(self, states: Sequence[RowState], first: FirstSync) -> None:
        rows = []
        for state in states:
            stored = encode(state, first)
            rows.append(
                {
                    "mapping_id": self._mapping_id,
                    "row_key": state.key.canonical,
                    "agreed": stored.agreed.decode(),
                    "record": None if stored.record is None else stored.record.decode(),
                    "attention": stored.attention,
                }
            )
        if rows:
            with translated(), self._engine.begin() as connection:
                connection.execute(insert(schema.row_state), rows)

    # An empty tab

    def _fill(self, read_at: int) -> Synced:
        first = FirstSync(read_at, read_at)
        headers = list(self._table.columns_by_header)
        layout = self._tab.geometry()
        layout.columns = {column: at for at, column in enumerate(self._table.columns)}
        self._tab.client.batch_update({"requests": format_requests(layout, self._table)})
        result = Synced(first, "")
        block = _Block([headers])
        at = 0
        for chunk in scan(self._engine, self._table):
            result.gtids, rows = chunk.gtids, chunk.rows
            self._save([first.row(key, image) for key, image in rows], first)
            for key, image in rows:
                shown = self._shown(key, image)
                if block.size + len(shown) > BODY_BYTES:
                    at = self._send(block, at, layout)
                    block = _Block([])
                block.add(shown)
            result.rows += len(rows)
            log.info("mapping %s: first sync: %d rows", self._table.mapping.name, result.rows)
        self._send(block, at, layout)
        result.first = FirstSync(read_at, self._now())
        return result

    def _shown(self, key: RowKey, image: Image) -> bytes:
        whole = {**self._table.key_image(key), **image}
        cells = [
            self._table.codecs[column].to_cell(whole[column]) for column in self._table.columns
        ]
        return orjson.dumps(["" if cell is None else cell for cell in cells])

    def _send(self, block: _Block, at: int, layout: TabLayout) -> int:
        rows = [*block.header, *(orjson.loads(row) for row in block.rows)]
        if not rows:
            return at
        end = at + len(rows)
        self._grow(end, layout)
        last = column_letters(len(self._table.columns) - 1)
        self._tab.client.update_values(
            f"{quoted(self._table.mapping.tab)}!A{at + 1}:{last}{end}", rows
        )
        return end

    def _grow(self, rows: int, layout: TabLayout) -> None:
        missing = rows - layout.row_count
        if missing > 0:
            append = {"sheetId": layout.sheet_id, "dimension": "ROWS", "length": missing}
            self._tab.client.batch_update({"requests": [{"appendDimension": append}]})
            layout.row_count = rows

    # A tab that holds rows already

    def _meet(self, reading: Reading, read_at: int) -> Synced:
        first = FirstSync(read_at, reading.hi)
        result = Synced(first, "")
        left = dict(reading.rows)
        sheet_wins = (
            self._table.mapping.rule.policy is Policy.SHEET_WINS
            or self._table.mapping.direction is Direction.TO_DATABASE
        )
        for chunk in scan(self._engine, self._table):
            result.gtids, rows = chunk.gtids, chunk.rows
            states = []
            for key, image in rows:
                contents = left.pop(key, None)
                state = first.row(key, image)
                if contents is None:
                    state.present = Belief(False, reading.lo, reading.hi)
                    state.beliefs.clear()
                else:
                    differing = self._believe(state, contents, reading)
                    won = {
                        column: cell
                        for column, cell in differing.items()
                        if sheet_wins or column in state.formulas
                    }
                    if won:
                        result.edits.append(self._edit(key, won, reading))
                    lost = {c: cell for c, cell in differing.items() if c not in won}
                    self._log(state, lost, reading)
                if state.owed_to_sheet()[0]:
                    result.owed.append(key)
                states.append(state)
            self._save(states, first)
            result.rows += len(rows)
        for key, contents in left.items():
            cells = self._values(key, contents, reading)
            refused = self._refused(key, contents, reading)
            unfit = {column: text_of(contents.get(column)) for column in refused}
            edit = self._edit(key, cells, reading, new=True)
            result.edits.append(replace(edit, refused=refused, unfit=unfit))
        return result

    def _believe(
        self, state: RowState, contents: dict[str, CellContent], reading: Reading
    ) -> dict[str, CellEdit]:
        """Note what the sheet shows of a row; returns the cells that differ from the table."""
        refused = self._refused(state.key, contents, reading)
        state.refused.update(refused)
        state.unfit.update({column: text_of(contents.get(column)) for column in refused})
        for column in self._formulas(state.key, reading):
            state.formulas[column] = reading.lo
        shown = self._values(state.key, contents, reading, state)
        differing = {}
        for column, cell in shown.items():
            if cell.new != state.cells[column].value:
                state.beliefs[column] = Belief(cell.new, reading.lo, reading.hi)
                differing[column] = cell
        return differing

    def _log(self, state: RowState, differing: dict[str, CellEdit], reading: Reading) -> None:
        """The sheet's values that the table's replace go to the conflict log."""
        losses = [
            Loss(
                column,
                Version(cell.new, reading.lo, Origin.SHEET),
                state.cells[column],
                "first_sync",
            )
            for column, cell in differing.items()
        ]
        rows = conflict_rows(self._mapping_id, state.key, losses)
        if rows:
            with translated(), self._engine.begin() as connection:
                connection.execute(insert(schema.conflict), rows)

    def _formulas(self, key: RowKey, reading: Reading) -> dict[str, str]:
        """The formulas in a row's cells, by column; the sheet's whatever the mapping's rule is."""
        formulas = reading.formulas_of(key) or {}
        return {column: text for column, text in formulas.items() if column in self._table.cells}

    def _refused(
        self, key: RowKey, contents: dict[str, CellContent], reading: Reading
    ) -> dict[str, str]:
        """Why formulas are not stored that change by themselves."""
        return {
            column: reason
            for column, text in self._formulas(key, reading).items()
            if column in contents and (reason := changes_by_itself(text)) is not None
        }

    def _values(
        self,
        key: RowKey,
        contents: dict[str, CellContent],
        reading: Reading,
        state: RowState | None = None,
    ) -> dict[str, CellEdit]:
        """The values of a row's cells, but of those that do not fit or are refused."""
        values: dict[str, CellEdit] = {}
        refused = self._refused(key, contents, reading)
        for column in self._table.cells:
            if column in refused:
                continue
            try:
                content = contents.get(column)
                new = value_of(column, content, state or RowState(key), self._table)
            except UnfitValueError:
                continue
            values[column] = CellEdit(new, ABSENT)
        return values

    def _edit(
        self, key: RowKey, cells: dict[str, CellEdit], reading: Reading, *, new: bool = False
    ) -> SheetEdit:
        name = f"first:{reading.lo}"
        formulas = dict.fromkeys(self._formulas(key, reading), True)
        return SheetEdit(
            name,
            key,
            cells,
            reading.lo,
            reading.hi,
            key_edited=new,
            found=True,
            formulas=formulas,
        )


@dataclass(slots=True)
class _Block:
    """Rows gathered for one write, as JSON, so that its size is known exactly."""

    header: list[list[str]]
    rows: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, row: bytes) -> None:
        self.rows.append(row)
        self.size += len(row) + 1
