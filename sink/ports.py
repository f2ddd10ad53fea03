"""What the merge needs of the world: the state beside the data, the table, and the sheet.

The pipeline knows these protocols only. ``sink.state`` and ``sink.writers`` keep them for MySQL
and Google; a double in memory keeps them for tests.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

from sink.core.change_event import Image, Position
from sink.core.decision import Loss
from sink.core.light import light
from sink.core.refusal import Refusal
from sink.core.retention import Horizon
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.scanned_rows import ScannedRows
from sink.core.tagged_row import TaggedRow
from sink.state.mapping_record import MappingRecord


@light
@dataclass(frozen=True, slots=True)
class TableWrite:
    """One row to write: ``op`` is insert, update or delete; ``cells`` what is set."""

    op: str
    key: RowKey
    cells: Image


NO_RECORD = -1
"""The offset of what no record told: it was found by looking."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record, or a part of one, that could not be applied, with its cause.

    ``offset`` may be ``NO_RECORD``. ``stage`` is Kafka Connect's name for what was
    being done, ``edit`` the id of the edit. ``wish`` is what an operator gives back to try again
    (``sink.core.operator_record``); None: the record itself. ``column`` is the one that is set
    aside of its record, ``occasion`` tells apart what no record told, and a post's rows.
    ``stands``: from now on the row's state tells whether that column is refused still
    (``sink.core.still_refused``).
    """

    topic: str
    offset: int
    error: str
    reason: str
    key: bytes | None = None
    value: bytes | None = None
    stage: str = "TASK_PUT"
    edit: str | None = None
    wish: bytes | None = None
    column: str = ""
    occasion: str | None = None
    stands: bool = False

    def name(self, mapping: str) -> str:
        """The letter's own name in ``mapping``: the same where it is written a second time.

        That happens where its batch was not committed: it is read again from the same place of the
        topic, or found again by looking, and merged into the same stored row. An edit has one name,
        however often it is posted.
        """
        if self.offset == NO_RECORD and self.occasion is not None:
            told = [self.occasion]
        elif self.edit is not None:
            told = [self.edit, self.occasion or ""]
        else:
            whole = sha256((self.key or b"") + b"/" + (self.value or b"")).hexdigest()
            told = [str(self.offset), whole]
        told = [mapping, self.topic, self.column, *told]
        return sha256(json.dumps(told).encode()).hexdigest()[:32]


@dataclass(slots=True)
class Progress:
    """What a transaction records beside rows: offsets, edit ids, the binlog position.

    ``read_at`` is Google's time when the batch was read, in microseconds; ``heartbeat`` that of the
    script's last heartbeat in it, ``merged_at`` when its last change came (0: it has none).
    ``edit_times`` are the posts' own times, by id.
    """

    offsets: dict[str, int] = field(default_factory=dict)
    edit_ids: list[str] = field(default_factory=list)
    position: Position | None = None
    read_at: int = 0
    heartbeat: int = 0
    merged_at: int = 0
    edit_times: dict[str, int] = field(default_factory=dict)

    def seen_at(self, edit_id: str) -> int:
        """The time by which an edit id grows old: that of its reading, or the post's if later.

        So a post whose id is forgotten is always older than what may be forgotten.
        """
        return max(self.read_at, self.edit_times.get(edit_id, 0))


@dataclass(frozen=True, slots=True)
class Prunable:
    """What may be forgotten: whether there are old ``entries`` (edit ids, conflicts), and rows
    that are ``gone``."""

    entries: bool = False
    gone: list[RowKey] = field(default_factory=list)


class Transaction(Protocol):
    """One numbered database transaction of a mapping; everything in it commits together."""

    @property
    def number(self) -> int:
        """The transaction's number, which its changes carry in their GTID."""

    def known_ids(self, ids: Sequence[str]) -> frozenset[str]:
        """Those of ``ids`` that were applied before."""

    def states(self, keys: Sequence[RowKey]) -> dict[RowKey, RowState]:
        """The stored states of rows; a row that is not known is left out."""

    def known_keys(self) -> list[RowKey]:
        """The keys of all rows that have a state, dead ones among them."""

    def table_size(self) -> int:
        """How many rows of the table the sheet shows."""

    def outside(self, keys: Sequence[RowKey]) -> frozenset[RowKey]:
        """Those of ``keys`` whose rows are there and do not satisfy the mapping's condition."""

    def lock(self, keys: Sequence[RowKey]) -> dict[RowKey, Image]:
        """Lock rows of the table until commit and read their cells; missing rows are left out."""

    def lock_now(self, keys: Sequence[RowKey]) -> tuple[dict[RowKey, Image], int]:
        """The same of at least one row, and the server's clock once they were locked."""

    def server_time(self) -> int:
        """The database server's clock, in microseconds."""

    def write(self, writes: Sequence[TableWrite]) -> list[Refusal]:
        """Write rows; what the database refuses for good is left out and told."""

    def give_key(self, cells: Image) -> RowKey | str:
        """Have the database give a new row its key, or what ``cells`` lacks of it.

        ``cells`` may hold parts of the key. Nothing is inserted, and the key is given to nobody
        else. Returns the database's reason where it would refuse the row.
        """

    def tagged(self, tags: Sequence[str]) -> dict[str, TaggedRow]:
        """What is remembered of rows that were posted without a key, by tag."""

    def save_tagged(self, rows: Iterable[TaggedRow]) -> None:
        """Store it; a row without key that is finished is forgotten."""

    def save(self, states: Iterable[RowState]) -> None:
        """Store row states."""

    def save_as_read(self, rows: ScannedRows) -> None:
        """Store rows of which nothing is stored yet, as a first sync leaves them."""

    def log(self, key: RowKey, losses: Sequence[Loss]) -> None:
        """Add to the conflict log."""

    def record(self, progress: Progress) -> None:
        """Store offsets, edit ids and the binlog position."""

    def edit_ids_since(self) -> int:
        """The Google time since which every edit id is known: of what is older, some are not."""

    def prune(self, horizon: Horizon, most: int) -> int:
        """Forget edit ids and conflicts older than ``horizon``, at most ``most`` of each.

        ``edit_ids_since`` follows. Returns how many were forgotten.
        """

    def forget(self, keys: Sequence[RowKey], since: int) -> None:
        """Forget the states of rows; every edit older than ``since`` is too old from now on."""

    def forget_all(self) -> None:
        """Forget what a first sync that was not finished has stored of rows, and has logged."""

    def store_call(self, number: int, fence: str | None, call: str | None) -> None:
        """Store the sheet call that is under way (None: none is)."""

    def note(self, facts: Mapping[str, object]) -> None:
        """Store facts of the mapping's own row: phase, reason, first-sync stamps, what is held."""


class Store(Protocol):
    """Where a mapping's transactions come from."""

    @property
    def number(self) -> int:
        """The number of the newest transaction that was committed here."""

    def begin(self) -> AbstractContextManager[Transaction]:
        """A numbered transaction: committed when the block ends, rolled back if it raises.

        Raises OvertakenError where another worker has taken the mapping over.
        """

    def begin_with(self, record: MappingRecord) -> None:
        """Take over what a first sync has just stored of the mapping as a whole."""

    def states(self, keys: Sequence[RowKey]) -> dict[RowKey, RowState]:
        """Row states as they are committed now; rows that are not known are left out."""

    def rest(self) -> None:
        """Called now and then: where nothing happened since the last time, memory is given back."""

    def at_rest(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Rows of which both sides surely hold what is agreed: the JSON of these values, by key.

        ``keys`` and those of the answer are canonical (``RowKey.canonical``).
        """

    def count_known(self) -> int:
        """How many rows have a state, dead ones among them."""

    def each_known_key(self) -> Iterator[bytes]:
        """Their canonical keys."""

    def known_keys(self) -> list[RowKey]:
        """The keys of all rows that have a state, dead ones among them."""

    def keys_with_attention(self) -> list[RowKey]:
        """The rows that the sheet may be owed something, or whose replaced content waits."""

    def tagged_rows(self) -> list[TaggedRow]:
        """The tagged rows that are not finished: they lack cells, or the sheet lacks their key."""

    def held_keys(self) -> list[RowKey]:
        """The rows with a held delete."""

    def table_keys(self) -> list[RowKey]:
        """The keys of all rows of the table that the sheet shows, as they are committed now."""

    def outside(self, keys: Sequence[RowKey]) -> frozenset[RowKey]:
        """Those of ``keys`` whose rows are there and do not satisfy the mapping's condition."""

    def table_rows(self, keys: Sequence[RowKey]) -> dict[RowKey, Image]:
        """Rows of the table as they are committed now; missing rows are left out."""

    def scan(self) -> Generator[ScannedRows, None, None]:
        """Every row of the table in one consistent read; the last part is empty.

        Whoever stops early closes it.
        """

    def server_time(self) -> int:
        """The database server's clock, in microseconds."""

    def mark(self, token: str) -> None:
        """Write a marker row: who reads it in the stream has read all that was committed before."""

    def prunable(self, horizon: Horizon, most: int) -> Prunable:
        """What is older than ``horizon``, as it is committed now; at most ``most`` rows of it."""

    def prune_markers(self, before: int, most: int) -> int:
        """Delete markers written before ``before`` (server time), at most ``most``; how many."""

    def close(self) -> None:
        """Give the connection up; what was not committed is rolled back."""
