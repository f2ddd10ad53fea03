"""Looks at how the mapped tables are declared, once a second, all of them in one query.

``ALTER TABLE`` writes no change event; Debezium tells of it in a topic of its own, unordered with
the changes of rows. The catalogue says what is so, whoever changed it and however.
https://dev.mysql.com/doc/refman/8.4/en/information-schema-columns-table.html
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence

from sink.core.columns import Table
from sink.core.errors import SheetbridgeError

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
STOP_SECONDS = 10.0

Read = Callable[[Sequence[str]], Mapping[str, Table]]


class DeclarationWatch(threading.Thread):
    """``read`` gives the declarations of tables by name; one that is not there is left out."""

    def __init__(self, tables: Sequence[str], read: Read) -> None:
        super().__init__(name="declaration-watch", daemon=True)
        self._tables = tuple(dict.fromkeys(tables))
        self._read = read
        self._latest: dict[str, tuple[float, Table | None]] = {}
        self._lock = threading.Lock()
        self._trouble = ""
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Ask the thread to end, and wait for it."""
        self._stopping.set()
        self.join(STOP_SECONDS)

    def run(self) -> None:
        """Thread body: look every second until told to stop."""
        while not self._stopping.wait(LOOK_SECONDS):
            try:
                self.look()
                self._trouble = ""
            except SheetbridgeError as error:
                if str(error) != self._trouble:
                    self._trouble = str(error)
                    log.warning("the tables' declarations cannot be read: %s", error)

    def look(self) -> None:
        """Look once."""
        began = time.monotonic()
        found = self._read(self._tables)
        for name in self._tables:
            self._learn(name, found.get(name), began)

    def read(self, name: str) -> Table | None:
        """The declaration as it is now; None: there is no such table."""
        began = time.monotonic()
        table = self._read([name]).get(name)
        self._learn(name, table, began)
        return table

    def changed(self, table: Table, *, look: bool = False) -> bool:
        """Whether the table was seen to be declared otherwise, or not to be there any more.

        ``look``: as it is at this moment; raises DatabaseError where that cannot be read.
        """
        if look:
            self.read(table.name)
        with self._lock:
            _, latest = self._latest.get(table.name, (0.0, table))
        return latest != table

    def _learn(self, name: str, table: Table | None, began: float) -> None:
        """A look that began earlier says nothing against a later one."""
        with self._lock:
            if began >= self._latest.get(name, (0.0, None))[0]:
                self._latest[name] = (began, table)
