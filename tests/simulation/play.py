"""One seed played from its beginning to rest, and judged."""

from __future__ import annotations

import logging
import re
import traceback
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from random import Random

import orjson

from deploy.sheets_emulator.document import Document
from sink.core.change_event import Image
from sink.core.errors import SheetbridgeError
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Guards
from sink.core.version import Origin
from sink.parts import Backwards, TableChanged
from sink.ports import DeadLetter
from sink.state.records import FirstSync
from tests.doubles.memory_server import MemoryServer
from tests.doubles.memory_store import MemoryStore
from tests.simulation import checks
from tests.simulation.acts import Actor, Person, Program, row_key
from tests.simulation.agenda import MILLISECOND, SECOND, Agenda
from tests.simulation.blocks import Blocks
from tests.simulation.ddl import Administrator, unlike
from tests.simulation.forgotten import kept_too_long
from tests.simulation.hidden import BothTogether, once_hidden, wrongly_shown
from tests.simulation.history import History
from tests.simulation.keyless import Typist, keyless_wrong
from tests.simulation.logged import logged_twice
from tests.simulation.operator import Operator, guards_of
from tests.simulation.process import SinkProcess
from tests.simulation.refusals import Bungler, marks_wrong, refusing
from tests.simulation.script import Script
from tests.simulation.setting import CELLS, FIRST_GIVEN, KEYS, START, WHERE, Setting, mapped_table
from tests.simulation.sheet import PersonsSheet, new_document
from tests.simulation.statements import Statements
from tests.simulation.streams import Connector, Topic
from tests.simulation.traces import Traces, in_time, too_old

QUIET = 40 * SECOND
"""Long enough for every delay, a timed reconciliation, and one whose marker was lost."""

ROUNDS = 8
ZOMBIE_LIFE = 2 * SECOND

TWIN, EVEN = 0.3, 0.5
"""Shares of the acts that happen in the same moment as the other side's one before, and at whole
milliseconds."""


PRODUCT_ERRORS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,
    SheetbridgeError,
    TypeError,
    ValueError,
)
"""What code that is wrong may raise."""


@dataclass(slots=True)
class Verdict:
    """How a seed ended: what was violated, what it met, and its story."""

    seed: int
    violations: list[str] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    story: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str | None:
        """What kind of violation came first, whatever the row and its values; None: none."""
        if not self.violations:
            return None
        return re.sub(r"[0-9]+", "N", re.sub(r"'[^']*'", "V", self.violations[0]))[:30]


class World:
    """Everything of one history."""

    def __init__(self, setting: Setting, guards: Guards | None = None) -> None:
        self.guards = guards or guards_of(setting.seed)
        self.setting = setting
        self.agenda = agenda = Agenda(START)
        self.met: Counter[str] = Counter()
        self.met["histories"] = 1
        self.history = History()
        self.letters: list[DeadLetter] = []
        where = WHERE if setting.where else None
        self.table = mapped_table(setting.rule, setting.column_rules, self.guards, where=where)
        self.server = MemoryServer(columns=CELLS)
        self.server.trigger = setting.trigger()
        self.server.condition = setting.shows
        self.server.stamp = setting.stamp(lambda: agenda.now)
        self.server.defaults = setting.defaults
        rows = self._first_sync()
        self.document = self._new_document(rows)
        self.sheet = PersonsSheet(self.document)
        mapping = self.table.mapping
        self.changes, self.posts = Topic(mapping.cdc_topic), Topic(mapping.sheet_topic)
        self.connector = Connector(
            self.server, self.changes, self.table, setting, agenda, self.count
        )
        self.script = Script(self.sheet, self.posts, self.table, setting, agenda, self.count)
        self.program = Program(
            setting, agenda, self.history, self.count, self.server, self.sheet.rows
        )
        self.person = Person(
            setting, agenda, self.history, self.count, self.sheet, self.script, self._calling
        )
        self.commands = Topic(mapping.commands_topic)
        self.typist = Typist(setting, agenda, self.history, self.count, self.sheet, self.script)
        self.bungler = Bungler(setting, agenda, self.history, self.count, self.sheet, self.script)
        self.server.refuses = refusing(setting)
        given = count(FIRST_GIVEN)
        self.server.give = lambda _: row_key(next(given))
        self.statements = Statements(
            setting, agenda, self.history, self.count, self.server, self.sheet.rows
        )
        self.blocks = Blocks(
            setting, agenda, self.history, self.count, self.sheet, self.script, self._calling
        )
        self.operator = Operator(
            setting,
            agenda,
            self.history,
            self.count,
            self.server,
            self.posts,
            self.commands,
        )
        self.administrator = Administrator(setting, agenda, self.count, self.server, self._altered)
        self.connector.lose = self._lose
        self.healed = False
        self._merged = 0
        self.processes: list[SinkProcess] = []
        self.backwards: Backwards | None = None
        agenda.passed = self._time_passed
        self._start_sink()

    def count(self, what: str) -> None:
        """Note something that the history met."""
        self.met[what] += 1

    def _new_document(self, rows: dict[int, Image]) -> Document:
        return new_document(rows)

    def _first_sync(self) -> dict[int, Image]:
        server = self.server
        server.first = FirstSync(START - 2 * SECOND, START - SECOND)
        rows: dict[int, Image] = {
            key: server.trigger(dict.fromkeys(CELLS, f"A{key}")) for key in KEYS
        }
        server.now = self.setting.server_time(START - SECOND)
        store = MemoryStore(server)
        with store.begin() as transaction:
            for key, image in rows.items():
                server.data.table[row_key(key)] = image
                transaction.save([server.first.row(row_key(key), image)])
        return rows

    def _start_sink(self) -> None:
        process = SinkProcess(
            len(self.processes),
            self.server,
            self.document,
            (self.changes, self.posts, self.commands),
            self.table,
            self.setting,
            self.agenda,
            self.letters,
            self.count,
            self._sink_died,
            None if "lineage" in self.server.data.notes else self.backwards,
            self._altered_since(self.table),
        )
        process.healed = self.healed
        self.processes.append(process)

    def _altered_since(self, table: MappedTable) -> TableChanged:
        return lambda *, look=False: self.table is not table

    def _altered(self, columns: tuple[str, ...]) -> None:
        self.table = mapped_table(
            self.setting.rule,
            self.setting.column_rules,
            self.guards,
            columns,
            self.table.mapping.where,
        )

    def rebalance(self) -> None:
        """Another worker is given the mapping; the old one goes on for a while."""
        old = self.processes[-1]
        if old.alive and not self.healed:
            self.count("rebalances")
            old.zombie = True
            self._start_sink()
            self.agenda.after(ZOMBIE_LIFE, old.die)

    def _lose(self, time: int) -> None:
        """A change event is lost: no entry of that commit was told exactly."""
        for entry in self.history.entries:
            if entry.side is Origin.DATABASE and entry.stamp == time:
                entry.exact = False

    def _calling(self) -> bool:
        """Whether a call is under way, or its fate unknown."""
        return self.server.data.notes.get("open_call") is not None

    def _sink_died(self) -> None:
        self.agenda.after(300 * MILLISECOND, self._start_sink)

    def _time_passed(self) -> None:
        """The database server's clock goes on, and the connector sees what has come."""
        self.server.now = self.setting.server_time(self.agenda.now)
        self._note_what_was_merged()
        self.connector.wake()

    def _note_what_was_merged(self) -> None:
        read = self.server.committed.offsets.get(self.changes.name, 0)
        if read <= self._merged:
            return
        for record in self.changes.records[self._merged : read]:
            if record.value is not None:
                event = orjson.loads(record.value)
                row = event["after"] or event["before"]
                if row is not None:
                    change = (event["source"]["ts_us"], row["id"])
                    self.history.taken.setdefault(change, self.agenda.now)
        self._merged = read

    def heal(self) -> None:
        """From here on nothing goes wrong any more."""
        self.healed = self.connector.healed = self.operator.healed = True
        for process in self.processes:
            process.healed = True
            if process.zombie:
                process.die()

    def rest(self) -> None:
        """Let time pass until a whole quiet span has changed nothing."""
        for _ in range(ROUNDS):
            before = self._marks()
            self.agenda.advance(QUIET)
            if before == self._marks() and not self.script.under_way and not self._mended():
                return
        raise AssertionError(f"does not come to rest: {self._marks()}")

    def _mended(self) -> bool:
        """A mapping that stopped for a key that stands twice says so, and a person mends it."""
        reason = str(self.server.data.notes.get("reason"))
        if "stands in rows" not in reason or not self.person.mend():
            return False
        self.count("doubled keys mended by hand")
        return True

    def _marks(self) -> tuple[object, ...]:
        data = self.server.data
        own = sum(change.marker is None for change in data.binlog)
        states = tuple(sorted((key.values, stored.agreed) for key, stored in data.states.items()))
        letters = len({letter.name("rows") for letter in in_time(self.letters)})
        said = data.notes.get("outcomes"), data.notes.get("held_batch")  # an answer takes a while
        return own, len(data.conflicts), letters, self.met["calls"], said, states


def play(seed: int, without: Collection[int] = ()) -> Verdict:
    """Play a seed; ``without`` are numbers of acts that are left out."""
    logging.disable(logging.CRITICAL)
    world = World(Setting.of(seed))
    time, before = START, None
    actor: Actor
    for number in range(world.setting.acts):
        chance = Random(f"{seed}/act/{number}")
        actor = world.person if chance.random() < 0.55 else world.program
        if Random(f"{seed}/typist/{number}").random() < world.setting.typists:
            actor = world.typist
        if Random(f"{seed}/bungler/{number}").random() < world.setting.bunglers:
            actor = world.bungler
        at_once = chance.random() < TWIN and before not in (None, actor)
        time = time if at_once else START + int(chance.random() * world.setting.span)
        before = actor
        if chance.random() < EVEN:
            time -= time % MILLISECOND  # sheet times are whole milliseconds: so there are ties
        wide = Random(f"{seed}/wide/{number}")
        if wide.random() < world.setting.wide:
            actor = world.blocks if actor is world.person else world.statements
        if number not in without:
            world.agenda.at(time, partial(actor.act, number, chance))
    world.operator.plan(world.guards)
    world.administrator.plan()
    _plan_rebalances(world)
    verdict = Verdict(seed, met=world.met, story=world.history.story)
    try:
        world.agenda.advance(world.setting.span + SECOND)
        world.heal()
        world.rest()
        verdict.violations += _judge(world)
        if not verdict.violations:
            verdict.violations += _told_again(world)
    except AssertionError as error:
        verdict.violations.append(str(error))
    except PRODUCT_ERRORS as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        verdict.violations.append(f"{error!r} in {place.name} of {Path(place.filename).name}")
    _count_losses(world)
    return verdict


def _plan_rebalances(world: World) -> None:
    chance = Random(f"{world.setting.seed}/rebalances")
    while chance.random() < world.setting.rebalance:
        world.agenda.at(START + int(chance.random() * world.setting.span), world.rebalance)


def _count_losses(world: World) -> None:
    """What the conflict log tells of the history."""
    for _, loss in world.server.data.conflicts:
        if loss.rule in ("seen", "no_news"):
            continue
        if loss.rule == "formula":
            world.count("changes that lost to a formula")
        elif loss.column is None:
            deleted = loss.loser.value is False
            world.count("dead rows revived" if deleted else "rows deleted in a crossing")
        elif loss.winner.value is False and loss.winner.origin is not loss.loser.origin:
            world.count("edits of dead rows")
        else:
            world.count("crossings")
    gone = [change for change in world.server.binlog if change.key and change.after is None]
    world.met["rows deleted"] += len(gone)


def _judge(world: World) -> list[str]:
    history, sheet = world.history, world.sheet
    refused = {
        (key, loss.column) for key, loss in world.server.data.conflicts if loss.rule == "refused"
    }
    traces = Traces(world.server, world.letters)
    together = BothTogether(world.document, world.server)
    history.left |= once_hidden(world.server)
    world.met["rows taken from the sheet"] += len(history.left)
    world.met["edits too old"] += len(too_old(world.letters))
    world.met["rows forgotten"] += world.server.forgotten
    winners = checks.wrong_winners(history, sheet, world.setting, refused, world.met)
    return [
        *wrongly_shown(world.server, sheet, world.setting),
        *checks.said_to_be_owed(world.server),
        *unlike(world.administrator.extra, world.server, sheet),
        *checks.lost(history, traces, world.server, together, world.setting),
        *checks.phantoms(history, world.server, world.setting),
        *checks.rows_lost(history, traces, together),
        *checks.given_back(history, world.server, together, world.letters, world.setting),
        *checks.notes_lost(history, sheet),
        *logged_twice(world.server),
        *checks.formulas_lost(history, sheet),
        *([] if traces.too_old else winners),
        *keyless_wrong(
            world.typist.typed,
            history,
            world.server,
            sheet,
            sorted_once=world.met["sorts"] > 0,
        ),
        *marks_wrong(world.bungler, history, world.server, sheet),
        *kept_too_long(world.server, sheet, world.setting, world.agenda.now),
    ]


def _told_again(world: World) -> list[str]:
    """Every post and every change event comes once more: nothing may happen."""
    before = (*world._marks()[:3], world.sheet.grid(), dict(world.server.data.table))
    for topic in (world.posts, world.commands):
        for record in list(topic.records):
            topic.append(record.key, record.value)
    world.connector.send_all_again()
    world.rest()
    after = (*world._marks()[:3], world.sheet.grid(), dict(world.server.data.table))
    if before == after:
        return []
    return [f"a repeat changed something: {before} became {after}"]
