"""50 mappings on 1, 2 and 4 sinks of one group, one of which is killed while both sides change.

A mapping is *at work* once its worker has committed a transaction after the group's coordinator
told who has what; programs change every table each second, so that is seen within about a second.
*Taken over* counts from the kill until all mappings are at work at the survivors. Nothing may be
lost: in the end both sides of every mapping are equal, and hold the last value of every cell that a
program or a person changed.

The account may make 300 calls a minute, which is what Google grants a whole project by default
(https://developers.google.com/workspace/sheets/api/limits), and each sink an equal share of them by
its configuration.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import partial

from sink.core.configuration import SinkSettings
from tests.benchmarks.arena import PATIENCE_SECONDS, Arena
from tests.benchmarks.case import Case, Figure, Outcome
from tests.benchmarks.group import Group
from tests.benchmarks.lone_sink import LoneSink, running_sink
from tests.benchmarks.many_mappings import allow, many_mappings
from tests.benchmarks.progress import Seen, connect, until
from tests.benchmarks.sides import require_equal
from tests.benchmarks.traffic import Traffic
from tests.integration.bridge import Bridge

MAPPINGS = 50
ROWS = 100
WORKERS = (1, 2, 4)
CALLS_A_MINUTE = 300
CHANGING_SECONDS = 20
LOOK_EVERY = 0.1
TRANSACTIONS = "SELECT name, transactions FROM sheetbridge.mapping WHERE name LIKE 'many%'"


@dataclass(slots=True)
class Told:
    """What the numbers of workers led to."""

    figures: list[Figure] = field(default_factory=list)
    memory: dict[str, list[float]] = field(default_factory=dict)
    processor: dict[str, float] = field(default_factory=dict)
    traffic: dict[str, int] = field(default_factory=dict)


def shared_out(arena: Arena) -> Outcome:
    """See the module's docstring."""
    told = Told()
    with many_mappings(arena, MAPPINGS, ROWS) as bridges:
        for workers in WORKERS:
            _with_workers(arena, bridges, workers, told)
    return Outcome(
        told.figures,
        told.memory,
        told.processor,
        {
            "mappings": MAPPINGS,
            "rows": ROWS,
            "calls_a_minute": CALLS_A_MINUTE,
            "changes_and_edits": told.traffic,
        },
    )


def _with_workers(arena: Arena, bridges: list[Bridge], workers: int, told: Told) -> None:
    arena.google(quota_writes_per_minute=CALLS_A_MINUTE, quota_reads_per_minute=CALLS_A_MINUTE)
    allow(arena, CALLS_A_MINUTE, workers=workers)
    endpoints = arena.endpoints
    topics = [f"sheet.{bridge.mapping.name}" for bridge in bridges]
    traffic = Traffic(bridges, endpoints.root_mysql_url, ROWS)
    called = f"{workers} worker{'s' if workers > 1 else ''}"
    with ExitStack() as running:
        group = running.enter_context(
            closing(Group(endpoints.kafka_bootstrap, SinkSettings().group, topics))
        )
        at_work = running.enter_context(closing(AtWork(endpoints.root_mysql_url)))
        traffic.start()
        running.callback(traffic.stop)
        began = time.monotonic()
        sinks = [
            running.enter_context(
                running_sink(endpoints.config, arena.scratch / f"many-{workers}-{n}.log")
            )
            for n in range(workers)
        ]
        held = _wait(partial(group.shared, workers), f"the sharing among {called}")
        assigned = time.monotonic() - began
        at_work.wait(bridges)
        counts = [len(each) for each in held.values()]
        told.figures += [
            Figure(f"{called}: mappings, most less least", max(counts) - min(counts), "", 1),
            Figure(f"{called}: start to shared", assigned, "s"),
            Figure(f"{called}: start to all at work", time.monotonic() - began, "s"),
        ]
        before = sum(sink.processor() for sink in sinks)
        time.sleep(CHANGING_SECONDS)
        told.processor[f"{called}, {CHANGING_SECONDS} s of changes"] = (
            sum(sink.processor() for sink in sinks) - before
        )
        told.memory[f"{called}_MB"] = [sink.megabytes() for sink in sinks]
        told.figures.append(_memory(called, told.memory[f"{called}_MB"], max(counts)))
        if workers > 1:
            told.figures += _killed(sinks[0], group, at_work, bridges, workers)
        time.sleep(2)
        traffic.stop()
        _require_equal(arena, bridges)
        traffic.require_kept()
    told.traffic[called] = traffic.changes + traffic.edits


def _killed(
    victim: LoneSink, group: Group, at_work: AtWork, bridges: Sequence[Bridge], workers: int
) -> list[Figure]:
    killed = time.monotonic()
    os.kill(victim.pid, signal.SIGKILL)
    called = f"{workers} workers, one killed"
    _wait(partial(group.shared, workers - 1), f"the sharing among {workers - 1}")
    shared = time.monotonic() - killed
    at_work.wait(bridges)
    return [
        Figure(f"{called}: kill to shared", shared, "s"),
        Figure(f"{called}: kill to taken over", time.monotonic() - killed, "s", at_most=15),
    ]


def _memory(called: str, megabytes: Sequence[float], most: int) -> Figure:
    return Figure(f"{called}: memory of the largest, {most} mappings", max(megabytes), "MB")


def _require_equal(arena: Arena, bridges: Sequence[Bridge]) -> None:
    arena.google(latency_ms=0, quota_writes_per_minute=None, quota_reads_per_minute=None)
    for bridge in bridges:
        arena.equal(bridge)
    for bridge in bridges:
        require_equal(bridge)


def _wait(look: Callable[[], Seen], what: str) -> Seen:
    seen = until(look, PATIENCE_SECONDS, every=LOOK_EVERY)
    if not seen:
        raise TimeoutError(f"{what} is not seen after {PATIENCE_SECONDS} s")
    return seen


class AtWork:
    """The mappings' counters of transactions, which only a worker that merges moves on."""

    def __init__(self, root_url: str) -> None:
        self._connection = connect(root_url)

    def wait(self, bridges: Sequence[Bridge]) -> None:
        """Wait until each mapping has committed once more than now."""
        before = self._counted()
        wanted = {bridge.mapping.name for bridge in bridges}

        def idle() -> list[str]:
            now = self._counted()
            return sorted(name for name in wanted if now[name] <= before[name])

        if not until(lambda: not idle(), PATIENCE_SECONDS, every=LOOK_EVERY):
            raise TimeoutError(f"not at work: {', '.join(idle())}")

    def _counted(self) -> dict[str, int]:
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(TRANSACTIONS)
            return dict(cursor.fetchall())

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


CASES = (
    Case("mappings", f"{MAPPINGS} mappings on 1, 2 and 4 sinks, one of them killed", shared_out),
)
