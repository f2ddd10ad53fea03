"""Row states as the text that is stored, and back.

A row that is as the first sync left it is stored as its agreed values alone (no record): its
stamps are the mapping's own. Of any other row only what differs from that is written down, and what
its cells have in common is written once (``sink.state.shared_stamps``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from sink.core.belief import Belief
from sink.core.change_event import Image
from sink.core.light import light
from sink.core.row_key import RowKey
from sink.core.row_state import Find, HeldDelete, OpenWrite, RowState
from sink.core.tombstones import gone_since
from sink.core.values.codec import Value
from sink.core.version import ABSENT, EVER, Origin, Version
from sink.state.earlier_records import as_stored_now
from sink.state.record_marks import decode_marks, encode_marks
from sink.state.shared_stamps import (
    AS_FIRST,
    Stamps,
    StampsMet,
    StampsRead,
    by_column,
    stamps_of_belief,
    stamps_of_version,
    stored_belief,
    stored_version,
)

Stored = Sequence[Any]
"""A JSON array of our own making."""

OWED_TO_SHEET = 1
HAS_FINDS = 2
HAS_REFUSED = 4
HELD_IN = {Origin.DATABASE: 8, Origin.SHEET: 16}
"""The flags of a row with a held delete, by the side that deleted it."""

HAS_HELD = 8 | 16

AT_REST = -0x8000
"""Instead of flags, of a row that has changed: both sides surely hold what is agreed again.

No flag is among its bits, and who looks for flags looks above 0: there is no row at rest.
"""

_ALIVE_AS_FIRST = [True, AS_FIRST]
"""A row's existence as the first sync left it, and most rows are."""

_QUIET = frozenset({"newest", "told"})
"""What a record may hold beside versions and beliefs of such a row."""


@dataclass(frozen=True)
class FirstSync:
    """The shared stamps of all rows that have not changed since: when they were read and shown."""

    read: int
    shown: int

    def version(self, value: Value) -> Version:
        """The version of a cell as the first sync left it: its time is unknown."""
        return Version(
            value, None, Origin.DATABASE, in_db=EVER, seen_from=self.read, shown=self.shown
        )

    def belief(self, value: Value) -> Belief:
        """What the first sync left in a cell of the sheet."""
        return Belief(value, self.read, self.shown)

    @cached_property
    def stamps(self) -> Stamps:
        """All but the value of each version."""
        return stamps_of_version(self.version(None))

    @cached_property
    def sight(self) -> Stamps:
        """All but the value of each belief."""
        return stamps_of_belief(self.belief(None))

    def row(self, key: RowKey, agreed: Image) -> RowState:
        """The whole state of such a row."""
        return RowState(
            key,
            life=self.version(True),
            cells={column: self.version(value) for column, value in agreed.items()},
            table=dict(agreed),
            present=self.belief(True),
            beliefs={column: self.belief(value) for column, value in agreed.items()},
            seen_until=self.shown,
        )


@light
@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row state as it is stored: agreed values, the record (None: pristine), attention flags (or
    ``AT_REST``).

    ``gone_since``: both sides surely lack the row, and nothing of it has been heard since (µs).
    """

    agreed: bytes
    record: bytes | None
    attention: int
    gone_since: int | None = None


def encode(state: RowState, first: FirstSync) -> StoredRow:
    """The stored form of ``state``."""
    agreed = state.agreed
    owed = state.owed_to_sheet()[0] or state.owes_marks or state.in_call
    attention = OWED_TO_SHEET if owed else 0
    attention |= HAS_FINDS if state.finds else 0
    attention |= HAS_REFUSED if state.refused else 0
    for held in state.held:
        attention |= HELD_IN[held.origin]
    stamps, sights = StampsMet(first.stamps), StampsMet(first.sight)
    cells = by_column(
        {c: stamps.place(stamps_of_version(version)) for c, version in state.cells.items()},
        agreed.keys(),
    )
    believed = {
        column: stored_belief(belief, agreed.get(column, ABSENT), sights)
        for column, belief in state.beliefs.items()
    }
    beliefs = by_column(believed, agreed.keys())
    unbelieved = [column for column in agreed if column not in believed]
    more = _more(state, agreed, stamps)
    as_first = cells == beliefs == AS_FIRST
    if as_first and not (unbelieved or more) and _is_as_left(state, agreed, first):
        return StoredRow(orjson.dumps(agreed), None, attention)
    record: dict[str, object] = {"cells": cells, "beliefs": beliefs, "seen": state.seen_until}
    life = None if state.life is None else stored_version(state.life, stamps)
    if life != _ALIVE_AS_FIRST:
        record["life"] = life
    present = stored_belief(state.present, True, sights)
    if present != AS_FIRST:
        record["present"] = present
    if unbelieved:
        record["unbelieved"] = unbelieved
    if state.table != agreed:
        record["table"] = state.table
    record.update(more)
    record["stamps"], record["sights"] = stamps.stored(), sights.stored()
    if attention == 0 and more.keys() <= _QUIET and _is_at_rest(state, agreed):
        attention = AT_REST
    return StoredRow(orjson.dumps(agreed), orjson.dumps(record), attention, gone_since(state))


def _is_as_left(state: RowState, agreed: Image, first: FirstSync) -> bool:
    """Whether the row itself is as the first sync left it, whatever its cells are."""
    return (
        state.life == first.version(True)
        and state.present == first.belief(True)
        and state.seen_until == first.shown
        and state.table == agreed
    )


def _is_at_rest(state: RowState, agreed: Image) -> bool:
    """Whether both sides are known for certain to hold what is agreed."""
    if not state.alive or state.table != agreed or state.present.surely() is not True:
        return False
    beliefs = state.beliefs
    return all(
        column in beliefs and beliefs[column].surely() == value for column, value in agreed.items()
    )


def _more(state: RowState, agreed: Image, stamps: StampsMet) -> dict[str, object]:
    """What few rows have beside versions and beliefs."""
    record: dict[str, object] = {}
    by_column: dict[str, object] = {
        "newest": state.newest,
        "refused": state.refused,
        "unfit": state.unfit,
        "formulas": state.formulas,
        "told": state.told,
    }
    record.update({name: known for name, known in by_column.items() if known})
    if state.apart:
        record["apart"] = True
    if state.finds:
        record["finds"] = {
            column: [find.value, find.time, find.due] for column, find in state.finds.items()
        }
    if state.marks:
        record["marks"] = encode_marks(state.marks)
    if state.held:
        record["held"] = [
            [
                held.origin.value,
                held.time,
                held.received,
                held.saw_until,
                held.author,
                held.latest,
            ]
            for held in state.held
        ]
    if state.open_writes:
        record["open"] = [_open_write(write, state, agreed, stamps) for write in state.open_writes]
    return record


def decode(
    key: RowKey, agreed_text: bytes | str, record_text: bytes | str | None, first: FirstSync
) -> RowState:
    """The row state that was stored."""
    agreed: Image = orjson.loads(agreed_text)
    if record_text is None:
        return first.row(key, agreed)
    record = orjson.loads(record_text)
    if "stamps" not in record:
        record = as_stored_now(record)
    stamps = StampsRead(record["stamps"], first.stamps, record["sights"], first.sight)
    cells, beliefs = record["cells"], record["beliefs"]
    if isinstance(cells, int):
        cells = dict.fromkeys(agreed, cells)
    if isinstance(beliefs, int):
        beliefs = dict.fromkeys(agreed, beliefs)
    unbelieved = record.get("unbelieved", ())
    life = record.get("life", _ALIVE_AS_FIRST)
    state = RowState(
        key,
        life=None if life is None else stamps.version(*life),
        cells={
            column: stamps.version(value, cells.get(column, AS_FIRST))
            for column, value in agreed.items()
        },
        table=record.get("table", agreed),
        present=stamps.belief(True, record.get("present", AS_FIRST)),
        beliefs={
            column: stamps.belief(value, beliefs.get(column, AS_FIRST))
            for column, value in agreed.items()
            if column not in unbelieved
        },
        seen_until=record["seen"],
    )
    for column, belief in beliefs.items():
        if column not in agreed:
            state.beliefs[column] = stamps.belief(None, belief)
    state.newest = record.get("newest", {})
    state.refused = record.get("refused", {})
    state.unfit = record.get("unfit", {})
    state.formulas = record.get("formulas", {})
    state.apart = record.get("apart", False)
    state.told = record.get("told", {})
    state.finds = {column: Find(*find) for column, find in record.get("finds", {}).items()}
    state.marks = decode_marks(record.get("marks", {}))
    state.held = tuple(
        HeldDelete(Origin(origin), *stamps) for origin, *stamps in record.get("held", ())
    )
    state.open_writes = tuple(
        _read_open_write(write, state, agreed, stamps) for write in record.get("open", ())
    )
    return state


AS_AGREED = True
"""Stands for what is the same as what the row has agreed: most of an open write is."""


def _open_write(
    write: OpenWrite, state: RowState, agreed: Image, stamps: StampsMet
) -> Sequence[object]:
    return [
        write.number,
        AS_AGREED if write.image == agreed else write.image,
        write.server_time,
        {
            column: _or_as_agreed(version, state.cells.get(column), stamps)
            for column, version in write.wrote.items()
        },
        sorted(write.made),
        None if write.life is None else _or_as_agreed(write.life, state.life, stamps),
    ]


def _or_as_agreed(version: Version, agreed: Version | None, stamps: StampsMet) -> object:
    # nearly always it is the very object, and nine fields need not be compared
    same = version is agreed or version == agreed
    return AS_AGREED if same else stored_version(version, stamps)


def _read_open_write(
    stored: Sequence[Any], state: RowState, agreed: Image, stamps: StampsRead
) -> OpenWrite:
    number, image, server_time, wrote, made, life = stored
    return OpenWrite(
        number,
        agreed if image is AS_AGREED else image,
        server_time,
        {
            column: state.cells[column] if version is AS_AGREED else stamps.version(*version)
            for column, version in wrote.items()
        },
        frozenset(made),
        None if life is None else state.life if life is AS_AGREED else stamps.version(*life),
    )
