"""Forgetting what is older than ``[retention]`` says, a little at a time, between two batches.

Edit ids and conflicts go by their age. A tombstone goes only when both sides surely lack its row,
the stream of change events has been read past that, and every edit older than it is refused as too
old from then on (``sink.old_posts``): nothing can bring the row back but an edit that is younger.
Agreed values of rows that live are never pruned. Where nothing is old, nothing is written.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from sink.core.retention import DAY, Horizon
from sink.core.row_key import RowKey
from sink.core.tombstones import gone_since
from sink.parts import Parts

log = logging.getLogger(__name__)

AT_ONCE = 500
"""Rows of one kind that one transaction forgets."""

PAUSE_SECONDS = 1.0
"""Between two such transactions: merging goes first."""

PATIENCE_SECONDS = 30.0
"""How long a marker may take before the rows are looked for anew."""

MARKERS_KEPT = DAY

REST_SECONDS = 60.0
"""From one to two of these after a mapping's last change no memory is kept for its rows."""


@dataclass(slots=True)
class Pruning:
    """The pruning of one mapping. Lives on the merging thread; ``due`` is a monotonic second."""

    parts: Parts
    due: float = field(init=False)
    _rest_at: float = field(init=False)
    _gone: list[RowKey] = field(default_factory=list)
    _horizon: Horizon = field(default_factory=lambda: Horizon(0, 0, 0))
    _token: str = ""
    _read_past: bool = False

    def __post_init__(self) -> None:
        now = self.parts.around.monotonic()
        self.due = now + self.parts.prune_every
        self._rest_at = now + REST_SECONDS

    def seen(self, markers: list[str]) -> None:
        """Note markers that came back in the stream of change events."""
        self._read_past = self._read_past or self._token in markers

    def rest(self) -> None:
        """Let the store give memory back now and then, also while the mapping stands still."""
        now = self.parts.around.monotonic()
        if now >= self._rest_at:
            self.parts.store.rest()
            self._rest_at = now + REST_SECONDS

    def tick(self) -> None:
        """Forget a few old things, if it is time to."""
        if self._gone and self._read_past:
            self._forget_rows()
            return
        now = self.parts.around.monotonic()
        if now < self.due:
            return
        store = self.parts.store
        server = store.server_time()
        horizon = self.parts.retention.horizon(self.parts.now(), server)
        old = store.prunable(horizon, AT_ONCE)
        pruned = store.prune_markers(min(self.parts.now(), server) - MARKERS_KEPT, AT_ONCE)
        if old.entries:
            with store.begin() as transaction:
                pruned += transaction.prune(horizon, AT_ONCE)
        self._gone, self._horizon = old.gone, horizon
        if old.gone:
            self._token, self._read_past = self.parts.around.token(), False
            store.mark(self._token)
            self.due = now + PATIENCE_SECONDS
        else:
            self.due = now + (PAUSE_SECONDS if pruned else self.parts.prune_every)
        if pruned:
            log.info("%d old entries forgotten", pruned)

    def _forget_rows(self) -> None:
        """The stream has been read past the look: what still tells of no row is forgotten."""
        keys, before = self._gone, self._horizon.tombstones
        with self.parts.store.begin() as transaction:
            states = transaction.states(keys)
            there = transaction.lock(keys)
            gone = [
                key
                for key, state in states.items()
                if key not in there
                and key not in self.parts.pipeline.calling
                and (since := gone_since(state)) is not None
                and since < before
            ]
            if gone:
                transaction.forget(gone, before)
        log.info("%d deleted rows forgotten", len(gone))
        self._gone = []
        pause = PAUSE_SECONDS if gone else self.parts.prune_every
        self.due = self.parts.around.monotonic() + pause
