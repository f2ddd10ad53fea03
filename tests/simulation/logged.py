"""The conflict log at the end of a history: each loss stands there once."""

from __future__ import annotations

from collections import Counter

from tests.doubles.memory_server import MemoryServer


def logged_twice(server: MemoryServer) -> list[str]:
    """A value loses to the same version, by one rule in one cell, once.

    Every value is written by one act. Not so what an operator gives back, what many rows are set to
    at once, and blanks. Where a trigger that ran twice tells it again after edits of the same
    millisecond, it is agreed twice, and may lose twice.
    """
    at_once = {
        (key, loss.column, loss.loser.value)
        for key, loss in server.data.conflicts
        if loss.winner.time == loss.loser.time
    }
    told = Counter(
        (key, loss.column, loss.loser.value, loss.loser.time, loss.rule, loss.winner.value)
        for key, loss in server.data.conflicts
        if loss.column is not None and isinstance(loss.loser.value, str) and loss.rule == "seen"
    )
    return [
        f"row {key.display} column {column}: {value!r} is logged {times} times by {rule}"
        for (key, column, value, _, rule, _), times in told.items()
        if times > 1 and (key, column, value) not in at_once
    ]
