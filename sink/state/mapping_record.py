"""What is stored of a mapping as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from sink.core.change_event import Position
from sink.state.records import FirstSync

NEW, FILLING, RUNNING = "new", "filling", "running"
"""The phases of a mapping: before its first sync, while an empty tab is being filled, and after."""


@dataclass(frozen=True, slots=True)
class MappingRecord:
    """A mapping's own row, as it was when a worker began.

    ``transactions`` counts its numbered transactions under ``source_uuid``; ``first`` and
    ``first_gtids`` are what the first sync left; ``call_number``, ``fence`` and ``open_call`` tell
    of the last call to the sheet, ``repairs`` of what it hit by mistake. ``tally`` is what the
    guards have counted, ``held_batch`` what they stopped the mapping before, ``answer`` what a
    person said to that, ``outcomes`` what became of the last commands, ``lineage`` the cluster and
    topics that the offsets belong to. ``declared`` is how the table was when its rows were taken
    over (``sink.core.declared``).
    """

    id: int
    name: str
    source_uuid: str
    transactions: int
    phase: str
    reason: str | None
    paused: bool
    first_gtids: str
    first: FirstSync
    position: Position | None
    call_number: int
    fence: str | None
    open_call: str | None
    repairs: str | None
    tally: str | None = None
    held_batch: str | None = None
    answer: str | None = None
    outcomes: str | None = None
    lineage: str | None = None
    declared: str | None = None
