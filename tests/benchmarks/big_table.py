"""A large table in everyday use: one-cell changes, a comparison, and the sink's start.

The same is measured with the first 1,000 rows of the same table: that is the limit of what a change
costs, for the size of the table is the only difference. The quota is off, and calls take as long as
Google's. A sink of the case's own has the mapping to itself.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from deploy.local.loopback import LOOPBACK
from tests.benchmarks.arena import LATENCY_MILLISECONDS, Arena
from tests.benchmarks.bursts import until_shown
from tests.benchmarks.case import Case, Figure, Outcome
from tests.benchmarks.flights import COLUMNS, KEY, ROWS, flights, mapping_of
from tests.benchmarks.lone_sink import UNBOUNDED, LoneSink, lone_sink
from tests.benchmarks.progress import connect, until
from tests.benchmarks.sides import require_equal
from tests.integration.added_mapping import added_mapping
from tests.integration.bridge import Bridge
from tests.integration.commands import within

NAME = "big_table"
FEW = 1_000
CHANGES = 30
"""Each way."""

CHANGED = "dep_delay"
FIRST_VALUE = 10_000
"""No flight was so late: by its number a change is known on both sides."""

PATIENCE_SECONDS = 600.0
LOOK_SECONDS = 0.01
PAUSE_SECONDS = 0.5
OFF: dict[str, object] = {"quota_writes_per_minute": None, "quota_reads_per_minute": None}

WHERE = " AND ".join(f"{column} = %s" for column in KEY)

Key = tuple[datetime.datetime, str, int]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a change takes: seconds of the sink's processor, and until the other side has it.

    ``told``: of those, until the emulator and the script in it have told of a typed cell.
    """

    processor: float
    wall: float
    told: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of one table. Seconds, megabytes, calls."""

    typed: Cost
    written: Cost
    typed_after_start: float
    shown_after_start: float
    compared: float
    compared_processor: float
    compared_reads: int
    compared_memory: float


class _Bench:
    """One table, its tab, and the sink."""

    def __init__(self, arena: Arena, bridge: Bridge) -> None:
        self.arena, self.bridge = arena, bridge
        self._value = FIRST_VALUE
        with closing(connect(bridge.endpoints.root_mysql_url)) as connection:
            cursor = connection.cursor()
            order = ", ".join(KEY)
            cursor.execute(f"SELECT {order} FROM {bridge.mapping.table} ORDER BY {order}")
            keys: list[Key] = list(cursor.fetchall())
        some = range(0, len(keys), max(1, len(keys) // (2 * CHANGES + 8)))
        self._rows = iter([(place + 2, keys[place]) for place in some])

    def typed(self) -> tuple[float, float]:
        """A person types into a cell; seconds until the table has it, and until it was told."""
        row, key = next(self._rows)
        self._value += 1
        letter = self.bridge.letter(CHANGED)
        began = time.monotonic()
        self.bridge.edit(f"{letter}{row}", [[self._value]])
        told = time.monotonic() - began
        wanted = self._value
        found = until(lambda: self._held(key) == wanted, PATIENCE_SECONDS, every=LOOK_SECONDS)
        if not found:
            raise TimeoutError(f"{wanted} typed into row {row} is not in the table")
        return time.monotonic() - began, told

    def _held(self, key: Key) -> object:
        found = self.bridge.row(**dict(zip(KEY, key, strict=True)))
        return None if found is None else found[CHANGED]

    def written(self) -> tuple[float, float]:
        """A program changes a cell; seconds until the call that shows it was applied, and 0."""
        _, key = next(self._rows)
        self._value += 1
        calls = self.arena.calls()
        with closing(connect(self.bridge.endpoints.root_mysql_url)) as connection:
            began = time.time()
            update = f"UPDATE {self.bridge.mapping.table} SET {CHANGED} = %s WHERE {WHERE}"
            connection.cursor().execute(update, (self._value, *key))
        return until_shown(calls, [self._value], every=LOOK_SECONDS)[-1].at - began, 0.0

    def reads(self) -> int:
        """Read calls that the emulator was asked so far."""
        url = f"{self.bridge.endpoints.sheets_url}/_control/stats"
        return int(LOOPBACK.get(url).raise_for_status().json()["reads"])

    def compare(self) -> None:
        """``sheetbridge reconcile``."""
        name, wait = self.bridge.mapping.name, str(int(PATIENCE_SECONDS))
        ended = within(self.bridge.endpoints, "reconcile", name, "--wait", wait)
        if ended.status:
            raise RuntimeError(ended.stdout + ended.stderr)


def large(arena: Arena) -> Outcome:
    """The large table beside the small one."""
    few, many = _measured(arena, "small_table", FEW), _measured(arena, NAME, ROWS)
    return Outcome(
        [
            _times("typed cell: sink's processor", many.typed.processor, few.typed.processor),
            _times(
                "typed cell: told to stored",
                many.typed.wall - many.typed.told,
                few.typed.wall - few.typed.told,
            ),
            _times("written cell: sink's processor", many.written.processor, few.written.processor),
            _times("written cell: wall", many.written.wall, few.written.wall),
            Figure("limit: typed cell, 1,000 rows: processor", few.typed.processor * 1000, "ms"),
            Figure("limit: typed cell, 1,000 rows: wall", few.typed.wall * 1000, "ms"),
            Figure("of it the emulator and the script", few.typed.told * 1000, "ms"),
            Figure("the same of the large table", many.typed.told * 1000, "ms"),
            Figure(
                "limit: written cell, 1,000 rows: processor", few.written.processor * 1000, "ms"
            ),
            Figure("limit: written cell, 1,000 rows: wall", few.written.wall * 1000, "ms"),
            Figure("sheetbridge reconcile", many.compared, "s", at_most=30),
            Figure("its read calls", many.compared_reads, "calls", at_most=40),
            Figure("sink's processor for it", many.compared_processor, "s"),
            Figure("sink's memory at most", many.compared_memory, "MB", at_most=300),
            Figure("limit: the same of 1,000 rows", few.compared, "s"),
            Figure(
                "start of the sink to the first typed cell in the table",
                many.typed_after_start,
                "s",
            ),
            Figure(
                "start of the sink to the first written cell in the sheet",
                many.shown_after_start,
                "s",
            ),
            Figure("limit: the same of 1,000 rows, typed", few.typed_after_start, "s"),
            Figure("limit: the same of 1,000 rows, written", few.shown_after_start, "s"),
        ],
        {},
        {},
        {
            "rows": ROWS,
            "columns": len(COLUMNS),
            "changes_each_way": CHANGES,
            "latency_ms": LATENCY_MILLISECONDS,
            "quota": "off",
        },
    )


def _times(name: str, large: float, small: float) -> Figure:
    return Figure(f"{name}, of 1,000 rows'", large / small, "times", at_most=1.25)


def _measured(arena: Arena, name: str, rows: int) -> Measured:
    with _filled(arena, name, rows) as bench:
        endpoints, log = arena.endpoints, arena.scratch / f"{name}.log"
        began = time.monotonic()
        with lone_sink(endpoints, name, log, calls_a_minute=UNBOUNDED) as sink:
            bench.typed()
            typed_after = time.monotonic() - began
            bench.written()
            shown_after = time.monotonic() - began
            bench.compare()  # the sink's own at its start is over by then
            compared = _comparison(bench, sink)
            typed, written = _cost(bench.typed, sink), _cost(bench.written, sink)
        arena.google(latency_ms=0, **OFF)
        require_equal(bench.bridge)
    return Measured(typed, written, typed_after, shown_after, *compared)


@contextmanager
def _filled(arena: Arena, name: str, rows: int) -> Iterator[_Bench]:
    """The table, shown in its tab; no sink runs."""
    endpoints, scratch = arena.endpoints, arena.scratch
    mapping = mapping_of(name, endpoints)
    with (
        flights(mapping, rows, endpoints, scratch),
        added_mapping(arena.stack, mapping, [], scratch, begins=False) as bridge,
    ):
        arena.google(latency_ms=0, **OFF)
        with lone_sink(endpoints, name, scratch / f"{name}-fill.log") as sink:
            sink.says(rf"first sync of {rows} rows took")
        arena.google(**OFF)
        yield _Bench(arena, bridge)


def _comparison(bench: _Bench, sink: LoneSink) -> tuple[float, float, int, float]:
    sink.forget_most_memory()
    before, reads, began = sink.processor(), bench.reads(), time.monotonic()
    bench.compare()
    took = time.monotonic() - began
    return took, sink.processor() - before, bench.reads() - reads, sink.most_megabytes()


def _cost(change: Callable[[], tuple[float, float]], sink: LoneSink) -> Cost:
    before = sink.processor()
    waits = []
    for _ in range(CHANGES):
        waits.append(change())
        time.sleep(PAUSE_SECONDS)
    wall, told = (sum(part) / CHANGES for part in zip(*waits, strict=True))
    return Cost((sink.processor() - before) / CHANGES, wall, told)


CASES = (Case(NAME, f"{ROWS:,} flights beside {FEW:,} of them: changes, comparison", large),)
