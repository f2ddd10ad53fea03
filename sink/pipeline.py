"""One batch of change events: decode → resolve → write to the table, in one transaction.

The order inside the transaction: states are read, every event climbs the ladder, the guards judge
what that would change (held deletes make the events climb once more), rows of the table
are locked and what they are owed is written and read back, then states, conflict log, edit ids,
offsets and the binlog position are stored. Dead letters are handed over before the commit: one may
be written twice after a crash, under the same name (``DeadLetter.name``), but none is missing.
Everything else commits together, so a crash at any instant leaves either all of it or nothing;
Kafka is read again from the stored offsets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from sink.core.change_event import ChangeEvent, DatabaseChange, Op, OperatorEdit, SheetEdit
from sink.core.condition import kept_out, never_shown, note_outside
from sink.core.decision import Loss
from sink.core.envelope import Truncate
from sink.core.mapped_table import MappedTable
from sink.core.mark_texts import refresh
from sink.core.marks import Marks, doubt
from sink.core.policies import Rules
from sink.core.refusal import Refusal, give_up, leave_out, refused
from sink.core.resolver import resolve
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.tagged_row import TaggedRow, note_missing
from sink.core.version import Origin
from sink.guarding import Guard, Verdict
from sink.inbound import Inbox
from sink.keyless_rows import Addressing, KeylessRow
from sink.old_posts import set_aside_old
from sink.pausing import Pause, never
from sink.ports import DeadLetter, Store, Transaction
from sink.posted_rows import Places, SheetRow, Typed, typed
from sink.refused_letters import refused_letters
from sink.table_writing import DUPLICATE_KEY, write_owed


@dataclass(slots=True)
class Outcome:
    """What a batch led to: the rows whose state changed, and what was refused.

    ``doubtful``: some posted row can be understood only by reading the sheet. ``tagged``: rows
    that were posted without a key. ``verdict`` is what the guards made of it.
    """

    states: dict[RowKey, RowState] = field(default_factory=dict)
    dead: list[DeadLetter] = field(default_factory=list)
    losses: int = 0
    written: int = 0
    echoes: int = 0
    doubtful: bool = False
    tagged: list[TaggedRow] = field(default_factory=list)
    verdict: Verdict | None = None


@dataclass(slots=True)
class _Row:
    """One row's way through a batch: its state before, its events, its state and losses so far.

    ``left_out`` are cells that it had before and without which the database takes it again.
    """

    before: RowState
    state: RowState
    events: list[ChangeEvent] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    refused: dict[tuple[str, str], str] = field(default_factory=dict)
    left_out: list[Loss] = field(default_factory=list)


@dataclass(slots=True)
class Pipeline:
    """The merge point of one mapping."""

    table: MappedTable
    rules: Rules
    store: Store
    set_aside: Callable[[Sequence[DeadLetter]], None]
    at: Pause = never
    calling: set[RowKey] = field(default_factory=set)
    places: Places = field(default_factory=Places)
    guard: Guard = field(default_factory=Guard)

    @property
    def _required(self) -> dict[str, str]:
        """The headers of the columns that a new row must have, by column."""
        if self.rules.mute is Origin.SHEET:
            return {}
        return {column: self.table.mapping.header(column) for column in self.rules.required}

    def apply(self, inbox: Inbox) -> Outcome:
        """Merge and store one batch; see the module's docstring for the order.

        Raises HeldBatchError where a guard stops the mapping before it: nothing has changed then.
        """
        with self.store.begin() as transaction:
            outcome = self._merge(transaction, inbox)
            inbox.progress.merged_at = max((item.received for item in inbox.rows), default=0)
            transaction.record(inbox.progress)
            if outcome.dead:
                self.set_aside(outcome.dead)
            self.at("before_offset_commit", outcome.states)
        self.at("after_database_write", outcome.states)
        if outcome.verdict is not None:
            self.guard.committed(outcome.verdict)
        return outcome

    def _merge(self, transaction: Transaction, inbox: Inbox) -> Outcome:
        known = transaction.known_ids(inbox.progress.edit_ids)
        inbox.progress.edit_ids = [
            name for name in dict.fromkeys(inbox.progress.edit_ids) if name not in known
        ]
        outcome = Outcome(dead=[each for each in inbox.dead if each.edit not in known])
        outcome.dead.extend(set_aside_old(transaction, inbox, known, self.table))
        self._address(transaction, inbox, known, outcome)
        stored = transaction.states(inbox.keys())
        addressed = replace(outcome, dead=list(outcome.dead))
        rows = self._climb_all(transaction, inbox, known, stored, outcome)
        if inbox.guarded and rows:
            verdict = self.guard.judge(
                self.table.mapping.guards,
                ((row.before, row.state) for row in rows.values()),
                inbox.progress.offsets,
                transaction,
            )
            if verdict.changes_batch:
                outcome = addressed
                rows = self._climb_all(transaction, inbox, known, stored, outcome, verdict)
            outcome.verdict = verdict
            if facts := self.guard.facts(verdict):
                transaction.note(facts)
        self._write(transaction, rows, inbox, outcome)
        return outcome

    def _climb_all(
        self,
        transaction: Transaction,
        inbox: Inbox,
        known: frozenset[str],
        stored: dict[RowKey, RowState],
        outcome: Outcome,
        verdict: Verdict | None = None,
    ) -> dict[RowKey, _Row]:
        """Every event up the ladder, in memory; under a verdict if one was given."""
        rows: dict[RowKey, _Row] = {}

        def row_of(key: RowKey) -> _Row:
            if key not in rows:
                state = stored.get(key) or RowState(key)
                state.in_call = key in self.calling
                rows[key] = _Row(state, state)
            return rows[key]

        def climb(event: ChangeEvent) -> None:
            row = row_of(event.key)
            self._climb(row, verdict.under(event, row.state) if verdict else event, outcome)

        for item in inbox.rows:
            match item:
                case SheetRow():
                    if item.post.id not in known:
                        result = self._typed(item, row_of(item.key).state, outcome)
                        before = None if result.doubtful else item.old_key
                        old = None if before is None else row_of(before)
                        _move_marks(item, row_of(item.key), old)
                        for event in result.events:
                            climb(event)
                case Truncate():
                    keys = transaction.known_keys()
                    stored = {**transaction.states(keys), **stored}
                    for row in map(row_of, dict.fromkeys((*keys, *rows))):
                        if row.state.table is not None:  # else it was made after the truncate
                            climb(_gone(item, row.state))
                case KeylessRow():
                    pass  # it is no row of the table yet
                case OperatorEdit() if item.id in known:
                    pass
                case _:
                    climb(item)
        return rows

    def _address(
        self, transaction: Transaction, inbox: Inbox, known: frozenset[str], outcome: Outcome
    ) -> None:
        """Rows posted without a key are met with the key that the database gave, or gives now."""
        keyless = [item for item in inbox.rows if isinstance(item, KeylessRow)]
        if not keyless:
            return
        addressing = Addressing(transaction, self.table, inbox.records)
        addressing.load([item.tag for item in keyless])
        inbox.rows = [
            (addressing.address(item) or item)
            if isinstance(item, KeylessRow) and item.post.id not in known
            else item
            for item in inbox.rows
        ]
        addressed = addressing.store()
        outcome.tagged = list(addressed.tagged.values())
        outcome.dead.extend(addressed.dead)

    def _typed(self, item: SheetRow, state: RowState, outcome: Outcome) -> Typed:
        result = typed(item, state, self.table, self.places)
        outcome.doubtful = outcome.doubtful or result.doubtful
        return result

    def _climb(self, row: _Row, event: ChangeEvent, outcome: Outcome) -> None:
        event = kept_out(event, row.state)
        row.events.append(event)
        if isinstance(event, SheetEdit | OperatorEdit):
            for column, reason in event.refused.items():
                row.refused[event.id, column] = reason
        decision = resolve(event, row.state, self.rules)
        row.state = decision.state
        row.losses.extend(decision.losses)
        outcome.echoes += decision.echo

    def _write(
        self,
        transaction: Transaction,
        rows: dict[RowKey, _Row],
        inbox: Inbox,
        outcome: Outcome,
    ) -> None:
        self.at("before_database_write", rows)
        states = {key: row.state for key, row in rows.items()}
        refusals = write_owed(transaction, states, self.table)
        while refusals:
            again = {refusal.key: states[refusal.key] for refusal in refusals}
            for refusal in _taken_back_first(refusals):
                row = rows[refusal.key]
                self._take_back(row, refusal, inbox.progress.read_at, outcome)
                again[refusal.key] = states[refusal.key] = row.state
            refusals = write_owed(transaction, again, self.table)
        for key, row in rows.items():
            outcome.dead.extend(
                refused_letters(
                    *(states[key], row.events, row.refused, row.losses),
                    inbox,
                    self.table,
                    row.before,
                )
            )
            transaction.log(key, row.losses)
            outcome.losses += len(row.losses)
            outcome.states[key] = states[key]
        for state in states.values():
            note_missing(state, self._required)
        kept = self._worth_keeping(transaction, rows)
        for state in states.values():
            refresh(state, self.table)
        transaction.save(kept)

    def _worth_keeping(self, transaction: Transaction, rows: dict[RowKey, _Row]) -> list[RowState]:
        """The states to store, once it is noted which rows the mapping's condition leaves out."""
        states = {key: row.state for key, row in rows.items()}
        if self.table.mapping.where is None:
            return list(states.values())
        alive = [key for key, state in states.items() if state.alive]
        note_outside(states.values(), transaction.outside(alive))
        return [
            state
            for key, state in states.items()
            if not never_shown(rows[key].before, state) or rows[key].losses
        ]

    def _take_back(self, row: _Row, refusal: Refusal, received: int, outcome: Outcome) -> None:
        """Merge the row again without what the database refused of it."""
        events = [refused(event, refusal, row.state) for event in row.events]
        blamed = [(event.id, column) for event, columns in events for column in columns]
        if not blamed and refusal.op == "insert" and refusal.columns:
            row.before = row.before.copy()
            left_out = leave_out(row.before, refusal, received)
            if not left_out:
                self._take_back(row, replace(refusal, columns=()), received, outcome)
                return
            row.left_out.extend(left_out)
            blamed = [("", loss.column or "") for loss in left_out]
        if not blamed:
            losses = give_up(row.state, refusal, received)
            row.losses.extend(losses)
            for loss in losses:
                row.refused["", loss.column or ""] = refusal.reason
            return
        row.refused.update(dict.fromkeys(blamed, refusal.reason))
        row.state, row.events, row.losses = row.before, [], list(row.left_out)
        for event, _ in events:
            self._climb(row, event, outcome)
        for loss in row.left_out:
            if loss.column and row.state.alive and loss.column not in row.state.cells:
                row.state.refused[loss.column] = row.refused["", loss.column]


def _taken_back_first(refusals: list[Refusal]) -> list[Refusal]:
    """The refusals without those for a value of another row, where there are others.

    Such a value may be free once the other row is written without what was refused of it.
    """
    return [each for each in refusals if each.code != DUPLICATE_KEY] or refusals


def _move_marks(item: SheetRow, row: _Row, old: _Row | None) -> None:
    """The cells of a row keep their notes and colours when it is given another key (``old``).

    Where the key itself stood before is what was said of it: where it is now, nothing may be.
    """
    if item.row.key_edited and row.state.marks:
        row.before, row.state = (
            _marked(state, doubt(state.marks)) for state in (row.before, row.state)
        )
    if old is not None and old.state.marks:
        _take_over(row, old.state.marks)
        old.before, old.state = (_marked(state, {}) for state in (old.before, old.state))
    if item.marks:
        _take_over(row, item.marks)


def _take_over(row: _Row, carried: Marks) -> None:
    row.before, row.state = (
        _marked(state, {**state.marks, **carried}) for state in (row.before, row.state)
    )


def _marked(state: RowState, marks: Marks) -> RowState:
    marked = state.copy()
    marked.marks = marks
    return marked


def _gone(truncate: Truncate, state: RowState) -> DatabaseChange:
    """A truncate is the delete of every row that the table had by then."""
    place = truncate.position
    return DatabaseChange(
        f"truncate:{place.file}:{place.offset}",
        state.key,
        Op.DELETE,
        state.table,
        None,
        truncate.time,
        truncate.received,
        None,
        place,
        latest=truncate.latest,
    )
