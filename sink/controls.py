"""What people ask of a running mapping, and what makes it stand still.

A mapping stands still while it is paused, and before a batch that a guard holds: its streams are
not merged and its sheet is left alone; commands are still read, and what comes meanwhile stays in
Kafka. When it may go on, its worker ends and the next one begins from what is stored, as after a
crash: so there is no second way to begin.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import orjson

from sink.beginning import OnGoogle
from sink.core.change_event import HeldAnswer
from sink.core.command import Command, Order, decode_command
from sink.core.counted import counted
from sink.core.errors import SheetbridgeError
from sink.core.guards import Excess, What
from sink.core.held_batch import HeldBatch
from sink.core.lineage import Lineage
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.version import Origin
from sink.inbound import Inbound, Inbox
from sink.parts import Backwards, Parts
from sink.ports import Progress
from sink.record import Record
from sink.resync import Resync
from sink.unreadable import unreadable

log = logging.getLogger(__name__)

OUTCOMES_KEPT = 20
COMPARING = "Comparing sheet and table."
ANSWERED_AT_ONCE = 1_000
"""Held rows that one transaction answers."""

Merged = Callable[[Mapping[RowKey, RowState]], None]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a command: ``says`` is for who gave it; ``facts`` and ``offsets`` are stored.

    ``well`` is None while it goes on.
    """

    well: bool | None
    says: str
    facts: Mapping[str, object] = field(default_factory=dict)
    offsets: Mapping[str, int] = field(default_factory=dict)


class Controls:
    """The commands of one mapping, on the merging thread; its properties may be read anywhere.

    ``compare`` begins a reconciliation of both sides, ``merged`` takes in rows that have changed.
    """

    def __init__(
        self, parts: Parts, on_google: OnGoogle, compare: Callable[[], None], merged: Merged
    ) -> None:
        self._parts = parts
        self._on_google = on_google
        self._backwards = parts.backwards
        self._compare = compare
        self._merged = merged
        record = parts.record
        self._paused = record.paused
        self._held = HeldBatch.decoded(record.held_batch) if record.held_batch else None
        self._outcomes: dict[str, list[object]] = orjson.loads(record.outcomes or "{}")
        self._next = parts.next_offsets.get(parts.table.mapping.commands_topic, 0)
        self._over = False

    @property
    def stopped(self) -> bool:
        """Whether the mapping stands still."""
        return self._paused or self._waits or self._over

    @property
    def _waits(self) -> bool:
        """Whether a person has to decide before anything goes on."""
        return self._held is not None or self._backwards is not None

    @property
    def over(self) -> bool:
        """Whether the worker is to end, for the next one to go on."""
        return self._over

    def hold(self, excess: Excess, until: Mapping[str, int]) -> None:
        """Stop before a batch that ends at these offsets (none: a look found it)."""
        now = reached = self._parts.now()
        reason = f"{excess}. Decide with: sheetbridge deletes list"
        with self._parts.store.begin() as transaction:
            if excess.origin is Origin.DATABASE:  # of the future its times count as the latest
                reached = min(transaction.server_time(), self._parts.latest())
            held = HeldBatch(excess, now, until, reached)
            transaction.note({"held_batch": held.encoded(), "reason": reason})
        self._held = held
        log.warning("mapping %s stopped: %s", self._parts.table.mapping.name, reason)

    def compared(self, rows: int) -> None:
        """A reconciliation of both sides has ended; whoever asked for one is told."""
        if not any(well is None for well, _ in self._outcomes.values()):
            return
        says = "Sheet and table are as known."
        if rows:
            are = "it is" if rows == 1 else "they are"
            says = f"{counted(rows, 'rows')} had changed without an event; {are} merged."
        outcomes: dict[str, list[object]] = {
            name: [True, says] if well is None else [well, said]
            for name, (well, said) in self._outcomes.items()
        }
        with self._parts.store.begin() as transaction:
            transaction.note({"outcomes": orjson.dumps(outcomes).decode()})
        self._outcomes = outcomes

    def take(self, record: Record) -> None:
        """Apply one command; one that was applied before does nothing, nor does a bad one."""
        if record.offset < self._next:
            return
        progress = Progress({record.topic: record.offset + 1}, read_at=self._parts.now())
        try:
            command = decode_command(orjson.loads(record.value or b"null") or {})
        except (SheetbridgeError, orjson.JSONDecodeError, AttributeError) as error:
            self._parts.set_aside([unreadable(record, error)])
            with self._parts.store.begin() as transaction:
                transaction.record(progress)
            self._next = record.offset + 1
            return
        with self._parts.store.begin() as transaction:
            known = bool(transaction.known_ids([command.id]))
            if known:
                transaction.record(progress)
        if not known:
            self._apply(command, progress)
        self._next = record.offset + 1

    def _apply(self, command: Command, progress: Progress) -> None:
        result = self._result(command)
        progress.offsets = {**result.offsets, **progress.offsets}
        outcomes: dict[str, list[object]] = {
            **self._outcomes,
            command.id: [result.well, result.says],
        }
        for name in list(outcomes)[:-OUTCOMES_KEPT]:
            del outcomes[name]
        progress.edit_ids = [command.id]
        with self._parts.store.begin() as transaction:
            facts = {**result.facts, "outcomes": orjson.dumps(outcomes).decode()}
            transaction.note(facts)
            transaction.record(progress)
        self._outcomes = outcomes
        stood = self.stopped
        if "paused" in result.facts:
            self._paused = bool(result.facts["paused"])
        if "held_batch" in result.facts:
            self._held = None
        if "lineage" in result.facts:
            self._backwards = None
        self._over = self._over or (stood and not self.stopped)
        name = self._parts.table.mapping.name
        log.info("mapping %s: %s: %s", name, command.order.value, result.says)
        if result.well is None:
            self._compare()

    def _result(self, command: Command) -> Result:
        match command.order:
            case Order.PAUSE:
                says = "It was paused already" if self._paused else "Paused"
                return Result(True, f"{says}: changes of both sides are kept.", {"paused": 1})
            case Order.RESUME:
                return self._resume(command.prefer)
            case Order.RECONCILE if self.stopped:
                return Result(False, f"Nothing is compared: {self.standing}")
            case Order.RECONCILE:
                return Result(None, COMPARING)
            case Order.RELEASE | Order.REFUSE:
                return self._answer(command)

    @property
    def standing(self) -> str:
        """Why the mapping stands still, and how it goes on."""
        if self._backwards is not None:
            return self._backwards.reason
        if self._held is not None:
            return f"{self._held.excess}. Decide with: sheetbridge deletes list"
        name = self._parts.table.mapping.name
        return f"the mapping is paused. Go on with: sheetbridge resume {name}"

    def _resume(self, prefer: Origin | None) -> Result:
        if self._backwards is not None and prefer is not None:
            return self._resynchronise(self._backwards, prefer)
        if prefer is not None:
            return Result(False, "No side is to be preferred: time has not run backwards.")
        if self._waits:
            says = f"It still stands still: {self.standing}"
            return Result(False, says, {"paused": 0} if self._paused else {})
        return Result(True, "Resumed." if self._paused else "It was not paused.", {"paused": 0})

    def _resynchronise(self, backwards: Backwards, side: Origin) -> Result:
        """What the topics hold by now is left out: both sides are read instead."""
        mapping = self._parts.table.mapping
        streams, executed = backwards.streams(), backwards.executed()
        ends = {
            topic: streams.ends[topic]
            for topic in (mapping.cdc_topic, mapping.sheet_topic)
            if topic in streams.ends
        }
        lineage = Lineage.of(streams, ends.get(mapping.cdc_topic, 0))
        says = f"The {side} is right."
        if self._parts.record.phase == "running":
            reading = self._on_google(lambda tab: tab.read(formulas=True))
            changed = Resync(self._parts, side).run(reading)
            self._merged(changed)
            says += f" {counted(len(changed), 'rows')} differed; what lost is in the conflict log."
        facts: dict[str, object] = {
            "lineage": lineage.encoded(),
            "position": None,
            "first_gtids": executed,
            "held_batch": None,
            "answer": None,
            "reason": None,
            "paused": 0,
        }
        return Result(True, says, facts, ends)

    def _answer(self, command: Command) -> Result:
        if self._backwards is not None:
            return Result(False, self._backwards.reason)
        release = command.order is Order.RELEASE
        done = "released" if release else "refused"
        says = []
        facts: dict[str, object] = {}
        held = self._held
        if held is not None and command.rows is None and _meant(command, held.excess):
            excess = held.excess
            answer = held.answered(release=release, at=self._parts.now())
            answer = answer.joined(self._parts.pipeline.guard.answer)
            facts = {"held_batch": None, "reason": None, "answer": answer.encoded()}
            says.append(f"{counted(excess.count, excess.what.value)} of the {excess.origin} {done}")
        if command.what in (None, What.DELETES):
            answered = self._answer_deletes(command, release=release)
            if answered:
                says.append(f"{answered:,} held delete{'s' if answered != 1 else ''} {done}")
        if not says:
            return Result(False, "Nothing of that is held.")
        return Result(True, f"{', '.join(says)}.", facts)

    def _answer_deletes(self, command: Command, *, release: bool) -> int:
        """Answer held deletes, in transactions of their own: answered twice is answered once."""
        store, now = self._parts.store, self._parts.now()
        keys = [key for key in store.held_keys() if _named(key, command)]
        answered = 0
        for at in range(0, len(keys), ANSWERED_AT_ONCE):
            rows: list[Inbound] = [
                HeldAnswer(command.id, state.key, held.origin, release, now, now)
                for state in store.states(keys[at : at + ANSWERED_AT_ONCE]).values()
                for held in state.held
                if command.origin in (None, held.origin)
            ]
            answered += len(rows)
            inbox = Inbox(rows=rows, progress=Progress(read_at=now), guarded=False)
            self._merged(self._parts.pipeline.apply(inbox).states)
        return answered


def _meant(command: Command, excess: Excess) -> bool:
    return command.what in (None, excess.what) and command.origin in (None, excess.origin)


def _named(key: RowKey, command: Command) -> bool:
    rows = command.rows
    return rows is None or key.canonical.decode() in rows or key.display in rows
