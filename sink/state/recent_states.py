"""The states of the rows that changed last, so that they need not be read and decoded again.

A row is read several times within seconds: for its change, for the call that shows it, for that
call's answer, for the echo of what was written. Nobody but the mapping's one worker stores states,
and what it remembers is what it committed: whatever ends a transaction otherwise forgets all. So
does a rest: where nothing changes for a while, no memory is kept for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sink.core.row_key import RowKey
from sink.core.row_state import RowState

MOST_BYTES = 50_000_000
"""Of what is kept, about: 10,000 rows of five cells. A call writes half as many, and while it is
under way as many more may be merged that the next one writes."""

MOST_READ = 5_000
"""Of the rows that one transaction reads so many are kept: of a call that is planned all are."""

BYTES_PER_ROW = 1_000
BYTES_PER_CELL = 800
"""As measured of rows that both sides have changed; texts come on top."""


class RecentStates:
    """States as they were committed, of about ``most`` bytes; they are given as copies."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._kept: dict[RowKey, RowState] = {}
        self._sizes: dict[RowKey, int] = {}
        self._bytes = 0
        self._used = False

    def of(self, keys: Sequence[RowKey]) -> dict[RowKey, RowState]:
        """Those of ``keys`` that are remembered."""
        self._used = True
        found = ((key, self._kept.get(key)) for key in keys)
        return {key: state.copy() for key, state in found if state is not None}

    def keep(self, committed: Mapping[RowKey, RowState]) -> None:
        """Remember what was read and what was stored; what was kept longest goes for it."""
        self._used = True
        for key, state in committed.items():
            self._drop(key)
            self._kept[key] = state
            self._sizes[key] = size = about_bytes(state)
            self._bytes += size
        if self._bytes > self._most:
            for key in list(self._kept):
                self._drop(key)
                if self._bytes <= self._most:
                    break

    def rest(self) -> None:
        """Forget all if nothing was asked for or kept since the last time that this was called."""
        if not self._used:
            self.forget()
        self._used = False

    def _drop(self, key: RowKey) -> None:
        self._kept.pop(key, None)
        self._bytes -= self._sizes.pop(key, 0)

    def forget(self) -> None:
        """Nothing is certain any more."""
        self._kept.clear()
        self._sizes.clear()
        self._bytes = 0


def about_bytes(state: RowState) -> int:
    """The memory that a state takes, about: a text may stand in it twice."""
    values = (version.value for version in state.cells.values())
    texts = sum(len(value) for value in values if isinstance(value, str))
    return BYTES_PER_ROW + BYTES_PER_CELL * len(state.cells) + 2 * texts


def as_stored(state: RowState) -> RowState:
    """A copy of a state as it is read again: of calls under way only the worker knows."""
    stored = state.copy()
    stored.in_call = False
    return stored
