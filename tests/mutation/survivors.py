"""The list of mutants that no test finds, each with the reason (``survivors.toml``).

mutmut numbers mutants anew whenever a function changes, so that a mutant is named by what it
changes: the function, the lines as they are, and as the mutant has them.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).parent / "survivors.toml"

LEAST = 95.0
"""Per cent of the mutants that the tests must find."""

FOUND = frozenset({"killed"})
"""Not those that ran out of time: on a busy machine that says nothing of the tests."""

ALIVE = frozenset({"survived", "no tests"})


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mutant: ``was`` and ``now`` are the changed lines without indentation."""

    function: str
    was: str
    now: str

    def __str__(self) -> str:
        return (
            f"[[survivor]]\nfunction = {_quoted(self.function)}\n"
            f"was = {_quoted(self.was)}\nnow = {_quoted(self.now)}\n"
        )


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that may survive; ``equivalent``: no input tells it from what was meant.

    ``times``: the function has that many of the same lines whose mutants all survive.
    """

    mutant: Mutant
    reason: str
    equivalent: bool
    times: int = 1


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the mutant that mutmut calls ``name``; ``mutant`` is told where it lives."""

    name: str
    status: str
    mutant: Mutant | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the tests let through: ``unlisted`` survives and should not, ``stale`` is listed and
    does not survive, ``unchecked`` came to no end."""

    mutants: int
    found: int
    alive: int
    equivalent: int
    unlisted: tuple[Mutant, ...]
    stale: tuple[Mutant, ...]
    unchecked: tuple[str, ...]

    @property
    def share(self) -> float:
        """Per cent found of those that a test could find."""
        return 100 * self.found / max(1, self.mutants - self.equivalent)

    @property
    def passed(self) -> bool:
        """Whether the tests find enough, and all others are accounted for."""
        wrong = self.unlisted or self.stale or self.unchecked
        return self.mutants > 0 and not wrong and self.share >= LEAST

    def __str__(self) -> str:
        told = [
            f"{self.mutants:,} mutants, {self.found:,} found: {self.share:.1f} % of those that a "
            f"test could find, {100 * self.found / max(1, self.mutants):.1f} % of all; "
            f"{self.alive} survive, {self.equivalent} of them equivalent"
        ]
        told += [f"survives, and is not in {LIST.name}:\n{each}" for each in self.unlisted]
        told += [f"does not survive; strike it from {LIST.name}:\n{each}" for each in self.stale]
        told += [f"came to no end: {name}" for name in self.unchecked]
        return "\n\n".join(told)


def judge(results: Sequence[Result], survivors: Mapping[Mutant, Survivor]) -> Verdict:
    """Hold the survivors of a run against the list."""
    alive = Counter(each.mutant for each in results if each.mutant is not None)
    expected = Counter({mutant: each.times for mutant, each in survivors.items()})
    known = alive & expected
    return Verdict(
        len(results),
        sum(each.status in FOUND for each in results),
        alive.total(),
        sum(times for mutant, times in known.items() if survivors[mutant].equivalent),
        tuple((alive - expected).elements()),
        tuple((expected - alive).elements()),
        tuple(each.name for each in results if each.status not in FOUND | ALIVE),
    )


def listed(path: Path = LIST) -> dict[Mutant, Survivor]:
    """The listed survivors.

    Raises ValueError where an entry has no reason, or stands twice.
    """
    found: dict[Mutant, Survivor] = {}
    for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("survivor", []):
        mutant = Mutant(entry["function"], entry["was"], entry["now"])
        if not entry.get("reason") or mutant in found:
            raise ValueError(f"{path.name}: without a reason, or twice:\n{mutant}")
        found[mutant] = Survivor(
            mutant, entry["reason"], entry.get("equivalent", False), entry.get("times", 1)
        )
    return found


def mutant_of(function: str, diff: str) -> Mutant:
    """The mutant of ``function`` that a unified ``diff`` shows."""
    lines = diff.splitlines()[2:]

    def marked(sign: str) -> str:
        return "\n".join(line[1:].strip() for line in lines if line.startswith(sign))

    return Mutant(function, marked("-"), marked("+"))


def _quoted(text: str) -> str:
    """A TOML string, literal where it can be."""
    if "\n" not in text and "'" not in text:
        return f"'{text}'"
    return f"'''\n{text}'''"
