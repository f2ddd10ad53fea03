"""The faults: one replacement each in production code, applied to a copy of it.

``shows`` are the beginnings of the violations by which the fault is known; any of them will do.
"""

from __future__ import annotations

from dataclasses import dataclass

ANY = ("",)


@dataclass(frozen=True, slots=True)
class Fault:
    """``old`` must stand exactly once in ``file``."""

    name: str
    file: str
    old: str
    new: str
    shows: tuple[str, ...] = ANY


FAULTS = (
    Fault(
        "an echo is taken for an edit",
        "sink/core/database_events.py",
        "    if event.own_write is not None:\n",
        "    if False:\n",
    ),
    Fault(
        "offsets are stored before the rows",
        "sink/pipeline.py",
        "        with self.store.begin() as transaction:\n"
        "            outcome = self._merge(transaction, inbox)\n",
        "        with self.store.begin() as transaction:\n"
        "            ids, inbox.progress.edit_ids = inbox.progress.edit_ids, []\n"
        "            transaction.record(inbox.progress)\n"
        "            inbox.progress.edit_ids = ids\n"
        "        with self.store.begin() as transaction:\n"
        "            outcome = self._merge(transaction, inbox)\n",
    ),
    Fault(
        "edit ids are not kept",
        "sink/pipeline.py",
        "        known = transaction.known_ids(inbox.progress.edit_ids)\n",
        "        known: frozenset[str] = frozenset()\n",
    ),
    Fault(
        "rows are merged whole",
        "sink/core/database_events.py",
        "        if old != new or gap:\n",
        "        if True:\n",
        ("row N column", "lost"),
    ),
    Fault(
        "NULL is taken for absent",
        "sink/core/database_events.py",
        "        if old != new or gap:\n",
        "        if new is not None and (old != new or gap):\n",
        ("row N column",),
    ),
    Fault(
        "the loser's side keeps what lost",
        "sink/core/row_state.py",
        "        return column in self.unfit or belief is None or belief.possible() != (value,)\n",
        "        if belief is not None and belief.heard:\n            return False\n"
        "        return column in self.unfit or belief is None or belief.possible() != (value,)\n",
        ("row N column",),
    ),
    Fault(
        "what the sheet is believed to show is not stored",
        "sink/state/records.py",
        "            if belief != pristine.beliefs.get(column)\n",
        "            if False\n",
    ),
    Fault(
        "overwritten content is not looked at",
        "sink/sheet_writing.py",
        "    if value in expected:\n",
        "    if True:\n",
        ("lost",),
    ),
    Fault(
        "nothing is reconciled",
        "sink/reconciliation.py",
        "            return now >= min(self.due, self.whole_due)\n",
        "            return False\n",
    ),
)
