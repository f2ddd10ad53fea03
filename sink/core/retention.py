"""How long what is remembered of the past is kept, and from when on it may be forgotten.

Times are microseconds since the epoch. A thing may be forgotten only if both clocks, Google's and
the database server's, say that it is old: a clock that runs ahead then forgets nothing too early.
"""

from __future__ import annotations

from dataclasses import dataclass

from sink.core.configuration import RetentionSettings

DAY = 24 * 3600 * 1_000_000


@dataclass(frozen=True, slots=True)
class Horizon:
    """What is older than this may be forgotten, each kind by its own moment (µs)."""

    edit_ids: int
    tombstones: int
    conflicts: int


@dataclass(frozen=True, slots=True)
class Retention:
    """How long (µs) edit ids, tombstones and conflicts are kept.

    A tombstone outlives the edit ids: once it is forgotten, every edit older than it must be one
    that is refused as too old, or it could bring the row back.
    """

    edit_ids: int
    tombstones: int
    conflicts: int

    @classmethod
    def of(cls, settings: RetentionSettings) -> Retention:
        """What ``[retention]`` of ``sheetbridge.toml`` says."""
        return cls(settings.edit_ids * DAY, settings.tombstones * DAY, settings.conflicts * DAY)

    def horizon(self, google: int, server: int) -> Horizon:
        """What may be forgotten when the two clocks show these times."""
        now = min(google, server)
        return Horizon(
            now - self.edit_ids,
            now - max(self.tombstones, self.edit_ids),
            now - self.conflicts,
        )
