"""What becomes of changes and edits under a steady load: when each was committed and shown.

A *change* is one row's by a program, known by the turn in its amount (``stock.amount``), which only
grows. It is shown by the first call to Google that writes this turn of the row or a newer one: a
value that a newer one replaced before it could be shown counts as shown with the newer. Its wait
goes from its own commit to when that call was applied, so a replaced value waits longer than the
newest; none is left out. An *edit* is one note that a person typed, known by its text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable

from tests.benchmarks.commits import Commit
from tests.benchmarks.sheet_calls import SheetCall
from tests.benchmarks.stock import TURN


class Watch:
    """Fed with Debezium's records and the emulator's calls, in their order."""

    def __init__(self) -> None:
        self.recorded: list[float] = []
        """Seconds from each change's commit to Debezium's record of it."""
        self.committed: dict[str, float] = {}
        """When each note was first in the table (epoch seconds)."""
        self.calls: list[float] = []
        """When each call was applied (epoch seconds)."""
        self._changes: list[tuple[int, int, float]] = []
        self._newest: dict[int, int] = {}
        self._shown: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)

    def commits(self, commits: Iterable[Commit]) -> None:
        """Take in records; the sink's own writes bring no new turn."""
        for commit in commits:
            if commit.after is None:
                continue
            turn, number = divmod(int(commit.after["amount"]), TURN)
            if turn > self._newest.get(number, 0):
                self._newest[number] = turn
                self._changes.append((number, turn, commit.committed))
                self.recorded.append(commit.recorded - commit.committed)
            if commit.after["note"] is not None:
                self.committed.setdefault(commit.after["note"], commit.committed)

    def sheet(self, calls: Iterable[SheetCall]) -> None:
        """Take in calls."""
        for call in calls:
            self.calls.append(call.at)
            for value in call.numbers:
                turn, number = divmod(int(value), TURN)
                if turn:
                    self._shown[number].append((turn, call.at))

    @property
    def changes(self) -> int:
        """How many changes were recorded."""
        return len(self._changes)

    def unshown(self) -> int:
        """How many rows do not yet show their newest turn."""
        return sum(
            number not in self._shown or self._shown[number][-1][0] < turn
            for number, turn in self._newest.items()
        )

    def waits(self) -> list[float]:
        """Seconds that each change waited; all must be shown (see the module's docstring)."""
        return [
            self._shown[number][bisect_left(self._shown[number], (turn, 0.0))][1] - committed
            for number, turn, committed in self._changes
        ]
