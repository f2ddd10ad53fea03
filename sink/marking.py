"""Rows that owe marks at their cells: looked at first, then written with what else is owed.

A look shows the person's own notes and colours, so that a mark replaces nothing but another mark of
ours. Looks are at most one a second: many refused cells are marked together, and values never wait.
Marks that Google refuses (a protected range) are tried apart from the others, in ever smaller
parts, so that one of them keeps no other away.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sink.core.mark_texts import refresh
from sink.core.marks import Face, Faces, adopt
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.parts import Parts
from sink.writers.sheets.face_reading import FaceSight
from sink.writers.sheets.layout import TabLayout
from sink.writers.sheets.tab import Tab

LOOK_AGAIN_SECONDS = 1.0
ROWS_PER_LOOK = 500
HOLD_SECONDS = 60.0


@dataclass(slots=True)
class Marking:
    """Lives on the merging thread. ``owed`` are rows to be looked at, ``faces`` what was seen.

    ``refused`` are rows whose marks went with a call that Google refused, the last one at the end;
    ``few`` of them are tried together.
    """

    parts: Parts
    owed: dict[RowKey, None] = field(default_factory=dict)
    refused: dict[RowKey, None] = field(default_factory=dict)
    few: int = 1
    faces: dict[RowKey, Faces] = field(default_factory=dict)
    due: float = 0.0
    strays_due: float = math.inf
    held_until: float = 0.0

    def owe(self, keys: Iterable[RowKey]) -> None:
        """Rows that may owe marks."""
        before = len(self.owed)
        self.owed.update(dict.fromkeys(keys))
        if len(self.owed) > before:
            self.expect_strays()

    def hold(self, marked: Sequence[RowKey]) -> bool:
        """A call with marks of the rows ``marked`` was refused: values go without for a while.

        False: they did already, or it had none.
        """
        now = self.parts.around.monotonic()
        if now < self.held_until or not marked:
            return False
        self.few = max(1, len(marked) // 2)
        for key in marked:
            self.refused.pop(key, None)
            self.refused[key] = None
        self.held_until = self.due = now + HOLD_SECONDS
        return True

    # Marks that went astray: people copy marked cells, insert rows below them, paste keys over them

    def expect_strays(self) -> None:
        """There are marks, or there were when the last worker ended: some may go astray."""
        at = self.parts.around.monotonic() + self.parts.reconcile_every
        self.strays_due = min(self.strays_due, at)

    def wants_strays(self, now: float) -> bool:
        """Whether the tab should be looked over for marks that nobody remembers."""
        return now >= self.strays_due

    def look_for_strays(self, layout: TabLayout) -> Callable[[Tab], dict[RowKey, dict[str, Face]]]:
        """The errand that does it; again from time to time, while there are marks."""
        self.strays_due = self.parts.around.monotonic() + self.parts.reconcile_every
        return lambda tab: tab.look_for_strays(layout)

    def take_strays(self, found: Mapping[RowKey, Faces], *, tagged: bool) -> None:
        """Remember what was found, so that it is taken away.

        Where nothing was, no marks that are meant to be there either, none is looked for again,
        unless rows without a key are marked (``tagged``).
        """
        if not found:
            self.strays_due = self.strays_due if tagged else math.inf
            return
        with self.parts.store.begin() as transaction:
            changed = []
            for key, state in transaction.states(list(found)).items():
                marked = adopt(state.marks, found[key])
                if marked != state.marks:
                    state.marks = marked
                    changed.append(state)
            transaction.save(changed)
        self.owe([state.key for state in changed])

    def wait(self, longest: float) -> float:
        """Seconds until a look is worth while."""
        if not self.owed:
            return longest
        return min(longest, max(self.due - self.parts.around.monotonic(), 0.005))

    def wants_look(self, now: float) -> bool:
        """Whether the rows should be looked at now."""
        return bool(self.owed) and now >= self.due

    def look(self, layout: TabLayout) -> Callable[[Tab], FaceSight]:
        """The errand that looks at them; rows that the layout lacks wait for it to be mended."""
        self.due = self.parts.around.monotonic() + LOOK_AGAIN_SECONDS
        places = layout.index.by_key
        self.refused = {key: None for key in self.refused if key in self.owed}
        standing = [key for key in self.owed if key in places and key not in self.refused]
        apart = [key for key in self.refused if key in places][: self.few]
        rows = {key: places[key] for key in standing[:ROWS_PER_LOOK] or apart}
        self._drop_settled([key for key in self.owed if key not in places])
        return lambda tab: tab.look_at_faces(layout, rows) if rows else FaceSight()

    def _drop_settled(self, keys: list[RowKey]) -> None:
        """Rows that are gone from the sheet owe nothing once that was found."""
        states = self.parts.store.states(keys)
        gone = [key for key, state in states.items() if state.present.surely() is False]
        if owing := [key for key in gone if states[key].owes_marks]:
            states.update(self._without_the_gone(owing))
        for key in keys:
            if key not in states or not states[key].owes_marks:
                del self.owed[key]

    def _without_the_gone(self, keys: list[RowKey]) -> dict[RowKey, RowState]:
        """The rows as they are stored; of one that is gone for good its marks are forgotten.

        A mark may have been doubted, or found astray, after its row had gone.
        """
        with self.parts.store.begin() as transaction:
            states = transaction.states(keys)
            for state in states.values():
                refresh(state, self.parts.table)
            transaction.save(states.values())
        return states

    def take(self, sight: FaceSight) -> list[RowKey]:
        """Take a look's answer; returns the rows whose marks can be written now."""
        for key in sight.rows:
            self.owed.pop(key, None)
        self.faces.update(sight.rows)
        return list(sight.rows)

    def take_faces(self) -> dict[RowKey, Faces]:
        """What was seen, for the call that is planned now; it is out of date afterwards."""
        faces, self.faces = self.faces, {}
        return faces
