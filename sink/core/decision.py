"""What the merge of one event led to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sink.core.row_state import RowState
from sink.core.version import Version

FIRST_SYNC = "first_sync"
"""The rule of a loss that the first sync decided."""


@dataclass(init=False, slots=True)
class Loss:
    """A value that lost, for the conflict log. ``column`` None: the row's existence."""

    column: Final[str | None]
    loser: Final[Version]
    winner: Final[Version]
    rule: Final[str]

    def __init__(
        self,
        column: str | None,
        loser: Version,
        winner: Version,
        rule: str,
    ) -> None:
        self.column = column
        self.loser = loser
        self.winner = winner
        self.rule = rule


@dataclass(init=False, slots=True)
class Decision:
    """The row's new state and what must be logged; ``echo``: the event was our own write's."""

    state: RowState
    losses: list[Loss]
    echo: bool

    def __init__(
        self,
        state: RowState,
        losses: list[Loss] | None = None,
        echo: bool = False,
    ) -> None:
        self.state = state
        self.losses = [] if losses is None else losses
        self.echo = echo
