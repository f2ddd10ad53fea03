"""What a benchmark is, and what it tells."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.benchmarks.arena import Arena


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value, with what is to be reached (``at_most`` or ``at_least``)."""

    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def reached(self) -> bool | None:
        """Whether it is as it should be; None for a figure that is only told, such as a limit."""
        if self.at_most is not None:
            return self.value <= self.at_most
        if self.at_least is not None:
            return self.value >= self.at_least
        return None

    @property
    def wanted(self) -> str:
        """What is to be reached, in words."""
        if self.at_most is not None:
            return f"≤ {self.at_most:,.4g} {self.unit}"
        if self.at_least is not None:
            return f"≥ {self.at_least:,.6g} {self.unit}"
        return ""


@dataclass(slots=True)
class Outcome:
    """What a case measured. ``samples`` are raw, in the unit that their name tells.

    ``processor`` is the seconds of processor that each process took while the clock ran,
    ``counts`` whatever else was counted, by whom and what.
    """

    figures: list[Figure]
    samples: dict[str, list[float]] = field(default_factory=dict)
    processor: dict[str, float] = field(default_factory=dict)
    settings: dict[str, object] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """One benchmark. ``arena`` False: it needs no stack, and gets none."""

    name: str
    work: str
    run: Callable[[Arena], Outcome]


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that at least that share of all samples does not exceed."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
