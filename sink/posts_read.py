"""How far the sheet's topic has been read, as a time: what had been posted by then is merged.

What a look at the sheet shows, or a call of ours replaced, is an edit that no event tells of only
once every post that may tell of it has been read. The topic may lag far behind: after a pause, or
while the sink was away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sink.core.errors import SheetbridgeError
from sink.inbound import Inbox
from sink.parts import Parts

AGAIN_SECONDS = 0.5
"""How long Kafka is left alone after it did not answer."""


@dataclass(slots=True)
class PostsRead:
    """Of one mapping; lives on the merging thread. Times are Google's, in microseconds.

    ``until``: all that was posted by then has been merged.
    """

    parts: Parts
    until: int = 0
    _read_to: int = field(init=False)
    _asked_at: int = 0
    _end: int | None = None
    _not_before: float = 0.0

    def __post_init__(self) -> None:
        self._read_to = self.parts.next_offsets.get(self.parts.table.mapping.sheet_topic, 0)

    def wants_end(self, times: Iterable[int]) -> bool:
        """Whether Kafka is to be asked where the topic ends, so that one of ``times`` is reached.

        Nothing is asked before a time has come, or while what was asked last has not been read.
        """
        if self._end is not None or self.parts.around.monotonic() < self._not_before:
            return False
        come = self.parts.earliest()
        return any(self.until < time <= come for time in times)

    def ask(self) -> tuple[int, int]:
        """Where the topic ends, and the time before which that is known to be; may block."""
        asked = self.parts.earliest()
        return asked, self.parts.end_of_posts()

    def told(self, answer: tuple[int, int]) -> None:
        """Take what ``ask`` returned."""
        self._asked_at, self._end = answer
        self._advance()

    def failed(self, _error: SheetbridgeError) -> None:
        """Kafka did not answer."""
        self._not_before = self.parts.around.monotonic() + AGAIN_SECONDS

    def read(self, inbox: Inbox) -> None:
        """A batch is merged, or passed over before the first sync, which looks for itself."""
        following = inbox.progress.offsets.get(self.parts.table.mapping.sheet_topic)
        if following is not None:
            self._read_to = max(self._read_to, following)
            self._advance()

    def _advance(self) -> None:
        if self._end is not None and self._read_to >= self._end:
            self.until = max(self.until, self._asked_at)
            self._end = None
