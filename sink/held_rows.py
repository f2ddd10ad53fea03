"""Deletes that a guard holds row by row, as the tab tells of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.version import Origin

_SAID = {
    Origin.SHEET: "deleted here and kept in the database",
    Origin.DATABASE: "deleted in the database and kept here",
}


@dataclass(slots=True)
class HeldRows:
    """Which rows have a delete that waits for an answer, and of which side."""

    _sides: dict[RowKey, frozenset[Origin]] = field(default_factory=dict)
    _known: frozenset[Origin] = frozenset()

    def note(self, state: RowState) -> None:
        """Take in a row as it is now."""
        if state.held:
            self._sides[state.key] = frozenset(held.origin for held in state.held)
        else:
            self._sides.pop(state.key, None)

    def begun(self) -> list[tuple[Origin, int]]:
        """The sides of which none was held when this was asked last, and how many are now."""
        count = self._count()
        fresh = [(side, count[side]) for side in _SAID if count[side] and side not in self._known]
        self._known = frozenset(count)
        return fresh

    def _count(self) -> Counter[Origin]:
        return Counter(side for sides in self._sides.values() for side in sides)

    @property
    def told(self) -> str | None:
        """What people at the tab should know of them; None: there are none."""
        count = self._count()
        if not count:
            return None
        parts = [
            f"{count[side]:,} {'row was' if count[side] == 1 else 'rows were'} {said}"
            for side, said in _SAID.items()
            if count[side]
        ]
        return (
            f"Many rows were deleted at once, which may be a mistake: {'; '.join(parts)} until "
            "somebody releases or refuses that (sheetbridge deletes)."
        )
