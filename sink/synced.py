"""What a first sync leads to: the stamps of its rows, and what is still owed to either side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sink.core.change_event import ChangeEvent
from sink.core.row_key import RowKey
from sink.parts import Parts
from sink.reconciler import Difference, confirmed
from sink.state.records import FirstSync

AT_ONCE = 1_000
"""Rows that are merged in one transaction."""

TABLE = "the table"
SHEET = "the sheet"
BOTH = "comparing"
"""What is being filled, as it is told to people."""


@dataclass(slots=True)
class Synced:
    """``owed`` are rows that the sheet lacks or shows otherwise; ``of_sheet`` is what the sheet has
    and the table is to be given, as it was read from ``began`` on (Google's clock, µs).
    """

    first: FirstSync
    gtids: str
    rows: int = 0
    owed: list[RowKey] = field(default_factory=list)
    of_sheet: dict[RowKey, Difference] = field(default_factory=dict)
    began: int = 0

    def edits(self, parts: Parts) -> Iterator[list[ChangeEvent]]:
        """What is to be merged of the sheet, in portions: each is gone from here once the next one
        is asked for, so that what could not be merged comes again.
        """
        total, done = len(self.of_sheet), 0
        name = parts.table.mapping.name
        while self.of_sheet:
            keys = list(self.of_sheet)[:AT_ONCE]
            portion = {key: self.of_sheet[key] for key in keys}
            yield confirmed(
                portion, portion, self.began, parts.now(), parts.store.states, parts.table
            )
            for key in keys:
                del self.of_sheet[key]
            done += len(keys)
            parts.tell_progress(name, TABLE, done, total)
