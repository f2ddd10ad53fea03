"""Writers: threads that act again and again, each act drawn from the seed and its own number.

What an act finds on a real stack no seed decides; which kind it is, and of what is there which row
and what next, it does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from tests.fault.nemesis.history import EXISTENCE, Content, History, Side, Write

PAUSE_SECONDS = 0.6
FEW_ROWS, MANY_ROWS = 25, 70

Item = TypeVar("Item")


class Writer:
    """One writer; ``number`` keeps its numeric values apart from those of the others."""

    side: Side

    def __init__(self, name: str, number: int, seed: int, history: History) -> None:
        self.name = name
        self.history = history
        self._number = number
        self._seed = seed
        self._stopping = threading.Event()
        self._acts = 0

    def stop(self) -> None:
        """Ask it to end after the act that is under way."""
        self._stopping.set()

    def run(self) -> None:
        """Act and pause until told to stop."""
        chance = Random(f"{self._seed}/{self.name}")
        while not self._stopping.wait(chance.expovariate(1 / PAUSE_SECONDS)):
            self._acts += 1
            self.act(self._acts, Random(f"{self._seed}/{self.name}/{self._acts}"))

    def act(self, number: int, chance: Random) -> None:
        """Do one act."""
        raise NotImplementedError

    def value(self, number: int, column: str) -> Content:
        """A value that no other act writes, and that Sheets does not take for a number or date."""
        if column == "n":
            return self._number * 1_000_000 + number
        return f"{self.name}v{number}{column}"

    def new_key(self, number: int, chance: Random, there: Sequence[str]) -> str:
        """A key that is not there: mostly one that never was, else one of a dead row."""
        if chance.random() < 0.25:
            dead = sorted(
                {
                    write.key
                    for act in self.history.happened()
                    for write in act.writes
                    if write.column is EXISTENCE and write.value is False
                }
                - set(there)
            )
            if dead:
                return chance.choice(dead)
        return f"{self.name}k{number}"

    def cells(self, number: int, chance: Random) -> dict[str, Content]:
        """Some cells of a new row."""
        there = [column for column in ("a", "b", "n") if chance.random() < 0.8] or ["a"]
        return {column: self.value(number, column) for column in there}


def created(key: str, cells: dict[str, Content]) -> list[Write]:
    """What creating a row writes."""
    return [Write(key, EXISTENCE, True), *(Write(key, c, value) for c, value in cells.items())]


def moved(old: str, new: str, cells: dict[str, Content]) -> list[Write]:
    """What changing a row's key writes: its cells come along."""
    return [
        Write(old, EXISTENCE, False),
        Write(new, EXISTENCE, True),
        *(Write(new, column, value, carried=True) for column, value in cells.items()),
    ]


def drawn(chance: Random, shares: Sequence[tuple[float, Item]]) -> Item:
    """One of the items, by its share."""
    weights = [weight for weight, _ in shares]
    return chance.choices([item for _, item in shares], weights)[0]


def fitting(
    rows: int, shares: Sequence[tuple[float, Callable[..., None]]], more: object, fewer: object
) -> list[tuple[float, Callable[..., None]]]:
    """The shares for a table of so many rows: no deletes from few, no creates among many."""
    unwanted = fewer if rows < FEW_ROWS else more if rows > MANY_ROWS else None
    return [(weight, item) for weight, item in shares if item != unwanted]
