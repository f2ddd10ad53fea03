"""One change at a time, in each direction: what a person and a program wait."""

from __future__ import annotations

import time
from contextlib import closing

from tests.benchmarks.arena import LATENCY_MILLISECONDS, Arena
from tests.benchmarks.bursts import until_shown
from tests.benchmarks.case import Case, Figure, Outcome, percentile
from tests.benchmarks.commits import commits
from tests.benchmarks.edits import paste_unheard
from tests.benchmarks.many_mappings import unbounded
from tests.benchmarks.posting import edit, send
from tests.benchmarks.progress import Stored, connect
from tests.benchmarks.sides import require_equal
from tests.benchmarks.stock import COLUMNS, amount, filled
from tests.integration.bridge import Bridge

ROWS = 1_000
CHANGES = 500
PAUSE_SECONDS = 0.02
"""Between one change's end and the next: what an idle bridge still had to do is done."""


def idle(arena: Arena) -> Outcome:
    """500 changes each way; the quota is off, so that no change waits for another's call."""
    with arena.mapping("latency_idle", COLUMNS, filled(ROWS)) as bridge, unbounded(arena):
        arena.compared(bridge)
        arena.google(quota_writes_per_minute=None, quota_reads_per_minute=None)
        before = arena.processor()
        posted, answered = _posted(arena, bridge)
        shown, recorded = _shown(arena, bridge)
        processor = {n: s - before.get(n, 0.0) for n, s in arena.processor().items()}
        require_equal(bridge)
    return Outcome(
        [
            Figure("POST sent → committed, p50", percentile(posted, 0.5), "ms", at_most=15),
            Figure("POST sent → committed, p99", percentile(posted, 0.99), "ms", at_most=60),
            Figure("commit → Sheets call, p50", percentile(shown, 0.5), "ms", at_most=50),
            Figure("commit → Sheets call, p99", percentile(shown, 0.99), "ms", at_most=150),
            Figure("limit: POST sent → 202, p50", percentile(answered, 0.5), "ms"),
            Figure("limit: commit → Debezium's record, p50", percentile(recorded, 0.5), "ms"),
        ],
        {"posted_ms": posted, "shown_ms": shown, "answered_ms": answered, "recorded_ms": recorded},
        processor,
        {"changes_each_way": CHANGES, "quota": "off"},
    )


def _posted(arena: Arena, bridge: Bridge) -> tuple[list[float], list[float]]:
    """Milliseconds from each POST to its commit as the binlog has it, and to its answer."""
    endpoints, name = bridge.endpoints, bridge.mapping.name
    waits, answers = list[float](), list[float]()
    paste_unheard(bridge, "B", [[amount(number, 1)] for number in range(1, CHANGES + 1)])
    now = int(time.time() * 1000)
    with (
        commits(endpoints.kafka_bootstrap, bridge.mapping.table) as recorded,
        closing(Stored(endpoints.root_mysql_url, name, f"sheet.{name}")) as stored,
    ):
        sent = list[float]()
        for number in range(1, CHANGES + 1):
            body = edit(
                endpoints.spreadsheet_id,
                bridge.mapping.tab,
                [
                    {
                        "row": number + 1,
                        "key": {"id": number},
                        "typed": True,
                        "cells": {"amount": {"value": amount(number, 1), "old": 0}},
                    }
                ],
                now,
            )
            offset = stored.offset() + 1
            told = send(
                endpoints.webhook_url, endpoints.webhook_secret, [body], arena.scratch / "post", 1
            )
            stored.reaches(offset, every=0.01)
            sent.append(told.sent[0])
            answers.append(1000 * (told.answered[0] - told.sent[0]))
        time.sleep(1)
        committed = {each.after["amount"]: each.committed for each in recorded.new() if each.after}
        for number, at in enumerate(sent, start=1):
            waits.append(1000 * (committed[amount(number, 1)] - at))
    return waits, answers


def _shown(arena: Arena, bridge: Bridge) -> tuple[list[float], list[float]]:
    """Milliseconds from each commit to the call that shows it, and to Debezium's record."""
    endpoints = bridge.endpoints
    with (
        commits(endpoints.kafka_bootstrap, bridge.mapping.table) as recorded,
        closing(connect(endpoints.root_mysql_url)) as connection,
        closing(connection.cursor()) as cursor,
    ):
        called = dict[int, float]()
        calls = arena.calls()
        update = f"UPDATE {bridge.mapping.table} SET amount = %s WHERE id = %s"
        for number in range(1, CHANGES + 1):
            cursor.execute(update, (amount(number, 2), number))
            made = until_shown(calls, [amount(number, 2)], every=0.005)
            # the emulator applies a call in the middle of its latency
            called[amount(number, 2)] = made[-1].at - LATENCY_MILLISECONDS / 2000
            time.sleep(LATENCY_MILLISECONDS / 2000 + PAUSE_SECONDS)
        found = {each.after["amount"]: each for each in recorded.new() if each.after}
        shown = [1000 * (at - found[change].committed) for change, at in called.items()]
        seen = [1000 * (found[change].recorded - found[change].committed) for change in called]
    return shown, seen


CASES = (Case("latency_idle", "one change at a time, 500 each way, quota off", idle),)
