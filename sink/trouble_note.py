"""The note in the tab that says why its mapping has stopped or is held, and how to mend it.

It is set when there is a reason, and taken away when there is none; a sink that starts makes sure.
No fence guards this call, so after a start, and after one of unknown fate, the header is looked at
once more when no late call can apply any longer.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, field

from sink.core.errors import SheetbridgeError
from sink.core.mapping import Mapping
from sink.core.mark_texts import sentence
from sink.errands import Errands
from sink.held_rows import HeldRows
from sink.parts import Parts
from sink.writers.sheets import trouble
from sink.writers.sheets.client import SheetsClient
from sink.writers.sheets.errors import UnknownFateError
from sink.writers.sheets.tab import Tab

log = logging.getLogger(__name__)

SOON_SECONDS = 2.0
AGAIN_SECONDS = 60.0
"""How soon a note that could not be set (the tab is gone) is tried again."""

COUNT_SECONDS = 10.0
"""How often at most the note counts held deletes anew: they may come one after the other."""


def out_of_step(*reasons: str) -> str:
    """What a tab says that is not kept in step for these reasons."""
    told = " ".join(dict.fromkeys(sentence(reason) for reason in reasons))
    return f"This tab is not kept in step with the database now. {told}"


def post_notice(client: SheetsClient, mapping: Mapping, reason: str) -> None:
    """Say in the tab that nobody keeps it in step, and why; a worker that can takes it away."""
    trouble.say(client, mapping.tab, mapping.header(mapping.key[0]), out_of_step(reason))


@dataclass(slots=True)
class TroubleNote:
    """Lives on the merging thread. ``reasons`` say what is the matter, by who says so.

    ``held`` are deletes that wait for an answer while the rest goes on. ``sure``: the header says
    ``shown``, unless a late call changed that: see ``look_at``.
    """

    parts: Parts
    reasons: dict[str, str] = field(default_factory=dict)
    held: HeldRows = field(default_factory=HeldRows)
    shown: str | None = None
    sure: bool = False
    due_at: float = 0.0
    look_at: float = math.inf
    count_at: float = 0.0
    _stopped_shown: str | None = None
    _saying: str | None = None
    _stopped_said: str | None = None
    _looked: bool = False

    def tell(self, source: str, reason: str | None) -> None:
        """``reason`` is what ``source`` knows to be the matter; None: nothing (any more)."""
        if reason is None:
            self.reasons.pop(source, None)
        else:
            self.reasons[source] = reason

    @property
    def text(self) -> str | None:
        """What the note should say; None: nothing."""
        return " ".join(part for part in (self._stopped, self.held.told) if part) or None

    @property
    def _stopped(self) -> str | None:
        return out_of_step(*self.reasons.values()) if self.reasons else None

    def see_to(self, errands: Errands, now: float) -> None:
        """Say why the errands have stopped, even while they can do nothing else."""
        self.tell("standing", None)
        self.tell("stopped", errands.reason)
        for side, count in self.held.begun():
            log.warning(
                "mapping %s: a guard holds deletes of the %s: %s so far. "
                "Decide with: sheetbridge deletes list",
                *(self.parts.table.mapping.name, side, f"{count:,}"),
            )
        if self.due(now) and not errands.under_way:
            errands.run(self.action(), self.said, self.failed, aside=True)

    def due(self, now: float) -> bool:
        """Whether the header should be seen to now."""
        changed = not self.sure or self._stopped != self._stopped_shown
        counted = self.text != self.shown and now >= self.count_at
        return now >= self.due_at and (changed or counted or now >= self.look_at)

    def stand_still(self, reason: str | None, errands: Errands, now: float) -> None:
        """Say why everything of the mapping waits (None: it has only just begun to); no other
        errand runs until it goes on.
        """
        self.tell("standing", reason)
        if self.due(now) and errands.possible:
            errands.run(self.action(), self.said, self.failed, aside=True)

    def action(self) -> Callable[[Tab], None]:
        """The errand that sees to it."""
        self._saying = text = self.text
        self._stopped_said = self._stopped
        mapping = self.parts.table.mapping
        header = mapping.header(self.parts.table.key[0])
        return lambda tab: trouble.say(tab.client, mapping.tab, header, text)

    def said(self, _: None) -> None:
        """It stands there now."""
        now = self.parts.around.monotonic()
        if not self._looked:
            # a worker before this one may have a call under way
            self.look_at, self._looked = now + self.parts.latest_call, True
        elif now >= self.look_at:
            self.look_at = math.inf
        self.shown, self._stopped_shown, self.sure = self._saying, self._stopped_said, True
        self.count_at = now + COUNT_SECONDS

    def failed(self, error: SheetbridgeError) -> None:
        """It may not stand there."""
        now = self.parts.around.monotonic()
        self.sure = False
        if isinstance(error, UnknownFateError):
            self.look_at = now + self.parts.latest_call
        self.due_at = now + (SOON_SECONDS if error.retriable else AGAIN_SECONDS)
