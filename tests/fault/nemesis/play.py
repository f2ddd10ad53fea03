"""One run: the stage, the writers, the nemesis, quiet, and the verdict."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.progress import Progress
from deploy.local.stack import Stack
from sink.core.topics import DEAD_LETTERS
from tests.fault.nemesis.acts import Writer
from tests.fault.nemesis.checks import End, Loss, Violation, violations
from tests.fault.nemesis.faults import Nemesis
from tests.fault.nemesis.hands import Hand, Mender
from tests.fault.nemesis.history import History, Outcome
from tests.fault.nemesis.idleness import idleness
from tests.fault.nemesis.programs import Program
from tests.fault.nemesis.quiet import Restlessness, wait_for_quiet
from tests.fault.nemesis.stage import (
    FIRST_KEYS,
    NAME,
    SUM_CELL,
    Sheet,
    Table,
    program_engine,
    stage,
)
from tests.integration.topics import topic

WRITERS_A_SIDE = 2
READS_PER_MINUTE = 6_000
PROGRESS_SECONDS = 15.0
MENDINGS = 3

_LOSSES = (
    "SELECT row_key, column_name, loser, rule, winner "
    "FROM sheetbridge.conflict JOIN sheetbridge.mapping m "
    f"ON mapping_id = m.id WHERE name = '{NAME}' ORDER BY conflict.id"
)

Say = Callable[[str], None]


@dataclass
class Verdict:
    """How a run ended."""

    acts: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    died: Counter[str] = field(default_factory=Counter)
    losses: int = 0
    letters: int = 0
    doubled: int = 0
    idle: Sequence[str] = ()
    restless: Sequence[str] = ()
    violations: Sequence[Violation] = ()
    stories: dict[str, list[str]] = field(default_factory=dict)
    """By violation, what happened to its row, in order."""

    @property
    def passed(self) -> bool:
        """Whether enough happened, it came to rest and nothing was violated."""
        return not self.idle and not self.restless and not self.violations


def play(directory: Path, seed: int, minutes: float, progress: Progress, say: Say) -> Verdict:
    """Play one run on a stack of its own in ``directory``, which keeps the history and the logs."""
    with stage(directory, progress) as stack, _played(stack, directory, seed) as run:
        say(f"{NAME} is filled; {minutes:g} minutes of harm, seed {seed}")
        run.begin()
        run.last(minutes * 60, say)
        run.end(say)
        verdict = run.judge(say)
        verdict.idle = idleness(verdict.acts, verdict.faults, verdict.losses, minutes)
        return verdict


@contextmanager
def _played(stack: Stack, directory: Path, seed: int) -> Iterator[_Run]:
    sheet, table = Sheet(stack.endpoints), Table(stack.endpoints)
    history = History(directory / "history.jsonl")
    with closing(sheet), closing(history):
        yield _Run(stack, sheet, table, history, seed)


class _Run:
    def __init__(
        self, stack: Stack, sheet: Sheet, table: Table, history: History, seed: int
    ) -> None:
        self._stack, self._sheet, self._table, self._history = stack, sheet, table, history
        self._nemesis = Nemesis(stack, sheet, history, seed)
        self._mender = Mender("mender", history, sheet)
        engine = program_engine(stack.endpoints)
        self._writers: list[Writer] = [
            *(
                Program(f"prog{at}", at, seed, history, engine)
                for at in range(1, WRITERS_A_SIDE + 1)
            ),
            *(
                Hand(f"hand{at}", 10 + at, seed, history, sheet)
                for at in range(1, WRITERS_A_SIDE + 1)
            ),
            self._mender,
        ]
        self._everybody: list[Writer | Nemesis] = [*self._writers, self._nemesis]
        self._pool = ThreadPoolExecutor(len(self._everybody), thread_name_prefix="nemesis")
        self._running: list[Future[None]] = []
        self._restlessness = Restlessness(stack, sheet, table)
        self._wait_for_the_first_sync()

    def _wait_for_the_first_sync(self) -> None:
        reasons = wait_for_quiet(self._restlessness, list)
        assert not reasons, f"the first sync does not end: {reasons}"
        assert len(self._table.look()) == len(FIRST_KEYS)
        self._sheet.gesture("edit", None, range="F1", values=[["remark"]])
        self._sheet.gesture("edit", None, range=SUM_CELL, values=[["=SUM(D2:D)"]])
        reasons = wait_for_quiet(self._restlessness, list)
        assert not reasons, f"a person's own column disturbs it: {reasons}"

    def begin(self) -> None:
        """Writers and nemesis start."""
        for runner in self._everybody:
            self._running.append(self._pool.submit(runner.run))

    def last(self, seconds: float, say: Say) -> None:
        """Let it go on so long, and say how it goes; a writer's own failure ends it."""
        began = time.monotonic()
        told = 0.0
        while (passed := time.monotonic() - began) < seconds:
            if any(running.done() for running in self._running):
                break
            if passed - told >= PROGRESS_SECONDS:
                told = passed
                say(f"{passed:4.0f} s: {self._so_far()}")
            time.sleep(0.5)

    def _so_far(self) -> str:
        acts = Counter(act.outcome.value for act in self._history.acts)
        struck = sum(self._nemesis.struck.values())
        doing = f" ({self._nemesis.doing})" if self._nemesis.doing else ""
        died = f", died by themselves: {dict(self._nemesis.died)}" if self._nemesis.died else ""
        counted = ", ".join(f"{acts[outcome.value]} {outcome.value}" for outcome in Outcome)
        return f"acts {counted}; faults {struck}{doing}{died}"

    def end(self, say: Say) -> None:
        """Everybody stops and everything is mended; raises what went wrong in them."""
        for runner in self._everybody:
            runner.stop()
        self._pool.shutdown(wait=True)
        for running in self._running:
            running.result()
        self._nemesis.heal()
        self._sheet.switch(quota_reads_per_minute=READS_PER_MINUTE)
        say("the harm is over; waiting for quiet")

    def judge(self, say: Say) -> Verdict:
        """Wait for quiet, look at both sides, and check."""
        verdict = Verdict(faults=self._nemesis.struck, died=self._nemesis.died)
        began = time.monotonic()
        verdict.restless = self._rest()
        say(f"{'no quiet' if verdict.restless else 'quiet'} after {time.monotonic() - began:.0f} s")
        end = End(self._sheet.look(), self._table.look(), self._losses(), self._letters())
        verdict.violations = violations(self._history, end)
        for act in self._history.acts:
            if act.outcome is not Outcome.FAILED:
                verdict.acts[f"{act.side.value}: {act.kind}"] += 1
        verdict.losses, verdict.letters = len(end.losses), len(end.letters)
        verdict.doubled = len(self._history.doubled)
        for violation in verdict.violations:
            verdict.stories[str(violation)] = list(self._story(violation, end))
        return verdict

    def _rest(self) -> list[str]:
        """As the mender in the run: where a key stands twice, a person deletes one row."""
        for _ in range(MENDINGS):
            reasons = wait_for_quiet(self._restlessness, self._letters)
            if not any("times in the sheet" in reason for reason in reasons):
                break
            self._mender.mend(self._sheet.look())
            self._mender.mend(self._sheet.look())
        return reasons

    def _story(self, violation: Violation, end: End) -> Iterator[str]:
        if violation.key is None:
            return
        yield from map(str, self._history.of(violation.key))
        for loss in end.losses:
            if loss.key == violation.key and violation.column in (None, loss.column):
                yield f"logged: {loss.column} {loss.value!r} by {loss.rule}"
        yield f"table: {end.table.get(violation.key)}"
        yield f"sheet: {end.view.by_key().get(violation.key)}"

    def _losses(self) -> list[Loss]:
        return [
            Loss(json.loads(key)["id"], column, json.loads(loser)["value"], rule, winner)
            for key, column, loser, rule, winner in self._table.stored(_LOSSES)
        ]

    def _letters(self) -> list[str]:
        with topic(self._stack.endpoints.kafka_bootstrap, DEAD_LETTERS) as letters:
            return [
                (record.value or b"").decode("utf-8", "replace") for record in letters.records(0)
            ]
