"""One numbered transaction in MySQL: the state tables and the data side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, delete, select, update
from sqlalchemy.dialects.mysql import insert

from sink.core.change_event import Image
from sink.core.decision import FIRST_SYNC, Loss
from sink.core.mapped_table import MappedTable
from sink.core.refusal import Refusal
from sink.core.retention import Horizon
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.scanned_rows import ScannedRows
from sink.core.tagged_row import TaggedRow
from sink.ports import Progress, TableWrite
from sink.state import schema
from sink.state.conflict_log import conflict_rows
from sink.state.given_keys import give_key
from sink.state.progress import record_progress
from sink.state.pruning import forget_rows, prune_entries, raise_horizon
from sink.state.recent_states import MOST_READ, RecentStates, as_stored
from sink.state.records import FirstSync, decode, encode
from sink.state.server_clock import server_time
from sink.state.stored_rows import insert_as_read, save_rows
from sink.state.tagged_rows import read_tagged, save_tagged, unfinished, with_tags
from sink.writers.database import TableWriter

CHUNK = 1_000
"""Keys of one ``IN (…)``: long lists slow the optimizer down, short ones cost round trips."""


class MySqlTransaction:
    """See ``sink.ports.Transaction``."""

    def __init__(
        self,
        connection: Connection,
        mapping_id: int,
        number: int,
        table: MappedTable,
        first: FirstSync,
        recent: RecentStates,
        edit_ids_since: int,
    ) -> None:
        self._connection = connection
        self._mapping_id = mapping_id
        self._number = number
        self._table = table
        self._first = first
        self._recent = recent
        self._edit_ids_since = edit_ids_since
        self.read: dict[RowKey, RowState] = {}
        self.saved: dict[RowKey, RowState] = {}
        self._writer = TableWriter(connection, table)

    @property
    def number(self) -> int:
        """See the protocol."""
        return self._number

    def known_ids(self, ids: Sequence[str]) -> frozenset[str]:
        """See the protocol."""
        if not ids:
            return frozenset()
        table = schema.edit_id
        found = self._connection.execute(
            select(table.c.id)
            .where(table.c.mapping_id == self._mapping_id)
            .where(table.c.id.in_(ids))
        )
        return frozenset(row.id for row in found)

    def states(self, keys: Sequence[RowKey]) -> dict[RowKey, RowState]:
        """See the protocol."""
        found = self._recent.of([key for key in keys if key not in self.saved])
        table = schema.row_state
        for chunk in _chunks([key for key in keys if key not in found]):
            by_bytes = {key.canonical: key for key in chunk}
            rows = self._connection.execute(
                select(table.c.row_key, table.c.agreed, table.c.record)
                .where(table.c.mapping_id == self._mapping_id)
                .where(table.c.row_key.in_(list(by_bytes)))
            )
            for row in rows:
                key = by_bytes[bytes(row.row_key)]
                found[key] = decode(key, row.agreed, row.record, self._first)
                if len(self.read) < MOST_READ:
                    self.read[key] = as_stored(found[key])
        return found

    def known_keys(self) -> list[RowKey]:
        """See the protocol."""
        table = schema.row_state
        rows = self._connection.execute(
            select(table.c.row_key).where(table.c.mapping_id == self._mapping_id)
        )
        return [self._table.key_from_canonical(bytes(row.row_key)) for row in rows]

    def table_size(self) -> int:
        """See the protocol."""
        return self._writer.size()

    def outside(self, keys: Sequence[RowKey]) -> frozenset[RowKey]:
        """See the protocol."""
        chunks = (self._writer.outside(chunk) for chunk in _chunks(keys))
        return frozenset[RowKey]().union(*chunks)

    def lock(self, keys: Sequence[RowKey]) -> dict[RowKey, Image]:
        """See the protocol."""
        found: dict[RowKey, Image] = {}
        for chunk in _chunks(keys):
            found.update(self._writer.rows(chunk, lock=True))
        return found

    def lock_now(self, keys: Sequence[RowKey]) -> tuple[dict[RowKey, Image], int]:
        """See the protocol."""
        *first, last = _chunks(keys)
        found = {key: image for chunk in first for key, image in self.lock(chunk).items()}
        rest, now = self._writer.locked_now(last)
        return {**found, **rest}, now

    def table_keys(self) -> list[RowKey]:
        """The keys of all rows of the table."""
        return self._writer.keys()

    def table_rows(self, keys: Sequence[RowKey]) -> dict[RowKey, Image]:
        """Rows of the table, without locking them."""
        found: dict[RowKey, Image] = {}
        for chunk in _chunks(keys):
            found.update(self._writer.rows(chunk))
        return found

    def server_time(self) -> int:
        """See the protocol."""
        return server_time(self._connection)

    def write(self, writes: Sequence[TableWrite]) -> list[Refusal]:
        """See the protocol."""
        return self._writer.write(writes)

    def give_key(self, cells: Image) -> RowKey | str:
        """See the protocol."""
        return give_key(self._connection, self._table, cells, self._writer.outside)

    def tagged(self, tags: Sequence[str]) -> dict[str, TaggedRow]:
        """See the protocol."""
        return {row.tag: row for row in self._tagged(with_tags(tags))} if tags else {}

    def tagged_rows(self) -> list[TaggedRow]:
        """See ``sink.ports.Store``."""
        return self._tagged(unfinished())

    def _tagged(self, condition: ColumnElement[bool]) -> list[TaggedRow]:
        key = self._table.key_from_canonical
        return read_tagged(self._connection, self._mapping_id, key, condition)

    def save_tagged(self, rows: Iterable[TaggedRow]) -> None:
        """See the protocol."""
        save_tagged(self._connection, self._mapping_id, rows)

    def save(self, states: Iterable[RowState]) -> None:
        """See the protocol."""
        rows = []
        for state in states:
            self.saved[state.key] = as_stored(state)
            rows.append((state.key.canonical, encode(state, self._first)))
        save_rows(self._connection, self._mapping_id, rows)

    def save_as_read(self, rows: ScannedRows) -> None:
        """See the protocol."""
        insert_as_read(self._connection, self._mapping_id, rows)

    def log(self, key: RowKey, losses: Sequence[Loss]) -> None:
        """See the protocol."""
        rows = conflict_rows(self._mapping_id, key, losses)
        if rows:
            self._connection.execute(insert(schema.conflict), rows)

    def record(self, progress: Progress) -> None:
        """See the protocol."""
        record_progress(self._connection, self._mapping_id, progress)

    def edit_ids_since(self) -> int:
        """See the protocol."""
        return self._edit_ids_since

    def prune(self, horizon: Horizon, most: int) -> int:
        """See the protocol."""
        pruned = prune_entries(self._connection, self._mapping_id, horizon, most)
        if pruned:
            self._raise_horizon(horizon.edit_ids)
        return pruned

    def forget(self, keys: Sequence[RowKey], since: int) -> None:
        """See the protocol."""
        self._recent.forget()
        for key in keys:
            self.read.pop(key, None)
            self.saved.pop(key, None)
        self._raise_horizon(since)
        forget_rows(self._connection, self._mapping_id, keys)

    def _raise_horizon(self, since: int) -> None:
        raise_horizon(self._connection, self._mapping_id, since)
        self._edit_ids_since = max(self._edit_ids_since, since)

    def forget_all(self) -> None:
        """See the protocol."""
        self._recent.forget()
        self.read.clear()
        self.saved.clear()
        for table in (schema.row_state, schema.tagged_row):
            self._connection.execute(delete(table).where(table.c.mapping_id == self._mapping_id))
        log = schema.conflict
        self._connection.execute(
            delete(log).where(log.c.mapping_id == self._mapping_id).where(log.c.rule == FIRST_SYNC)
        )

    def store_call(self, number: int, fence: str | None, call: str | None) -> None:
        """See the protocol."""
        self.note({"call_number": number, "fence": fence, "open_call": call})

    def note(self, facts: Mapping[str, object]) -> None:
        """See the protocol."""
        self._connection.execute(
            update(schema.mapping).where(schema.mapping.c.id == self._mapping_id).values(**facts)
        )


def _chunks(keys: Sequence[RowKey]) -> Iterable[Sequence[RowKey]]:
    return (keys[at : at + CHUNK] for at in range(0, len(keys), CHUNK))
