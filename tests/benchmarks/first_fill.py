"""How fast a first sync fills an empty tab, and what memory the sink takes for it.

On the whole local stack, with Google's quota and about its latency. The clock runs from the first
sync's beginning to its end, as the sink logs it; the time from the start of the sink's process is
told beside it. Memory is the process's resident set, at the beginning and at most.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

from deploy.local.endpoints import MappingEndpoint
from deploy.local.stack import Stack
from tests.integration.added_mapping import added_mapping
from tests.integration.bridge import Bridge, eventually

pytestmark = pytest.mark.stack

ROWS = 60_000
LATENCY_MILLISECONDS = 300
COLUMNS = {
    "id": "INT PRIMARY KEY",
    "name": "VARCHAR(60) NOT NULL",
    "email": "VARCHAR(80) NULL",
    "city": "VARCHAR(40) NULL",
    "size": "ENUM('S','M','L') NULL",
    "price": "DECIMAL(10,2) NULL",
    "amount": "INT NULL",
    "paid": "TINYINT(1) NOT NULL",
    "day": "DATE NULL",
    "changed": "DATETIME NULL",
}
FILL = (
    "INSERT INTO {table} WITH RECURSIVE digits (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM digits "
    "WHERE n < 99) SELECT number, CONCAT('Customer number ', number), "
    "CONCAT('customer', number, '@example.com'), ELT(1 + number % 3, 'Berlin', 'Lyon', 'Porto'), "
    "ELT(1 + number % 3, 'S', 'M', 'L'), number / 7, number % 1000, number % 2, "
    "DATE_ADD('2020-01-01', INTERVAL number % 2000 DAY), "
    "DATE_ADD('2020-01-01', INTERVAL number MINUTE) FROM (SELECT 1 + high.n * 10000 + mid.n * 100 "
    "+ low.n AS number FROM digits high, digits mid, digits low) numbers WHERE number <= {rows}"
)
TOLD = re.compile(rf"first sync of ({ROWS}) rows took ([\d.]+) s")


def test_a_first_fill(running_stack: Stack, tmp_path: Path) -> None:
    endpoints = running_stack.endpoints
    name = f"fill_{uuid.uuid4().hex[:6]}"
    table, columns = f"demo.{name}", list(COLUMNS)
    mapping = MappingEndpoint(name, table, endpoints.spreadsheet_id, name, ["id"], columns)
    declared = ", ".join(f"{column} {kind}" for column, kind in COLUMNS.items())
    statements = [f"CREATE TABLE {table} ({declared})", FILL.format(table=table, rows=ROWS)]
    log = tmp_path / "sink.log"
    with added_mapping(running_stack, mapping, statements, tmp_path, begins=False) as bridge:
        with bridge.latency(LATENCY_MILLISECONDS), log.open("wb") as output:
            began = time.monotonic()
            sink = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "deploy.cli.main",
                    "sink",
                    "--config",
                    at_googles_pace(bridge),
                ],
                stdout=output,
                stderr=output,
            )
            try:
                eventually(log.read_text, lambda told: "first sync begins" in told, "the beginning")
                before = megabytes(sink.pid, "VmRSS")
                eventually(log.read_text, lambda told: TOLD.search(told) is not None, "the end")
                whole = time.monotonic() - began
                most = megabytes(sink.pid, "VmHWM")
            finally:
                sink.terminate()
                sink.wait()
        assert len(bridge.column("id")) == ROWS
    found = TOLD.search(log.read_text())
    assert found is not None
    alone = float(found[2])
    print(
        f"\n{ROWS:,} rows of {len(COLUMNS)} cells in {alone:.1f} s, {ROWS / alone:,.0f} rows/s "
        f"({whole:.1f} s with the start of the process); memory {before} MB before, "
        f"{most} MB at most"
    )


def at_googles_pace(bridge: Bridge) -> str:
    """A configuration like the stack's, with the calls a minute that Google grants."""
    theirs = Path(bridge.endpoints.config)
    ours = theirs.with_name("first-fill.toml")
    pace = re.compile(r"^(\w+_per_minute) = .*", re.MULTILINE)
    ours.write_text(pace.sub(r"\1 = 60", theirs.read_text()))
    return str(ours)


def megabytes(pid: int, what: str) -> int:
    """A figure of a process's memory.

    https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
    """
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(rf"^{what}:\s+(\d+) kB", status, re.MULTILINE)
    assert found is not None
    return int(found[1]) // 1024
