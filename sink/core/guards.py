"""The guards: how much one side may delete, empty or rewrite within a minute before it is asked.

A batch is judged as a whole, by what it would change of the agreed rows: what a row looked like
before against after. So rows that are deleted and made again within one batch count for nothing,
and neither do edits that lose. What a batch holds is chance, and less of the table's changes while
people edit (``sink.backlog``): a program that empties many cells and fills them again may be asked.
The minute is the one before each change, on the clock of its side; what was counted is kept by
seconds and stored with the rows, so a restart forgets nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sink.core.change_event import ChangeEvent, DatabaseChange, SheetEdit
from sink.core.counted import counted
from sink.core.mapping import Guards
from sink.core.row_state import RowState
from sink.core.values.codec import Value
from sink.core.version import Origin, Version

SECOND = 1_000_000
WINDOW_SECONDS = 60


class What(StrEnum):
    """What a guard counts: rows deleted, rows with emptied cells, cells rewritten."""

    DELETES = "deletes"
    CLEARS = "clears"
    REWRITES = "rewrites"


Guarded = tuple[What, Origin]


@dataclass(frozen=True, slots=True)
class Excess:
    """More of something, by one side within a minute, than ``limit``.

    ``newest`` is the time (µs) of the last of it that was seen.
    """

    what: What
    origin: Origin
    count: int
    limit: int
    newest: int = 0

    def __str__(self) -> str:
        things, done = {
            What.DELETES: ("rows", "was deleted" if self.count == 1 else "were deleted"),
            What.CLEARS: ("rows", "had cells emptied"),
            What.REWRITES: ("cells", "was rewritten" if self.count == 1 else "were rewritten"),
        }[self.what]
        return (
            f"{counted(self.count, things)} {done} in the {self.origin.value} within a minute, "
            f"and up to {self.limit:,} {'goes' if self.limit == 1 else 'go'} without asking"
        )


@dataclass(slots=True)
class Tally:
    """What was counted within the last minute: for each guard and side, by second."""

    counts: dict[Guarded, dict[int, int]] = field(default_factory=dict)

    def add(self, what: What, origin: Origin, time: int, number: int = 1) -> None:
        """Count ``number`` at ``time`` (µs)."""
        seconds = self.counts.setdefault((what, origin), {})
        second = time // SECOND
        seconds[second] = seconds.get(second, 0) + number

    def most(self, what: What, origin: Origin) -> int:
        """The count of the busiest minute."""
        seconds = self.counts.get((what, origin), {})
        return max(
            (
                sum(n for second, n in seconds.items() if end - WINDOW_SECONDS < second <= end)
                for end in seconds
            ),
            default=0,
        )

    def newest(self, guarded: Guarded) -> int:
        """The time of what was counted last of it (µs); 0 where nothing was."""
        return max(self.counts.get(guarded, ()), default=0) * SECOND

    def with_batch(self, batch: Tally) -> Tally:
        """Both together, without what is more than a minute older than the batch's newest."""
        merged = Tally({guarded: dict(seconds) for guarded, seconds in self.counts.items()})
        for (what, origin), seconds in batch.counts.items():
            for second, number in seconds.items():
                merged.add(what, origin, second * SECOND, number)
            kept = merged.counts[what, origin]
            oldest = max(kept) - WINDOW_SECONDS
            merged.counts[what, origin] = {s: n for s, n in kept.items() if s > oldest}
        return merged

    def without(self, guarded: Iterable[Guarded]) -> Tally:
        """The tally without these: what a person has let through counts for nothing."""
        left_out = frozenset(guarded)
        return Tally({each: s for each, s in self.counts.items() if each not in left_out})

    def to_json(self) -> dict[str, dict[str, int]]:
        """The tally as a JSON object."""
        return {
            f"{what.value}:{origin.value}": {str(second): number for second, number in s.items()}
            for (what, origin), s in self.counts.items()
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Mapping[str, int]]) -> Tally:
        """The tally that ``to_json`` wrote."""
        tally = cls()
        for name, seconds in stored.items():
            what, _, origin = name.partition(":")
            tally.counts[What(what), Origin(origin)] = {int(s): n for s, n in seconds.items()}
        return tally


def count_row(before: RowState, after: RowState, tally: Tally) -> None:
    """Count what a batch made of one row into ``tally``.

    What an operator gave back is not counted: somebody was asked.
    """
    if not before.alive or after.life is None:
        return
    if not after.alive:
        if after.life.outside:
            return
        tally.add(What.DELETES, after.life.origin, after.life.time or 0)
        return
    cleared: dict[Origin, int] = {}
    for column, version in after.cells.items():
        held = before.cells.get(column)
        if held is None or held.value == version.value or version.made or version.outside:
            continue
        time = version.time or 0
        tally.add(What.REWRITES, version.origin, time)
        if _clears(held, version.value):
            cleared[version.origin] = max(time, cleared.get(version.origin, 0))
    for origin, time in cleared.items():
        tally.add(What.CLEARS, origin, time)


def least_limit(guards: Guards, what: What) -> int | None:
    """How many go without asking, however few rows there are; None: any number."""
    return guards.max_rewrites if what is What.REWRITES else guards.minimum


def limit_of(guards: Guards, what: What, rows: int) -> int:
    """How many go without asking where there are ``rows`` rows."""
    if what is What.REWRITES:
        return guards.max_rewrites or 0
    share = guards.max_deletes if what is What.DELETES else guards.max_clears
    return max(guards.minimum, int(share * rows))


def denied_columns(event: ChangeEvent, state: RowState, what: What) -> frozenset[str]:
    """The columns of ``event`` that a person refused: those that it empties, or rewrites."""
    match event:
        case SheetEdit():
            values: dict[str, Value] = {column: cell.new for column, cell in event.cells.items()}
        case DatabaseChange():
            values = event.after or {}
        case _:
            return frozenset()
    found = set()
    for column, value in values.items():
        held = state.cells.get(column)
        if held is None or held.value == value:
            continue
        if what is What.REWRITES or _clears(held, value):
            found.add(column)
    return frozenset(found)


def _clears(held: Version, value: Value) -> bool:
    return value in (None, "") and held.value not in (None, "")
