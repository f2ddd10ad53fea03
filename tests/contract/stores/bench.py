"""What the contract asks of a store's surroundings, and the table on which both are tried.

A *bench* is one mapping of one table, with a program that writes to the table beside the sink. The
table ``items`` has one constraint of each kind.
"""

from __future__ import annotations

from typing import Protocol

from sink.core.change_event import Image, Position
from sink.core.decision import Loss
from sink.core.errors import SheetbridgeError
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Mapping
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.version import Origin, Version
from sink.ports import Store, TableWrite
from sink.state.mapping_record import MappingRecord
from sink.state.records import FirstSync

DATABASE = "demo_contract"
MAPPING = Mapping("contract", f"{DATABASE}.items", "spreadsheet", "items", ("id",))
PARENT, CHECKED = 1, 13
"""The one value that column p may refer to, and the one that column n must not have."""

FIRST = FirstSync(100, 200)

Logged = tuple[RowKey, str | None, object, object, str]
"""Key, column, loser's and winner's value, rule."""


def key(number: int) -> RowKey:
    return RowKey.from_values(("id",), (number,))


def image(**cells: object) -> Image:
    """A row of ``items`` with these cells."""
    row: Image = {"a": "A", "b": None, "u": None, "n": None, "p": None}
    for column, value in cells.items():
        assert value is None or isinstance(value, str | int)
        row[column] = value
    return row


def row(number: int, value: str = "A") -> RowState:
    """The state of a row that is as the first sync left it."""
    return FIRST.row(key(number), image(a=value))


def insert(store: Store, number: int, **cells: object) -> None:
    """One row, in a transaction of its own."""
    with store.begin() as transaction:
        assert transaction.write([TableWrite("insert", key(number), image(**cells))]) == []


def loss(loser: str, winner: str, column: str | None = "a") -> Loss:
    """What the conflict log is given."""
    return Loss(
        column, Version(loser, 1, Origin.SHEET), Version(winner, 2, Origin.DATABASE), "some_rule"
    )


class Waiting(Protocol):
    """A transaction that could not begin yet."""

    def end(self) -> SheetbridgeError | None:
        """Wait until it has begun and is committed, or why it could not."""


class Bench(Protocol):
    """One mapping, looked at from outside of its transactions."""

    table: MappedTable

    def worker(self) -> Store:
        """A worker's store, from what is stored now."""

    def synced(self, first: FirstSync) -> MappingRecord:
        """The mapping's record once a first sync has left these stamps."""

    def program(self, number: int, cells: Image | None) -> None:
        """A program writes (None: deletes) a row; DatabaseUnavailableError: it had to wait."""

    def refer_to(self, number: int) -> None:
        """A row of another table refers to this one."""

    def begins(self, store: Store) -> Waiting:
        """Let ``store`` begin a transaction while another session's is open."""

    def transactions(self) -> int:
        """How many numbers are used up."""

    def offsets(self) -> dict[str, int]:
        """The stored offsets."""

    def position(self) -> Position | None:
        """The stored binlog position."""

    def call(self) -> tuple[int, str | None, str | None]:
        """The stored call: its number, fence and text."""

    def reason(self) -> str | None:
        """The stored reason for which the mapping has stopped."""

    def conflicts(self) -> list[Logged]:
        """The conflict log, in order."""

    def marks(self) -> list[str]:
        """The markers that were written, in order."""

    def clock(self) -> int:
        """The server's time (µs), read by another session."""

    def close(self) -> None:
        """Put everything away."""
