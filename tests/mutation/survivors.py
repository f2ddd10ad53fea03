"""The list of mutants that no test finds, each with the reason (``survivors.toml``).

mutmut numbers mutants anew whenever a function changes, so that a mutant is named by what it
changes: the function, the line as it is, and as the mutant has it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).parent / "survivors.toml"


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
    """A mutant that may survive; ``equivalent``: no input tells it from what was meant."""

    mutant: Mutant
    reason: str
    equivalent: bool


def listed(path: Path = LIST) -> dict[Mutant, Survivor]:
    """The listed survivors.

    Raises ValueError where an entry has no reason, or stands twice.
    """
    found: dict[Mutant, Survivor] = {}
    for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("survivor", []):
        mutant = Mutant(entry["function"], entry["was"], entry["now"])
        if not entry.get("reason") or mutant in found:
            raise ValueError(f"{path.name}: without a reason, or twice:\n{mutant}")
        found[mutant] = Survivor(mutant, entry["reason"], entry.get("equivalent", False))
    return found


def mutant_of(function: str, diff: str) -> Mutant:
    """The mutant of ``function`` that a unified ``diff`` shows."""
    lines = diff.splitlines()[2:]

    def marked(sign: str) -> str:
        return "\n".join(line[1:].strip() for line in lines if line.startswith(sign))

    return Mutant(function, marked("-"), marked("+"))


def _quoted(text: str) -> str:
    """A TOML string that stays readable: literal where it can be."""
    if "\n" in text:
        return f"'''\n{text}'''"
    return f"'{text}'" if "'" not in text else f"'''{text}'''"
