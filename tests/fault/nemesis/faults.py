"""The harm that is done: kills, freezes, a second sink, and Google's own moods.

One fault at a time, drawn from the seed as from a deck of cards, so that each kind comes once
before one comes again; Google's moods go on while the next fault strikes. The emulator writes every
applied call to its disk before it answers, so it may be killed like the others.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from random import Random

import httpx

from deploy.local.failure import ServiceError
from deploy.local.stack import Stack
from tests.fault.nemesis.history import History
from tests.fault.nemesis.stage import Sheet

VICTIMS = ("mysql", "kafka", "connect", "emulator", "webhook", "sink")
PAUSE_SECONDS = (2.0, 6.0)
REST: dict[str, object] = {
    "quota_writes_per_minute": None,
    "quota_reads_per_minute": None,
    "latency_ms": 0,
    "fail_next": None,
    "late_calls": None,
    "drop_triggers": False,
    "duplicate_triggers": False,
    "trigger_delay_ms": 0,
}
"""The emulator's switches while Google is well."""


class Nemesis:
    """Does harm until told to stop; ``heal`` then mends everything.

    ``struck`` counts the faults by kind, ``died`` the services that ended by themselves;
    ``doing`` is the fault that is under way.
    """

    def __init__(self, stack: Stack, sheet: Sheet, history: History, seed: int) -> None:
        self.struck: Counter[str] = Counter()
        self.died: Counter[str] = Counter()
        self.doing = ""
        self._stack = stack
        self._sheet = sheet
        self._history = history
        self._chance = Random(f"{seed}/faults")
        self._stopping = threading.Event()
        self._mood_ends = 0.0

    def stop(self) -> None:
        """Ask it to end after the fault that is under way."""
        self._stopping.set()

    def run(self) -> None:
        """Strike and pause until told to stop."""
        deck: list[tuple[str, Callable[[], None]]] = []
        while not self._stopping.wait(self._chance.uniform(*PAUSE_SECONDS)):
            self._raise_the_dead()
            if self._mood_ends and time.monotonic() > self._mood_ends:
                self._calm()
            if not deck:
                deck = self._deck()
                self._chance.shuffle(deck)
            kind, strike = deck.pop()
            self._history.tell(fault=kind)
            self.doing = kind
            strike()
            self.doing = ""
            self.struck[kind] += 1
            self._history.tell(over=kind)

    def heal(self) -> None:
        """Everything runs again, and Google is well."""
        for name in VICTIMS:
            self._stack.kill(name, signal.SIGCONT)
        self._raise_the_dead()
        self._calm()

    def _deck(self) -> list[tuple[str, Callable[[], None]]]:
        def bound(strike: Callable[[str], None], name: str) -> Callable[[], None]:
            return lambda: strike(name)

        return [
            *((f"kill {name}", bound(self._kill, name)) for name in (*VICTIMS, "sink")),
            *((f"freeze {name}", bound(self._freeze, name)) for name in VICTIMS),
            ("a second sink", self._second_sink),
            ("quota", lambda: self._mood(quota_writes_per_minute=self._chance.randint(3, 12))),
            ("429", lambda: self._fail(429, apply=False)),
            ("503 before", lambda: self._fail(503, apply=False)),
            ("503 after", lambda: self._fail(503, apply=True)),
            ("late calls", self._late_calls),
            ("dropped triggers", lambda: self._mood(drop_triggers=0.5)),
            ("doubled triggers", lambda: self._mood(duplicate_triggers=0.7)),
            (
                "slowness",
                lambda: self._mood(latency_ms=400, trigger_delay_ms=self._chance.randint(0, 1_500)),
            ),
        ]

    def _kill(self, name: str) -> None:
        self._stack.kill(name, signal.SIGKILL)
        self._stopping.wait(self._chance.choice((0.0, 0.5, 3.0)))
        self._restart(name)

    def _freeze(self, name: str) -> None:
        self._freeze_for(name, self._chance.uniform(1, 9))

    def _second_sink(self) -> None:
        """The sink is frozen until the group gives its mapping to another one, then wakes."""
        directory = self._stack.directory
        with directory.log("second-sink").open("ab") as output:
            second = subprocess.Popen(
                [
                    *(sys.executable, "-m", "deploy.cli.main", "sink"),
                    *("--config", str(directory.configuration)),
                ],
                stdout=output,
                stderr=output,
            )
        try:
            self._stopping.wait(3.0)
            self._freeze_for("sink", self._chance.uniform(7, 10))  # a session lasts six
            self._stopping.wait(self._chance.uniform(1, 5))
        finally:
            second.kill()
            second.wait()

    def _freeze_for(self, name: str, seconds: float) -> None:
        with self._stack.frozen(name):
            self._stopping.wait(seconds)

    def _fail(self, status: int, *, apply: bool) -> None:
        count = self._chance.randint(1, 4)
        self._mood(fail_next={"status": status, "count": count, "calls": "any", "apply": apply})

    def _late_calls(self) -> None:
        self._mood(
            late_calls={
                "delay_ms": self._chance.randint(300, 5_000),
                "count": self._chance.randint(1, 3),
                "answer": self._chance.choice((503, None)),
            }
        )

    def _mood(self, **settings: object) -> None:
        """Google's own; it passes by itself, also with the emulator's death.

        Its length is drawn first: what the seed decides next must not depend on an answer.
        """
        seconds = self._chance.uniform(5, 15)
        try:
            self._sheet.switch(**settings)
        except httpx.HTTPError:
            return
        self._mood_ends = time.monotonic() + seconds

    def _calm(self) -> None:
        try:
            self._sheet.switch(**REST)
        except httpx.HTTPError:
            return
        self._mood_ends = 0.0

    def _raise_the_dead(self) -> None:
        """What ended by itself is noted, and started again as a container's supervisor would."""
        for name, alive in self._stack.alive().items():
            if not alive:
                self.died[name] += 1
                self._history.tell(died=name)
                self._restart(name)

    def _restart(self, name: str) -> None:
        try:
            self._stack.restart(name)
        except ServiceError:
            self._stack.restart(name)  # it ended while it started; once more, then it is a failure
