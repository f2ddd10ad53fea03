"""What was asked of Google, read from the journal that the emulator keeps of applied calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson


@dataclass(frozen=True, slots=True)
class SheetCall:
    """One changing call: when it was applied (epoch seconds), and the numbers it put into cells."""

    at: float
    numbers: list[float]
    size: int


class SheetCalls:
    """The calls since this object was made; each is told once."""

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._place = journal.stat().st_size

    def new(self) -> Iterator[SheetCall]:
        """The calls that were applied since the last look."""
        with self._journal.open("rb") as file:
            file.seek(self._place)
            for line in file:
                if not line.endswith(b"\n"):
                    return
                self._place += len(line)
                entry = orjson.loads(line)
                if entry.get("call") == "spreadsheets.batchUpdate":
                    requests = entry["arguments"]["requests"]
                    yield SheetCall(entry["at"], list(_numbers(requests)), len(line))


def _numbers(requests: list[dict[str, object]]) -> Iterator[float]:
    for request in requests:
        update = request.get("updateCells")
        if not isinstance(update, dict):
            continue
        for row in update.get("rows", []):
            for cell in row.get("values", []):
                number = cell.get("userEnteredValue", {}).get("numberValue")
                if number is not None:
                    yield number
