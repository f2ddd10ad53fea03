"""A call as it is stored while it is under way: what must be known to settle it after a crash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from sink.core.mapped_table import MappedTable
from sink.core.marks import Face, MarkWrite
from sink.core.row_key import RowKey
from sink.writers.sheets.call import PlacedWrite, RowWrite, SheetCall, TagMarks
from sink.writers.sheets.mending import decode_repair, encode_repair
from sink.writers.sheets.repairs import Mended
from sink.writers.sheets.row_tags import TagPlace

WRITE_FIELDS = 7


def encode_call(call: SheetCall, last_fence: str | None, sent: int) -> str:
    """The call as text: what must be known to settle it after a crash."""
    return orjson.dumps(
        {
            "number": call.number,
            "fence": call.fence,
            "last": last_fence,
            "sent": sent,
            "copied": call.copied_rows,
            "header": call.header,
            "columns": dict(call.columns),
            "mended": [[encode_repair(each.repair), each.before] for each in call.mended],
            "writes": [
                [
                    placed.write.op,
                    placed.write.key.canonical.decode(),
                    placed.write.cells,
                    placed.row,
                    placed.copy_row,
                    _encoded_place(placed.write.at),
                    _encoded_marks(placed.write.marks),
                ]
                for placed in call.writes
            ],
            "tagged": [
                [_encoded_place(one.at), _encoded_marks(one.marks), one.row, one.copy_row]
                for one in call.tagged
            ],
        }
    ).decode()


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A stored call, its fence before it, and when it was sent (Google's clock)."""

    call: SheetCall
    last_fence: str | None
    sent: int

    def keys(self) -> Sequence[RowKey]:
        """The rows that it writes."""
        return [placed.write.key for placed in self.call.writes]


def decode_call(stored: str, table: MappedTable) -> OpenCall:
    """The call that ``encode_call`` wrote; its requests are gone, for it is never sent again."""
    fields = orjson.loads(stored)
    writes = tuple(
        PlacedWrite(
            RowWrite(
                op,
                table.key_from_canonical(key.encode()),
                cells,
                _decoded_place(place),
                _decoded_marks(written),
            ),
            row,
            copy_row,
        )
        for op, key, cells, row, copy_row, place, written in map(_whole, fields["writes"])
    )
    mended = tuple(Mended(decode_repair(one, table), row) for one, row in fields["mended"])
    call = SheetCall(
        fields["number"],
        fields["fence"],
        writes,
        (),
        fields["copied"],
        mended,
        header=fields.get("header"),
        columns=fields.get("columns", {}),
        tagged=tuple(
            TagMarks(TagPlace(*place), _decoded_marks(marks), row, copy_row)
            for place, marks, row, copy_row in fields.get("tagged", ())
        ),
    )
    return OpenCall(call, fields["last"], fields["sent"])


def _encoded_place(place: TagPlace | None) -> list[object] | None:
    if place is None:
        return None
    # a look through the API shows no other contents than JSON has
    return [place.tag, place.row, place.contents, place.attached]


def _encoded_marks(marks: Mapping[str, MarkWrite]) -> dict[str, list[object]]:
    return {name: _encoded_mark(mark) for name, mark in marks.items()}


def _decoded_marks(stored: Mapping[str, list[Any]]) -> dict[str, MarkWrite]:
    return {name: _decoded_mark(mark) for name, mark in stored.items()}


def _encoded_mark(mark: MarkWrite) -> list[object]:
    person, seen = mark.person, mark.seen
    return [mark.text, person.note, person.background, seen.note, seen.background]


def _decoded_mark(stored: list[Any]) -> MarkWrite:
    text, note, background, seen_note, seen_background = stored
    return MarkWrite(text, Face(note, background), Face(seen_note, seen_background))


def _decoded_place(stored: list[Any] | None) -> TagPlace | None:
    return None if stored is None else TagPlace(*stored)


def _whole(stored: list[Any]) -> list[Any]:
    """A write as it is stored now; one of an earlier version had no marks."""
    return stored if len(stored) == WRITE_FIELDS else [*stored, {}]
