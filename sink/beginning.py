"""A mapping's beginning: wait until the connector streams its table, then the first sync.

A marker row is written and awaited in the table's topic: only then is it certain that every change
after the first sync's consistent read will come.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from sink.first_sync import first_sync
from sink.parts import Parts
from sink.state.mapping_record import FILLING, RUNNING
from sink.synced import Synced
from sink.writers.sheets.tab import Tab

log = logging.getLogger(__name__)

MARK_AGAIN_SECONDS = 5.0
PATIENCE_SECONDS = 60.0
"""How long the connector may take before the tab tells that it is waited for."""

Answer = TypeVar("Answer")


class OnGoogle(Protocol):
    """Runs an action on Google's thread and waits for it."""

    def __call__(self, action: Callable[[Tab], Answer]) -> Answer:
        """The action's result."""


@dataclass(slots=True)
class Beginning:
    """Lives on the merging thread until the mapping runs.

    ``synced`` is what the first sync has led to, until all of it is merged.
    """

    parts: Parts
    on_google: OnGoogle
    tokens: set[str] = field(default_factory=set)
    marked_at: float = 0.0
    began: float | None = None
    synced: Synced | None = None

    @property
    def over(self) -> bool:
        """Whether the first sync is done, and what it led to is merged."""
        return self.parts.record.phase == RUNNING and self.synced is None

    @property
    def interrupted(self) -> bool:
        """Whether it has begun, here or in a worker before this one: the stream was seen to run by
        then, and is to be read on from there.
        """
        return self.parts.record.phase == FILLING or self.synced is not None

    def mark(self) -> None:
        """Write a marker; another one from time to time, for the connector may start later."""
        now = self.parts.around.monotonic()
        if self.began is None:
            self.began = now
        if now < self.marked_at + MARK_AGAIN_SECONDS:
            return
        if self.marked_at:
            log.warning(
                "mapping %s waits for the connector to stream %s; is it registered?",
                self.parts.table.mapping.name,
                self.parts.table.mapping.table,
            )
        token = self.parts.around.token()
        self.parts.store.mark(token)
        self.tokens.add(token)
        self.marked_at = now

    @property
    def waits_for(self) -> str | None:
        """Why it takes so long; None while it does not."""
        if self.began is None or self.parts.around.monotonic() < self.began + PATIENCE_SECONDS:
            return None
        return (
            "it is filled once changes of the table come through Kafka, and none have yet. "
            "sheetbridge check tells what is wrong"
        )

    def streams(self, markers: list[str]) -> bool:
        """Whether one of our markers has come back."""
        return not self.tokens.isdisjoint(markers)

    def first_sync(self) -> Synced:
        """Run the first sync and store its stamps; from here on the mapping runs.

        Once it has run, what it led to is returned again, until ``merged`` is told.
        """
        if self.synced is None:
            self.synced = self._run()
        return self.synced

    def merged(self) -> None:
        """All that the first sync led to is merged."""
        self.synced = None

    def _run(self) -> Synced:
        parts = self.parts
        name = parts.table.mapping.name
        log.info("mapping %s: first sync begins", name)
        started = self.parts.around.monotonic()
        synced = self.on_google(lambda tab: first_sync(parts, tab))
        with parts.store.begin() as transaction:
            transaction.note(
                {
                    "phase": RUNNING,
                    "first_gtids": synced.gtids,
                    "first_read": synced.first.read,
                    "first_shown": synced.first.shown,
                    "filled": None,
                    "to_fill": None,
                }
            )
        parts.record = replace(
            parts.record, phase=RUNNING, first_gtids=synced.gtids, first=synced.first
        )
        parts.store.begin_with(parts.record)
        log.info(
            "mapping %s: first sync of %d rows took %.1f s",
            name,
            synced.rows,
            self.parts.around.monotonic() - started,
        )
        return synced
