"""What histories met, summed up by the questions that one has of a simulation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

SUMS: dict[str, tuple[str, ...]] = {
    "crossings": ("crossings", "edits of dead rows", "rows deleted in a crossing"),
    "crashes": (
        "killed before_database_write",
        "killed after_database_write",
        "killed before_sheet_write",
        "killed after_sheet_write",
        "killed before_offset_commit",
    ),
    "rebalances with a zombie": ("rebalances",),
    "zombies fenced off": ("zombies fenced off", "overtaken by a zombie"),
    "repeats": (
        "doubled triggers",
        "posts sent again",
        "records read again",
        "connector restarts",
    ),
    "revivals": ("dead rows revived",),
    "rows re-created": ("rows re-created",),
    "rows made on both sides at once": ("rows made on both sides at once",),
    "key changes": ("key changes", "pastes over keys"),
    "pastes of several rows": ("pastes of several rows",),
    "truncates": ("truncates",),
    "columns added, dropped and renamed": (
        "columns added",
        "columns dropped",
        "columns renamed",
    ),
    "holds": ("deletes held", "batches held"),
    "edits that came too late, set aside": ("edits too old",),
    "deleted rows forgotten": ("rows forgotten",),
    "lost triggers": ("lost triggers",),
    "lost changes and snapshots": ("lost changes", "snapshots"),
    "calls to the sheet": ("calls",),
    "503 after the call was applied": ("answers lost",),
    "503, the call lost": ("calls lost",),
    "503, the call applied or fenced off later": ("late calls",),
    "readings to reconcile": ("reconciling readings",),
    "cells whose winner the oracle judged": ("winners judged",),
    "cells of those that both sides had edited": ("of them of both sides",),
}
"""Each line of the summary, and the counts of which it is the sum."""


def told(met: Counter[str]) -> Iterator[str]:
    """The summary, every line of it though nothing was met, then what is in no line."""
    for line, counts in SUMS.items():
        yield f"{sum(met[count] for count in counts):9,}  {line}"
    summed = {count for counts in SUMS.values() for count in counts}
    rest = sorted(met.keys() - summed - {"histories"})
    yield "and " + ", ".join(f"{met[what]:,} {what}" for what in rest)
