"""What MySQL alone takes for the rows of a case: the limit that no bridge can beat."""

from __future__ import annotations

import time
from contextlib import closing

from tests.benchmarks.progress import connect
from tests.benchmarks.stock import COLUMNS, row


def upsert_seconds(root_url: str, rows: int) -> float:
    """Upsert that many rows that are all there, five columns each, in one transaction."""
    declared = ", ".join(f"{column} {kind}" for column, kind in COLUMNS.items())
    names = ", ".join(COLUMNS)
    places = ", ".join(["%s"] * len(COLUMNS))
    insert = f"INSERT INTO bench.bare ({names}) VALUES ({places})"
    changed = ", ".join(f"{name} = new.{name}" for name in list(COLUMNS)[1:])
    with closing(connect(root_url)) as connection, closing(connection.cursor()) as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench.bare")
        cursor.execute(f"CREATE TABLE bench.bare ({declared}, PRIMARY KEY (id))")
        cursor.executemany(insert, [(n, *row(n, 1)) for n in range(1, rows + 1)])
        again = [(n, *row(n, 2)) for n in range(1, rows + 1)]
        began = time.perf_counter()
        cursor.execute("BEGIN")
        cursor.executemany(f"{insert} AS new ON DUPLICATE KEY UPDATE {changed}", again)
        connection.commit()
        took = time.perf_counter() - began
        cursor.execute("DROP TABLE bench.bare")
    return took
