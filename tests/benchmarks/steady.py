"""A steady load on one mapping at Google's quota: 500 row changes and 50 cell edits a second.

Programs change amounts and prices of random rows, ten rows a transaction; people type notes, each
told by a post of its own, so no cell is edited by both. The notes of a second are put into the tab
a second before, as Google's triggers run some time after an edit, and posted evenly over it. How a
change's wait is counted where a newer one replaces it says ``tests.benchmarks.watch``; an edit's
goes from its post's sending to its commit in the binlog.

``SHEETBRIDGE_STEADY_MINUTES`` says how long it lasts (2). The sink's resident set is looked at
every second: what it takes at a third of the time it may not exceed by a tenth at the end.
"""

from __future__ import annotations

import itertools
import os
import resource
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from deploy.local.loopback import LOOPBACK
from tests.benchmarks.arena import Arena
from tests.benchmarks.case import Case, Figure, Outcome, percentile
from tests.benchmarks.changing import Changed, Changing, Pace
from tests.benchmarks.commits import Commits, commits
from tests.benchmarks.lone_sink import megabytes
from tests.benchmarks.posting import Sending, Sent, edit
from tests.benchmarks.progress import until
from tests.benchmarks.sheet_calls import SheetCalls
from tests.benchmarks.sides import require_equal
from tests.benchmarks.stock import COLUMNS, filled
from tests.benchmarks.watch import Watch
from tests.integration.bridge import Bridge

MINUTES = float(os.environ.get("SHEETBRIDGE_STEADY_MINUTES", "2"))
ROWS = 10_000
CHANGES_A_SECOND = 500
ROWS_A_TRANSACTION = 10
EDITS_A_SECOND = 50
CONNECTIONS = 8
LEAD_SECONDS = 8.0
"""In which all posts are signed and their sender has read them."""

PATIENCE_SECONDS = 180.0
LOOK_EVERY = 0.5
NOTE_COLUMN = chr(ord("A") + list(COLUMNS).index("note"))


@dataclass(frozen=True, slots=True)
class Edits:
    """The edits of the whole time; number ``n`` is due ``n / EDITS_A_SECOND`` after ``start``."""

    start: float
    seconds: int

    def __len__(self) -> int:
        return self.seconds * EDITS_A_SECOND

    def note(self, number: int) -> str:
        """What is typed: known by its text."""
        return f"typed as number {number}"

    def due(self, number: int) -> float:
        """When it is posted (epoch seconds)."""
        return self.start + number / EDITS_A_SECOND

    def key(self, number: int) -> int:
        """In which row."""
        return 1 + number % ROWS

    def bodies(self, bridge: Bridge) -> Iterator[dict[str, object]]:
        """The posts, each with the time at which it is due."""
        for number in range(len(self)):
            cell: dict[str, object] = {"value": self.note(number)}
            if number >= ROWS:
                cell["old"] = self.note(number - ROWS)
            row = {
                "row": self.key(number) + 1,
                "key": {"id": self.key(number)},
                "typed": True,
                "cells": {"note": cell},
            }
            yield edit(
                bridge.endpoints.spreadsheet_id,
                bridge.mapping.tab,
                [row],
                int(1000 * self.due(number)),
            )

    def put(self, bridge: Bridge, second: int) -> None:
        """The notes of that second come to stand in the tab."""
        numbers = range(second * EDITS_A_SECOND, (second + 1) * EDITS_A_SECOND)
        first, last = self.key(numbers[0]) + 1, self.key(numbers[-1]) + 1
        endpoints = bridge.endpoints
        LOOPBACK.post(
            f"{endpoints.sheets_url}/_control/spreadsheets/{endpoints.spreadsheet_id}/edit",
            json={
                "tab": bridge.mapping.tab,
                "range": f"{NOTE_COLUMN}{first}:{NOTE_COLUMN}{last}",
                "values": [[self.note(number)] for number in numbers],
            },
            timeout=30,
        ).raise_for_status()


@dataclass(frozen=True, slots=True)
class Played:
    """What was seen of the load."""

    watch: Watch
    changed: Changed
    sent: Sent
    memory: list[float]
    refused: int
    processor: dict[str, float]


def steady(arena: Arena) -> Outcome:
    """See the module's docstring."""
    seconds = round(60 * MINUTES)
    with arena.mapping("steady", COLUMNS, filled(ROWS)) as bridge, _own_triggers(arena):
        edits = Edits(time.time() + LEAD_SECONDS, seconds)
        played = _play(arena, bridge, edits)
        require_equal(bridge)
    return _outcome(played, edits)


@contextmanager
def _own_triggers(arena: Arena) -> Iterator[None]:
    """What is put into the tab starts no script: its posts are ours."""
    arena.google(drop_triggers=True)
    try:
        yield
    finally:
        arena.google(drop_triggers=False)


def _play(arena: Arena, bridge: Bridge, edits: Edits) -> Played:
    endpoints, watch, memory = bridge.endpoints, Watch(), list[float]()
    sink = arena.endpoints.pids["sink"].pid
    with ExitStack() as running:
        recorded = running.enter_context(commits(endpoints.kafka_bootstrap, bridge.mapping.table))
        sending = Sending(
            endpoints.webhook_url,
            endpoints.webhook_secret,
            list(edits.bodies(bridge)),
            arena.scratch / "steady-posts",
            CONNECTIONS,
            [edits.due(number) for number in range(len(edits))],
        )
        running.callback(sending.stop)
        changing = Changing(_pace(bridge, edits))
        running.callback(changing.stop)
        calls, before, refused = arena.calls(), arena.processor(), _refused(bridge)
        looked = _own_seconds()
        for second in range(edits.seconds + 1):
            if second < edits.seconds:
                edits.put(bridge, second)
            memory.append(megabytes(sink, "VmRSS"))
            while (left := edits.start + second - time.time()) > 0:
                _look(watch, recorded, calls)
                time.sleep(min(left, LOOK_EVERY))
        changed, sent = changing.end(), sending.end()

        def missing() -> int:
            _look(watch, recorded, calls)
            return watch.unshown() + len(edits) - len(watch.committed)

        if not until(lambda: missing() == 0, PATIENCE_SECONDS, every=LOOK_EVERY):
            raise TimeoutError(f"{missing()} rows or edits did not arrive")
        processor = {n: s - before.get(n, 0.0) for n, s in arena.processor().items()}
        processor |= {
            "posting": sent.processor,
            "changing": changed.processor,
            "looking": _own_seconds() - looked,
        }
        return Played(watch, changed, sent, memory, _refused(bridge) - refused, processor)


def _pace(bridge: Bridge, edits: Edits) -> Pace:
    per_second = CHANGES_A_SECOND / ROWS_A_TRANSACTION
    return Pace(
        bridge.endpoints.root_mysql_url,
        bridge.mapping.table,
        ROWS,
        ROWS_A_TRANSACTION,
        per_second,
        round(edits.seconds * per_second),
        edits.start,
    )


def _look(watch: Watch, recorded: Commits, calls: SheetCalls) -> None:
    watch.commits(recorded.new())
    watch.sheet(calls.new())


def _refused(bridge: Bridge) -> int:
    told = LOOPBACK.get(f"{bridge.endpoints.sheets_url}/_control/stats", timeout=30).json()
    return int(told["rejected_429"])


def _own_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _by_time(stored: list[float], part: float) -> list[float]:
    """That percentile of each ten seconds' edits: whether the sink slows down as it goes on."""
    size = 10 * EDITS_A_SECOND
    return [percentile(stored[at : at + size], part) for at in range(0, len(stored), size)]


def _outcome(played: Played, edits: Edits) -> Outcome:
    watch, changed, memory = played.watch, played.changed, played.memory
    shown, sent = watch.waits(), played.sent.sent
    stored = [
        1000 * (watch.committed[edits.note(number)] - sent[number]) for number in range(len(edits))
    ]
    answered = [1000 * (a - s) for s, a in zip(sent, played.sent.answered, strict=True)]
    third, end = memory[len(memory) // 3], memory[-1]
    apart = [after - before for before, after in itertools.pairwise(watch.calls)]
    return Outcome(
        [
            Figure("calls refused with 429", played.refused, "calls", at_most=0),
            Figure("change committed → shown, p50", percentile(shown, 0.5), "s", at_most=1.2),
            Figure("change committed → shown, p99", percentile(shown, 0.99), "s", at_most=2.5),
            Figure("POST sent → committed, p50", percentile(stored, 0.5), "ms"),
            Figure("POST sent → committed, p99", percentile(stored, 0.99), "ms", at_most=250),
            Figure("POST sent → 202, p99", percentile(answered, 0.99), "ms"),
            Figure("changes", watch.changes / (changed.ended - changed.began), "a second"),
            Figure("edits", len(edits) / (max(sent) - min(sent)), "a second"),
            Figure("from one write call to the next, p50", percentile(apart, 0.5), "s"),
            Figure("sink's memory at a third", third, "MB"),
            Figure("sink's memory at the end", end, "MB", at_most=1.1 * third),
            Figure(
                "limit: commit → Debezium's record, p50",
                1000 * percentile(watch.recorded, 0.5),
                "ms",
            ),
            Figure(
                "limit: commit → Debezium's record, p99",
                1000 * percentile(watch.recorded, 0.99),
                "ms",
            ),
        ],
        {
            "shown_s_by_percent": [percentile(shown, n / 100) for n in range(1, 101)],
            "stored_ms_by_percent": [percentile(stored, n / 100) for n in range(1, 101)],
            "stored_ms_p50_each_10_s": _by_time(stored, 0.5),
            "stored_ms_p99_each_10_s": _by_time(stored, 0.99),
            "memory_MB_each_second": memory,
            "write_calls_s_apart": apart,
        },
        played.processor,
        {
            "minutes": MINUTES,
            "rows": ROWS,
            "rows_a_transaction": ROWS_A_TRANSACTION,
            "changes_at_once_after_deadlock": changed.again,
            "latest_change_s_late": changed.latest,
        },
    )


CASES = (
    Case(
        "steady",
        f"{CHANGES_A_SECOND} row changes and {EDITS_A_SECOND} edits a second, {MINUTES:g} minutes",
        steady,
    ),
)
