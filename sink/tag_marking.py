"""What is said at the cells of rows without a key: looked at by their tags, then written.

Planned, written and noted as the marks of other rows are (``sink.marking``); only that such a row
is known by its tag, and its marks are stored with that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sink.core import marks
from sink.core.marks import Faces
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.tagged_row import TaggedRow
from sink.key_writing import KeyWriting
from sink.marking import HOLD_SECONDS, LOOK_AGAIN_SECONDS, ROWS_PER_LOOK
from sink.parts import Parts
from sink.ports import Transaction
from sink.writers.sheets.answer import CallAnswer
from sink.writers.sheets.call import TagMarks
from sink.writers.sheets.face_reading import TagFaces, look_at_tagged
from sink.writers.sheets.layout import TabLayout
from sink.writers.sheets.row_tags import TagPlace
from sink.writers.sheets.tab import Tab


@dataclass(slots=True)
class TagMarking:
    """Lives on the merging thread. ``seen`` are rows whose marks the next call writes.

    ``refused`` are tags whose marks went with a call that Google refused, the last one at the end:
    they are tried one by one, and with no other marks.
    """

    parts: Parts
    keys: KeyWriting
    seen: dict[str, tuple[TagPlace, Faces]] = field(default_factory=dict)
    refused: dict[str, None] = field(default_factory=dict)
    due: float = 0.0

    def _owed(self) -> list[str]:
        rows = self.keys.rows.values()
        owed = [row.tag for row in rows if row.key is None and row.owes_marks]
        self.refused = {tag: None for tag in self.refused if tag in owed}
        free = [tag for tag in owed if tag not in self.refused]
        return free[:ROWS_PER_LOOK] or list(self.refused)[:1]

    @property
    def marked(self) -> bool:
        """Whether anything is, or is to be, said at such rows."""
        return any(row.marks for row in self.keys.rows.values())

    def wants_look(self, now: float) -> bool:
        """Whether the rows should be looked at now; what was seen is written first.

        A look may take longer than the time between two of them.
        """
        return not self.seen and now >= self.due and bool(self._owed())

    def wait(self, longest: float) -> float:
        """Seconds until a look, or writing what was seen, is worth while."""
        if self.seen:
            return min(longest, max(self.parts.quota.wait_for_write(), 0.005))
        if not self._owed():
            return longest
        return min(longest, max(self.due - self.parts.around.monotonic(), 0.005))

    def look(self, layout: TabLayout) -> Callable[[Tab], TagFaces]:
        """The errand that looks at them."""
        self.due = self.parts.around.monotonic() + LOOK_AGAIN_SECONDS
        tags = self._owed()
        return lambda tab: look_at_tagged(tab.client, layout, tags)

    def take(self, sight: TagFaces) -> None:
        """Take a look's answer; rows that are not as they were known are looked for first."""
        for tag in sight.asked:
            row, place = self.keys.rows.get(tag), sight.places.get(tag)
            if row is None or row.key is not None:
                continue
            if place is None or not self.keys.is_as_known(row, place):
                self.keys.ask()
            elif tag in sight.faces:
                self.seen[tag] = place, sight.faces[tag]

    def writes(self, transaction: Transaction, *, beside: bool) -> list[TagMarks]:
        """The marks that the next call writes; what cells show already is noted.

        ``beside``: the call writes other marks too.
        """
        seen, self.seen = self.seen, {}
        planned: list[TagMarks] = []
        noted: list[TaggedRow] = []
        for tag, (place, faces) in seen.items():
            row = self.keys.rows.get(tag)
            alone = tag in self.refused and (beside or len(seen) > 1)
            if row is None or row.key is not None or alone:
                continue
            settled, written = marks.plan(marks.adopt(row.marks, faces), faces)
            if written:
                planned.append(TagMarks(place, written))
            if settled != row.marks or place.contents != row.shown:
                noted.append(self._noted(replace(row, marks=settled, shown=place.contents)))
        self._store(transaction, noted)
        return planned

    def _noted(self, row: TaggedRow) -> TaggedRow:
        """The row; finished, if it lacks nothing and nothing is said at its cells."""
        given_up = row.key is None and not row.lacks and not row.marks
        return replace(row, finished=self.parts.now()) if given_up else row

    def _store(self, transaction: Transaction, rows: list[TaggedRow]) -> None:
        if rows:
            transaction.save_tagged(rows)
            for row in rows:
                self.keys.noted(row)

    def answered(self, transaction: Transaction, answer: CallAnswer) -> dict[RowKey, RowState]:
        """Note what cells say now. Returns rows that have come by their key meanwhile."""
        stored = transaction.tagged([one.said.at.tag for one in answer.marked])
        rows: list[TaggedRow] = []
        states: dict[RowKey, RowState] = {}
        for one in answer.marked:
            tag = one.said.at.tag
            # one that was given up during the call is remembered until our words are gone
            row = self.keys.rows.get(tag) or stored.get(tag) or TaggedRow(tag)
            if row.key is None:
                said = marks.reached(row.marks, one.said.marks, one.faces)
                self.keys.old_tags.pop(tag, None)
                rows.append(self._noted(replace(row, marks=said, shown=one.said.at.contents)))
                continue
            for key, state in transaction.states([row.key]).items():
                state.marks = marks.reached(state.marks, one.said.marks, one.faces)
                states[key] = state
        transaction.save(states.values())
        self._store(transaction, rows)
        for one in answer.marked:
            self.refused.pop(one.said.at.tag, None)
        return states

    def hold(self, said: tuple[TagMarks, ...]) -> bool:
        """A call with these marks was refused: they are tried later, one by one.

        False: it had none.
        """
        for one in said:
            self.refused.pop(one.at.tag, None)
            self.refused[one.at.tag] = None
        if said:
            self.due = self.parts.around.monotonic() + HOLD_SECONDS
        return bool(said)
