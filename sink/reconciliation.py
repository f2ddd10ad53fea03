"""A reconciliation as it goes on: first reading, marker, waiting, second reading, finds.

Lives on the merging thread; the readings are made on Google's, slice by slice. On the hint that
rows were deleted only the keys are read, which is soon done also where the tab is large.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from math import inf

from sink.core.change_event import ChangeEvent
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.slices import in_one_go
from sink.looking import Looking
from sink.parts import Parts
from sink.reconciler import Difference, confirmed, gone, judged_together, unlike
from sink.sifting import Sifted, sift_sheet
from sink.table_comparison import Astray, astray, compared, confirmed_changes
from sink.writers.sheets.layout import TabLayout
from sink.writers.sheets.reading import KeySight, blocks_of, calls_of_reading
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

REFUSED_SECONDS = 30.0
"""How long after a reading that Google refused another one begins."""

HINT_SECONDS = 0.2
"""How long after a hint reading begins: changes often come in several pieces."""

ROWS_GONE = "REMOVE_ROW"
"""Google's name for the change that takes rows away and does nothing else
(https://developers.google.com/apps-script/guides/triggers/events, ``changeType``)."""


@dataclass(slots=True)
class Reconciliation:
    """At most one at a time. ``due`` is the monotonic second at which the next one begins.

    Hints tell of the sheet alone; at the start, on the timer and on demand (``whole_due``) the
    table is looked at too, and the formulas even where none is known (``formulas``). At
    ``keys_due`` only the sheet's keys are (``keys_alone``), unless ``cells_first``. A reading goes
    on while there is a ``looking``; ``gave_way``: it has just let others have their turn.
    """

    parts: Parts
    due: float
    whole_due: float = 0.0
    keys_due: float = inf
    whole: bool = False
    keys_alone: bool = False
    cells_first: bool = False
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
    looking: Looking | None = None
    gave_way: bool = False
    short: bool = False
    looked_at: AbstractSet[RowKey] = frozenset()

    def ask(self, at: float) -> None:
        """Reconcile at the monotonic second ``at``, or before if that was asked already."""
        self.due = min(self.due, at)

    def hinted(self, changes: Collection[str | None], now: float) -> None:
        """The script says that something has changed: what it names is looked for."""
        log.info("hint from the sheet: %s", ", ".join(sorted(map(str, changes))))
        if ROWS_GONE in changes:
            self.keys_due = min(self.keys_due, now + HINT_SECONDS)
            self.ask_for_formulas(now)
        if any(change != ROWS_GONE for change in changes):
            self.ask(now + HINT_SECONDS)

    def look_at_cells(self, now: float) -> None:
        """Nothing is to be told from the keys before the cells have been looked at again."""
        self.cells_first = True
        if self.keys_alone:
            self.token = None
        self.ask(now)

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

    @property
    def answers(self) -> bool:
        """Whether both sides have been compared, and nobody has asked for that since it began."""
        return self.whole and self.whole_due > 0.0

    def next_reading(
        self,
        now: float,
        posts_until: int,
        layout: TabLayout,
        strange: AbstractSet[RowKey] = frozenset(),
    ) -> Callable[[Tab], Sifted | None] | None:
        """The slice of a reading that is due now, where the quota has room for the whole of it.

        Whoever asks once it has begun asks for another one. ``posts_until``: what was posted by
        then has been merged (Google's time). ``layout`` is the tab's as it was last read. It is
        noted which rows were ``strange`` when the first reading began. Others have their turn
        between two slices: every other time nothing is due.
        """
        if self.looking is not None:
            self.gave_way = not self.gave_way
            return None if self.gave_way else self.looking.go_on
        if self.waiting and not self.marked and now > self.ready + PATIENCE_SECONDS:
            log.warning("reconciliation: the marker did not come back; beginning anew")
            self.token = None
            self.not_read(now, refused=False)
        if self.waiting:
            if not self.marked or now < self.ready or posts_until < self.posted_by:
                return None
            return self._reading(layout, self.keys_alone, self.whole, begins=False)
        if now < min(self.due, self.whole_due, self.keys_due):
            return None
        keys_alone = self._chooses_keys(now)
        whole = not keys_alone and now >= self.whole_due
        reading = self._reading(layout, keys_alone, whole, begins=True)
        if reading is not None:
            self.keys_alone, self.whole = keys_alone, whole
            self.looked_at = frozenset() if keys_alone else frozenset(strange)
            self._begin(now)
        return reading

    def _chooses_keys(self, now: float) -> bool:
        """Whether the keys are read before the cells, which are not kept waiting twice."""
        waited = self.keys_alone and now >= min(self.due, self.whole_due)
        return now >= self.keys_due and not waited and not self.cells_first

    def _reading(
        self, layout: TabLayout, keys_alone: bool, whole: bool, *, begins: bool
    ) -> Callable[[Tab], Sifted | None] | None:
        formulas = whole or self.formulas
        calls = calls_of_reading(layout, keys_alone=keys_alone, formulas=formulas)
        name = self.parts.table.mapping.name
        places = self.parts.quota.grant_comparison(calls, name, begins=begins)
        if places is None:
            if not self.short:
                log.info("a look at the tab waits until Google's quota of reads has room for it")
            self.short = True
            return None
        self.short = False
        self.looking = Looking(self.parts, places, keys_alone, formulas, table=begins and whole)
        return self.looking.go_on

    def _begin(self, now: float) -> None:
        self.keys_due = inf
        if self.keys_alone:
            return
        if self.recalculating:
            self.recalculating, self.looked = False, now
        if self.whole:
            self.whole_due = now + self.parts.reconcile_every
        self.due = self.whole_due

    def not_read(self, now: float, *, refused: bool) -> None:
        """A reading failed: the first one is due again, and the second one still is."""
        self.looking = None
        if self.waiting:
            return
        again = now + REFUSED_SECONDS if refused else now
        if self.keys_alone:
            self.keys_due = min(self.keys_due, again)
        elif self.whole:
            self.whole_due = again
        else:
            self.ask(again)

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
        """Take a whole reading; returns what is found for certain after the second one.

        That the keys in ``withheld`` are nowhere in the sheet means nothing.
        """
        store = self.parts.store
        found = self._found(sifted, withheld, now)
        if self.waiting:
            return self._confirm(found, now)
        self.passes += 1
        self.table_began, self.ours_until = store.server_time(), store.number
        table = astray(store, self.parts.table, sifted.table) if self.whole else {}
        if not found and not table:
            return []
        rows = len(found.keys() | table.keys())
        what = "are not among the tab's keys" if self.keys_alone else "differ"
        log.info("reconciliation: %d rows %s; looking again", rows, what)
        store.mark(token)
        self.began, self.first, self.first_astray = sifted.reading.lo, found, table
        self.token, self.marked, self.ready = token, False, now + GRACE_SECONDS
        self.posted_by = self.parts.latest() + GRACE_MICROSECONDS
        return []

    def _found(
        self, sifted: Sifted, withheld: AbstractSet[RowKey], now: float
    ) -> dict[RowKey, Difference]:
        """What the sheet shows otherwise than is believed by now, as far as it was read."""
        store, table, reading = self.parts.store, self.parts.table, sifted.reading
        side = sifted.sheet or in_one_go(sift_sheet(reading, store, table))
        there = withheld | reading.layout.index.by_key.keys()  # the keys may have been read later
        missing = gone([key for key in side.missing if key not in there], store.states)
        if isinstance(reading, KeySight):
            if side.untold:
                self.ask(now)  # rows of which nobody has told: their cells are to be read
            return missing
        self.cells_first = False
        if reading.formulas is not None:
            self.formulas = bool(reading.formulas)
            self.spacing = FORMULA_SECONDS * len(blocks_of(reading.layout))
        return {**unlike(reading, side.doubtful, store.states, table), **missing}

    def _confirm(self, second: dict[RowKey, Difference], now: float) -> list[ChangeEvent]:
        store, received = self.parts.store, self.parts.now()
        found = confirmed(self.first, second, self.began, received, store.states, self.parts.table)
        edits = judged_together(found, self.first, second)
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
        if left and self.keys_alone:
            self.keys_due = min(self.keys_due, now + GRACE_SECONDS)
        elif left:
            self.ask(now + GRACE_SECONDS)
        return [*changes, *edits]
