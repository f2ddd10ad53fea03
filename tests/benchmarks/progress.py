"""How far the sink has come with a topic: the offset that it stores with the data."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from typing import TypeVar

from sqlalchemy import PoolProxiedConnection

from deploy.local.connections import a_new_connection_each_time

PATIENCE_SECONDS = 300.0

Seen = TypeVar("Seen")
OFFSET = (
    "SELECT o.next_offset FROM sheetbridge.topic_offset o JOIN sheetbridge.mapping m "
    "ON m.id = o.mapping_id WHERE m.name = %s AND o.topic = %s"
)


class Stored:
    """The stored offset of one mapping's topic, asked over one connection."""

    def __init__(self, root_url: str, mapping: str, topic: str) -> None:
        self._connection = connect(root_url)
        self._of = (mapping, topic)

    def offset(self) -> int:
        """The next offset to be read; 0 where nothing was."""
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(OFFSET, self._of)
            found = cursor.fetchone()
        return 0 if found is None else int(found[0])

    def reaches(self, wanted: int, *, every: float) -> float:
        """Wait until it is as far, looking every so many seconds; the epoch second of that."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while self.offset() < wanted:
            if time.monotonic() > ends:
                raise TimeoutError(f"offset {wanted} is not reached: {self.offset()}")
            time.sleep(every)
        return time.time()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def connect(url: str) -> PoolProxiedConnection:
    """A plain connection of PyMySQL's that commits each statement by itself."""
    connection = a_new_connection_each_time(url).raw_connection()
    driver = connection.driver_connection
    assert driver is not None
    driver.autocommit(True)
    return connection


def until(look: Callable[[], Seen], seconds: float, *, every: float) -> Seen:
    """Look every so many seconds until something true is seen, or the time is up."""
    ends = time.monotonic() + seconds
    while True:
        seen = look()
        if seen or time.monotonic() > ends:
            return seen
        time.sleep(every)
