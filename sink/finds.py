"""Replaced content that no event has told of yet: when it is an edit of its own."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from sink.core.change_event import ChangeEvent
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.parts import Parts
from sink.replaced_content import edits_found

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Finds:
    """When the first find of each row is due (Google's clock). Lives on the merging thread."""

    parts: Parts
    _due: dict[RowKey, int] = field(default_factory=dict)

    def note(self, state: RowState) -> None:
        """Take in a row as it is now."""
        if state.finds:
            self._due[state.key] = min(find.due for find in state.finds.values())
        else:
            self._due.pop(state.key, None)

    def posts_wanted(self) -> int:
        """The time up to which posts must have been merged for what is due now; 0: nothing is."""
        now = self.parts.now()
        return max((due for due in self._due.values() if due <= now), default=0)

    def edits(self, posts_until: int) -> list[ChangeEvent]:
        """What no event has told of within the grace, all that was posted by then being merged."""
        keys = [key for key, due in self._due.items() if due <= posts_until]
        if not keys:
            return []
        states = self.parts.store.states(keys)
        found = edits_found(states, posts_until, self.parts.now())
        log.info("found %d cells that our writes had replaced", len(found))
        return found
