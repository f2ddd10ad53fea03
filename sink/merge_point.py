"""The merge point of one mapping, without threads: what happens to records, and between batches.

Everything that changes the mapping's state happens here, in numbered transactions, in the order in
which the caller hands it over. ``sink.worker`` runs it on a thread; tests run it step by step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sink.beginning import Beginning, OnGoogle
from sink.controls import Controls
from sink.errands import Background
from sink.guarding import HeldBatchError
from sink.inbound import Inbox, Reader
from sink.parts import Parts
from sink.pruning import Pruning
from sink.record import Record
from sink.schema_changes import SchemaChanges, TableChangedError
from sink.sheet_side import SheetSide


class MergePoint:
    """Merges the records of one mapping's topics and sees to its sheet.

    Each method may be called again where it raised an error that may pass: whatever had not been
    committed did not happen.
    """

    def __init__(self, parts: Parts, background: Background, on_google: OnGoogle) -> None:
        self.parts = parts
        self._schema = SchemaChanges(parts, on_google)
        self._sheet = SheetSide(parts, background, self._schema)
        self.controls = Controls(parts, on_google, self._sheet.compare, self._sheet.noted)
        self._sheet.hold = self.controls.hold
        self._sheet.compared = self.controls.compared
        self._sheet.stopped = lambda: self.controls.stopped
        self._pruning = Pruning(parts)
        self._beginning = Beginning(parts, on_google)
        self._reader: Reader = parts.reader()

    @property
    def next_offsets(self) -> Mapping[str, int]:
        """Where the topics of changes are to be read on: what stands before was applied."""
        return self._reader.next_offsets

    def start(self) -> None:
        """Take over what the last worker left, in the columns that the table has now."""
        self._schema.start()
        self._sheet.start()

    def wait(self, longest: float) -> float:
        """Seconds until the next tick is worth while."""
        if self.controls.stopped:
            return longest
        return 0.0 if self._schema.busy else self._sheet.wait(longest)

    def merge(self, records: Sequence[Record]) -> None:
        """Merge records, in order; before the first sync they only tell that the stream runs.

        Commands go first. While the mapping stands still the others are dropped: they are read
        again from the stored offsets when it goes on.
        """
        commands = self.parts.table.mapping.commands_topic
        for record in records:
            if record.topic == commands:
                self.controls.take(record)
        changes = [record for record in records if record.topic != commands]
        answer = self.parts.pipeline.guard.answer
        until = answer.until if answer is not None else {}
        early = [record for record in changes if record.offset < until.get(record.topic, 0)]
        late = [record for record in changes if record.offset >= until.get(record.topic, 0)]
        for part in (early, late):
            if part and not self.controls.stopped:
                self._merge(part)

    def _merge(self, records: Sequence[Record]) -> None:
        inbox = self._read(records)
        if not self._beginning.over:
            if not (self._beginning.interrupted or self._beginning.streams(inbox.markers)):
                with self.parts.store.begin() as transaction:
                    transaction.record(inbox.progress)
                self._sheet.posts.read(inbox)
                return  # the first sync reads all of this from the table and the tab
            self._begin()
            inbox = self._read(records)
        try:
            outcome = self.parts.pipeline.apply(inbox)
        except HeldBatchError as held:
            self.controls.hold(held.excess, inbox.progress.offsets)
            return
        self._reader.applied(inbox)
        self._schema.seen(inbox.markers)
        self._sheet.posts.read(inbox)
        self._sheet.merged(inbox, outcome)
        self._pruning.seen(inbox.markers)

    def tick(self) -> None:
        """What is due when no record waits: the sheet's next errand and what is old, or the
        beginning's marker."""
        if self.parts.table_changed():
            raise TableChangedError(f"table {self.parts.table.mapping.table} has changed")
        self._pruning.rest()
        if self.controls.stopped:
            self._sheet.stand_still(self.controls.standing)
            return
        if self._beginning.over:
            filled = self._schema.tick()
            if filled:
                self._sheet.apply(filled, guarded=False)
            self._sheet.tick()
            self._pruning.tick()
        elif self._beginning.interrupted:
            self._begin()
        else:
            self._beginning.mark()
            self._sheet.stand_still(self._beginning.waits_for)

    def notice_posted(self) -> None:
        """Somebody else has said something in the tab: it is to be taken away when it is over."""
        self._sheet.trouble.sure = False

    def _read(self, records: Sequence[Record]) -> Inbox:
        inbox = Inbox()
        self._reader.table = self._schema.table
        now = self.parts.now()
        inbox.progress.read_at = now
        self._reader.read(records, inbox, received=now, latest=self.parts.latest())
        return inbox

    def _begin(self) -> None:
        synced = self._beginning.first_sync()
        self._schema.begun()
        self._reader = self.parts.reader()
        self._sheet.owe(synced.owed)
        for events in synced.edits(self.parts):
            self._sheet.apply(events, guarded=False)
        self._beginning.merged()
