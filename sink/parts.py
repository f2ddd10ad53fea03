"""What one mapping's worker is made of, put together once at the start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from sink.core.gtid import GtidSet
from sink.core.mapped_table import MappedTable
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.inbound import Reader
from sink.pipeline import Pipeline
from sink.ports import DeadLetter
from sink.state.store import MappingRecord, MySqlStore, read_states
from sink.writers.sheets.client import Quota
from sink.writers.sheets.tab import Tab


@dataclass(slots=True)
class Parts:
    """The worker's world. ``open_tab`` must be called on the thread that uses the tab."""

    engine: Engine
    table: MappedTable
    record: MappingRecord
    store: MySqlStore
    pipeline: Pipeline
    quota: Quota
    open_tab: Callable[[], Tab]
    set_aside: Callable[[Sequence[DeadLetter]], None]
    reconcile_every: float
    next_offsets: dict[str, int]

    def now(self) -> int:
        """Google's time, in microseconds."""
        return self.quota.now()

    def latest(self) -> int:
        """The latest that Google's time may be, in microseconds."""
        return self.quota.latest()

    def reader(self) -> Reader:
        """A decoder for the topics' records, as of the first sync that is stored now."""
        return Reader(self.table, self.record.source_uuid, GtidSet.parse(self.record.first_gtids))

    def states(self, keys: Sequence[RowKey]) -> dict[RowKey, RowState]:
        """Row states outside of a transaction."""
        return read_states(self.engine, self.record, self.table, keys)
