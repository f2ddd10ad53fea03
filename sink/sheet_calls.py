"""The one call to the sheet that may be under way: planned, sent, answered, settled.

Order: what is owed is read and the call stored (with its number and fence) in one transaction;
then it is sent; its answer is noted in another. A call whose fate is unknown is settled before the
next: either its fence is there, and it was applied, or the fence is moved without it, and it never
will be.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from sink.core.errors import SheetbridgeError
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.gathering import Gathering
from sink.hidden_content import log_gone
from sink.key_writing import KeyWriting
from sink.marking import Marking
from sink.parts import Parts
from sink.ports import Transaction
from sink.sheet_writing import due_writes, note_answer
from sink.stored_call import OpenCall, decode_call, encode_call
from sink.tag_marking import TagMarking
from sink.writers.sheets.answer import CallAnswer
from sink.writers.sheets.call import GOING, Removal, SheetCall, TagMarks, plan_call
from sink.writers.sheets.client import Answered
from sink.writers.sheets.errors import FenceError
from sink.writers.sheets.joined_repairs import joined
from sink.writers.sheets.layout import TabLayout
from sink.writers.sheets.mending import Mending, mending_of
from sink.writers.sheets.reading import Reading
from sink.writers.sheets.repairs import located
from sink.writers.sheets.tab import Tab

log = logging.getLogger(__name__)

SETTLING_ATTEMPTS = 5


class StaleLayoutError(SheetbridgeError):
    """Rows to delete have moved since the layout was read; nothing was sent."""

    retriable = True

    def __init__(self, layout: TabLayout) -> None:
        self.layout = layout
        super().__init__("rows have moved since they were read")


@dataclass(slots=True)
class SheetCalls:
    """Plans and settles the calls of one mapping. Lives on the merging thread.

    Only ``send`` and ``settle`` run on Google's thread; they touch no state but the tab.
    """

    parts: Parts
    number: int = 0
    fence: str | None = None
    under_way: OpenCall | None = None
    mending: Mending = field(default_factory=Mending)
    removals: list[Removal] = field(default_factory=list)
    located: bool = False
    gathering: Gathering = field(default_factory=Gathering)
    keys: KeyWriting = field(init=False)
    marking: Marking = field(init=False)
    tag_marking: TagMarking = field(init=False)

    def __post_init__(self) -> None:
        self.keys = KeyWriting(self.parts)
        self.marking = Marking(self.parts)
        self.tag_marking = TagMarking(self.parts, self.keys)

    def load(self) -> None:
        """Take over what is stored: the last fence, and a call that nobody has settled."""
        self.keys.load()
        record = self.parts.record
        self.number, self.fence = record.call_number, record.fence
        if record.repairs:
            self.mending = Mending.decoded(record.repairs, self.parts.table)
        self.marking.expect_strays()  # what the last worker would have looked for is not stored
        if record.open_call:
            self.under_way = decode_call(record.open_call, self.parts.table)
            self.parts.pipeline.calling.update(self.under_way.keys())

    @property
    def wants_reading(self) -> bool:
        """Whether rows without a key are to be put back, and where they stand is not known."""
        return not self.located and any(repair.nameless for repair in self.mending.repairs)

    def due(self, owed: int) -> bool:
        """Whether a call is to be written for ``owed`` rows, or for the tags of others."""
        if self.keys.old_tags or self.tag_marking.seen:
            return True
        waits = self.gathering.waits(owed, self.parts.behind(), self.parts.around.monotonic())
        return owed > 0 and not waits

    @property
    def returns_rows(self) -> bool:
        """Whether the next call puts whole rows back, which moves those below."""
        return any(repair.deleted for repair in self.mending.repairs)

    def locate(self, reading: Reading) -> None:
        """Learn where the rows stand that the next call puts back."""
        # two that meet in a row are one: else a row that stood there by then would be hit by both
        found = joined(located(self.mending.repairs, reading), placed=True)
        self.located = True
        if found != self.mending.repairs:
            self.mending = replace(self.mending, repairs=found)
            with self.parts.store.begin() as transaction:
                transaction.note({"repairs": self.mending.encoded()})

    def plan(
        self, owed: dict[RowKey, None], layout: TabLayout
    ) -> tuple[SheetCall | None, list[RowKey]]:
        """Plan and store the next call; rows that are owed nothing leave ``owed``.

        Where rows of ours are to be taken away again, the call does that alone.
        Returns the call (None: nothing is to be written) and the rows to look at first.
        """
        # what a row shows that is written and mended at once would be taken for a person's
        mended = {repair.key for repair in self.mending.repairs}
        ready = [] if self.removals else [key for key in owed if key not in mended]
        with self.parts.store.begin() as transaction:
            due = due_writes(transaction, ready, layout, self.marking.take_faces())
            self.marking.owe(due.unseen)
            for key in due.settled:
                owed.pop(key, None)
            if not self.removals:
                due.writes.extend(self.keys.writes(transaction))
            said: list[TagMarks] = []
            if not self.removals and not self.mending.repairs:
                beside = any(write.marks for write in due.writes)
                said = self.tag_marking.writes(transaction, beside=beside)
            idle = not (due.writes or said or self.mending.repairs or self.removals)
            if idle and not self.keys.old_tags:
                return None, due.strange
            if self.fence is None:
                raise RuntimeError("a call needs a fence")
            number = self.number + 1
            call = plan_call(
                number,
                self.fence,
                f"sheetbridge_{self.parts.table.mapping.name}_{number}_{transaction.number}",
                due.writes,
                self.mending.repairs,
                self.mending.restores,
                self.removals,
                layout,
                self.parts.table,
                self.keys.tags_to_take(),
                said,
            )
            sent = self.parts.earliest()
            transaction.store_call(number, self.fence, encode_call(call, self.fence, sent))
        self.gathering.called()
        self.number = number
        self.under_way = OpenCall(call, self.fence, sent)
        self.parts.pipeline.calling.update(self.under_way.keys())
        self.parts.pipeline.at("before_sheet_write", self.under_way.keys())
        return call, due.strange

    def lay_fence(self, tab: Tab, layout: TabLayout) -> str:
        """Put up a mapping's first fence, in the place of any that an unheard attempt left.

        No call goes without one: it could apply late, and nothing would bar it.
        """
        prefix = f"sheetbridge_{self.parts.table.mapping.name}_"
        stale = sorted(fence for fence in tab.fences() if fence.startswith(prefix))
        fence = f"{prefix}{self.parts.around.token()}"
        tab.move_fence(stale, fence, layout)
        return fence

    def fence_laid(self, fence: str) -> None:
        """Store the first fence."""
        with self.parts.store.begin() as transaction:
            transaction.store_call(self.number, fence, None)
        self.fence = fence

    def send(self, tab: Tab, call: SheetCall, layout: TabLayout) -> tuple[CallAnswer, Answered]:
        """Send the call. Rows to delete are looked at afresh first: raises StaleLayoutError."""
        if any(placed.write.op in GOING for placed in call.writes):
            fresh = tab.read_layout()
            for placed in call.writes:
                if placed.write.op in GOING and fresh.index.rows[placed.row : placed.row + 1] != [
                    placed.write.key
                ]:
                    raise StaleLayoutError(fresh)
        return tab.send(call, layout)

    def settle(
        self, tab: Tab, open_call: OpenCall, layout: TabLayout
    ) -> tuple[CallAnswer, Answered] | str:
        """Learn the fate of a call: its answer where it was applied, else the fence that bars it.

        Raises SheetError where Google does not answer.
        """
        barred = f"{open_call.call.fence}_bar"
        for attempt in range(SETTLING_ATTEMPTS):
            fences = tab.fences()
            if open_call.call.fence in fences:
                return tab.recover(open_call.call, layout)
            bars = [fence for fence in fences if fence.startswith(barred)]
            if bars:
                return bars[0]  # an earlier attempt's, whose answer was lost
            gone = [fence for fence in (open_call.last_fence,) if fence in fences]
            try:
                tab.move_fence(gone, f"{barred}{attempt}", layout)
            except FenceError:
                continue  # it arrived just now
            return f"{barred}{attempt}"
        raise FenceError("the fence of the sheet does not settle; is another sink at work?")

    def answered(
        self, answer: CallAnswer, lo: int, hi: int, layout: TabLayout
    ) -> dict[RowKey, RowState]:
        """Note an answer; returns the rows that were reached, as they are stored now."""
        open_call = self._call_under_way()
        self.parts.pipeline.at("after_sheet_write", open_call.keys())
        with self.parts.store.begin() as transaction:
            noted = note_answer(transaction, answer, lo, hi, self.parts.table)
            self.keys.answered(transaction, answer, hi)
            noted.states.update(self.tag_marking.answered(transaction, answer))
            if answer.marked:
                self.marking.expect_strays()
            returning = {key for key, state in noted.states.items() if _may_come(state)}
            mending = mending_of(answer, noted.unknown, self.parts.table, noted.repairs, returning)
            stands = layout.index.by_key  # of a large tab: not to be gone through at each answer
            absent = {key for key in self.mending.restores if key not in stands}
            missing = _missing(transaction, absent, answer)
            unmade = self.mending.unmade(open_call.call)
            log_gone(transaction, unmade.given_up, lo, open_call.call.columns, self.parts.table)
            mending = mending.after(self.mending, unmade.waiting, missing)
            transaction.store_call(self.number, open_call.call.fence, None)
            if not (mending.empty and self.mending.empty):
                transaction.note({"repairs": mending.encoded()})
            if noted.dead:
                self.parts.set_aside(noted.dead)
        self._forget(open_call)
        self.keys.call_ended(answer)
        self.fence = open_call.call.fence
        self.mending, self.removals, self.located = mending, [], False
        inserted = [r.placed for r in answer.reached if r.placed.write.op == "insert"]
        if inserted:
            layout.index.inserted(inserted[0].row, [placed.write.key for placed in inserted])
        layout.index.keyed(
            {r.placed.row: r.placed.write.key for r in answer.reached if r.placed.write.at}
        )
        layout.index.deleted(r.placed.row for r in answer.reached if r.placed.write.op in GOING)
        return noted.states

    def hold_marks(self) -> bool:
        """The call under way was refused: what it said at cells is tried later, apart.

        False: that was tried already, or it said nothing.
        """
        if self.under_way is None:
            return False
        held = self.marking.hold(self.under_way.call.marked)
        return self.tag_marking.hold(self.under_way.call.tagged) or held

    def not_applied(self, fence: str | None) -> None:
        """The call under way never happened; ``fence`` is the one that stands in the sheet."""
        open_call = self._call_under_way()
        with self.parts.store.begin() as transaction:
            transaction.store_call(self.number, fence, None)
            # events may have marked its rows while it was under way
            transaction.save(transaction.states(list(open_call.keys())).values())
        self._forget(open_call)
        self.removals = []  # they may stand elsewhere by now: the tab is read again
        self.keys.call_ended(None)
        self.fence = fence
        self.located = False

    def _call_under_way(self) -> OpenCall:
        if self.under_way is None:
            raise RuntimeError("no call is under way")
        return self.under_way

    def _forget(self, open_call: OpenCall) -> None:
        self.under_way = None
        self.parts.pipeline.calling.difference_update(open_call.keys())


def _missing(
    transaction: Transaction, absent: Collection[RowKey], answer: CallAnswer
) -> set[RowKey]:
    """Those of the ``absent`` rows that the call did not insert, and that may still come."""
    inserted = {r.placed.write.key for r in answer.reached if r.placed.write.op == "insert"}
    states = transaction.states([key for key in absent if key not in inserted])
    return {key for key, state in states.items() if _may_come(state)}


def _may_come(state: RowState) -> bool:
    """Whether the row is to be in the sheet, or will be if what a person typed there is told."""
    return state.alive or bool(state.finds)
