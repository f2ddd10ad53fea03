"""One process of the sink: the production merge point, fed from the topics until it is killed.

A new process knows only what the database has stored. An old one may still have a call on its way
to Google, and does not know that it was replaced until it tries to commit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from random import Random
from typing import TypeVar

from deploy.sheets_emulator.document import Document
from sink.ahead import WhenAsked
from sink.core.errors import SheetbridgeError
from sink.core.mapped_table import MappedTable
from sink.core.policies import rules_of
from sink.core.row_key import RowKey
from sink.core.slices import Sliced
from sink.guarding import Guard
from sink.merge_point import MergePoint
from sink.parts import Backwards, Parts, Surroundings, TableChanged
from sink.pipeline import Pipeline
from sink.ports import DeadLetter
from sink.record import Record
from sink.schema_changes import TableChangedError
from sink.state.errors import OvertakenError, TableUnusableError
from sink.state.mapping_record import MappingRecord
from sink.state.records import HAS_HELD, FirstSync
from sink.stopping import StoppedError
from sink.writers.sheets.answer import CallAnswer
from sink.writers.sheets.call import SheetCall
from sink.writers.sheets.client import Answered
from sink.writers.sheets.layout import TabLayout
from sink.writers.sheets.reading import Reading
from sink.writers.sheets.tab import Tab
from tests.doubles.memory_server import MemoryServer
from tests.doubles.memory_store import MemoryStore
from tests.simulation.agenda import MILLISECOND, SECOND, Agenda
from tests.simulation.google import LATEST_CALL_SECONDS, Crashed, SimulatedClient
from tests.simulation.setting import OWN_SOURCE, Setting
from tests.simulation.streams import Topic
from tests.simulation.traces import refuse_young

Answer = TypeVar("Answer")

ATTEMPTS = 50
MOST_RECORDS = 5
PRUNE_SECONDS = 0.5
RECONCILE_SECONDS = 20.0


class CountingTab(Tab):
    """A tab that counts how often all of it is read, as reconciliations do.

    ``sends`` is told of calls before they go out, ``heard`` of their answers.
    """

    count: Callable[[str], None]
    sends: Callable[[SheetCall], None] | None = None
    heard: Callable[[CallAnswer, Answered], None] | None = None

    def read_in_slices(self, *, formulas: bool = False) -> Sliced[Reading]:
        self.count("reconciling readings")
        calls = self.calls_sent
        reading = yield from super().read_in_slices(formulas=formulas)
        if self.calls_sent != calls:
            self.count("readings with calls between their slices")
        return reading

    def send(self, call: SheetCall, layout: TabLayout) -> tuple[CallAnswer, Answered]:
        if self.sends is not None:
            self.sends(call)
        answer, answered = super().send(call, layout)
        if self.heard is not None:
            self.heard(answer, answered)
        return answer, answered


class SinkProcess:
    """A process from its start to its death; ``died`` is called when it is killed.

    ``dies_at`` is a point of its work at which it dies for certain. ``stopping``: it is asked to
    end, which only a first sync hears in the middle of its work. ``zombie``: another process has
    taken its place, and it does not know.
    """

    def __init__(
        self,
        number: int,
        server: MemoryServer,
        document: Document,
        topics: tuple[Topic, Topic, Topic],
        table: MappedTable,
        setting: Setting,
        agenda: Agenda,
        letters: list[DeadLetter],
        count: Callable[[str], None],
        died: Callable[[], None],
        backwards: Backwards | None,
        altered: TableChanged,
    ) -> None:
        self._chance = Random(f"{setting.seed}/sink/{number}")
        self._server = server
        self._topics = topics
        self._setting = setting
        self._agenda = agenda
        self._count = count
        self._died = died
        self._letters = letters
        self._altered = altered
        self.alive = True
        self.stopping = False
        self.zombie = False
        self.healed = False
        self._answers: list[Callable[[], None]] = []
        lag = Random(f"{setting.seed}/sink/{number}/lag").randint(0, setting.lag)
        self._reads_posts_at = agenda.now + lag
        self._read_to = {topic.name: server.data.offsets.get(topic.name, 0) for topic in topics}
        self.client = self._client = SimulatedClient(
            document, setting, agenda, self._chance, lambda: self.alive, count
        )
        self._client.healed = lambda: self.healed
        self.fates = self._client.fates
        self.dies_at: str | None = None
        self.tab = CountingTab(self._client, table)
        self.tab.count = count
        store = MemoryStore(server, table.cells)
        record = _record(server)
        guard = Guard.stored(record.tally, record.answer)
        rules = rules_of(table.mapping)
        pipeline = Pipeline(table, rules, store, self._set_aside, self._may_die, guard=guard)
        tokens = iter(range(1_000_000))
        parts = Parts(
            table,
            record,
            store,
            pipeline,
            self._client.quota,
            lambda: self.tab,
            self._set_aside,
            RECONCILE_SECONDS,
            dict(server.data.offsets),
            Surroundings(
                lambda: agenda.now / SECOND,
                lambda: f"t{number}x{next(tokens)}",
                self._chance.random,
                WhenAsked,
            ),
            backwards,
            setting.retention,
            PRUNE_SECONDS,
            altered,
            LATEST_CALL_SECONDS,
            stopping=lambda: self.stopping,
            end_of_posts=lambda: len(topics[1].records),
        )
        self.point = MergePoint(parts, self._in_background, self._on_google)
        self._started = False
        self._held = self._held_now()
        agenda.after(1, self.run)

    def _set_aside(self, letters: Sequence[DeadLetter]) -> None:
        refuse_young(letters, self._agenda.now - self._setting.retention.edit_ids)
        self._letters.extend(letters)

    def run(self) -> None:
        """Do what there is to do, then wait for more."""
        if not self.alive:
            return
        try:
            busy = self._step()
        except (Crashed, StoppedError, TableChangedError):
            self.die()
            return
        except TableUnusableError:
            assert self._altered(), "the table cannot be used, and nobody has altered it"
            self.die()
            return
        except OvertakenError:
            self._count("zombies fenced off" if self.zombie else "overtaken by a zombie")
            self.die()
            return
        pause = 200 * MILLISECOND
        if busy:
            pause = int(self._chance.uniform(0.2, 1.8) * self._setting.reading_delay)
        self._agenda.after(pause + 1, self.run)

    def die(self) -> None:
        """The end, in the middle of whatever it was doing; nobody misses a zombie."""
        if self.alive:
            self.alive = False
            if not self.zombie:
                self._died()

    def _step(self) -> bool:
        if not self._started:
            self._persistently(self.point.start)
            self._started = True
        answers, self._answers = self._answers, []
        for answer in answers:
            self._persistently(answer)
        records = self._poll()
        if records:
            self._persistently(lambda: self.point.merge(records))
            for record in records:
                self._read_to[record.topic] = record.offset + 1
        if self.point.controls.over:
            self.die()
            return True
        self._persistently(self.point.tick)
        self._count_holds()
        return bool(records or answers) or self._waiting()

    def _count_holds(self) -> None:
        before, self._held = self._held, self._held_now()
        for new in self._held - before:
            self._count("batches held" if new is None else "deletes held")

    def _held_now(self) -> frozenset[RowKey | None]:
        """The rows with a held delete; None stands for a held batch."""
        data = self._server.data
        rows: set[RowKey | None] = {
            key for key, stored in data.states.items() if stored.attention & HAS_HELD
        }
        return frozenset(rows | {None} if data.notes.get("held_batch") else rows)

    def _waiting(self) -> bool:
        return any(len(topic.records) > self._read_to[topic.name] for topic in self._topics)

    def _poll(self) -> list[Record]:
        """Some of what has come, each topic in its order, the two of changes mixed by chance."""
        *changes, commands = self._topics
        if not self.healed and self._chance.random() < self._setting.redelivery:
            topic = self._chance.choice(changes).name
            self._read_to[topic] -= min(self._read_to[topic], self._chance.randint(1, 4))
            self._count("records read again")
        fetched = [
            topic.after(self._read_to[topic.name], self._chance.randint(0, MOST_RECORDS))
            for topic in changes
        ]
        if not self.healed and self._agenda.now < self._reads_posts_at:
            fetched[1].clear()
        orders = commands.after(self._read_to[commands.name], MOST_RECORDS)
        mixed: list[Record] = []
        while any(fetched):
            source = self._chance.choice([records for records in fetched if records])
            mixed.append(source.pop(0))
        return [*orders, *mixed]

    def _persistently(self, action: Callable[[], None]) -> None:
        for _ in range(ATTEMPTS):
            try:
                action()
            except SheetbridgeError as error:
                if not error.retriable:
                    raise
                self._agenda.advance(50 * MILLISECOND)
            else:
                return
        raise AssertionError("an error that should pass does not")

    def _may_die(self, point: str, _rows: Collection[RowKey]) -> None:
        call = str(self._server.data.notes.get("open_call"))
        if point == "before_sheet_write" and '"remove"' in call:
            self._count("rows made on both sides at once")
        if point == self.dies_at:
            self.dies_at = None
            raise Crashed
        often = 4 if "sheet" in point else 1  # calls are rarer than batches
        if self.healed or self._chance.random() >= self._setting.crash * often:
            return
        self._count(f"killed {point}")
        raise Crashed

    # Google's thread

    def _on_google(self, action: Callable[[Tab], Answer]) -> Answer:
        return action(self.tab)

    def _in_background(
        self, action: Callable[[Tab], Answer], done: Callable[[Future[Answer]], None]
    ) -> None:
        def work() -> None:
            if not self.alive:
                return
            future: Future[Answer] = Future()
            try:
                future.set_result(action(self.tab))
            except SheetbridgeError as error:
                future.set_exception(error)
            except Crashed:
                return
            self._answers.append(lambda: done(future))

        self._agenda.after(1, work)


def _record(server: MemoryServer) -> MappingRecord:
    notes = server.data.notes
    if notes.get("first_read") is not None:
        server.first = FirstSync(_whole(notes["first_read"]), _whole(notes["first_shown"]))
    reason, call = notes.get("reason"), notes.get("open_call")
    fence, number = notes.get("fence"), notes.get("call_number", 0)
    repairs = notes.get("repairs")
    assert isinstance(number, int)
    return MappingRecord(
        1,
        "rows",
        OWN_SOURCE,
        server.data.transactions,
        str(notes.get("phase", "running")),
        None if reason is None else str(reason),
        bool(notes.get("paused")),
        str(notes.get("first_gtids", "")),
        server.first,
        server.data.position,
        number,
        None if fence is None else str(fence),
        None if call is None else str(call),
        None if repairs is None else str(repairs),
        _text(notes.get("tally")),
        _text(notes.get("held_batch")),
        _text(notes.get("answer")),
        _text(notes.get("outcomes")),
        declared=_text(notes.get("declared")),
    )


def _whole(stored: object) -> int:
    assert isinstance(stored, int)
    return stored


def _text(stored: object) -> str | None:
    return None if stored is None else str(stored)
