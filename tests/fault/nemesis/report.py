"""The verdict in words."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.fault.nemesis.play import Verdict

_SHOWN = 10


def told(verdict: Verdict, seed: int, minutes: float, directory: Path) -> str:
    """What was done and how it ended; of violations the first ones, each with its story."""
    lines = [
        f"Nemesis: seed {seed}, {minutes:g} minutes",
        f"  acts   {sum(verdict.acts.values()):5}  {_counted(verdict.acts)}",
        f"  faults {sum(verdict.faults.values()):5}  {_counted(verdict.faults)}",
        f"  conflicts logged {verdict.losses}, dead letters {verdict.letters}, "
        f"keys that stood twice {verdict.doubled}",
    ]
    if verdict.died:
        lines.append(f"  ended by themselves, started again: {_counted(verdict.died)}")
    lines += [f"  too little happened: {what}" for what in verdict.idle]
    lines += [f"  not at rest: {reason}" for reason in verdict.restless[:_SHOWN]]
    for violation in verdict.violations[:_SHOWN]:
        lines.append(f"  VIOLATED {violation}")
        lines += [f"      {line}" for line in verdict.stories.get(str(violation), [])]
    more = len(verdict.violations) - _SHOWN
    if more > 0:
        lines.append(f"  … and {more} violations more")
    if verdict.passed:
        lines.append("  passed: both sides equal, nothing lost, nothing came back")
    else:
        lines.append(f"  FAILED; the history and the services' logs are in {directory}")
    return "\n".join(lines)


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
