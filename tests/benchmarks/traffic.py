"""Changes on both sides of many mappings, a few a second, until told to stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import closing

from sqlalchemy import PoolProxiedConnection

from deploy.local.loopback import LOOPBACK
from tests.benchmarks.progress import connect
from tests.benchmarks.sides import UnequalError
from tests.benchmarks.stock import COLUMNS, amount
from tests.integration.bridge import Bridge

SHEET_EVERY = 5
"""Seconds between two edits of a person in a tab; a program changes each table each second."""

NOTE_COLUMN = chr(ord("A") + list(COLUMNS).index("note"))


class Traffic(threading.Thread):
    """Programs change amounts and people type notes, both by the whole real path.

    No two of them write the same cell, so each last value must stand on both sides in the end.
    """

    def __init__(self, bridges: Sequence[Bridge], root_url: str, rows: int) -> None:
        super().__init__(name="traffic", daemon=True)
        self._bridges = bridges
        self._root_url = root_url
        self._rows = rows
        self._stopping = threading.Event()
        self._last: dict[tuple[str, int, str], object] = {}
        self._turn = 0
        self.changes = 0
        self.edits = 0
        self.failure: BaseException | None = None

    def run(self) -> None:
        """Thread body: one turn a second, as long as it is not told to stop."""
        try:
            with closing(connect(self._root_url)) as connection:
                while not self._stopping.is_set():
                    began = time.monotonic()
                    self._turn += 1
                    for place, bridge in enumerate(self._bridges):
                        self._change(connection, bridge)
                        if place % SHEET_EVERY == self._turn % SHEET_EVERY:
                            self._edit(bridge)
                    self._stopping.wait(began + 1 - time.monotonic())
        except BaseException as error:
            self.failure = error
            raise

    def stop(self) -> None:
        """End the changes; raises whatever ended them before."""
        self._stopping.set()
        self.join()
        if self.failure is not None:
            raise self.failure

    def require_kept(self) -> None:
        """Raise UnequalError where a last value is not in its table."""
        tables = {bridge.mapping.name: bridge.table() for bridge in self._bridges}
        for (mapping, number, column), value in self._last.items():
            found = tables[mapping][(number,)][column]
            if found != value:
                raise UnequalError(f"{mapping}, row {number}: {column} is {found!r}, not {value!r}")

    def _change(self, connection: PoolProxiedConnection, bridge: Bridge) -> None:
        number = self._row()
        value = amount(number, self._turn)
        statement = f"UPDATE {bridge.mapping.table} SET amount = %s WHERE id = %s"
        with closing(connection.cursor()) as cursor:
            cursor.execute(statement, (value, number))
        self._last[bridge.mapping.name, number, "amount"] = value
        self.changes += 1

    def _edit(self, bridge: Bridge) -> None:
        number = self._row()
        value = f"typed in turn {self._turn}"
        # over a new connection: one that was idle for seconds may be closed as it is used
        LOOPBACK.post(
            f"{bridge.endpoints.sheets_url}/_control/spreadsheets/"
            f"{bridge.mapping.spreadsheet_id}/edit",
            json={
                "tab": bridge.mapping.tab,
                "range": f"{NOTE_COLUMN}{number + 1}",
                "values": [[value]],
            },
            timeout=30,
        ).raise_for_status()
        self._last[bridge.mapping.name, number, "note"] = value
        self.edits += 1

    def _row(self) -> int:
        return 1 + self._turn % self._rows
