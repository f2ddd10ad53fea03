"""When the rows of a table are written anew, as a connection of its own sees it.

Row 1 is written first and the last row last: both sinks of ``peer`` keep a topic's order.
"""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import PoolProxiedConnection

from tests.benchmarks.progress import connect
from tests.benchmarks.sql_counts import SqlCounts
from tests.benchmarks.stock import amount

LOOK_EVERY = 0.01
PATIENCE_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class Seen:
    """Epoch seconds of the first commit and of the last, and the rows that had come by the first.

    The rate leaves those out, so that it does not hang on how much one transaction holds.
    """

    rows: int
    first: float
    by_then: int
    last: float


@dataclass(frozen=True, slots=True)
class Written:
    """How a sink wrote rows from when it was let go (epoch seconds), and what that cost."""

    began: float
    seen: Seen
    counts: SqlCounts
    processor: dict[str, float]

    @property
    def took(self) -> float:
        """Seconds from its leave to the last commit."""
        return self.seen.last - self.began

    @property
    def rate(self) -> float:
        """Rows a second from the first commit to the last; where all came at once, ``took`` s."""
        seen = self.seen
        if seen.by_then == seen.rows:
            return seen.rows / self.took
        return (seen.rows - seen.by_then) / (seen.last - seen.first)

    @property
    def thrift(self) -> float:
        """Rows for a second of processor, the server's too: what other work hardly moves."""
        return self.seen.rows / sum(self.processor.values())


def watch(root_url: str, table: str, rows: int, turn: int) -> Seen:
    """Watch the first ``rows`` rows take their amounts of ``turn``."""
    with closing(connect(root_url)) as connection:
        _until(connection, table, 1, turn)
        first = time.time()
        with closing(connection.cursor()) as cursor:
            wanted = amount(0, turn)
            cursor.execute(f"SELECT COUNT(*) FROM {table} WHERE amount >= %s", (wanted,))
            counted = cursor.fetchone()
        assert counted is not None
        return Seen(rows, first, int(counted[0]), _until(connection, table, rows, turn))


def until_written(root_url: str, table: str, number: int, turn: int) -> None:
    """Wait until a row has its amount of ``turn``."""
    with closing(connect(root_url)) as connection:
        _until(connection, table, number, turn)


def _until(connection: PoolProxiedConnection, table: str, number: int, turn: int) -> float:
    """The epoch second at which it was so."""
    ends = time.monotonic() + PATIENCE_SECONDS
    with closing(connection.cursor()) as cursor:
        while True:
            now = time.time()
            cursor.execute(f"SELECT amount FROM {table} WHERE id = %s", (number,))
            found = cursor.fetchone()
            if found is not None and found[0] == amount(number, turn):
                return now
            if time.monotonic() > ends:
                raise TimeoutError(f"row {number} of {table} is not written")
            time.sleep(LOOK_EVERY)
