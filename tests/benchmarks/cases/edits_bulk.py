"""One paste of 10,000 rows of 5 columns, split as the script splits it."""

from __future__ import annotations

import time

from tests.benchmarks import tables
from tests.benchmarks.figures import Result
from tests.benchmarks.ground import GOOGLE, Ground, eventually, insert, next_offset
from tests.benchmarks.load.client import Replay

ROWS = 10_000


def edits_bulk(ground: Ground, result: Result) -> None:
    """From the first POST until all rows are committed in MySQL."""
    table = tables.table("bulk")
    rows = [(row, *tables.stored(row, 0)) for row in range(1, ROWS + 1)]
    ground.map(table, tables.DECLARATION, rows)
    ground.pace(GOOGLE)
    sender = ground.sender(table)
    cells = [list(tables.typed(row, 1)) for row in range(1, ROWS + 1)]
    at = ground.type_unheard(table.name, f"B2:F{ROWS + 1}", cells)
    batches = sender.paste([_row(row) for row in range(1, ROWS + 1)], at)
    posts = sum(batch.count(b"\n") + 1 for batch in batches)
    requests = [sender.request(batch, "/v1/batches") for batch in batches]
    replay = Replay(ground.endpoints.webhook_url, requests, connections=1)
    topic = f"sheet.{table.name}"
    with ground.processor_time() as processor, ground.root.connect() as connection:
        wanted = next_offset(connection, topic) + posts
        replay.start()
        eventually(lambda: next_offset(connection, topic) >= wanted, "all committed")
        ended = time.time()
        replayed = replay.result()
    replayed.require("202")
    ground.wait_until_equal(table)
    took, limit = ended - replayed.began, _bare_upsert(ground)
    result.add("all committed", took, "s", at_most=1.2, limit=limit)
    result.add("times the bare upsert", took / limit, "times", at_most=6.0)
    result.add("all accepted", replayed.answered[-1], "s")
    result.add("load's own processor time", replayed.cpu, "s")
    for name in ("webhook", "sink", "mysql", "connect"):
        result.add(f"processor time of {name}", processor[name], "s")
    result.samples["answered"] = replayed.answered
    result.settings = {"rows": ROWS, "posts": posts, "requests": len(batches), **GOOGLE}


def _row(row: int) -> dict[str, object]:
    return {
        "row": row + 1,
        "key": {"id": row},
        "cells": {
            column: {"value": tables.posted(cell, column)}
            for column, cell in zip(tables.COLUMNS, tables.typed(row, 1), strict=True)
        },
    }


def _bare_upsert(ground: Ground) -> float:
    """Seconds for the same rows by one PyMySQL upsert into a table that nothing watches."""
    columns = ("id", *tables.COLUMNS)
    rows = [(row, *tables.stored(row, 1)) for row in range(1, ROWS + 1)]
    sets = ", ".join(f"{column} = new.{column}" for column in tables.COLUMNS)
    times = []
    with ground.root.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE IF NOT EXISTS bench_bare")
        connection.exec_driver_sql(f"CREATE TABLE bench_bare.bulk ({tables.DECLARATION})")
        for generation in range(3):
            insert(
                connection,
                "bench_bare.bulk",
                columns,
                [(row, *tables.stored(row, generation + 5)) for row in range(1, ROWS + 1)],
                tail=f" AS new ON DUPLICATE KEY UPDATE {sets}",
            )
            connection.commit()
            began = time.perf_counter()
            insert(
                connection,
                "bench_bare.bulk",
                columns,
                rows,
                tail=f" AS new ON DUPLICATE KEY UPDATE {sets}",
            )
            connection.commit()
            times.append(time.perf_counter() - began)
    return min(times)
