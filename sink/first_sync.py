"""The first sync of a mapping: one consistent read of the table, met with what the tab holds.

The table is read in a consistent snapshot after noting the executed GTIDs; change events of those
transactions are skipped later, so nothing is merged twice. Three ways lead from there:

- The tab is empty: the table fills it, header and formats included (``sink.filling``). A fill that
  was interrupted is gone on with.
- The table is empty: the tab's rows are merged as edits.
- Both hold rows: they are met by key (``sink.meeting``). What only one side has goes to the other;
  where both hold a row and differ, the mapping's ``prefer`` or the column's rule tells which value
  stays, and the other goes to the conflict log.

Meeting writes nothing but our own state, and is begun anew where it was not finished. The phase is
stored last, before anything is merged: what a death keeps from being merged is found by the
reconciler, which looks at the start.
"""

from __future__ import annotations

from sink.filling import fill, resume
from sink.meeting import meet
from sink.parts import Parts
from sink.state.mapping_record import FILLING
from sink.synced import Synced
from sink.writers.sheets.tab import Tab


def first_sync(parts: Parts, tab: Tab) -> Synced:
    """Bring one mapping from nothing to agreed versions of every row.

    The caller stores the stamps of what is returned. Runs on Google's thread while the merging
    thread waits. Raises UnfitTabError where a person must mend the tab first.
    """
    made = not tab.exists()
    if made:
        tab.create(len(parts.table.columns))
    if parts.record.phase == FILLING:
        return resume(parts, tab)
    read_at = parts.now()
    with parts.store.begin() as transaction:
        transaction.forget_all()
    if tab.is_empty(small=made):
        return fill(parts, tab, read_at)
    return meet(parts, tab, read_at)
