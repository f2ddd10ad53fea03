"""How fast a first sync fills an empty tab from a large table, and what memory the sink takes.

The clock runs from the first sync's beginning to its end, as the sink logs it. The limit is the
emulator alone: the same calls, prepared beforehand, sent one after the other to another
spreadsheet.
"""

from __future__ import annotations

from tests.benchmarks.arena import LATENCY_MILLISECONDS, Arena
from tests.benchmarks.case import Case, Figure, Outcome
from tests.benchmarks.flights import COLUMNS, ROWS, flights, mapping_of
from tests.benchmarks.lone_sink import UNBOUNDED, lone_sink
from tests.benchmarks.same_calls import SameCalls
from tests.benchmarks.sides import require_equal
from tests.integration.added_mapping import added_mapping

NAME = "first_sync"
MOST_BYTES = 2_000_000
TOLD = rf"first sync of {ROWS} rows took ([\d.]+) s"


def fill(arena: Arena) -> Outcome:
    """The table fills an empty tab at Google's pace; the quota is off, and the sink knows it."""
    endpoints, scratch = arena.endpoints, arena.scratch
    mapping = mapping_of(NAME, endpoints)
    quota = {"quota_writes_per_minute": None, "quota_reads_per_minute": None}
    with (
        flights(mapping, ROWS, endpoints, scratch),
        added_mapping(arena.stack, mapping, [], scratch, begins=False) as bridge,
    ):
        arena.google(**quota)
        calls, before_google = SameCalls(scratch), arena.processor()
        with lone_sink(
            endpoints, NAME, scratch / "first-sync.log", calls_a_minute=UNBOUNDED
        ) as sink:
            sink.says("first sync begins")
            took_before, before = sink.processor(), sink.megabytes()
            took = float(sink.says(TOLD)[1])
            took_sink, most = sink.processor() - took_before, sink.most_megabytes()
            told = len(sink.log.read_text().split("first sync: ")) - 1
        processor = {n: s - before_google.get(n, 0.0) for n, s in arena.processor().items()}
        arena.google(latency_ms=0, **quota)
        require_equal(bridge)
        again = calls.prepared(endpoints)
        arena.google(**quota)
        alone = again.send(endpoints, scratch)
        arena.google(latency_ms=0, **quota)
    return Outcome(
        [
            Figure("rows a second", ROWS / took, "rows/s", at_least=20_000),
            Figure("from the beginning to the end", took, "s"),
            Figure("sink's processor", took_sink, "s"),
            Figure("sink's memory before", before, "MB"),
            Figure("sink's memory at most", most, "MB", at_most=300),
            Figure("the largest call", again.largest, "bytes", at_most=MOST_BYTES),
            Figure("times that progress was told", told, "times", at_least=2),
            Figure("write calls", again.count, "calls"),
            Figure("limit: the emulator alone with the same calls", alone, "s"),
        ],
        {},
        {**processor, "sink": took_sink},
        {
            "rows": ROWS,
            "columns": len(COLUMNS),
            "latency_ms": LATENCY_MILLISECONDS,
            "quota": "off",
        },
    )


CASES = (Case(NAME, f"{ROWS:,} flights x {len(COLUMNS)} columns fill an empty tab", fill),)
