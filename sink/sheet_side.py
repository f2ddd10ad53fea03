"""What the worker does for the sheet between two batches: the order of its errands.

First a call of unknown fate is settled, then the layout is read where it is not known, then
a reconciliation takes its next step, then what is owed is written. One errand runs at a time, on
Google's thread; everything here runs on the merging thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from sink.core.change_event import ChangeEvent
from sink.core.errors import SheetbridgeError
from sink.core.guards import Excess
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.doubled_rows import our_rows
from sink.errands import Background, Errands
from sink.finds import Finds
from sink.guarding import HeldBatchError
from sink.inbound import Inbox
from sink.learnt_rows import learn_rows
from sink.lost_columns import LostColumns
from sink.mark_looks import look_at_marks
from sink.parts import Parts
from sink.pipeline import Outcome
from sink.posted_rows import Places
from sink.posts_read import PostsRead
from sink.reconciliation import HINT_SECONDS, Reconciliation
from sink.schema_changes import SchemaChanges
from sink.sheet_calls import SheetCalls, StaleLayoutError
from sink.sifting import Sifted
from sink.stray_rows import STRAY_DELAY_SECONDS, StrayRows
from sink.titles_put import put_titles
from sink.trouble_note import TroubleNote
from sink.writers.sheets.answer import CallAnswer
from sink.writers.sheets.client import Answered
from sink.writers.sheets.errors import FenceError, QuotaError, SheetRefusedError, UnknownFateError
from sink.writers.sheets.face_reading import FaceSight
from sink.writers.sheets.layout import DuplicateKeyError, TabLayout, UnfitTabError
from sink.writers.sheets.reading import Reading
from sink.writers.sheets.row_tags import TagSight
from sink.writers.sheets.stray_rows import StrayRow
from sink.writers.sheets.tab import Tab

log = logging.getLogger(__name__)


class SheetSide:
    """The sheet's errands of one mapping."""

    def __init__(self, parts: Parts, background: Background, schema: SchemaChanges) -> None:
        self._parts = parts
        self._schema = schema
        self._errands = Errands(parts, background)
        self._calls = SheetCalls(parts)
        self._strays = StrayRows(parts)
        self.trouble = TroubleNote(parts)
        self._reconciliation = Reconciliation(parts, due=0.0)
        self._owed: dict[RowKey, None] = {}
        self._strange: set[RowKey] = set()
        self._lost = LostColumns(parts)
        self._finds = Finds(parts)
        self.posts = PostsRead(parts)
        self._layout: TabLayout | None = None
        self._outdated = False
        # whoever listens to what a guard holds, and has asked for a reconciliation
        self.hold: Callable[[Excess, Mapping[str, int]], None] = lambda _excess, _until: None
        self.compared: Callable[[int], None] = lambda _rows: None
        self.stopped: Callable[[], bool] = lambda: False

    def start(self) -> None:
        """Take over what the last worker left: its open call, and rows that are owed."""
        self._calls.load()
        self._owed.clear()
        store = self._parts.store
        self.noted(store.states([*store.keys_with_attention(), *store.held_keys()]))

    def wait(self, longest: float) -> float:
        """Seconds until the next tick is worth while."""
        if self._errands.under_way:
            return longest
        if self._owed:
            return min(longest, max(self._parts.quota.wait_for_write(), 0.005))
        return self._calls.tag_marking.wait(self._calls.marking.wait(longest))

    def merged(self, inbox: Inbox, outcome: Outcome) -> None:
        """Take in what a batch led to."""
        self.noted(outcome.states)
        now = self._parts.around.monotonic()
        self._reconciliation.merged(inbox.markers, outcome.states, now)
        learnt = learn_rows(inbox.rows, outcome.states, self._layout)
        self._outdated |= learnt.outdated
        if learnt.keyed or inbox.nameless:
            self._calls.keys.ask_for_marked()
        if learnt.over_others:
            self._reconciliation.ask(now + HINT_SECONDS)
        self._calls.keys.merged(outcome.tagged)
        self._strays.ask(inbox.unfit, self._calls.keys.rows.values())
        if outcome.doubtful:
            self._reconciliation.ask(now)
        if inbox.hints:
            self._calls.keys.ask()
            self._reconciliation.hinted({hint.change_type for hint in inbox.hints}, now)

    def owe(self, keys: list[RowKey]) -> None:
        """Rows that the sheet may be owed something."""
        self._owed.update(dict.fromkeys(keys))

    def compare(self) -> None:
        """Compare sheet and table now, as at the start."""
        self._reconciliation.whole_due = 0.0

    def apply(self, events: list[ChangeEvent], *, guarded: bool = True) -> None:
        """Merge events that no topic told: finds, and the first sync's own.

        What was found while the mapping stands still is found again when it goes on.
        """
        if not events or self.stopped():
            return
        inbox = Inbox(rows=list(events), guarded=guarded)
        try:
            outcome = self._parts.pipeline.apply(inbox)
        except HeldBatchError as held:
            self.hold(held.excess, {})
            return
        self.noted(outcome.states)

    def stand_still(self, reason: str | None) -> None:
        """Do nothing but say why."""
        self.trouble.stand_still(reason, self._errands, self._parts.around.monotonic())

    def tick(self) -> None:
        """Begin the next errand, if one is due."""
        now = self._parts.around.monotonic()
        self.trouble.see_to(self._errands, now)
        if not self._errands.possible or self._ask_for_posts():
            return
        self.apply(self._finds.edits(self.posts.until))
        if self._outdated:
            self._layout, self._outdated = None, False
        layout = self._layout
        if layout is None:
            self._errands.run(self._fresh_layout, self._take_layout, self._read_again)
        elif self._calls.under_way is not None:
            self._settle(layout)
        elif self._calls.fence is None:
            self._errands.run(
                lambda tab: self._calls.lay_fence(tab, layout),
                self._calls.fence_laid,
                self._read_again,
            )
        elif self._schema.wants_titles:
            # until the tab has all of the table's columns, nothing else is written to it
            put_titles(self._schema, self._calls, self._errands, self._forget_layout)
        elif self._calls.removals:
            self._write(layout)
        elif layout.index.twice:
            self._errands.run(lambda tab: tab.read(), self._untangle, self._read_again)
        elif self._calls.wants_reading:
            self._errands.run(lambda tab: tab.read(), self._take_mending, self._read_again)
        elif self._calls.keys.places or self._calls.mending.repairs:
            self._write(layout)
        elif self._calls.keys.wants_look(now):
            self._errands.run(self._calls.keys.look(layout), self._take_tags, self._read_again)
        else:
            self._compare_or_write(layout, now)

    def _forget_layout(self) -> None:
        self._layout = None
        self._reconciliation.ask(self._parts.around.monotonic())

    def _compare_or_write(self, layout: TabLayout, now: float) -> None:
        """The errands of an orderly tab."""
        if not self._compare(layout, now):
            self._see_to_others(layout)
        if self._reconciliation.looking is not None and not self._errands.under_way:
            self._compare(layout, now)

    def _compare(self, layout: TabLayout, now: float) -> bool:
        reading = self._reconciliation.next_reading(now, self.posts.until, layout, self._strange)
        if reading is not None:
            self._errands.run(reading, self._take_reading, self._not_read)
        return self._errands.under_way

    def _see_to_others(self, layout: TabLayout) -> None:
        if self._strays.rows and not self._calls.keys.withheld:
            self._errands.run(self._strays.look(layout), self._take_strays, self._not_tagged)
        elif look_at_marks(self._calls, self._errands, layout, self._take_faces, self._read_again):
            return
        elif self._calls.due(len(self._ready_rows())):
            self._write(layout)

    def _ready_rows(self) -> dict[RowKey, None]:
        apart = self._strange | self._calls.keys.withheld
        if not apart:
            return self._owed
        return {key: None for key in self._owed if key not in apart}

    # Writing

    def _write(self, layout: TabLayout) -> None:
        if self._parts.quota.wait_for_write() > 0:
            return
        if self._calls.keys.contradict(layout):
            self._layout = None
            return
        call, strange = self._calls.plan(owed := self._ready_rows(), layout)
        apart = self._strange | self._calls.keys.withheld
        for key in [key for key in self._owed if key not in owed and key not in apart]:
            del self._owed[key]
        if strange:
            self._strange.update(strange)
            self._reconciliation.ask(self._parts.around.monotonic())
        if call is None and not self._owed:
            self._errands.written()
        if call is not None:
            planned = call
            self._errands.run(
                lambda tab: self._calls.send(tab, planned, layout),
                self._take_answer,
                self._not_sent,
            )

    def _settle(self, layout: TabLayout) -> None:
        open_call = self._calls.under_way
        if open_call is None:
            return

        def take(settled: tuple[CallAnswer, Answered] | str) -> None:
            if isinstance(settled, str):
                self._calls.not_applied(settled)
                self.owe(list(open_call.keys()))
            else:
                answer, answered = settled
                self._note_answer(answer, open_call.sent, answered.hi, layout)
            self._layout = None

        self._errands.run(
            lambda tab: self._calls.settle(tab, open_call, layout), take, self._read_again
        )

    def _take_answer(self, sent: tuple[CallAnswer, Answered]) -> None:
        answer, answered = sent
        if self._layout is not None:
            self._note_answer(answer, answered.lo, answered.hi, self._layout)

    def _note_answer(self, answer: CallAnswer, lo: int, hi: int, layout: TabLayout) -> None:
        if self._calls.returns_rows or answer.removed or answer.made_again:
            self._layout = None
        written = self._calls.answered(answer, lo, hi, layout)
        self._errands.written()
        for key in written:
            self._owed.pop(key, None)
        self.noted(written)
        self._reconciliation.ask_for_formulas(self._parts.around.monotonic())
        removed = [reached.placed.write.key for reached in answer.removed]
        if removed:
            log.info("%d rows were created on both sides at once: ours were removed", len(removed))
            self._strange.update(removed)
            self._reconciliation.ask(self._parts.around.monotonic())
        if answer.made_again:
            log.info("rows or columns had moved: %d writes are made again", answer.made_again)

    # Readings

    @staticmethod
    def _fresh_layout(tab: Tab) -> TabLayout:
        tab.forget()
        return tab.read_layout()

    def _take_layout(self, layout: TabLayout) -> None:
        self._layout = layout
        self._parts.pipeline.places = Places(layout.index.by_key, frozenset(layout.index.twice))
        if not layout.index.twice:
            self._errands.go_on()

    def _untangle(self, reading: Reading) -> None:
        """Keys that stand twice: rows of ours are taken away; the others stop the mapping."""
        self._take_layout(reading.layout)
        doubles = reading.doubles
        removals = our_rows(doubles, self._parts.store.states(list(doubles)), self._parts.table)
        self._calls.removals = removals
        if doubles and not removals:
            self._layout = None
            self._errands.stop(DuplicateKeyError(reading.layout.index.twice))

    def _take_mending(self, reading: Reading) -> None:
        self._take_layout(reading.layout)
        self._calls.locate(reading)

    def _take_reading(self, sifted: Sifted | None) -> None:
        if sifted is None:
            return  # it goes on
        self._reconciliation.looking = None
        self._take_layout((reading := sifted.reading).layout)
        if reading.layout.index.twice:
            self._reconciliation.ask(self._parts.around.monotonic())
            return
        if isinstance(reading, Reading) and not self._take_cells(reading):
            return
        withheld, around = self._calls.keys.withheld, self._parts.around
        events = self._reconciliation.take(sifted, around.monotonic(), around.token(), withheld)
        if events:
            log.info("reconciliation found %d rows edited without an event", len(events))
            self.apply(events)
            self._calls.keys.ask_for_marked()
        if not self._reconciliation.waiting:
            self._strange -= self._reconciliation.looked_at
            if self._reconciliation.answers:
                self.compared(len({event.key for event in events}))

    def _take_cells(self, reading: Reading) -> bool:
        """Note what a reading shows beside the keyed rows; False: the tab is not fit yet."""
        try:
            self.noted(self._lost.take(reading))
        except UnfitTabError as error:
            self._forget_layout()
            self._errands.stop(error)
            return False
        self._strays.read(reading, self._calls.keys.rows.values())
        return True

    def _take_tags(self, sight: TagSight) -> None:
        if sight.reading is not None:
            self._take_layout(sight.reading.layout)
        if self._calls.keys.take(sight):
            self._reconciliation.ask(self._parts.around.monotonic())
        self.noted(self._calls.keys.handed)

    def _take_strays(self, strays: list[StrayRow]) -> None:
        found = self._strays.take(strays, self._calls.keys.rows)
        self._calls.keys.remember(found.unfit)
        if found.told_next:
            self._reconciliation.ask(self._parts.around.monotonic() + STRAY_DELAY_SECONDS)
        if found.inbox.rows and not self.stopped():
            log.info("found %d new rows that no post told of", len(found.inbox.rows))
            try:
                self.merged(found.inbox, self._parts.pipeline.apply(found.inbox))
            except HeldBatchError as held:
                self.hold(held.excess, {})

    def _not_tagged(self, error: SheetbridgeError) -> None:
        """Google may take no more tags: the next reading of the tab asks once more."""
        if not error.retriable:
            self._strays.rows = []
        self._read_again(error)

    def _take_faces(self, sight: FaceSight) -> None:
        self.owe(self._calls.marking.take(sight))
        if sight.absent:
            self._layout = None  # they have moved, or are gone

    def noted(self, states: Mapping[RowKey, RowState]) -> None:
        """Take in rows as they are now."""
        for key, state in states.items():
            if state.owed_to_sheet()[0]:
                self._owed[key] = None
            if state.owes_marks:
                self._calls.marking.owe([key])
            self._finds.note(state)
            self.trouble.held.note(state)

    def _ask_for_posts(self) -> bool:
        """Whether Kafka is being asked where the posts end that must be merged first."""
        posts, times = self.posts, (self._finds.posts_wanted(), self._reconciliation.posts_wanted)
        if not posts.wants_end(times):
            return False
        self._errands.run(lambda _: posts.ask(), posts.told, posts.failed, aside=True)
        return True

    # Failures

    def _read_again(self, error: SheetbridgeError) -> None:
        """A reading failed, or a call could not be settled: nothing is known of the layout."""
        if not error.retriable:
            self._layout = None
        if self._lost.note(error):
            self._reconciliation.look_at_cells(self._parts.around.monotonic())

    def _not_read(self, error: SheetbridgeError) -> None:
        """A comparison's reading failed: it is made again."""
        now = self._parts.around.monotonic()
        self._reconciliation.not_read(now, refused=not error.retriable)
        self._read_again(error)

    def _not_sent(self, error: SheetbridgeError) -> None:
        """A call failed: it was refused, or its fate is unknown and it is settled next."""
        if isinstance(error, UnknownFateError | FenceError):
            return
        if isinstance(error, SheetRefusedError) and not self._calls.hold_marks():
            self._errands.refused(error)
        if (open_call := self._calls.under_way) is not None:
            self._calls.not_applied(self._calls.fence)
            self.owe(list(open_call.keys()))
        if isinstance(error, StaleLayoutError):
            self._take_layout(error.layout)
        elif not isinstance(error, QuotaError):
            self._layout = None
