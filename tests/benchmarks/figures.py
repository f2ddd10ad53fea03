"""What a case measured: figures with what is to be reached, limits beside them, raw samples."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a case. ``goal`` is the most it may be, or the least where ``more`` is better.

    ``limit`` is the same measured on something that cannot be beaten here (a bare route, a bare
    upsert), in the same run and unit.
    """

    name: str
    value: float
    unit: str
    goal: float | None = None
    more: bool = False
    limit: float | None = None

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.more else self.value <= self.goal


@dataclass(slots=True)
class Result:
    """A case's outcome: ``unequal`` says why it has no figure."""

    case: str
    figures: list[Figure] = field(default_factory=list)
    samples: dict[str, list[float]] = field(default_factory=dict)
    settings: dict[str, object] = field(default_factory=dict)
    unequal: str = ""

    def add(
        self,
        name: str,
        value: float,
        unit: str,
        *,
        at_most: float | None = None,
        at_least: float | None = None,
        limit: float | None = None,
    ) -> None:
        """Add a figure; ``at_most`` or ``at_least`` is what is to be reached."""
        goal = at_most if at_least is None else at_least
        self.figures.append(Figure(name, value, unit, goal, at_least is not None, limit))


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that ``share`` (0 to 1) of all samples do not exceed."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
