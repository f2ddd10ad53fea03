"""Edits of people, from their posts to the commit in MySQL."""

from __future__ import annotations

import time
from contextlib import closing

from tests.benchmarks.arena import Arena
from tests.benchmarks.bare import upsert_seconds
from tests.benchmarks.bare_route import bare_route
from tests.benchmarks.case import Case, Figure, Outcome, percentile
from tests.benchmarks.posting import CONNECTIONS, Sent, edit, send
from tests.benchmarks.progress import Stored
from tests.benchmarks.sides import require_equal
from tests.benchmarks.stock import COLUMNS, amount, cells_as_typed, filled
from tests.integration.bridge import Bridge

ROWS = 2_000
TURNS = 5
PASTED = 10_000
POST_ROWS = 500  # appscript/src/posts.gs: POST_ROWS_
LOOK_EVERY = 0.02


def single(arena: Arena) -> Outcome:
    """10,000 one-cell edits, each its own post, 32 at a time."""
    with arena.mapping("edits_single", COLUMNS, filled(ROWS)) as bridge:
        paste_unheard(bridge, "B", [[amount(number, TURNS)] for number in range(1, ROWS + 1)])
        now = int(time.time() * 1000)
        bodies = [
            edit(
                bridge.endpoints.spreadsheet_id,
                bridge.mapping.tab,
                [
                    {
                        "row": number + 1,
                        "key": {"id": number},
                        "typed": True,
                        "cells": {
                            "amount": {
                                "value": amount(number, turn),
                                "old": amount(number, turn - 1) if turn > 1 else 0,
                            }
                        },
                    }
                ],
                now - TURNS + turn,
            )
            for turn in range(1, TURNS + 1)
            for number in range(1, ROWS + 1)
        ]
        sent, done, processor = _posted(arena, bridge, bodies)
        bare = bare_route(bridge.endpoints, bodies, arena.scratch / "bare")
    began = min(sent.sent)
    waits = [1000 * (a - s) for s, a in zip(sent.sent, sent.answered, strict=True)]
    return Outcome(
        [
            Figure("first POST to last commit", done - began, "s", at_most=5),
            Figure("first POST to last 202", max(sent.answered) - began, "s"),
            Figure("a POST's answer, p50", percentile(waits, 0.5), "ms"),
            Figure("a POST's answer, p99", percentile(waits, 0.99), "ms"),
            Figure("limit: a bare route with Kafka's yes", bare, "s"),
        ],
        {"answer_ms": waits},
        processor,
        {"edits": len(bodies), "connections": CONNECTIONS},
    )


def bulk(arena: Arena) -> Outcome:
    """One paste of 10,000 rows of 5 columns, in posts as the script splits it."""
    with arena.mapping("edits_bulk", COLUMNS, filled(PASTED)) as bridge:
        numbers = range(1, PASTED + 1)
        paste_unheard(bridge, "B", [cells_as_typed(number, 1) for number in numbers])
        edited = [pasted(number, 1) for number in numbers]
        now = int(time.time() * 1000)
        bodies = [
            edit(
                bridge.endpoints.spreadsheet_id,
                bridge.mapping.tab,
                edited[at : at + POST_ROWS],
                now,
            )
            for at in range(0, PASTED, POST_ROWS)
        ]
        sent, done, processor = _posted(arena, bridge, bodies, connections=1)
        bare = upsert_seconds(bridge.endpoints.root_mysql_url, PASTED)
    took = done - min(sent.sent)
    return Outcome(
        [
            Figure("first POST to last commit", took, "s", at_most=1.2),
            Figure("limit: a bare PyMySQL upsert of the rows", bare, "s"),
            Figure("of the limit", took / bare, "times", at_most=6),
        ],
        {},
        processor,
        {"rows": PASTED, "rows_a_post": POST_ROWS, "posts": len(bodies)},
    )


def _posted(
    arena: Arena, bridge: Bridge, bodies: list[dict[str, object]], connections: int = CONNECTIONS
) -> tuple[Sent, float, dict[str, float]]:
    """Send the bodies and wait for the last one's commit; both sides must end equal."""
    endpoints, name = bridge.endpoints, bridge.mapping.name
    with closing(Stored(endpoints.root_mysql_url, name, f"sheet.{name}")) as stored:
        wanted, before = stored.offset() + len(bodies), arena.processor()
        sent = send(
            endpoints.webhook_url,
            endpoints.webhook_secret,
            bodies,
            arena.scratch / "posts",
            connections,
        )
        done = stored.reaches(wanted, every=LOOK_EVERY)
        processor = {n: s - before.get(n, 0.0) for n, s in arena.processor().items()}
    processor["client"] = sent.processor
    require_equal(bridge)
    return sent, done, processor


def pasted(number: int, turn: int) -> dict[str, object]:
    """A row of a post of a paste over all columns but the key (``webhook.schemas.Row``)."""
    values = zip(list(COLUMNS)[1:], cells_as_typed(number, turn), strict=True)
    return {
        "row": number + 1,
        "key": {"id": number},
        "cells": {header: {"value": _posted_cell(header, value)} for header, value in values},
    }


def _posted_cell(header: str, value: object) -> object:
    if header == "price":
        return float(str(value))
    return {"date": f"{value}T00:00:00"} if header == "day" else value


def paste_unheard(bridge: Bridge, column: str, values: list[list[object]]) -> None:
    """The sheet shows what the posts will tell; its own trigger says nothing of it."""
    with bridge.no_triggers():
        last = chr(ord(column) + len(values[0]) - 1)
        bridge.edit(f"{column}2:{last}{len(values) + 1}", values)


CASES = (
    Case("edits_single", "10,000 one-cell edits, each its own POST, 32 at a time", single),
    Case("edits_bulk", "one paste of 10,000 rows x 5 columns", bulk),
)
