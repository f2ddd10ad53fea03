"""The faults: one replacement each in production code, applied to a copy of it.

``shows`` are the beginnings of the violations by which the fault is known; any of them will do.
"""

from __future__ import annotations

from dataclasses import dataclass

ENOUGH = 3_000
"""Within so many seeds each fault must be found."""


@dataclass(frozen=True, slots=True)
class Fault:
    """``old`` must stand exactly once in ``file``; ``seed`` is the first that finds the fault."""

    name: str
    file: str
    old: str
    new: str
    shows: tuple[str, ...]
    seed: int = 0


FAULTS = (
    Fault(
        "an echo is taken for an edit",
        "sink/core/database_events.py",
        "    if event.own_write is not None:\n",
        "    if False:\n",
        ("given back in vain", "row N column"),
        seed=649,
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
        ("row N column",),
        seed=50,
    ),
    Fault(
        "edit ids are not kept",
        "sink/pipeline.py",
        "        known = transaction.known_ids(inbox.progress.edit_ids)\n",
        "        known: frozenset[str] = frozenset()\n",
        ("a repeat changed something",),
        seed=4,
    ),
    Fault(
        "rows are merged whole",
        "sink/core/database_events.py",
        "        if old != new or gap:\n",
        "        if True:\n",
        ("row N column", "lost"),
        seed=41,
    ),
    Fault(
        "NULL is taken for absent",
        "sink/core/database_events.py",
        "        if old != new or gap:\n",
        "        if new is not None and (old != new or gap):\n",
        ("row N column",),
        seed=43,
    ),
    Fault(
        "the loser's side keeps what lost",
        "sink/core/row_state.py",
        "        return column in self.unfit or belief is None or belief.surely() != value\n",
        "        if belief is not None and belief.heard:\n            return False\n"
        "        return column in self.unfit or belief is None or belief.surely() != value\n",
        ("row N column",),
        seed=3,
    ),
    Fault(
        "what the sheet is believed to show is not stored",
        "sink/state/records.py",
        "        for column, belief in state.beliefs.items()\n",
        "        for column, belief in {}.items()\n",
        ("a row is not stored as it is remembered",),
        seed=1,
    ),
    Fault(
        "overwritten content is not looked at",
        "sink/sheet_writing.py",
        "    if value in expected:\n",
        "    if True:\n",
        ("lost",),
        seed=45,
    ),
    Fault(
        "nothing is reconciled",
        "sink/reconciliation.py",
        "        if now < min(self.due, self.whole_due, self.keys_due):\n",
        "        if True:\n",
        ("row N is in the table only",),
    ),
    Fault(
        "a delete leaves no tombstone",
        "sink/core/crossing.py",
        "    state.life = tombstone\n    state.refused.clear()\n",
        "    state.life = None\n    state.cells.clear()\n    state.refused.clear()\n",
        ("row N is in the table only",),
    ),
    Fault(
        "ties fall to the sheet",
        "sink/core/version.py",
        "        return challenger.origin is Origin.DATABASE\n",
        "        return challenger.origin is Origin.SHEET\n",
        ("row N column",),
        seed=1116,
    ),
    Fault(
        "a snapshot is taken for an edit",
        "sink/core/database_events.py",
        "    if event.op is Op.SNAPSHOT:\n",
        "    if False:\n",
        ("row N column",),
        seed=71,
    ),
    Fault(
        "the binlog's position is not kept",
        "sink/inbound.py",
        "        if not source.snapshot and source.position.repeats("
        "inbox.progress.position or self.last):\n",
        "        if False:\n",
        ("a repeat changed something",),
    ),
    Fault(
        "a truncate takes rows that were made after it",
        "sink/pipeline.py",
        "                        if row.state.table is not None:",
        "                        if True:",
        ("row N is gone, which nobody wanted",),
        seed=429,
    ),
    Fault(
        "no word of a formula is believed",
        "sink/core/formulas.py",
        "        if formula:\n",
        "        if False:\n",
        ("does not come to rest",),
        seed=329,
    ),
    Fault(
        "a formula that a call replaced is not put back",
        "sink/writers/sheets/mending.py",
        "    overwritten = [*known, *_reached(answer)]\n",
        "    overwritten: list[Hit] = []\n",
        ("formula lost",),
        seed=933,
    ),
    Fault(
        "a row that leaves the condition stays in the sheet",
        "sink/core/row_state.py",
        "        if self.apart or not self.alive:\n",
        "        if not self.alive:\n",
        ("row N is shown, and should not be",),
        seed=4,
    ),
    Fault(
        "a change of the future keeps its time",
        "sink/core/change_event.py",
        "        return self.time if self.latest is None else min(self.time, self.latest)\n",
        "        return self.time\n",
        ("row N column",),
        seed=404,
    ),
    Fault(
        "an edit is applied whose id was forgotten",
        "sink/old_posts.py",
        "if _time(item, inbox) < since}\n",
        "if _time(item, inbox) < 0}\n",
        ("a repeat changed something",),
        seed=5,
    ),
    Fault(
        "a tombstone is forgotten at once",
        "sink/core/retention.py",
        "            now - max(self.tombstones, self.edit_ids),\n",
        "            now,\n",
        ("a post is set aside N µs too early",),
        seed=28,
    ),
    Fault(
        "a tombstone whose row once lost a value is never forgotten",
        "sink/core/tombstones.py",
        "unfit={}, refused={}, told={})\n",
        "unfit={}, refused={})\n",
        ("row N is gone on both sides",),
        seed=384,
    ),
    Fault(
        "a call goes without its fence",
        "sink/writers/sheets/call.py",
        "        *_fence([last_fence], fence, layout),\n",
        "        *_fence([], fence, layout),\n",
        ("lost",),
        seed=317,
    ),
    Fault(
        "a call of unknown fate is sent again though it was applied",
        "sink/sheet_calls.py",
        "            if open_call.call.fence in fences:\n",
        "            if False:\n",
        ("lost",),
        seed=784,
    ),
    Fault(
        "a mark writes over a person's note",
        "sink/core/marks.py",
        '    return f"{own}{_GAP}{ours}" if own else ours\n',
        "    return ours\n",
        ("row N column",),
        seed=51,
    ),
)
