"""Row states as the text that is stored, and back.

A row that is as the first sync left it is stored as its agreed values alone (no record): its
stamps are the mapping's own. Of any other row only what differs from that is written down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any

import orjson

from sink.core.change_event import Image
from sink.core.marks import Face, Mark, Marks
from sink.core.row_key import RowKey
from sink.core.row_state import Belief, Find, HeldDelete, OpenWrite, RowState
from sink.core.tombstones import gone_since
from sink.core.values.codec import Value
from sink.core.version import Origin, Version

Stored = Sequence[Any]
"""A JSON array of our own making."""

_STAMPS = attrgetter(
    *("time", "origin", "in_db", "seen_from", "shown", "made", "author", "outside")
)
"""Of a version all but its value, in the order in which it is stored and made."""

_OUTSIDE = -1
"""The last of them, which few versions have."""

_NOTICED = attrgetter("lo", "hi", "heard", "written", "wrote", "edited", "over", "hid")
"""Of a belief all but its value."""

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

_QUIET = frozenset({"newest", "told"})
"""What a record may hold beside versions and beliefs of such a row."""

_ORIGINS = {origin.value: origin for origin in Origin}
"""To ask the enumeration itself takes longer than all else of a version."""


@dataclass(frozen=True)
class FirstSync:
    """The shared stamps of all rows that have not changed since: when they were read and shown."""

    read: int
    shown: int

    def version(self, value: Value) -> Version:
        """The version of a cell as the first sync left it: its time is unknown."""
        return Version(
            value, None, Origin.DATABASE, in_db=True, seen_from=self.read, shown=self.shown
        )

    def belief(self, value: Value) -> Belief:
        """What the first sync left in a cell of the sheet."""
        return Belief(value, self.read, self.shown)

    @cached_property
    def stamps(self) -> tuple[object, ...]:
        """All but the value of each version, as ``_STAMPS`` has it."""
        return _STAMPS(self.version(None))

    @cached_property
    def noticed(self) -> tuple[object, ...]:
        """All but the value of each belief, as ``_NOTICED`` has it."""
        return _NOTICED(self.belief(None))

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
    cells = {
        column: _without_outside(stamps)
        for column, version in state.cells.items()
        if (stamps := _STAMPS(version)) != first.stamps
    }
    beliefs = {
        column: _belief(belief)
        for column, belief in state.beliefs.items()
        if _NOTICED(belief) != first.noticed
        or column not in agreed
        or belief.value != agreed[column]
    }
    unbelieved = [column for column in agreed if column not in state.beliefs]
    more = _more(state)
    if not (cells or beliefs or unbelieved or more) and _is_as_left(state, agreed, first):
        return StoredRow(orjson.dumps(agreed), None, attention)
    record: dict[str, object] = {
        "life": None if state.life is None else _version(state.life),
        "cells": cells,
        "present": _belief(state.present),
        "beliefs": beliefs,
        "unbelieved": unbelieved,
        "seen": state.seen_until,
    }
    if state.table != agreed:
        record["table"] = state.table
    record.update(more)
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


def _more(state: RowState) -> dict[str, object]:
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
        record["open"] = [_open_write(write, state) for write in state.open_writes]
    return record


def decode(
    key: RowKey, agreed_text: bytes | str, record_text: bytes | str | None, first: FirstSync
) -> RowState:
    """The row state that was stored."""
    agreed: Image = orjson.loads(agreed_text)
    if record_text is None:
        return first.row(key, agreed)
    record = orjson.loads(record_text)
    cells, beliefs, unbelieved = record["cells"], record["beliefs"], record["unbelieved"]
    state = RowState(
        key,
        life=None if record["life"] is None else _read_version(record["life"]),
        cells={
            column: _read_stamps(value, cells[column]) if column in cells else first.version(value)
            for column, value in agreed.items()
        },
        table=record.get("table", agreed),
        present=_read_belief(record["present"]),
        beliefs={
            column: first.belief(value)
            for column, value in agreed.items()
            if column not in unbelieved and column not in beliefs
        },
        seen_until=record["seen"],
    )
    for column, belief in beliefs.items():
        state.beliefs[column] = _read_belief(belief)
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
    state.open_writes = tuple(_read_open_write(write, state) for write in record.get("open", ()))
    return state


def _version(version: Version) -> Stored:
    return (version.value, *_without_outside(_STAMPS(version)))


def _without_outside(stamps: Stored) -> Stored:
    return stamps if stamps[_OUTSIDE] else stamps[:_OUTSIDE]


def _read_version(stored: Stored) -> Version:
    return _read_stamps(stored[0], stored[1:])


def _read_stamps(value: Value, stored: Stored) -> Version:
    return Version(value, stored[0], _ORIGINS[stored[1]], *stored[2:])


def _belief(belief: Belief) -> Stored:
    stored = [belief.value, belief.lo, belief.hi, belief.heard, belief.written, belief.wrote]
    if belief.hid:
        return [*stored, belief.edited, belief.over, belief.hid]
    return [*stored, belief.edited, belief.over] if belief.edited or belief.over else stored


def _read_belief(stored: Stored) -> Belief:
    value, lo, hi, heard, written, wrote, *more = stored
    pairs = tuple(map(tuple, heard)) if heard else ()
    if not more:
        return Belief(value, lo, hi, pairs, written, tuple(wrote))
    edited, over, *hid = more
    replaced = None if over is None else tuple(over)
    return Belief(value, lo, hi, pairs, written, tuple(wrote), edited, replaced, *hid)


def encode_marks(marks: Marks) -> dict[str, Stored]:
    """The marks of a row as they are stored."""
    return {column: _mark(mark) for column, mark in marks.items()}


def decode_marks(stored: Mapping[str, Stored]) -> Marks:
    """What ``encode_marks`` gave."""
    return {column: _read_mark(mark) for column, mark in stored.items()}


def _mark(mark: Mark) -> Stored:
    back = mark.put_back
    face = None if back is None else [back.note, back.background]
    return [mark.wanted, mark.shown, mark.sure, mark.under, face]


def _read_mark(stored: Stored) -> Mark:
    wanted, shown, sure, under, face = stored
    return Mark(wanted, shown, sure, under, None if face is None else Face(*face))


AS_AGREED = True
"""Stands for what is the same as what the row has agreed: most of an open write is."""


def _open_write(write: OpenWrite, state: RowState) -> Stored:
    return [
        write.number,
        AS_AGREED if write.image == state.agreed else write.image,
        write.server_time,
        {
            column: AS_AGREED if version == state.cells.get(column) else _version(version)
            for column, version in write.wrote.items()
        },
        sorted(write.made),
        None
        if write.life is None
        else AS_AGREED
        if write.life == state.life
        else _version(write.life),
    ]


def _read_open_write(stored: Stored, state: RowState) -> OpenWrite:
    number, image, server_time, wrote, made, life = stored
    return OpenWrite(
        number,
        state.agreed if image is AS_AGREED else image,
        server_time,
        {
            column: state.cells[column] if version is AS_AGREED else _read_version(version)
            for column, version in wrote.items()
        },
        frozenset(made),
        None if life is None else state.life if life is AS_AGREED else _read_version(life),
    )
