"""Long work in slices: between two of them others come to their turn."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

Answer = TypeVar("Answer")

Sliced = Generator[None, None, Answer]
"""Work that yields after each slice but the last; then it returns its answer, which is not None."""


def next_slice(work: Sliced[Answer]) -> Answer | None:
    """Do one slice; returns the answer after the last one. Raises what the work raises."""
    try:
        next(work)
    except StopIteration as end:
        answer: Answer = end.value
        return answer
    return None


def in_one_go(work: Sliced[Answer]) -> Answer:
    """Do all of it, for whoever has nothing else to do meanwhile."""
    while (answer := next_slice(work)) is None:
        pass
    return answer
