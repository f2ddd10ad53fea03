"""The stack that the benchmarks run on: as `make up` starts it, at Google's quota and its pace.

It is started when the first case asks for it, in a run directory of its own.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local import first_sync, observers
from deploy.local.endpoints import Endpoints, MappingEndpoint
from deploy.local.loopback import LOOPBACK
from deploy.local.progress import Lines
from deploy.local.run_directory import RunDirectory
from deploy.local.stack import Stack
from tests.benchmarks.sheet_calls import SheetCalls
from tests.benchmarks.sides import difference
from tests.integration.added_mapping import added_mapping
from tests.integration.bridge import Bridge
from tests.integration.commands import sheetbridge

WRITES_PER_MINUTE = 60
LATENCY_MILLISECONDS = 300
PATIENCE_SECONDS = 600.0
TICKS = os.sysconf("SC_CLK_TCK")


class Arena:
    """The stack, and a mapping for each case that wants one."""

    def __init__(self, directory: Path) -> None:
        self._directory = RunDirectory(directory)
        self._stack: Stack | None = None

    @property
    def scratch(self) -> Path:
        """A directory for what a case must write."""
        return self._directory.path

    @property
    def stack(self) -> Stack:
        """The running stack; started, and its first syncs waited for, when first asked for."""
        if self._stack is None:
            self._stack = Stack(self._directory)
            endpoints = self._stack.start(Lines())
            files = observers.key_files(self._directory, endpoints.sheets_url)
            first_sync.wait(endpoints, files, Lines(), still_alive=self._stack.require_alive)
            self._stack.kill("live", signal.SIGTERM)  # the demo page is no part of the bridge
        return self._stack

    @property
    def endpoints(self) -> Endpoints:
        """Where the stack listens."""
        return self.stack.endpoints

    def close(self) -> None:
        """Stop the stack, if it was started."""
        if self._stack is not None:
            self._stack.close()

    def google(self, **settings: object) -> None:
        """Set the emulator's switches; what is not named is as Google is."""
        usual: dict[str, object] = {
            "quota_writes_per_minute": WRITES_PER_MINUTE,
            "quota_reads_per_minute": WRITES_PER_MINUTE,
            "latency_ms": LATENCY_MILLISECONDS,
            "check_answers": False,
        }
        LOOPBACK.put(
            f"{self.endpoints.sheets_url}/_control/settings", json={**usual, **settings}
        ).raise_for_status()

    @contextmanager
    def mapping(self, name: str, columns: dict[str, str], fill: str) -> Iterator[Bridge]:
        """A mapping of its own, its table filled by the statement ``fill`` and shown in the tab.

        ``columns`` are declarations by name, the first the key's.
        """
        endpoints = self.endpoints
        table = f"bench.{name}"
        declared = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        key = next(iter(columns))
        mapping = MappingEndpoint(name, table, endpoints.spreadsheet_id, name, [key], list(columns))
        statements = [
            f"DROP TABLE IF EXISTS {table}",
            f"CREATE TABLE {table} ({declared}, PRIMARY KEY ({key}))",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON bench.* TO app",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON bench.* TO sheetbridge",
            fill.format(table=table),
        ]
        self.google(latency_ms=0, quota_writes_per_minute=None, quota_reads_per_minute=None)
        with added_mapping(self.stack, mapping, statements, self._directory.path) as bridge:
            self.equal(bridge)
            self.compared(bridge)
            self.google()
            yield bridge
            self.google(latency_ms=0, quota_writes_per_minute=None, quota_reads_per_minute=None)

    def compared(self, bridge: Bridge) -> None:
        """Let the comparison at the sink's start pass: it would take what a case puts into the tab,
        and tells by posts of its own, for edits unheard.
        """
        sheetbridge(bridge.endpoints, "reconcile", bridge.mapping.name)

    def equal(self, bridge: Bridge) -> None:
        """Wait until both sides hold the same rows. Raises TimeoutError with what differs."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while True:
            told = difference(bridge)
            if told is None:
                return
            if time.monotonic() > ends:
                raise TimeoutError(told)
            time.sleep(1)

    def calls(self) -> SheetCalls:
        """The calls to the sheet from here on."""
        return SheetCalls(self._directory.path / "sheets" / "journal")

    def processor(self) -> dict[str, float]:
        """Seconds of processor that each service has taken so far, those of its children too."""
        return {
            name: processor_seconds(identity.pid)
            for name, identity in self.endpoints.pids.items()
            if identity.alive()
        }


def processor_seconds(pid: int) -> float:
    """Seconds of processor that a process and its ended children have taken.

    https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: utime to cstime.
    """
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS
