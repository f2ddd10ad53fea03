"""The stack on which cases are measured, with tables of their own.

It stands in a directory of its own and ends with the run. Each table is mapped, registered and
synchronised before its case begins; afterwards both sides are compared whole.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from deploy.local.endpoints import Endpoints
from deploy.local.progress import Lines
from deploy.local.run_directory import RunDirectory
from deploy.local.stack import Stack
from tests.benchmarks.load.posts import Sender

PATIENCE_SECONDS = 300.0
GOOGLE = {"quota_writes_per_minute": 60, "quota_reads_per_minute": 6_000, "latency_ms": 300}
"""The emulator as Google is: what an own account of ours reads for the comparison comes on top."""

UNLIMITED = {"quota_writes_per_minute": None, "quota_reads_per_minute": None, "latency_ms": 0}
_EPOCH = date(1899, 12, 30)


class UnequalError(Exception):
    """Both sides ended differently: the case has no figure."""


@dataclass(frozen=True, slots=True)
class MeasuredTable:
    """A mapped table: ``key`` is its one key column, ``columns`` the others, in sheet order."""

    name: str
    key: str
    columns: tuple[str, ...]

    @property
    def table(self) -> str:
        """As SQL names it."""
        return f"demo_bench.{self.name}"


def eventually(done: Callable[[], bool], what: str, *, pause: float = 0.01) -> None:
    """Wait for a condition; raises TimeoutError after ``PATIENCE_SECONDS``."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while not done():
        if time.monotonic() > ends:
            raise TimeoutError(f"{what}: not after {PATIENCE_SECONDS:.0f} s")
        time.sleep(pause)


class Ground:
    """One running stack and what the cases do to it."""

    def __init__(self, directory: Path) -> None:
        self._stack = Stack(RunDirectory(directory))
        self.endpoints: Endpoints = self._stack.start(Lines())
        self.control = httpx.Client(base_url=self.endpoints.sheets_url, timeout=120)
        self.root: Engine = create_engine(self.endpoints.root_mysql_url, poolclass=NullPool)
        with self.root.begin() as connection:
            connection.execute(text("CREATE DATABASE IF NOT EXISTS demo_bench"))
            connection.execute(text("GRANT ALL ON demo_bench.* TO app"))
        self.application: Engine = create_engine(self.endpoints.mysql_url, pool_size=4)

    def close(self) -> None:
        """Stop everything."""
        self.control.close()
        self.application.dispose()
        self._stack.close()

    # Tables

    def map(self, table: MeasuredTable, declaration: str, rows: Sequence[Sequence[object]]) -> None:
        """Make a table of ``rows`` (key first), map it, and wait until its tab shows it."""
        columns = (table.key, *table.columns)
        with self.root.begin() as connection:
            connection.execute(text(f"CREATE TABLE {table.table} ({declaration})"))
            insert(connection, table.table, columns, rows)
        self.add_mapping(table)
        self.apply_configuration()
        self.wait_until_equal(table)

    def add_mapping(self, table: MeasuredTable) -> None:
        """Add the mapping to the configuration; ``apply_configuration`` makes it work."""
        arguments = ("mapping", "add", table.table, "--key", table.key)
        self._sheetbridge(*arguments, "--spreadsheet", self.endpoints.spreadsheet_id)

    def apply_configuration(self) -> None:
        """Register the connector and start sink and webhook anew."""
        self._sheetbridge("register")
        self._stack.restart("webhook")
        self._stack.restart("sink")

    def pace(self, settings: dict[str, Any]) -> None:
        """Set the emulator's quota and latency, and the sink's own pace to match."""
        self.control.put("/_control/settings", json=settings).raise_for_status()
        writes = settings["quota_writes_per_minute"] or 60_000
        reads = min(settings["quota_reads_per_minute"] or 60_000, 60_000)
        if settings is GOOGLE:
            reads = 60
        file = Path(self.endpoints.config)
        google = f"[google]\nwrites_per_minute = {writes}\nreads_per_minute = {reads}\n"
        lines = re.sub(r"(writes|reads)_per_minute = .*\n", "", file.read_text())
        file.write_text(lines.replace("[google]\n", google))
        self._stack.restart("sink")
        eventually(self._idle, "the sink's start", pause=0.1)

    def _idle(self) -> bool:
        """Whether no mapping is owed anything and none has stopped."""
        with self.root.connect() as connection:
            rows = connection.execute(
                text("SELECT phase = 'running' AND open_call IS NULL FROM sheetbridge.mapping")
            )
            return all(row[0] for row in rows)

    def _sheetbridge(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "deploy.cli.main", *arguments]
        done = subprocess.run(
            [*command, "--config", self.endpoints.config],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"sheetbridge {' '.join(arguments)}: {done.stdout}{done.stderr}")

    # What is looked at

    def sender(self, table: MeasuredTable) -> Sender:
        """Makes signed requests for the table's tab."""
        at = self.endpoints
        return Sender(at.webhook_url, at.webhook_secret, at.spreadsheet_id, table.name)

    def type_unheard(self, tab: str, a1: str, values: Sequence[Sequence[object]]) -> int:
        """Put values into the sheet as a person, with no trigger; the time in milliseconds."""
        self.control.put("/_control/settings", json={"drop_triggers": 1}).raise_for_status()
        answer = self.control.post(
            f"/_control/spreadsheets/{self.endpoints.spreadsheet_id}/edit",
            json={"tab": tab, "range": a1, "values": values},
        ).raise_for_status()
        return int(answer.json()["time_ms"])

    def next_offset(self, topic: str) -> int:
        """How far the sink has committed a topic."""
        with self.root.connect() as connection:
            return next_offset(connection, topic)

    def stats(self) -> dict[str, Any]:
        """What the emulator has counted."""
        told: dict[str, Any] = self.control.get("/_control/stats").json()
        return told

    def sheet(self, table: MeasuredTable) -> dict[object, tuple[object, ...]]:
        """The tab's rows by key, as typed values; none where there is no such tab."""
        answer = self.control.get(
            f"/_control/spreadsheets/{self.endpoints.spreadsheet_id}/values",
            params={"tab": table.name},
        )
        if answer.status_code == httpx.codes.BAD_REQUEST:
            return {}  # the first sync has not made the tab yet
        header, *rows = answer.json()["values"]
        places = [header.index(column) for column in table.columns]
        key = header.index(table.key)
        return {
            row[key]: tuple(row[at] if at < len(row) else None for at in places)
            for row in rows
            if len(row) > key and row[key] not in (None, "")
        }

    def table(self, table: MeasuredTable) -> dict[object, tuple[object, ...]]:
        """The table's rows by key, as the sheet would show them."""
        columns = ", ".join(f"`{column}`" for column in (table.key, *table.columns))
        with self.root.connect() as connection:
            rows = connection.execute(text(f"SELECT {columns} FROM {table.table}"))
            return {row[0]: tuple(map(_shown, row[1:])) for row in rows}

    def wait_until_equal(self, table: MeasuredTable) -> None:
        """Until every cell is equal on both sides."""
        try:
            eventually(
                lambda: self.sheet(table) == self.table(table), f"{table.name} equal", pause=0.3
            )
        except TimeoutError as error:
            sheet, rows = self.sheet(table), self.table(table)
            differing = [key for key in {*sheet, *rows} if sheet.get(key) != rows.get(key)]
            raise UnequalError(
                f"{len(differing)} rows, first {differing[0]!r}: sheet "
                f"{sheet.get(differing[0])!r}, table {rows.get(differing[0])!r}"
            ) from error

    @contextmanager
    def processor_time(self) -> Iterator[dict[str, float]]:
        """Seconds of processor time that each service takes within the block; filled at its end."""
        before = self._ticks()
        taken: dict[str, float] = {}
        own = resource.getrusage(resource.RUSAGE_SELF)
        yield taken
        after = self._ticks()
        taken.update({name: after[name] - before[name] for name in after})
        now = resource.getrusage(resource.RUSAGE_SELF)
        taken["benchmark"] = now.ru_utime + now.ru_stime - own.ru_utime - own.ru_stime

    def _ticks(self) -> dict[str, float]:
        second = os.sysconf("SC_CLK_TCK")
        found = {}
        for name, identity in self._stack.endpoints.pids.items():
            fields = Path(f"/proc/{identity.pid}/stat").read_text().rsplit(")", 1)[1].split()
            found[name] = (int(fields[11]) + int(fields[12])) / second
        return found

    def peak_memory(self, service: str) -> float:
        """The most memory that a service has held, in megabytes."""
        pid = self._stack.endpoints.pids[service].pid
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        return int(found[1]) / 1000 if found else float("nan")


def insert(
    connection: Connection,
    table: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    tail: str = "",
) -> None:
    """Insert rows, as many in one statement as PyMySQL puts together; ``tail`` ends it."""
    names = ", ".join(f"`{column}`" for column in columns)
    marks = ", ".join(["%s"] * len(columns))
    connection.exec_driver_sql(
        f"INSERT INTO {table} ({names}) VALUES ({marks}){tail}", [tuple(row) for row in rows]
    )


def next_offset(connection: Connection, topic: str) -> int:
    """How far the sink has committed a topic, over an open connection."""
    found = connection.exec_driver_sql(
        "SELECT next_offset FROM sheetbridge.topic_offset WHERE topic = %s", (topic,)
    ).scalar()
    connection.rollback()  # the next look must see what has been committed since
    return int(found or 0)


def _shown(value: object) -> object:
    match value:
        case Decimal():
            return float(value)
        case date():
            return (value - _EPOCH).days
    return value
