"""A reconciliation as it goes on: first reading, marker, waiting, second reading, finds.

Lives on the merging thread; the readings are made on Google's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from sink.core.change_event import ChangeEvent
from sink.core.errors import SheetbridgeError
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.parts import Parts
from sink.reconciler import Difference, confirmed, gone, unlike
from sink.sifting import Sifted, sift_sheet, sift_table
from sink.table_comparison import Astray, astray, compared, confirmed_changes
from sink.writers.sheets.reading import ROWS_PER_RANGE, Reading
from sink.writers.sheets.tab import Tab

log = logging.getLogger(__name__)

GRACE_SECONDS = 1.0
"""How long triggers that were running at the first reading may take to post."""

GRACE_MICROSECONDS = int(GRACE_SECONDS * 1_000_000)

RECALCULATION_SECONDS = 0.2
FORMULA_SECONDS = 10.0
"""How soon after a change formulas are looked at, and how often at most: a look takes two readings
of two calls each for every block of rows, and Google grants 60 a minute."""

PATIENCE_SECONDS = 30.0
"""How long the marker may take before the reconciliation begins anew."""


@dataclass(slots=True)
class Reconciliation:
    """At most one at a time. ``due`` is the monotonic second at which the next one begins.

    Hints tell of the sheet alone; at the start, on the timer and on demand (``whole_due``) the
    table is looked at too, and the formulas even where none is known (``formulas``).
    """

    parts: Parts
    due: float
    whole_due: float = 0.0
    whole: bool = False
    began: int = 0
    table_began: int = 0
    ours_until: int = 0
    first: dict[RowKey, Difference] = field(default_factory=dict)
    first_astray: dict[RowKey, Astray] = field(default_factory=dict)
    token: str | None = None
    marked: bool = False
    ready: float = 0.0
    posted_by: int = 0
    passes: int = 0
    formulas: bool = True
    recalculating: bool = False
    looked: float = 0.0
    spacing: float = FORMULA_SECONDS

    def ask(self, at: float) -> None:
        """Reconcile at the monotonic second ``at``, or before if that was asked already."""
        self.due = min(self.due, at)

    def ask_for_formulas(self, now: float) -> None:
        """Cells have changed to which formulas may refer: what recalculates tells nobody."""
        if self.formulas:
            self.recalculating = True
            self.ask(max(now + RECALCULATION_SECONDS, self.looked + self.spacing))

    @property
    def posts_wanted(self) -> int:
        """The time up to which all posts must have been merged before the second reading."""
        return self.posted_by if self.waiting else 0

    @property
    def waiting(self) -> bool:
        """Whether a first reading found differences that wait to be confirmed."""
        return self.token is not None

    def wants_reading(self, now: float, posts_until: int) -> bool:
        """Whether the tab should be read now, and half of the read quota is left for it.

        The other half is for what writes need to know first, which must not wait for comparisons.
        ``posts_until``: what was posted by then has been merged (Google's time).
        """
        if not self.waiting:
            due = now >= min(self.due, self.whole_due)
            return due and self.parts.quota.wait_for_comparison() <= 0
        if not self.marked and now > self.ready + PATIENCE_SECONDS:
            log.warning("reconciliation: the marker did not come back; beginning anew")
            self.token = None
            self.whole_due = now if self.whole else self.whole_due
            return True
        read = posts_until >= self.posted_by
        return self.marked and now >= self.ready and read

    def begin_reading(self, now: float) -> Callable[[Tab], Sifted]:
        """A reading begins; returns it. Whoever asks from here on asks for another one."""
        first = not self.waiting
        if first:
            self._begin(now)
        whole, formulas = self.whole, self.whole or self.formulas
        return lambda tab: self._sifted(tab.read(formulas=formulas), table=first and whole)

    def _sifted(self, reading: Reading, *, table: bool) -> Sifted:
        """``reading``, and what of it, and of the table, is to be looked at.

        This takes long of a large table, so it is done on Google's thread while others are merged.
        """
        store, mapped = self.parts.store, self.parts.table
        try:
            sheet = sift_sheet(reading, store, mapped)
            return Sifted(reading, sheet, sift_table(store, mapped) if table else None)
        except SheetbridgeError as error:
            log.warning("reconciliation: %s", error)
            return Sifted(reading)  # the database is asked again where its errors are seen to

    def _begin(self, now: float) -> None:
        self.whole = now >= self.whole_due
        if self.recalculating:
            self.recalculating, self.looked = False, now
        if self.whole:
            self.whole_due = now + self.parts.reconcile_every
        self.due = self.whole_due

    def merged(self, markers: list[str], states: Mapping[RowKey, RowState], now: float) -> None:
        """Note markers that came back in the stream of change events, and rows that changed."""
        self.marked = self.marked or self.token in markers
        self.formulas = self.formulas or any(state.formulas for state in states.values())
        if states:
            self.ask_for_formulas(now)

    def take(
        self,
        sifted: Sifted,
        now: float,
        token: str,
        withheld: AbstractSet[RowKey] = frozenset(),
    ) -> list[ChangeEvent]:
        """Take a reading; returns what is found for certain after the second one.

        That the keys in ``withheld`` are nowhere in the sheet means nothing.
        """
        store, reading = self.parts.store, sifted.reading
        if reading.formulas is not None:
            self.formulas = bool(reading.formulas)
            blocks = 1 + len(reading.layout.index.rows) // ROWS_PER_RANGE
            self.spacing = FORMULA_SECONDS * blocks
        found = self._found(sifted, withheld)
        if self.waiting:
            return self._confirm(found, now)
        self.passes += 1
        self.table_began, self.ours_until = store.server_time(), store.number
        table = astray(store, self.parts.table, sifted.table) if self.whole else {}
        if not found and not table:
            return []
        log.info("reconciliation: %d rows differ; looking again", len(found.keys() | table.keys()))
        store.mark(token)
        self.began, self.first, self.first_astray = reading.lo, found, table
        self.token, self.marked, self.ready = token, False, now + GRACE_SECONDS
        self.posted_by = self.parts.latest() + GRACE_MICROSECONDS
        return []

    def _found(self, sifted: Sifted, withheld: AbstractSet[RowKey]) -> dict[RowKey, Difference]:
        """What the sheet shows otherwise than is believed by now."""
        store, table = self.parts.store, self.parts.table
        reading = sifted.reading
        side = sifted.sheet or sift_sheet(reading, store, table)
        found = unlike(reading, side.doubtful, store.states, table)
        missing = [key for key in side.missing if key not in withheld]
        return {**found, **gone(missing, store.states)}

    def _confirm(self, second: dict[RowKey, Difference], now: float) -> list[ChangeEvent]:
        store, received = self.parts.store, self.parts.now()
        edits = confirmed(self.first, second, self.began, received, store.states, self.parts.table)
        changes = confirmed_changes(
            self.first_astray,
            compared(list(self.first_astray), store),
            self.table_began,
            received,
            self.parts.latest(),
            self.ours_until,
        )
        settled = {event.key for event in edits}
        left = [key for key in second if key not in settled]
        self.token, self.first, self.first_astray = None, {}, {}
        if left:
            self.ask(now + GRACE_SECONDS)
        return [*changes, *edits]
