"""From records of the topics to change events and posted rows, in the order of reading."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

import orjson

from sink.core import operator_record
from sink.core.change_event import (
    ChangeEvent,
    DatabaseChange,
    Position,
)
from sink.core.envelope import (
    CHECK_EDITOR,
    Marker,
    Post,
    PostedRow,
    Truncate,
    decode_change,
    decode_post,
    decode_source,
)
from sink.core.errors import EnvelopeError, SheetbridgeError, UnfitValueError
from sink.core.formulas import changes_by_itself
from sink.core.gtid import GtidSet
from sink.core.mapped_table import MappedTable
from sink.core.mapping import in_quotes
from sink.core.row_key import RowKey
from sink.keyless_rows import KeylessRow
from sink.ports import DeadLetter, Progress
from sink.posted_rows import SheetRow
from sink.record import Record
from sink.unreadable import missing_key, unreadable

log = logging.getLogger(__name__)

Inbound = ChangeEvent | Truncate | SheetRow | KeylessRow


FOUND = "found:"
"""How the ids of what was found by looking begin: it came from no topic, and never comes again."""


@dataclass(slots=True)
class Inbox:
    """A batch of records, decoded as far as that goes without the rows' states.

    ``records`` are those of the posts, by the posts' ids. ``unfit`` are the places (from 0) of rows
    whose key does not fit its column, ``nameless`` says whether any row has no key, fit or not.
    ``guarded`` False: a person has said yes to it already.
    """

    rows: list[Inbound] = field(default_factory=list)
    markers: list[str] = field(default_factory=list)
    hints: list[Post] = field(default_factory=list)
    dead: list[DeadLetter] = field(default_factory=list)
    progress: Progress = field(default_factory=Progress)
    records: dict[str, Record] = field(default_factory=dict)
    unfit: list[int] = field(default_factory=list)
    nameless: bool = False
    guarded: bool = True
    _posted: dict[str, SheetRow] = field(default_factory=dict)

    def keys(self) -> list[RowKey]:
        """The keys of all rows that the batch touches, each once, in order."""
        found: dict[RowKey, None] = {}
        for item in self.rows:
            if isinstance(item, Truncate | KeylessRow):
                continue
            found[item.key] = None
            if isinstance(item, SheetRow) and item.old_key is not None:
                found[item.old_key] = None
        return list(found)

    def posted(self, edit: str) -> SheetRow | None:
        """The posted row of which the change event ``edit`` was made."""
        if not self._posted:
            self._posted = {row.id: row for row in self.rows if isinstance(row, SheetRow)}
        return self._posted.get(edit.removesuffix("/old"))


@dataclass(slots=True)
class Reader:
    """Decodes the records of one mapping.

    ``own_source`` is the UUID of our own GTIDs; what ``already_read`` holds was part of the first
    sync's consistent read. ``last`` is the newest binlog position that was applied, and
    ``next_offsets`` where each topic is to be read on: what stands before was applied.
    """

    table: MappedTable
    own_source: str
    already_read: GtidSet
    last: Position | None = None
    next_offsets: dict[str, int] = field(default_factory=dict)

    def read(self, records: Iterable[Record], inbox: Inbox, *, received: int, latest: int) -> None:
        """Decode ``records`` into ``inbox``; one that cannot be decoded becomes a dead letter.

        ``received`` is Google's time by estimate, ``latest`` what it is at most: an edit of
        either side that claims to be younger is dated back to that, and no honest one.
        """
        for record in records:
            if record.offset < self.next_offsets.get(record.topic, 0):
                continue
            inbox.progress.offsets[record.topic] = record.offset + 1
            try:
                if record.topic == self.table.mapping.cdc_topic:
                    self._read_change(record, inbox, received, latest)
                else:
                    self._read_post(record, inbox, latest)
            except (SheetbridgeError, orjson.JSONDecodeError) as error:
                inbox.dead.append(unreadable(record, error))
            except Exception as error:
                # Decoding asks no server: what fails here fails for ever, and must stop nothing.
                log.exception("%s, offset %d cannot be read", record.topic, record.offset)
                inbox.dead.append(unreadable(record, error))

    def applied(self, inbox: Inbox) -> None:
        """Note that a batch is committed: from here on its records are repeats."""
        self.last = inbox.progress.position or self.last
        self.next_offsets.update(inbox.progress.offsets)

    def _read_change(self, record: Record, inbox: Inbox, received: int, latest: int) -> None:
        if record.value is None:
            return  # the tombstone after a delete serves Kafka's compaction, not us
        value = _json_object(record.value)
        key = None if record.key is None else _json_object(record.key)
        source = decode_source(value)
        if source.gtid is not None and source.gtid in self.already_read:
            return
        if not source.snapshot and source.position.repeats(inbox.progress.position or self.last):
            return
        event = decode_change(
            key, value, self.table, own_source=self.own_source, received=received, latest=latest
        )
        match event:
            case Marker():
                inbox.markers.append(event.token)
            case Truncate() | DatabaseChange():
                inbox.rows.append(event)
        if event is not None and event.position is not None:
            newest = inbox.progress.position or self.last
            inbox.progress.position = event.position.after(newest)

    def _read_post(self, record: Record, inbox: Inbox, received: int) -> None:
        if record.value is None:
            return
        value = _json_object(record.value)
        post = decode_post(value)
        if post.id in inbox.progress.edit_ids:
            return
        inbox.progress.edit_ids.append(post.id)
        inbox.progress.edit_times[post.id] = post.time
        inbox.records[post.id] = record
        if post.kind == operator_record.KIND:
            inbox.rows.append(operator_record.decode(value, self.table, inbox.progress.read_at))
        if post.kind == "hint":
            inbox.hints.append(post)
        if post.kind == "heartbeat" and post.editor != CHECK_EDITOR:
            inbox.progress.heartbeat = max(inbox.progress.heartbeat, min(post.time, received))
        for number, row in enumerate(post.rows):
            try:
                addressed = self._address(post, number, row, received)
            except UnfitValueError as error:
                inbox.dead.append(unreadable(record, error, post.id, number))
                inbox.unfit.append(row.row - 1)
                inbox.nameless = True
                continue
            inbox.nameless = inbox.nameless or addressed is None
            if addressed is not None:
                inbox.rows.append(addressed)
            elif (reason := missing_key(row, self.table)) is not None:
                inbox.dead.append(unreadable(record, reason, post.id, number))

    def _address(
        self, post: Post, number: int, row: PostedRow, received: int
    ) -> SheetRow | KeylessRow | None:
        for column in self.table.key:
            header = self.table.mapping.header(column)
            cell = row.cells.get(header)
            changing = None if cell is None else changes_by_itself(cell.formula)
            if changing is not None:
                raise UnfitValueError(f"{in_quotes(header)} {changing}")
        key = self.table.key_from_cells(row.key)
        if key is None:
            tag = row.row_tag
            return None if tag is None else KeylessRow(post, number, row, tag, received)
        old_key = self._old_key(row)
        return SheetRow(post, number, row, key, None if old_key == key else old_key, received)

    def _old_key(self, row: PostedRow) -> RowKey | None:
        """The key that the row had before; None where that is not known, or was no key."""
        if row.old_key is None:
            return None
        try:
            return self.table.key_from_cells({**row.key, **row.old_key})
        except UnfitValueError:
            return None


def _json_object(raw: bytes) -> dict[str, object]:
    value = orjson.loads(raw)
    if not isinstance(value, dict):
        raise EnvelopeError(f"a record must be a JSON object, not {value!r:.80}")
    return value
