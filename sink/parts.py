"""What one mapping's worker is made of, put together once at the start."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from sink.ahead import Items, OnThread, Prepared
from sink.core.configuration import RetentionSettings
from sink.core.gtid import GtidSet
from sink.core.lineage import Streams
from sink.core.mapped_table import MappedTable
from sink.core.retention import Retention
from sink.inbound import Reader
from sink.pipeline import Pipeline
from sink.ports import DeadLetter, Store
from sink.state.mapping_record import MappingRecord
from sink.stopping import StoppedError, never
from sink.writers.sheets.client import Quota
from sink.writers.sheets.tab import Tab

PRUNE_SECONDS = 600.0

Item = TypeVar("Item")


def new_token() -> str:
    """A name that nothing else bears."""
    return uuid.uuid4().hex[:16]


class TableChanged(Protocol):
    """Whether the table is declared otherwise than when the worker began."""

    def __call__(self, *, look: bool = False) -> bool:
        """``look``: at this moment, else as of the last look."""


def _never(*, look: bool = False) -> bool:
    """The table of a worker that nobody watches."""
    return look and False


class TellProgress(Protocol):
    """Told how far a first sync is."""

    def __call__(self, mapping: str, what: str, done: int, total: int) -> None:
        """``done`` of ``total`` rows of ``what`` (``sink.synced``) are done."""


def tell_nobody(mapping: str, what: str, done: int, total: int) -> None:
    """Where nobody watches."""


class Ahead(Protocol):
    """How work is prepared before it is asked for (``sink.ahead``)."""

    def __call__(self, items: Items[Item], most: int, /) -> Prepared[Item]:
        """The same items, at most so many at a time."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What would make two runs differ: the passing of time (seconds), names, chance (0…1), and
    what threads do meanwhile.
    """

    monotonic: Callable[[], float] = time.monotonic
    token: Callable[[], str] = new_token
    chance: Callable[[], float] = random.random
    ahead: Ahead = OnThread


@dataclass(frozen=True, slots=True)
class Backwards:
    """Time has run backwards: why that is thought, and what is there now, to begin anew from.

    ``executed`` are the transactions that the server has committed.
    """

    reason: str
    streams: Callable[[], Streams]
    executed: Callable[[], str]


def nothing_waits() -> int:
    """No change event is behind the one in hand."""
    return 0


def nothing_posted() -> int:
    """The end of a topic into which nothing was ever written."""
    return 0


LATEST_CALL_SECONDS = 200.0
"""Google gives a call up after 180 s: https://developers.google.com/workspace/sheets/api/limits"""


@dataclass(slots=True)
class Parts:
    """The worker's world. ``open_tab`` must be called on the thread that uses the tab.

    ``latest_call`` is after how many seconds a call without an answer cannot apply any more.
    ``stopping`` tells whether the worker is asked to end. ``end_of_posts`` asks Kafka for the
    offset behind the last record of the sheet's topic; it may be called on any thread. ``behind``
    tells the merging thread how many records of changes wait for it.
    """

    table: MappedTable
    record: MappingRecord
    store: Store
    pipeline: Pipeline
    quota: Quota
    open_tab: Callable[[], Tab]
    set_aside: Callable[[Sequence[DeadLetter]], None]
    reconcile_every: float
    next_offsets: dict[str, int]
    around: Surroundings = field(default_factory=Surroundings)
    backwards: Backwards | None = None
    retention: Retention = field(default_factory=lambda: Retention.of(RetentionSettings()))
    prune_every: float = PRUNE_SECONDS
    table_changed: TableChanged = _never
    latest_call: float = LATEST_CALL_SECONDS
    tell_progress: TellProgress = tell_nobody
    stopping: Callable[[], bool] = never
    end_of_posts: Callable[[], int] = nothing_posted
    behind: Callable[[], int] = nothing_waits

    def go_on(self) -> None:
        """Raise StoppedError where the worker is asked to end: for work that takes long and that
        another worker goes on with.
        """
        if self.stopping():
            raise StoppedError(f"mapping {self.table.mapping.name} is stopped; the next goes on")

    def now(self) -> int:
        """Google's time, in microseconds."""
        return self.quota.now()

    def earliest(self) -> int:
        """The earliest that Google's time may be, in microseconds."""
        return self.quota.earliest()

    def latest(self) -> int:
        """The latest that Google's time may be, in microseconds."""
        return self.quota.latest()

    def reader(self) -> Reader:
        """A decoder for the topics' records, as of the first sync that is stored now."""
        return Reader(
            self.table,
            self.record.source_uuid,
            GtidSet.parse(self.record.first_gtids),
            self.record.position,
            dict(self.next_offsets),
        )
