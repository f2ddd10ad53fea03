"""How fast a first sync fills an empty tab, and what memory the sink takes for it.

The clock runs from the first sync's beginning to its end, as the sink logs it; the time from the
start of the sink's process is told beside it. Memory is the process's resident set.
"""

from __future__ import annotations

import time

from deploy.local.endpoints import MappingEndpoint
from tests.benchmarks.arena import Arena
from tests.benchmarks.case import Case, Figure, Outcome
from tests.benchmarks.lone_sink import lone_sink
from tests.benchmarks.sides import require_equal
from tests.integration.added_mapping import added_mapping

ROWS = 60_000
NAME = "first_fill"
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
TOLD = rf"first sync of ({ROWS}) rows took ([\d.]+) s"


def fill(arena: Arena) -> Outcome:
    """A table of 60,000 rows of 10 columns into an empty tab, at Google's quota and pace."""
    endpoints, table = arena.endpoints, f"bench.{NAME}"
    mapping = MappingEndpoint(NAME, table, endpoints.spreadsheet_id, NAME, ["id"], list(COLUMNS))
    declared = ", ".join(f"{column} {kind}" for column, kind in COLUMNS.items())
    statements = [
        f"DROP TABLE IF EXISTS {table}",
        f"CREATE TABLE {table} ({declared})",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON bench.* TO sheetbridge",
        FILL.format(table=table, rows=ROWS),
    ]
    log, scratch = arena.scratch / "first-fill.log", arena.scratch
    with added_mapping(arena.stack, mapping, statements, scratch, begins=False) as bridge:
        arena.google()
        began, before_google = time.monotonic(), arena.processor()
        with lone_sink(endpoints, NAME, log) as sink:
            sink.says("first sync begins")
            before = sink.megabytes()
            found = sink.says(TOLD)
            whole = time.monotonic() - began
            most = sink.most_megabytes()
        processor = {n: s - before_google.get(n, 0.0) for n, s in arena.processor().items()}
        arena.google(latency_ms=0, quota_reads_per_minute=None)
        require_equal(bridge)
    alone = float(found[2])
    return Outcome(
        [
            Figure("rows a second", ROWS / alone, "rows/s"),
            Figure("from the beginning to the end", alone, "s"),
            Figure("with the start of the process", whole, "s"),
            Figure("sink's memory before", before, "MB"),
            Figure("sink's memory at most", most, "MB", at_most=300),
        ],
        {},
        processor,
        {"rows": ROWS, "columns": len(COLUMNS)},
    )


CASES = (Case(NAME, "60,000 rows x 10 columns fill an empty tab", fill),)
