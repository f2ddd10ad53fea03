"""The records of a mapping that wait to be merged, and which of them come into the next batch.

People wait for their edits; what a program wrote is shown half a second later at the soonest, for
the sheet is called no more often. So where a flood of changes waits, the posts do not wait behind
it: they come into the next batch with a part of it. The order of each topic stays as it is; between
topics there is none that could be kept.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from sink.record import Record

BESIDE_POSTS = 200
"""So many change events come into a batch with posts: they take some 50 ms."""

BYTES_BESIDE_POSTS = 200_000
"""And no more bytes of them, but for the last one."""


class Backlog:
    """Waiting records of one mapping; those of ``changes_topic`` give way to all others.

    ``most`` and ``most_bytes`` are of one batch: records, and bytes of their values but for the
    last one's.
    """

    def __init__(self, changes_topic: str, *, most: int, most_bytes: int) -> None:
        self._changes_topic = changes_topic
        self._most = most
        self._most_bytes = most_bytes
        self._posts: deque[Record] = deque()
        self._changes: deque[Record] = deque()

    def __bool__(self) -> bool:
        return bool(self._posts or self._changes)

    @property
    def changes(self) -> int:
        """How many change events wait."""
        return len(self._changes)

    def add(self, records: Sequence[Record]) -> None:
        """Keep ``records``, in the order of each topic."""
        for record in records:
            is_change = record.topic == self._changes_topic
            (self._changes if is_change else self._posts).append(record)

    def take(self) -> list[Record]:
        """The next batch; empty where nothing waits."""
        posts = _first(self._posts, self._most, self._most_bytes)
        if not posts:
            return _first(self._changes, self._most, self._most_bytes)
        most = min(BESIDE_POSTS, self._most)
        return posts + _first(self._changes, most, min(BYTES_BESIDE_POSTS, self._most_bytes))


def _first(waiting: deque[Record], most: int, most_bytes: int) -> list[Record]:
    taken: list[Record] = []
    size = 0
    while waiting and len(taken) < most and size < most_bytes:
        taken.append(waiting.popleft())
        size += taken[-1].size
    return taken
