"""A changed table on its way into its mapping, step by step; each is stored when it is done.

1. At the worker's start the table is compared with how it was declared when the rows were last
   taken over. What is stored of the rows is told anew in today's columns, in one transaction.
2. Change events are decoded by name with what is there: a column that an older event does not have
   is absent, one that is no more is passed over. Of new and retyped columns nothing is taken from
   events until a marker, written after the change was seen, has come back: only what is read after
   it was surely written under today's declaration. Then their cells are read from the table.
3. The sheet is given the headers, and cells the formats of their new types. Until then its columns
   are not all there, and nothing else is written to it.

While a worker runs, a change is seen within about a second (``sink.declaration_watch``): it ends
between two batches, and the next one begins with step 1.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import orjson

from sink.beginning import OnGoogle
from sink.core.change_event import ChangeEvent, DatabaseChange, Op
from sink.core.declared import Declared
from sink.core.errors import SheetbridgeError
from sink.core.mapped_table import MappedTable
from sink.core.restating import restated, without_reread
from sink.core.row_key import RowKey
from sink.core.schema_change import SchemaChange, between, to_be_done, told
from sink.parts import Parts
from sink.ports import Transaction
from sink.state.mapping_record import NEW
from sink.writers.sheets.tab import Tab

log = logging.getLogger(__name__)

CHUNK = 1_000
MARK_AGAIN_SECONDS = 5.0


class TableChangedError(SheetbridgeError):
    """The table is not declared any more as it was when the worker began: it begins anew."""


@dataclass(slots=True)
class SchemaChanges:
    """Lives on the merging thread; only ``put_titles`` runs on Google's."""

    parts: Parts
    on_google: OnGoogle
    declared: Declared | None = None
    tokens: set[str] = field(default_factory=set)
    marked_at: float = 0.0
    read_past: bool = False
    unread: list[RowKey] | None = None

    # Step 1: what is stored

    def start(self) -> None:
        """Compare, take the rows over where the table has changed, and take up what is undone.

        Raises ConfigurationError where the mapping cannot go on with the table.
        """
        if self.parts.record.phase == NEW:
            return
        now = Declared.of(self.parts.table)
        stored = self.parts.record.declared
        if stored is None:
            self._store(now)
        else:
            self._take_over(Declared.decoded(stored), now)
        if self.declared is not None and self.declared.titles:
            titles = self.declared.titles
            self.on_google(lambda tab: tab.await_titles(titles))

    def begun(self) -> None:
        """The first sync has taken the rows over, as they were declared when it began."""
        if self.declared is None:
            self._store(Declared.of(self.parts.table))

    def _take_over(self, old: Declared, new: Declared) -> None:
        change = between(old, new, self._same_values)
        self.declared = to_be_done(old, new, change)
        if self.declared == old:
            return
        record = self.parts.record
        with self.parts.store.begin() as transaction:
            if change.of_rows:
                self._restate(transaction, change)
                if record.open_call is not None:
                    call = _call_without(record.open_call, change)
                    transaction.store_call(record.call_number, record.fence, call)
                    record = replace(record, open_call=call)
            transaction.note({"declared": self.declared.encoded()})
        self.parts.record = replace(record, declared=self.declared.encoded())
        for sentence in told(old, new, change):
            log.warning("mapping %s: %s", record.name, sentence)

    def _same_values(self, gone: str, come: str) -> bool:
        store = self.parts.store
        keys = store.known_keys()[:CHUNK]
        rows = store.table_rows(keys)
        pairs = [
            (believed[gone], rows[key].get(come))
            for key, state in store.states(keys).items()
            if key in rows and gone in (believed := state.believed_table or {})
        ]
        alike = sum(before == now for before, now in pairs)
        return 2 * alike >= len(pairs) if pairs else not rows

    def _restate(self, transaction: Transaction, change: SchemaChange) -> None:
        now = self.parts.now()
        for chunk in _chunks(transaction.known_keys()):
            changed = []
            for key, state in transaction.states(chunk).items():
                new, losses = restated(state, change, now)
                transaction.log(key, losses)
                if new != state:
                    changed.append(new)
            transaction.save(changed)

    def _store(self, declared: Declared) -> None:
        with self.parts.store.begin() as transaction:
            transaction.note({"declared": declared.encoded()})
        self.declared = declared
        self.parts.record = replace(self.parts.record, declared=declared.encoded())

    # Step 2: the stream, and the table

    @property
    def table(self) -> MappedTable:
        """The table as change events are decoded by it now."""
        table, declared = self.parts.table, self.declared
        if declared is None or self.read_past or not declared.filling:
            return table
        sure = tuple(column for column in table.cells if column not in declared.filling)
        return replace(table, cells=sure)

    def seen(self, markers: Sequence[str]) -> None:
        """Note markers that came back in the stream of change events."""
        if not self.read_past and not self.tokens.isdisjoint(markers):
            self.read_past = True

    @property
    def busy(self) -> bool:
        """Whether rows are being read from the table."""
        return bool(self.unread)

    def tick(self) -> list[ChangeEvent]:
        """Go on: write a marker, or read some rows.

        Returns what was read, to be merged: it fills what has no version, and beats nothing.
        """
        if self.declared is None or not self.declared.filling:
            return []
        if not self.read_past:
            self._mark()
            return []
        if self.unread is None:
            self.unread = self.parts.store.known_keys()
        chunk, self.unread = self.unread[:CHUNK], self.unread[CHUNK:]
        if not chunk:
            self._store(self.declared.filled())
            self.unread = None
            return []
        return list(self._filled(chunk, self.declared.filling))

    def _mark(self) -> None:
        now = self.parts.around.monotonic()
        if not self.tokens or now >= self.marked_at + MARK_AGAIN_SECONDS:
            token = self.parts.around.token()
            self.parts.store.mark(token)
            self.tokens.add(token)
            self.marked_at = now

    def _filled(self, keys: Sequence[RowKey], columns: Sequence[str]) -> Iterator[ChangeEvent]:
        store, received = self.parts.store, self.parts.now()
        time = store.server_time()
        rows = store.table_rows(keys)
        for key, state in store.states(keys).items():
            if key in rows and state.life is not None:
                after = {name: value for name, value in rows[key].items() if name in columns}
                yield DatabaseChange(
                    f"filled:{time}", key, Op.SNAPSHOT, None, after, time, received
                )

    # Step 3: the sheet

    @property
    def wants_titles(self) -> bool:
        """Whether the sheet is still to be given headers or formats."""
        return self.declared is not None and bool(self.declared.titles or self.declared.formats)

    @property
    def may_put_titles(self) -> bool:
        """Whether that can be done now: a new header shows when its cells are known."""
        return self.declared is not None and not self.declared.filling

    def put_titles(self, tab: Tab) -> str:
        """The errand at Google; returns the fence that stands since."""
        prefix = f"sheetbridge_{self.parts.table.mapping.name}_"
        gone = sorted(fence for fence in tab.fences() if fence.startswith(prefix))
        fence = f"{prefix}{self.parts.around.token()}"
        formats = () if self.declared is None else self.declared.formats
        tab.put_titles(formats, gone, fence)
        return fence

    def titles_put(self) -> None:
        """The errand is done."""
        if self.declared is not None:
            self._store(self.declared.titled())
            log.info("mapping %s: the sheet has the table's columns", self.parts.record.name)


def _call_without(open_call: str, change: SchemaChange) -> str:
    """A stored call of unknown fate, without what it wrote in another form than today's."""
    fields = orjson.loads(open_call)
    for write in fields["writes"]:
        write[2] = without_reread(write[2], change)
    return orjson.dumps(fields).decode()


def _chunks(keys: Sequence[RowKey]) -> Iterator[Sequence[RowKey]]:
    return (keys[at : at + CHUNK] for at in range(0, len(keys), CHUNK))
