"""What writers did, in their own words: begun, acknowledged or of unknown fate, cell by cell.

Every line also goes to a file at once, so that a run that itself is killed leaves its story.
"""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import Enum
from pathlib import Path

Content = str | int | bool | None
"""What a cell holds; both "" and NULL are None. For a row's existence: a boolean."""

Row = Mapping[str, Content]

EXISTENCE = None
"""The column of a write that creates (True) or deletes (False) the row."""


class Side(Enum):
    """Where an act was done."""

    SHEET = "sheet"
    TABLE = "table"


class Outcome(Enum):
    """What is known of an act: UNKNOWN may have happened, FAILED surely did not."""

    UNKNOWN = "unknown"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Write:
    """One cell written, or a row created or deleted (column EXISTENCE).

    ``carried``: the value came along from another row, so that it can be traced to neither.
    """

    key: str
    column: str | None
    value: Content
    carried: bool = False


@dataclass(slots=True)
class Act:
    """One act of a writer; ``saw`` are the touched rows as its own side showed them just before.

    Times are epoch seconds; ``ended`` is infinite while nobody knows whether it is over.
    """

    number: int
    who: str
    side: Side
    kind: str
    writes: Sequence[Write]
    saw: Mapping[str, Row]
    begun: float
    ended: float = math.inf
    outcome: Outcome = Outcome.UNKNOWN

    def __str__(self) -> str:
        end = "unknown" if math.isinf(self.ended) else f"{self.ended % 100_000:.3f}"
        cells = ", ".join(_said(write, self.saw.get(write.key, {})) for write in self.writes)
        return (
            f"{self.begun % 100_000:.3f} to {end} #{self.number} {self.who} {self.kind} "
            f"({self.outcome.value}): {cells}"
        )


def _said(write: Write, saw: Row) -> str:
    if write.column is EXISTENCE:
        return f"{'creates' if write.value else 'deletes'} {write.key}"
    return f"{write.key}.{write.column} {saw.get(write.column)!r} → {write.value!r}"


@dataclass
class History:
    """All acts in the order of their beginning; safe to use from several threads."""

    file: Path
    clock: Callable[[], float] = time.time
    acts: list[Act] = field(default_factory=list)
    doubled: set[str] = field(default_factory=set)
    """Keys that stood twice in the sheet, of which a person had to delete one row."""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._stream = self.file.open("w", encoding="utf-8")

    def begin(
        self, who: str, side: Side, kind: str, writes: Sequence[Write], saw: Mapping[str, Row]
    ) -> Act:
        """Note an act before it is done: should nobody learn how it ended, it is known all the
        same."""
        with self._lock:
            act = Act(len(self.acts), who, side, kind, tuple(writes), saw, self.clock())
            self.acts.append(act)
            self._tell({"begun": act.number, "at": act.begun, **_described(act)})
        return act

    def end(self, act: Act, outcome: Outcome, why: str = "") -> None:
        """Note how it ended. What is unknown may still be under way."""
        with self._lock:
            if outcome is not Outcome.UNKNOWN:
                act.ended = self.clock()
            act.outcome = outcome
            line: dict[str, object] = {"ended": act.number, "at": self.clock()}
            self._tell({**line, "outcome": outcome.value, "why": why})

    def tell(self, **line: object) -> None:
        """Note something else, such as a fault."""
        with self._lock:
            self._tell({"at": self.clock(), **line})

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()

    def happened(self) -> Iterator[Act]:
        """Acts that happened or may have."""
        return (act for act in self.acts if act.outcome is not Outcome.FAILED)

    def of(self, key: str) -> list[Act]:
        """Acts that touched the row, or may have."""
        return [act for act in self.happened() if any(w.key == key for w in act.writes)]

    def _tell(self, line: Mapping[str, object]) -> None:
        self._stream.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._stream.flush()


def _described(act: Act) -> dict[str, object]:
    return {
        "who": act.who,
        "kind": act.kind,
        "writes": [asdict(write) for write in act.writes],
        "saw": {key: dict(row) for key, row in act.saw.items()},
    }
