"""When a mapping whose worker has failed begins anew."""

from __future__ import annotations

RESTART_SECONDS = 3.0
MOST_RESTART_SECONDS = 24.0
LASTING_SECONDS = 300.0
"""How soon a mapping begins anew that fails again and again, each time twice as late: what keeps it
from running is told in its tab, which the next worker has to take away first. One that has run for
so long counts as the first to fail."""


class Restarts:
    """How long a mapping waits whose workers fail; times are seconds of the monotonic clock."""

    def __init__(self) -> None:
        self._began: dict[str, float] = {}
        self._waits: dict[str, float] = {}

    def begun(self, name: str, now: float) -> None:
        """A worker of the mapping begins."""
        self._began[name] = now

    def after(self, name: str, now: float) -> float:
        """Seconds to wait after its worker has failed: short again once one has run for long."""
        lasted = now - self._began.get(name, now)
        waited = self._waits.get(name, 0.0)
        longer = RESTART_SECONDS if lasted > LASTING_SECONDS else 2 * waited
        self._waits[name] = min(max(longer, RESTART_SECONDS), MOST_RESTART_SECONDS)
        return self._waits[name]
