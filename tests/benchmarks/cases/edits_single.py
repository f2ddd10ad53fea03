"""10,000 one-cell edits, each a signed POST of its own, 32 at a time, on 2,000 rows."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from deploy.local import ports
from deploy.local.ports import HOST
from tests.benchmarks import tables
from tests.benchmarks.figures import Result
from tests.benchmarks.ground import GOOGLE, Ground, eventually, next_offset
from tests.benchmarks.load.client import Replay, Replayed

ROWS = 2_000
EDITS = ROWS * len(tables.COLUMNS)
AT_ONCE = 32


def edits_single(ground: Ground, result: Result) -> None:
    """From the first POST until all are committed in MySQL."""
    table = tables.table("single")
    rows = [(row, *tables.stored(row, 0)) for row in range(1, ROWS + 1)]
    ground.map(table, tables.DECLARATION, rows)
    ground.pace(GOOGLE)
    sender = ground.sender(table)
    cells = [list(tables.typed(row, 1)) for row in range(1, ROWS + 1)]
    at = ground.type_unheard(table.name, f"B2:F{ROWS + 1}", cells)
    bodies = [
        sender.edit([_row(row, column, at_column)], at)
        for at_column, column in enumerate(tables.COLUMNS)
        for row in range(1, ROWS + 1)
    ]
    replay = Replay(
        ground.endpoints.webhook_url, [sender.request(body) for body in bodies], connections=AT_ONCE
    )
    topic = f"sheet.{table.name}"
    with ground.processor_time() as processor, ground.root.connect() as connection:
        wanted = next_offset(connection, topic) + EDITS
        replay.start()
        eventually(lambda: next_offset(connection, topic) >= wanted, "all committed")
        ended = time.time()
        replayed = replay.result()
    replayed.require("202")
    ground.wait_until_equal(table)
    limit = _bare_route(ground, [sender.request(body) for body in bodies])
    limit.require("202")
    took = ended - replayed.began
    result.add("all committed", took, "s", at_most=5.0, limit=limit.answered[-1])
    result.add("all accepted", replayed.answered[-1], "s", limit=limit.answered[-1])
    result.add("edits committed", EDITS / took, "/s")
    result.add("load's own processor time", replayed.cpu, "s", limit=limit.cpu)
    for name in ("webhook", "sink", "kafka", "mysql", "connect"):
        result.add(f"processor time of {name}", processor[name], "s")
    result.samples["answered"] = replayed.answered
    result.settings = {"edits": EDITS, "rows": ROWS, "at once": AT_ONCE, **GOOGLE}


def _row(row: int, column: str, at: int) -> dict[str, object]:
    new, old = tables.typed(row, 1)[at], tables.typed(row, 0)[at]
    return {
        "row": row + 1,
        "key": {"id": row},
        "typed": True,
        "cells": {column: {"value": tables.posted(new, column), "old": old}},
    }


def _bare_route(ground: Ground, requests: list[bytes]) -> Replayed:
    """The same requests against a route that does nothing but sign and acknowledge."""
    with tempfile.TemporaryDirectory() as directory:
        secret = Path(directory) / "secret"
        secret.write_text(ground.endpoints.webhook_secret)
        port = ports.choose(["bare"], Path(directory) / "ports.json")["bare"]
        url = f"http://{HOST}:{port}"
        command = [sys.executable, "-m", "tests.benchmarks.limits.bare_route"]
        kafka = ground.endpoints.kafka_bootstrap
        process = subprocess.Popen([*command, str(port), kafka, "bench.bare", str(secret)])
        try:
            eventually(lambda: ports.accepts(port), "the bare route")
            Replay(
                url, requests[:200], connections=AT_ONCE
            ).run()  # the topic is made, code is warm
            return Replay(url, requests, connections=AT_ONCE).run()
        finally:
            process.terminate()
            process.wait()
