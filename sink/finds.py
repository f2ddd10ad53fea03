"""Replaced content that no event has told of yet: when it is an edit of its own."""

from __future__ import annotations

from dataclasses import dataclass, field

from sink.core.row_key import RowKey
from sink.core.row_state import RowState


@dataclass(slots=True)
class Finds:
    """When the first find of each row is due (Google's clock). Lives on the merging thread."""

    _due: dict[RowKey, int] = field(default_factory=dict)

    def note(self, state: RowState) -> None:
        """Take in a row as it is now."""
        if state.finds:
            self._due[state.key] = min(find.due for find in state.finds.values())
        else:
            self._due.pop(state.key, None)

    def due(self, now: int) -> list[RowKey]:
        """The rows whose finds no event has told of within the grace."""
        return [key for key, due in self._due.items() if due <= now]
