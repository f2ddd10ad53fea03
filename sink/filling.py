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
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain

from sink.ahead import Prepared
from sink.blank_cells import owe, unfilled
from sink.core.declared import Declared
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.scanned_rows import ScannedRows
from sink.fill_blocks import KeyedBlock, blocks_of, encoded_rows
from sink.parts import Parts
from sink.ports import Transaction
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

Scan = Generator[ScannedRows, None, None]

EncodedPart = tuple[ScannedRows, list[bytes]]
"""Rows, and the JSON of their cells."""

BLOCKS_AT_ONCE = 8
"""As many at most, of those that are ready: their rows are made by one call, and one look tells
whether all went where they should."""


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
    return _of_empty_tab(_tab_fill(tab, parts), parts, resumed=False).run(scanned)


def resume(parts: Parts, tab: Tab) -> Synced:
    """Go on with a fill that somebody has begun."""
    parts.store.begin_with(parts.record)
    with parts.store.begin():
        pass  # whoever was overtaken learns it here, before the fence is taken from its successor
    sheet = _tab_fill(tab, parts)
    sheet.take_over()
    if sheet.again("look", tab.is_empty):
        return _of_empty_tab(sheet, parts, resumed=True).run(parts.store.scan())
    tab.forget()
    reading = sheet.again("look", tab.read)
    layout, stands = reading.layout, len(reading.rows)
    log.info("mapping %s: first sync goes on: %d rows stand", parts.table.mapping.name, stands)
    filling = _Filling(parts, sheet, layout.columns, resumed=True, reading=reading, layout=layout)
    return filling.run(parts.store.scan())


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


def _of_empty_tab(sheet: TabFill, parts: Parts, *, resumed: bool) -> _Filling:
    columns = {column: at for at, column in enumerate(parts.table.columns)}
    return _Filling(parts, sheet, columns, resumed)


TOLD_SECONDS = 2.0
"""So old may ``status`` be, rather than that the next call waits for a turn with the store."""


@dataclass(slots=True)
class _Filling:
    """One fill at work, on Google's thread, while the merging thread waits.

    Rows are read by a thread, stored and put into blocks by another one, while the blocks before
    them are on their way (``parts.around.ahead``); the two that use the store take turns with it.
    ``columns`` are the places of the columns in the tab. ``layout`` None: the tab has neither
    header nor formats yet. ``reading`` are the rows that stand in it.
    """

    parts: Parts
    sheet: TabFill
    columns: Mapping[str, int]
    resumed: bool
    reading: Reading | None = None
    layout: TabLayout | None = None
    at: int = HEADER_ROWS
    done: int = 0
    total: int = 0
    told: float = 0.0
    storing: threading.Lock = field(default_factory=threading.Lock)

    def run(self, scanned: Scan) -> Synced:
        """Send the rows that do not stand in the tab yet, below those that do."""
        self.done = 0 if self.reading is None else len(self.reading.rows)
        record = self.parts.record
        result = Synced(record.first, record.first_gtids)
        ahead = self.parts.around.ahead
        with (
            closing(ahead(self._read(scanned), 1)) as read,
            closing(self._lacking(read, result)) as lacking,
            closing(ahead(blocks_of(lacking, BODY_BYTES), BLOCKS_AT_ONCE)) as blocks,
        ):
            layout = self.layout or self._prepared()
            self.at = max(HEADER_ROWS, layout.index.end)
            for several in blocks:
                self._send(several, layout)
        self.sheet.finish(layout)
        result.first = FirstSync(record.first.read, self.parts.now())
        return result

    def _prepared(self) -> TabLayout:
        """The layout of a tab that has been given its header and formats."""
        layout = self.sheet.again("look", self.sheet.tab.geometry)
        layout.columns = dict(self.columns)
        self.sheet.prepare(layout)
        return layout

    def _read(self, scanned: Scan) -> Generator[EncodedPart, None, None]:
        """The rows of each part in the columns of the tab, and their cells' JSON: of a fill that
        goes on it depends on what is stored.
        """
        with closing(scanned):
            for part in scanned:
                rows = part.only(self.columns.keys())
                yield rows, [] if self.resumed else self._encoded(rows)

    def _lacking(
        self, read: Prepared[EncodedPart], result: Synced
    ) -> Generator[tuple[list[RowKey], list[bytes]], None, None]:
        """The keys of rows that the tab lacks, and the JSON of their cells, part by part."""
        for rows, encoded in chain.from_iterable(read):
            self.parts.go_on()
            result.rows += len(rows)
            if not len(rows):
                continue
            if self.resumed:
                lacking = self._stored_by_now(rows, result)
                yield lacking.keys, self._encoded(lacking)
            else:
                with self._transaction() as transaction:
                    transaction.save_as_read(rows)
                yield rows.keys, encoded

    def _encoded(self, rows: ScannedRows) -> list[bytes]:
        return encoded_rows(rows, self.columns, self.parts.table)

    def _stored_by_now(self, part: ScannedRows, result: Synced) -> ScannedRows:
        """The rows that the tab lacks, as they are stored: those that nobody has stored yet are,
        as they were read.

        Rows that stand with blanks where there should be something are owed to the sheet.
        """
        first = self.parts.record.first
        stands = {} if self.reading is None else self.reading.rows
        lacking, new = [], []
        with self._transaction() as transaction:
            rows = part.rows
            known = transaction.states([key for key, _ in rows])
            for key, image in rows:
                state = known.get(key) or first.row(key, image)
                blanks = self._blanks(state)
                if blanks:
                    result.owed.append(key)
                if blanks or key not in known:
                    new.append(state)
                if key not in stands:
                    lacking.append((key, state.agreed))
            transaction.save(new)
        return ScannedRows.of(part.gtids, part.key, lacking)

    @contextmanager
    def _transaction(self) -> Iterator[Transaction]:
        with self.storing, self.parts.store.begin() as transaction:
            self.total = self.total or transaction.table_size()
            yield transaction

    def _blanks(self, state: RowState) -> bool:
        """Note the cells of a standing row that are to be filled; whether there are any."""
        reading = self.reading
        if reading is None or state.key not in reading.rows:
            return False
        columns = list(unfilled(state, reading.rows[state.key], self.parts.table))
        for column in columns:
            owe(state, column, reading)
        return bool(columns)

    def _send(self, blocks: Sequence[KeyedBlock], layout: TabLayout) -> None:
        self.parts.go_on()
        point = self.parts.pipeline.at

        def sends(number: int) -> None:
            self.parts.go_on()
            point("before_fill", blocks[number].keys)

        def sent(number: int) -> None:
            self.done += len(blocks[number].keys)
            point("after_fill", blocks[number].keys)
            self._tell()

        self.sheet.append([each.block for each in blocks], layout, self.at, sends, sent)
        self.at += sum(len(each.keys) for each in blocks)

    def _tell(self) -> None:
        name, total = self.parts.table.mapping.name, max(self.total, self.done)
        now = self.parts.around.monotonic()
        if self.storing.acquire(blocking=now > self.told + TOLD_SECONDS):  # else with the next one
            self.told = now
            try:
                with self.parts.store.begin() as transaction:
                    transaction.note({"filled": self.done, "to_fill": total})
            finally:
                self.storing.release()
        log.info("mapping %s: first sync: %d of %d rows", name, self.done, total)
        self.parts.tell_progress(name, SHEET, self.done, total)
