"""The states of the rows that changed last, so that they need not be read and decoded again.

A row is read several times within seconds: for its change, for the call that shows it, for that
call's answer, for the echo of what was written. Nobody but the mapping's one worker stores states,
and what it remembers is what it committed: whatever ends a transaction otherwise forgets all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sink.core.row_key import RowKey
from sink.core.row_state import RowState

MOST = 4_000
"""Rows that are kept: some kilobytes each, and a call writes 5,000 at most."""


class RecentStates:
    """At most ``most`` states, as they were committed; they are given as copies."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: dict[RowKey, RowState] = {}

    def of(self, keys: Sequence[RowKey]) -> dict[RowKey, RowState]:
        """Those of ``keys`` that are remembered."""
        found = ((key, self._kept.get(key)) for key in keys)
        return {key: state.copy() for key, state in found if state is not None}

    def keep(self, saved: Mapping[RowKey, RowState]) -> None:
        """Remember what was committed; what was kept longest goes for it."""
        for key in saved:
            self._kept.pop(key, None)
        self._kept.update(saved)
        for key in list(self._kept)[: max(0, len(self._kept) - self._most)]:
            del self._kept[key]

    def forget(self) -> None:
        """Nothing is certain any more."""
        self._kept.clear()


def as_stored(state: RowState) -> RowState:
    """A copy of a state as it is read again: of calls under way only the worker knows."""
    stored = state.copy()
    stored.in_call = False
    return stored
