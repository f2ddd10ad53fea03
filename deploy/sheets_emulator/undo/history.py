"""A person's last changes to a spreadsheet, to be undone and redone.

Undo puts back what the gesture itself changed, where it stands by now; what programs wrote
elsewhere meanwhile stays. It is carried out as ordinary requests. The steps are kept in memory
alone: as in Google's editor they are gone once the page is loaded anew. Tabs, filters, hiding,
row heights, merges, protections and named ranges are not put back.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.spreadsheet import Spreadsheet
from deploy.sheets_emulator.undo.cells import CellsStep, changed_cells
from deploy.sheets_emulator.undo.lines import LinesStep, changed_lines
from deploy.sheets_emulator.undo.step import moves_of

MOST_STEPS = 20

Step: TypeAlias = CellsStep | LinesStep
_Steps: TypeAlias = deque[Step]


class History:
    """What can be undone and redone in one spreadsheet; used under the document's lock."""

    def __init__(self) -> None:
        self._undoable: _Steps = deque(maxlen=MOST_STEPS)
        self._redoable: _Steps = deque(maxlen=MOST_STEPS)
        self._goes_to: _Steps | None = None

    def note(
        self, before: Spreadsheet, after: Spreadsheet, requests: list[JsonObject], actor: str
    ) -> None:
        """Note a call that was carried out, whoever made it."""
        moves = list(moves_of(requests))
        if actor != "person":
            for noted in (*self._undoable, *self._redoable):
                noted.later.moves.extend(moves)
            return
        if len(moves) > 1:
            return  # an undo in pieces, between which others put something: it stays done
        step: Step | None = (
            changed_lines(moves[0], before) if moves else changed_cells(before, after)
        )
        if step is None:
            return
        if self._goes_to is None:
            self._undoable.append(step)
            self._redoable.clear()
        else:
            self._goes_to.append(step)

    @contextmanager
    def undoing(self) -> Iterator[Step | None]:
        """The last step, to be carried out within; it can be redone afterwards."""
        with self._taken(self._undoable, self._redoable) as step:
            yield step

    @contextmanager
    def redoing(self) -> Iterator[Step | None]:
        """The step undone last, to be carried out within."""
        with self._taken(self._redoable, self._undoable) as step:
            yield step

    @contextmanager
    def _taken(self, steps: _Steps, goes_to: _Steps) -> Iterator[Step | None]:
        self._goes_to = goes_to
        try:
            yield steps.pop() if steps else None
        finally:
            self._goes_to = None
