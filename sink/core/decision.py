"""What the merge of one event led to."""

from __future__ import annotations

from dataclasses import dataclass, field

from sink.core.light import light
from sink.core.row_state import RowState
from sink.core.version import Version

FIRST_SYNC = "first_sync"
"""The rule of a loss that the first sync decided."""


@light
@dataclass(frozen=True, slots=True)
class Loss:
    """A value that lost, for the conflict log. ``column`` None: the row's existence."""

    column: str | None
    loser: Version
    winner: Version
    rule: str


@dataclass(slots=True)
class Decision:
    """The row's new state and what must be logged; ``echo``: the event was our own write's."""

    state: RowState
    losses: list[Loss] = field(default_factory=list)
    echo: bool = False
