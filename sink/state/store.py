"""A mapping's memory in MySQL: numbered transactions over the state tables and the data.

Every transaction runs under a GTID of our own, ``<the mapping's uuid>:<n>``, so that its changes
can be told from everyone else's in the binlog. The number is a fence too: MySQL skips, in silence,
every statement under a GTID that was committed before, so a transaction whose counter does not go
from n-1 to n was overtaken by another worker, and nothing of it happened.
https://dev.mysql.com/doc/refman/8.4/en/replication-options-gtids.html#sysvar_gtid_next
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, Row, func, insert, select, text, update

from sink.core.change_event import Image, Position
from sink.core.mapped_table import MappedTable
from sink.core.retention import Horizon
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.scanned_rows import ScannedRows
from sink.core.tagged_row import TaggedRow
from sink.ports import Prunable
from sink.state import schema
from sink.state.database_errors import translated
from sink.state.errors import OvertakenError
from sink.state.mapping_record import MappingRecord
from sink.state.markers import prune_markers, write_marker
from sink.state.pruning import prunable
from sink.state.recent_states import RecentStates
from sink.state.records import HAS_FINDS, HAS_HELD, OWED_TO_SHEET, FirstSync
from sink.state.statements import driver_cursor
from sink.state.stored_rows import read_at_rest
from sink.state.table_scan import scan
from sink.state.transaction import MySqlTransaction

KEYS_READ = 5_000

_COUNT = (
    "SET SESSION gtid_next = %s; "
    f"UPDATE {schema.SCHEMA}.mapping SET transactions = %s WHERE id = %s AND transactions = %s; "
    f"SELECT edit_ids_since FROM {schema.SCHEMA}.mapping WHERE id = %s"
)

ABANDONED_SECONDS = 60
"""A worker that says nothing for so long within a transaction is frozen, or its machine is gone.

The server then ends its connection, so that it does not keep the number and its locks from the
worker that has taken its place (and the rows from everybody) for the eight hours of the default:
https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_wait_timeout
"""


class MySqlStore:
    """The transactions of one mapping, one at a time, over one connection."""

    def __init__(self, engine: Engine, table: MappedTable, record: MappingRecord) -> None:
        self.record = record
        self._engine = engine
        self._table = table
        self._number = record.transactions
        self._first = record.first
        self._connection: Connection | None = None
        self._used = 0.0
        self._recent = RecentStates()

    def begin_with(self, record: MappingRecord) -> None:
        """See ``sink.ports.Store``."""
        self.record = record
        self._first = record.first
        self._recent.forget()

    @property
    def number(self) -> int:
        """See ``sink.ports.Store``."""
        return self._number

    @contextmanager
    def begin(self) -> Iterator[MySqlTransaction]:
        """See ``sink.ports.Store``; raises DatabaseUnavailableError where it may pass."""
        number = self._number + 1
        with translated():
            connection = self._connected()
            try:
                connection.begin()  # what goes past SQLAlchemy begins none
                since = self._count(connection, number)
                transaction = self._transaction(connection, number, since)
                yield transaction
                connection.commit()
            except BaseException:
                self.close()
                raise
        self._number = number
        self._used = time.monotonic()
        self._recent.keep({**transaction.read, **transaction.saved})

    def _transaction(
        self, connection: Connection, number: int, edit_ids_since: int
    ) -> MySqlTransaction:
        return MySqlTransaction(
            *(connection, self.record.id, number, self._table, self._first, self._recent),
            edit_ids_since=edit_ids_since,
        )

    def _count(self, connection: Connection, number: int) -> int:
        """Take the number, in one round trip; since when every edit id is known."""
        gtid, mapping_id = f"{self.record.source_uuid}:{number}", self.record.id
        with driver_cursor(connection, _COUNT) as cursor:
            cursor.execute(_COUNT, (gtid, number, mapping_id, number - 1, mapping_id))
            cursor.nextset()
            if cursor.rowcount != 1:
                raise OvertakenError(self.record.name, number)
            cursor.nextset()
            (since,) = cursor.fetchone()
            return int(since)

    def _connected(self) -> Connection:
        if time.monotonic() - self._used > ABANDONED_SECONDS / 2:
            self.close()  # between transactions nothing is lost: better than to find it ended
        if self._connection is None:
            self._connection = self._engine.connect()
            self._connection.exec_driver_sql(f"SET SESSION wait_timeout = {ABANDONED_SECONDS}")
            self._connection.commit()
        return self._connection

    def states(self, keys: Sequence[RowKey]) -> dict[RowKey, RowState]:
        """See ``sink.ports.Store``."""
        recent = self._recent.of(keys)
        if len(recent) == len(keys):
            return recent
        with self._reading() as transaction:
            return transaction.states(keys)

    def rest(self) -> None:
        """See ``sink.ports.Store``."""
        self._recent.rest()

    def at_rest(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """See ``sink.ports.Store``."""
        with translated(), self._engine.connect() as connection:
            return read_at_rest(connection, self.record.id, keys)

    def count_known(self) -> int:
        """See ``sink.ports.Store``."""
        states = schema.row_state
        with translated(), self._engine.connect() as connection:
            counted = select(func.count()).where(states.c.mapping_id == self.record.id)
            return connection.execute(counted).scalar_one()

    def each_known_key(self) -> Iterator[bytes]:
        """See ``sink.ports.Store``."""
        states = schema.row_state
        with translated(), self._engine.connect() as connection:
            streamed = connection.execution_options(stream_results=True, max_row_buffer=KEYS_READ)
            keys = select(states.c.row_key).where(states.c.mapping_id == self.record.id)
            yield from streamed.execute(keys).scalars()

    def known_keys(self) -> list[RowKey]:
        """See ``sink.ports.Store``."""
        with self._reading() as transaction:
            return transaction.known_keys()

    def keys_with_attention(self) -> list[RowKey]:
        """See ``sink.ports.Store``."""
        return self._keys_with(OWED_TO_SHEET | HAS_FINDS)

    def held_keys(self) -> list[RowKey]:
        """See ``sink.ports.Store``."""
        return self._keys_with(HAS_HELD)

    def _keys_with(self, flags: int) -> list[RowKey]:
        states = schema.row_state
        with translated(), self._engine.connect() as connection:
            rows = connection.execute(
                select(states.c.row_key)
                .where(states.c.mapping_id == self.record.id)
                .where(states.c.attention > 0)
                .where(states.c.attention.op("&")(flags) != 0)
            )
            return [self._table.key_from_canonical(bytes(row.row_key)) for row in rows]

    def tagged_rows(self) -> list[TaggedRow]:
        """See ``sink.ports.Store``."""
        with self._reading() as transaction:
            return transaction.tagged_rows()

    def table_keys(self) -> list[RowKey]:
        """See ``sink.ports.Store``."""
        with self._reading() as transaction:
            return transaction.table_keys()

    def outside(self, keys: Sequence[RowKey]) -> frozenset[RowKey]:
        """See ``sink.ports.Store``."""
        if self._table.mapping.where is None:
            return frozenset()
        with self._reading() as transaction:
            return transaction.outside(keys)

    def table_rows(self, keys: Sequence[RowKey]) -> dict[RowKey, Image]:
        """See ``sink.ports.Store``."""
        with self._reading() as transaction:
            return transaction.table_rows(keys)

    def scan(self) -> Generator[ScannedRows, None, None]:
        """See ``sink.ports.Store``."""
        return scan(self._engine, self._table)

    def server_time(self) -> int:
        """See ``sink.ports.Store``."""
        with self._reading() as transaction:
            return transaction.server_time()

    def mark(self, token: str) -> None:
        """See ``sink.ports.Store``."""
        with translated(), self._engine.begin() as connection:
            write_marker(connection, self._table.mapping, token)

    def prunable(self, horizon: Horizon, most: int) -> Prunable:
        """See ``sink.ports.Store``."""
        with translated(), self._engine.connect() as connection:
            return prunable(
                connection, self.record.id, horizon, most, self._table.key_from_canonical
            )

    def prune_markers(self, before: int, most: int) -> int:
        """See ``sink.ports.Store``."""
        with translated(), self._engine.begin() as connection:
            return prune_markers(connection, self._table.mapping, before, most)

    @contextmanager
    def _reading(self) -> Iterator[MySqlTransaction]:
        """Reads of what is committed, outside of the numbered transactions."""
        with translated(), self._engine.connect() as connection:
            yield self._transaction(connection, 0, 0)

    def close(self) -> None:
        """Give the connection up: what was not committed is rolled back by the server."""
        self._recent.forget()
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()


def load_mapping(engine: Engine, name: str, source_uuid: str) -> MappingRecord:
    """The stored mapping of that name; made where there is none (under ``source_uuid``)."""
    table = schema.mapping
    stored = select(table).where(table.c.name == name)
    with translated(), engine.begin() as connection:
        row = connection.execute(stored).one_or_none()
        if row is not None:
            return _record(row)
        connection.execute(
            insert(table)
            .prefix_with("IGNORE")
            .values(
                name=name,
                source_uuid=source_uuid,
                transactions=0,
                phase="new",
                paused=0,
                first_read=0,
                first_shown=0,
                call_number=0,
                heartbeat=0,
                merged_at=0,
            )
        )
        return _record(connection.execute(stored).one())


def load_offsets(engine: Engine, mapping_id: int) -> dict[str, int]:
    """The next offset of each topic that the mapping has read."""
    table = schema.topic_offset
    with translated(), engine.connect() as connection:
        rows = connection.execute(
            select(table.c.topic, table.c.next_offset).where(table.c.mapping_id == mapping_id)
        )
        return {row.topic: row.next_offset for row in rows}


def note_reason(engine: Engine, record: MappingRecord, reason: str) -> None:
    """Store why a mapping cannot begin, as it was loaded.

    Whoever says so has no numbered transactions, so it is said unless a worker has gone on since.
    """
    table = schema.mapping
    with translated(), engine.begin() as connection:
        connection.execute(
            update(table)
            .where(table.c.id == record.id)
            .where(table.c.transactions == record.transactions)
            .values(reason=reason)
        )


def note_lineage(engine: Engine, mapping_id: int, lineage: str) -> None:
    """Store what the mapping's offsets belong to, outside of its numbered transactions."""
    table = schema.mapping
    with translated(), engine.begin() as connection:
        connection.execute(update(table).where(table.c.id == mapping_id).values(lineage=lineage))


def unknown_transaction(engine: Engine, gtids: Sequence[str]) -> str | None:
    """The first of ``gtids`` that the server has never executed; None where it knows all."""
    known = text("SELECT GTID_SUBSET(:gtids, @@GLOBAL.gtid_executed)")
    with translated(), engine.connect() as connection:
        if connection.execute(known, {"gtids": ",".join(gtids)}).scalar_one():
            return None
        for gtid in gtids:
            if not connection.execute(known, {"gtids": gtid}).scalar_one():
                return gtid
    return None


def _record(row: Row[tuple[object, ...]]) -> MappingRecord:
    fields = row._mapping
    return MappingRecord(
        id=fields["id"],
        name=fields["name"],
        source_uuid=fields["source_uuid"],
        transactions=fields["transactions"],
        phase=fields["phase"],
        reason=fields["reason"],
        paused=bool(fields["paused"]),
        first_gtids=fields["first_gtids"] or "",
        first=FirstSync(fields["first_read"], fields["first_shown"]),
        position=_position(fields["position"]),
        call_number=fields["call_number"],
        fence=fields["fence"],
        open_call=fields["open_call"],
        repairs=fields["repairs"],
        tally=fields["tally"],
        held_batch=fields["held_batch"],
        answer=fields["answer"],
        outcomes=fields["outcomes"],
        lineage=fields["lineage"],
        declared=fields["declared"],
    )


def _position(stored: str | None) -> Position | None:
    if not stored:
        return None
    file, *numbers = stored.rsplit(":", 4)
    return Position(file, *map(int, numbers))
