"""The records of a mapping that wait to be merged, and which of them come into the next batch.

People wait for their edits; what a program wrote is shown half a second later at the soonest, for
the sheet is called no more often. So where a flood of changes waits, the posts do not wait behind
it: they come into the next batch with a part of it. The order of each topic stays as it is; between
topics there is none that could be kept. An operator's command waits behind nothing: it may be the
one that stops all this.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from sink.record import Record

BESIDE_POSTS = 200
"""So many records of changes come into a batch with posts: they take some 50 ms."""

BYTES_BESIDE_POSTS = 200_000
"""And no more bytes of them, but for the last one."""

LONGEST = 2.0
"""Seconds for which changes are left behind so; then a batch takes its fill of them. Where posts
come faster than they can be merged, their own echoes must not wait for ever."""


class Backlog:
    """Waiting records of one mapping, by its topics of changes and of commands, and all others.

    ``most`` and ``most_bytes`` are of one batch: records, and bytes of their values but for the
    last one's.
    """

    def __init__(self, changes: str, commands: str, *, most: int, most_bytes: int) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._posts: deque[Record] = deque()
        self._changes: deque[Record] = deque()
        self._commands: deque[Record] = deque()
        self._left_since: float | None = None
        self._by_topic = {changes: self._changes, commands: self._commands}

    def __bool__(self) -> bool:
        return bool(self._commands or self._posts or self._changes)

    @property
    def changes(self) -> int:
        """How many records of changes wait; a delete has two, the event and its tombstone."""
        return len(self._changes)

    def add(self, records: Sequence[Record]) -> None:
        """Keep ``records``, in the order of each topic."""
        for record in records:
            self._by_topic.get(record.topic, self._posts).append(record)

    def take(self, now: float) -> list[Record]:
        """The next batch, ``now`` being seconds of a monotonic clock; empty where nothing waits."""
        commands = [self._commands.popleft() for _ in range(len(self._commands))]
        posts = _first(self._posts, self._most, self._most_bytes)
        if not posts or (self._left_since is not None and now >= self._left_since + LONGEST):
            self._left_since = None
            return commands + posts + _first(self._changes, self._most, self._most_bytes)
        most, most_bytes = min(self._most, BESIDE_POSTS), min(self._most_bytes, BYTES_BESIDE_POSTS)
        changes = _first(self._changes, most, most_bytes)
        if not self._changes:
            self._left_since = None
        elif self._left_since is None:
            self._left_since = now
        return commands + posts + changes


def _first(waiting: deque[Record], most: int, most_bytes: int) -> list[Record]:
    taken: list[Record] = []
    size = 0
    while waiting and len(taken) < most and size < most_bytes:
        taken.append(waiting.popleft())
        size += taken[-1].size
    return taken
