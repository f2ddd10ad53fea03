"""What a comparison reads and sifts, slice by slice; writes go between two slices.

Reading a large tab and sifting it takes a minute, and a change of a program is not to wait for so
long. What is written or typed meanwhile may be read as it was before or as it is then: such cells
are not compared this time (``sink.reconciler``). Where a call has gone out, the keys are read once
more in the end, so that later calls are not planned by places that have moved.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace

from sink.core.errors import SheetbridgeError
from sink.core.quota import Places
from sink.core.slices import Sliced, in_one_go, next_slice
from sink.parts import Parts
from sink.sifting import Side, Sifted, sift_sheet, sift_table
from sink.writers.sheets.reading import Reading
from sink.writers.sheets.tab import Tab

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Looking:
    """One look at the tab, and at the ``table``, if that is asked for.

    ``places`` is what the quota has granted it. All but making it is done on Google's thread.
    """

    parts: Parts
    places: Places
    keys_alone: bool
    formulas: bool
    table: bool
    _work: Sliced[Sifted] | None = field(default=None, init=False)

    def go_on(self, tab: Tab) -> Sifted | None:
        """Do the next slice; None: there is more to do. After an error nothing can go on."""
        work = self._work = self._work or self._look(tab)
        with tab.client.comparing(self.places):
            return next_slice(work)

    def _look(self, tab: Tab) -> Sliced[Sifted]:
        store, mapped = self.parts.store, self.parts.table
        if self.keys_alone:
            sight = tab.look_at_keys()
            return Sifted(sight, in_one_go(sift_sheet(sight, store, mapped)))
        calls = tab.calls_sent
        reading = yield from tab.read_in_slices(formulas=self.formulas)
        sheet, table = yield from self._sift(reading)
        if tab.calls_sent != calls:
            reading = replace(reading, layout=tab.read_layout())
        return Sifted(reading, sheet, table)

    def _sift(self, reading: Reading) -> Sliced[tuple[Side | None, Side | None]]:
        """What of the tab, and of the table, is to be compared."""
        store, mapped = self.parts.store, self.parts.table
        try:
            sheet = yield from sift_sheet(reading, store, mapped)
            return sheet, (yield from sift_table(store, mapped)) if self.table else None
        except SheetbridgeError as error:
            log.warning("reconciliation: %s", error)
            return None, None  # the database is asked again where its errors are seen to
