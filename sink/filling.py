"""The first sync of an empty tab: the table fills it, and a death at any point loses nothing.

Every row's state is stored before the row is sent, as of one read of the table, and the phase says
that the fill is under way. Whoever comes next fences off what may still be on its way, looks which
keys stand in the tab, and sends the rows that are missing, as they were stored; rows that are new
in the table meanwhile are read and stored by then. What has changed since the first read is told by
the change events, which are read from that point on, and what people did in the half-filled tab is
found like any edit. Only blanks are filled: a person may have typed the key of a row that was still
to be sent, and meant by that to clear nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import chain

import orjson

from sink.blank_cells import owe, unfilled
from sink.core.cell import CellContent
from sink.core.change_event import Image
from sink.core.declared import Declared
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.parts import Parts
from sink.ports import ScannedRows
from sink.retry import Backoff
from sink.state.mapping_record import FILLING
from sink.state.records import FirstSync
from sink.synced import SHEET, Synced
from sink.writers.sheets.layout import HEADER_ROWS, TabLayout
from sink.writers.sheets.reading import Reading
from sink.writers.sheets.tab import Tab
from sink.writers.sheets.tab_fill import TabFill

log = logging.getLogger(__name__)

BODY_BYTES = 1_800_000
"""Google recommends at most 2 MB a payload."""


def fill(parts: Parts, tab: Tab, read_at: int) -> Synced:
    """Fill an empty tab from the table; ``read_at`` is a moment before that was read."""
    scanned = parts.store.scan()
    beginning = next(scanned)
    first = FirstSync(read_at, read_at)
    facts = {
        "phase": FILLING,
        "first_gtids": beginning.gtids,
        "first_read": read_at,
        "first_shown": read_at,
        "declared": Declared.of(parts.table).encoded(),
    }
    with parts.store.begin() as transaction:
        transaction.note(facts)
    parts.record = replace(
        parts.record,
        phase=FILLING,
        first_gtids=beginning.gtids,
        first=first,
        declared=str(facts["declared"]),
    )
    parts.store.begin_with(parts.record)
    filling = _prepared(_tab_fill(tab, parts), parts, resumed=False)
    return filling.run(chain([beginning], scanned), None, HEADER_ROWS)


def resume(parts: Parts, tab: Tab) -> Synced:
    """Go on with a fill that somebody has begun."""
    parts.store.begin_with(parts.record)
    with parts.store.begin():
        pass  # whoever was overtaken learns it here, before the fence is taken from its successor
    sheet = _tab_fill(tab, parts)
    sheet.take_over()
    if sheet.again("look", tab.is_empty):
        return _prepared(sheet, parts, resumed=True).run(parts.store.scan(), None, HEADER_ROWS)
    tab.forget()
    reading = sheet.again("look", tab.read)
    layout, stands = reading.layout, len(reading.rows)
    log.info("mapping %s: first sync goes on: %d rows stand", parts.table.mapping.name, stands)
    return _Filling(parts, sheet, layout, resumed=True).run(
        parts.store.scan(), reading, layout.index.end
    )


def _tab_fill(tab: Tab, parts: Parts) -> TabFill:
    around = parts.around

    def sleep(seconds: float) -> None:
        parts.go_on()
        parts.quota.sleep(seconds)

    patience = Backoff(
        first=0.2,
        most=5.0,
        deadline=60.0,
        clock=around.monotonic,
        sleep=sleep,
        chance=around.chance,
    )
    return TabFill(tab, parts.table, around.token, patience)


def _prepared(sheet: TabFill, parts: Parts, *, resumed: bool) -> _Filling:
    """The fill of a tab that has been given its header and formats."""
    layout = sheet.again("look", sheet.tab.geometry)
    layout.columns = {column: at for at, column in enumerate(parts.table.columns)}
    sheet.prepare(layout)
    return _Filling(parts, sheet, layout, resumed)


@dataclass(slots=True)
class _Block:
    """Rows gathered for one write, and how many bytes they take."""

    keys: list[RowKey] = field(default_factory=list)
    rows: list[list[CellContent]] = field(default_factory=list)
    size: int = 0


@dataclass(slots=True)
class _Filling:
    """One fill at work, on Google's thread, while the merging thread waits."""

    parts: Parts
    sheet: TabFill
    layout: TabLayout
    resumed: bool
    at: int = HEADER_ROWS
    done: int = 0
    total: int = 0

    def run(self, scanned: Iterable[ScannedRows], reading: Reading | None, at: int) -> Synced:
        """Send the rows that do not stand in the tab yet (``reading``), from row ``at`` on."""
        stands = {} if reading is None else reading.rows
        self.at, self.done = at, len(stands)
        record = self.parts.record
        result = Synced(record.first, record.first_gtids)
        block = _Block()
        for part in scanned:
            result.rows += len(part.rows)
            for state in self._stored(part, reading, result):
                key, image = state.key, state.agreed
                if key in stands:
                    continue
                cells = self._cells(key, image)
                size = len(orjson.dumps(cells)) + 1
                if block.size + size > BODY_BYTES:
                    self._send(block)
                    block = _Block()
                block.keys.append(key)
                block.rows.append(cells)
                block.size += size
        if block.rows:
            self._send(block)
        self.sheet.finish(self.layout)
        result.first = FirstSync(record.first.read, self.parts.now())
        return result

    def _stored(self, part: ScannedRows, reading: Reading | None, result: Synced) -> list[RowState]:
        """The rows as they are stored: those that nobody has stored yet are, as they were read.

        Rows that stand with blanks where there should be something are owed to the sheet.
        """
        first = self.parts.record.first
        rows: list[RowState] = []
        new = []
        with self.parts.store.begin() as transaction:
            self.total = self.total or transaction.table_size()
            known = transaction.states([key for key, _ in part.rows]) if self.resumed else {}
            for key, image in part.rows:
                there = {name: value for name, value in image.items() if name in self._columns}
                state = known.get(key) or first.row(key, there)
                blanks = self._blanks(state, reading)
                if blanks:
                    result.owed.append(key)
                if blanks or key not in known:
                    new.append(state)
                rows.append(state)
            transaction.save(new)
        return rows

    def _blanks(self, state: RowState, reading: Reading | None) -> bool:
        """Note the cells of a standing row that are to be filled; whether there are any."""
        if reading is None or state.key not in reading.rows:
            return False
        columns = list(unfilled(state, reading.rows[state.key], self.parts.table))
        for column in columns:
            owe(state, column, reading)
        return bool(columns)

    @property
    def _columns(self) -> AbstractSet[str]:
        """The columns of the tab: one that the table was given meanwhile is not there yet."""
        return self.layout.columns.keys()

    def _cells(self, key: RowKey, image: Image) -> list[CellContent]:
        table = self.parts.table
        whole = {**table.key_image(key), **image}
        start, end = self.layout.span
        cells: list[CellContent] = [None] * (end - start)
        for column, place in self.layout.columns.items():
            shown = table.codecs[column].to_cell(whole.get(column))
            cells[place - start] = "" if shown is None else shown
        return cells

    def _send(self, block: _Block) -> None:
        self.parts.go_on()
        self.parts.pipeline.at("before_fill", block.keys)
        self.sheet.append(block.rows, self.layout, self.at)
        self.at += len(block.rows)
        self.done += len(block.rows)
        self.parts.pipeline.at("after_fill", block.keys)
        name, total = self.parts.table.mapping.name, max(self.total, self.done)
        with self.parts.store.begin() as transaction:
            transaction.note({"filled": self.done, "to_fill": total})
        log.info("mapping %s: first sync: %d of %d rows", name, self.done, total)
        self.parts.tell_progress(name, SHEET, self.done, total)
