"""Whether enough happened in a run for its verdict to mean anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from tests.fault.nemesis.history import Side

ACTS, LOSSES, FAULTS = 50, 10, 3
"""A minute. Two cores bring about four times the acts of a side, ten times the conflicts, and more
than twice the faults."""

KINDS = {Side.SHEET: 8, Side.TABLE: 5}
"""Of acts; and faults are of different kinds until each has come."""


def idleness(
    acts: Mapping[str, int], faults: Mapping[str, int], losses: int, minutes: float
) -> list[str]:
    """What happened too seldom in so many minutes; ``acts`` by "side: kind", ``faults`` by kind."""
    by_side: Counter[str] = Counter()
    for name, number in acts.items():
        by_side[name.partition(":")[0]] += number
    wanted: dict[str, tuple[int, float]] = {
        "values in the conflict log": (losses, LOSSES * minutes),
        "faults": (sum(faults.values()), FAULTS * minutes),
        "kinds of faults": (len(faults), FAULTS * min(minutes, 3)),
    }
    for side, kinds in KINDS.items():
        met = [name for name in acts if name.startswith(f"{side.value}:")]
        wanted[f"acts in the {side.value}"] = (by_side[side.value], ACTS * minutes)
        wanted[f"kinds of acts in the {side.value}"] = (len(met), kinds * min(minutes, 1))
    return [
        f"{number} {what}, and at least {int(least)} are wanted"
        for what, (number, least) in wanted.items()
        if number < int(least)
    ]
