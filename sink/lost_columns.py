"""Mapped columns whose header was not to be found, and what a person did to mend that.

A header that stands again over its cells is as if nothing had happened. One that stands over blank
cells does not mean that a person has cleared them all: the column was taken away, and has come back
as a new one, which is filled like one. A tab that was taken away has lost all its columns: one that
is made anew in its place, and shows nothing below its header, is filled with all rows again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sink.core.change_event import SheetSight
from sink.core.errors import SheetbridgeError
from sink.core.restating import believe_blank
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.sheet_sights import believe_sight
from sink.parts import Parts
from sink.writers.sheets.layout import MissingHeaderError, MissingTabError, UnfitTabError
from sink.writers.sheets.reading import Reading

CHUNK = 1_000


@dataclass(slots=True)
class LostColumns:
    """The columns that were missing since the tab was read last. Lives on the merging thread.

    ``tab`` is the id of the one that was read last: another tab of its name is a new one.
    """

    parts: Parts
    columns: set[str] = field(default_factory=set)
    tab: int | None = None

    def note(self, error: SheetbridgeError) -> bool:
        """Note what is missing; whether it is a header, or the tab with all of them."""
        if isinstance(error, MissingTabError):
            self.columns.update(self.parts.table.columns)
        elif isinstance(error, MissingHeaderError):
            self.columns.update(error.columns)
        else:
            return False
        return True

    def take(self, reading: Reading) -> dict[RowKey, RowState]:
        """A reading shows them again; returns the rows of which less is believed now.

        Raises UnfitTabError where the keys are gone from all rows.
        """
        if self.tab not in (None, reading.layout.sheet_id):
            self.columns.update(self.parts.table.columns)
        self.tab = reading.layout.sheet_id
        if not self.columns:
            return {}
        if self.columns.intersection(self.parts.table.key) and not reading.rows:
            if reading.keyless:
                raise UnfitTabError(
                    "the key column is empty, and without keys no row is known",
                    "Put the keys back, for instance by undoing what took them away",
                )
            self.columns.clear()
            return self._believe_gone(reading.lo)
        blank = [
            column
            for column in self.columns.intersection(self.parts.table.cells)
            if all(row[column] in (None, "") for row in reading.rows.values())
        ]
        self.columns.clear()
        changed: dict[RowKey, RowState] = {}
        for keys in _chunks(list(reading.rows)) if blank else ():
            changed.update(self._believe_blank(keys, blank, reading.hi))
        return changed

    def _believe_gone(self, since: int) -> dict[RowKey, RowState]:
        """No row stands in the tab any more, and nobody has deleted any; Google's time.

        What was refused and what was said of it went with the rows.
        """
        changed: dict[RowKey, RowState] = {}
        for keys in _chunks(self.parts.store.known_keys()):
            with self.parts.store.begin() as transaction:
                known = transaction.states(keys)
                states = {k: s for k, s in known.items() if True in s.present.possible()}
                for key, state in states.items():
                    sight = SheetSight(f"anew:{since}", key, False, {}, since, since)
                    believe_sight(sight, state)
                    if state.present.surely() is False:
                        state.refused.clear()
                        state.unfit.clear()
                        state.marks.clear()
                transaction.save(states.values())
            changed.update(states)
        return changed

    def _believe_blank(
        self, keys: Sequence[RowKey], columns: Sequence[str], now: int
    ) -> dict[RowKey, RowState]:
        with self.parts.store.begin() as transaction:
            states = transaction.states(keys)
            for state in states.values():
                for column in columns:
                    believe_blank(state, column, self.parts.table.codecs[column], now)
            transaction.save(states.values())
        return states


def _chunks(keys: Sequence[RowKey]) -> Iterator[Sequence[RowKey]]:
    return (keys[at : at + CHUNK] for at in range(0, len(keys), CHUNK))
