"""One write to the sheet: one atomic ``spreadsheets.batchUpdate``, planned without I/O.

In this order, because requests run in order: the fence (the last call's token must still be there,
so no late or second call can apply), what the last call hit by mistake put back from its copies
(what stands there is copied before), new rows after the last keyed one, a copy of every row that
will be touched into our hidden tab, typed values into changed cells, deletions from below upwards.
Rows that the last call deleted by mistake come last, because they move those below.
The answer brings the copies back, and with them what stood there at that very instant.
https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/batchUpdate
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sink.core.change_event import Image
from sink.core.mapped_table import MappedTable
from sink.core.marks import MarkWrite
from sink.core.row_key import RowKey
from sink.core.values.codec import Value
from sink.writers.sheets.client import grid_fields
from sink.writers.sheets.faces import face_request
from sink.writers.sheets.hidden_tab import resized, room_for_copies
from sink.writers.sheets.layout import HEADER_ROWS, TabLayout, column_letters, quoted
from sink.writers.sheets.repairs import (
    Mended,
    Repair,
    mended_of,
    mending_requests,
    returning_rows,
)
from sink.writers.sheets.row_requests import (
    Request,
    copies,
    from_copy,
    insert_rows,
    runs,
    whole_rows,
)
from sink.writers.sheets.row_tags import REPLY_FIELDS, TagPlace, removal

GOING = frozenset({"delete", "remove"})
"""Writes after which the row they hit is gone."""


@dataclass(frozen=True, slots=True)
class RowWrite:
    """A row that the sheet is owed: ``op`` is insert, update or delete.

    ``remove`` takes away a row that an insert of ours put beside a person's row of the same key.
    ``key`` writes the key, and ``cells``, into a row that has none, which stands ``at`` a place.
    ``marks`` are what an update says of ours, by column.
    """

    op: str
    key: RowKey
    cells: Image
    at: TagPlace | None = None
    marks: Mapping[str, MarkWrite] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlacedWrite:
    """A write with the row (from 0) where its key is believed to stand, and its copy's row.

    An inserted row has no copy.
    """

    write: RowWrite
    row: int
    copy_row: int | None


@dataclass(frozen=True, slots=True)
class Removal:
    """A row (from 0) of ours whose key a person had given to another row at the same time."""

    key: RowKey
    row: int


@dataclass(frozen=True, slots=True)
class TagMarks:
    """What a row without a key, which stands ``at`` a place, is made to say by column.

    ``row`` (from 0) is where it stands in the call that says it, ``copy_row`` that of its copy.
    """

    at: TagPlace
    marks: Mapping[str, MarkWrite]
    row: int = 0
    copy_row: int = 0


@dataclass(frozen=True, slots=True)
class SheetCall:
    """A planned call: what it writes and mends where, and the requests that do it.

    The copies of what it touches end at row ``copied_rows`` of the hidden tab, which then has
    ``hidden_rows``; that of the header stands in row ``header``. ``columns`` is where it took the
    mapped columns to stand.
    """

    number: int
    fence: str
    writes: tuple[PlacedWrite, ...]
    requests: tuple[Request, ...]
    copied_rows: int
    mended: tuple[Mended, ...] = ()
    hidden_rows: int = 0
    header: int | None = None
    columns: Mapping[str, int] = field(default_factory=dict)
    tagged: tuple[TagMarks, ...] = ()

    @property
    def fields(self) -> str:
        """The mask of the answer: what reading it needs."""
        tagged = any(placed.write.at is not None for placed in self.writes)
        copies = f"updatedSpreadsheet({grid_fields(faces=self.marks)})"
        return f"{REPLY_FIELDS},{copies}" if tagged else copies

    @property
    def marks(self) -> bool:
        """Whether it writes notes and backgrounds."""
        return bool(self.marked or self.tagged)

    @property
    def marked(self) -> list[RowKey]:
        """The rows at whose cells it writes those."""
        return [placed.write.key for placed in self.writes if placed.write.marks]

    @property
    def twice(self) -> frozenset[RowKey]:
        """The keys of two rows, of which it takes one away."""
        return frozenset(one.write.key for one in self.writes if one.write.op == "remove")

    def body(self, layout: TabLayout) -> dict[str, object]:
        """The body of the batchUpdate; with copies, it asks to bring them back."""
        body: dict[str, object] = {"requests": list(self.requests)}
        if self.copied_rows:
            first, end = layout.span
            body["includeSpreadsheetInResponse"] = True
            body["responseIncludeGridData"] = True
            body["responseRanges"] = [
                f"{quoted(hidden_title(layout.title))}!"
                f"{column_letters(first)}1:{column_letters(end - 1)}{self.copied_rows}"
            ]
        return body


def hidden_title(tab: str) -> str:
    """The title of our hidden tab beside ``tab``."""
    return f"_sheetbridge {tab}"


def plan_call(
    number: int,
    last_fence: str,
    fence: str,
    writes: Sequence[RowWrite],
    repairs: Sequence[Repair],
    restores: Mapping[RowKey, int],
    removals: Sequence[Removal],
    layout: TabLayout,
    table: MappedTable,
    old_tags: Sequence[str] = (),
    tag_marks: Sequence[TagMarks] = (),
) -> SheetCall:
    """Place ``writes`` by the layout's key index and turn them into requests.

    Every update and delete must have its key in the index; inserts must not. ``restores`` gives
    the copies of rows that were deleted by mistake: they come back with all their cells.
    ``old_tags`` are tags of rows that need them no more. A repair of a row whose key stands twice
    waits until the other one is gone: by its key alone it might reach that one. ``tag_marks`` are
    those of rows without a key.
    """
    index = layout.index.by_key
    end = layout.index.end
    new = [write for write in writes if write.op == "insert"]
    standing = sorted(
        [
            *((index[w.key], w) for w in writes if w.op != "insert" and w.at is None),
            *((below(w.at.row, end, len(new)), w) for w in writes if w.at is not None),
            *((one.row, RowWrite("remove", one.key, {})) for one in removals),
        ],
        key=lambda stands: stands[0],
    )
    new = [write for write in writes if write.op == "insert"]
    # the copies from which something is put back stay as they are
    base = 1 + max([*(each.copy_row for each in repairs), *restores.values()], default=-1)
    twice = {one.key for one in removals}
    repairs = [each for each in repairs if each.key not in twice]
    placed = [PlacedWrite(write, row, base + at) for at, (row, write) in enumerate(standing)]
    end = layout.index.end
    placed_new = [PlacedWrite(write, end + at, None) for at, write in enumerate(new)]
    mended = mended_of(repairs, base + len(placed), layout)
    first_tagged = base + len(placed) + len(mended)
    tagged = [
        replace(one, row=below(one.at.row, end, len(new)), copy_row=first_tagged + at)
        for at, one in enumerate(sorted(tag_marks, key=lambda one: one.at.row))
    ]
    header = first_tagged + len(tagged)
    copied = header + 1 if placed or mended or new or tagged else 0
    room = room_for_copies(max(base, copied), layout.hidden_rows)
    going = [place.row for place in placed if place.write.op in GOING]
    requests = [
        *_fence([last_fence], fence, layout),
        *resized(layout.hidden_id, layout.hidden_rows, room),
        *mending_requests(repairs, mended, layout),
        *_inserts(placed_new, restores, layout, table),
        *copies([place.row for place in placed], layout, base),
        *copies([one.row for one in tagged], layout, first_tagged),
        *(copies([HEADER_ROWS - 1], layout, header) if copied else ()),
        *_updates([place for place in placed if place.write.op == "update"], layout, table),
        *_keys([place for place in placed if place.write.op == "key"], layout, table),
        # a row that comes back from its copy takes no formats from the one above
        *_marks(
            [
                *((place.row, place.write.marks) for place in placed),
                *((p.row, p.write.marks) for p in placed_new if p.write.key not in restores),
                *((one.row, one.marks) for one in tagged),
            ],
            layout,
        ),
        *(removal(tag, layout) for tag in old_tags),
        *_deletions(going, layout),
        *returning_rows(repairs, layout, layout.row_count + len(new) - len(going)),
    ]
    return SheetCall(
        number,
        fence,
        (*placed, *placed_new),
        tuple(requests),
        copied,
        mended,
        room,
        header if copied else None,
        dict(layout.columns),
        tuple(tagged),
    )


def fence_alone(
    gone: Sequence[str], fence: str, layout: TabLayout, then: Sequence[Request] = ()
) -> dict[str, object]:
    """A call that moves the fence, so that an unanswered one before it can never apply.

    ``then`` are requests that touch no row.
    """
    return {"requests": [*_fence(gone, fence, layout), *then]}


def _fence(gone: Sequence[str], fence: str, layout: TabLayout) -> list[Request]:
    """An unknown id fails the whole atomic batch: so a call applies once, or never."""
    place = {
        "sheetId": layout.hidden_id,
        "startRowIndex": 0,
        "endRowIndex": 1,
        "startColumnIndex": 0,
        "endColumnIndex": 1,
    }
    remove: list[Request] = [{"deleteNamedRange": {"namedRangeId": one}} for one in gone]
    named = {"namedRangeId": fence, "name": fence, "range": place}
    return [*remove, {"addNamedRange": {"namedRange": named}}]


def _updates(
    placed: Sequence[PlacedWrite], layout: TabLayout, table: MappedTable
) -> Iterator[Request]:
    """One ``updateCells`` for each block of neighbouring rows with the same columns."""
    start = 0
    while start < len(placed):
        columns = placed[start].write.cells.keys()
        end = start + 1
        while (
            end < len(placed)
            and placed[end].row == placed[end - 1].row + 1
            and placed[end].write.cells.keys() == columns
        ):
            end += 1
        block = placed[start:end]
        images = [place.write.cells for place in block]
        yield from _cells(block[0].row, images, tuple(columns), layout, table)
        start = end


def _marks(
    placed: Sequence[tuple[int, Mapping[str, MarkWrite]]], layout: TabLayout
) -> Iterator[Request]:
    """Notes and backgrounds; one request for each run of neighbouring columns of a row."""
    for row, marks in placed:
        faces = {layout.columns[name]: write.face for name, write in marks.items()}
        for first, count in runs(sorted(faces)):
            run = [faces[column] for column in range(first, first + count)]
            yield face_request(layout.sheet_id, row, first, run)


def below(row: int, end: int, new: int) -> int:
    """Where a row (from 0) stands once ``new`` rows were inserted at ``end``."""
    return row + new if row >= end else row


def _keys(
    placed: Sequence[PlacedWrite], layout: TabLayout, table: MappedTable
) -> Iterator[Request]:
    """The keys of rows that had none; each row's tag goes, if it is still attached there."""
    for place in placed:
        image = {**table.key_image(place.write.key), **place.write.cells}
        yield from _cells(place.row, [image], tuple(image), layout, table)
        if place.write.at is not None:
            row = place.row if place.write.at.attached else None
            yield removal(place.write.at.tag, layout, row)


def _inserts(
    placed: Sequence[PlacedWrite],
    restores: Mapping[RowKey, int],
    layout: TabLayout,
    table: MappedTable,
) -> Iterator[Request]:
    if not placed:
        return
    yield insert_rows(layout, placed[0].row, len(placed))
    for place in placed:
        if place.write.key in restores:
            copy_row = restores[place.write.key]
            yield from_copy(copy_row, place.row, 0, layout.column_count, layout)
    images = [{**table.key_image(place.write.key), **place.write.cells} for place in placed]
    if restores.keys().isdisjoint(place.write.key for place in placed):
        yield from _cells(placed[0].row, images, table.columns, layout, table)
        return
    for place, image in zip(placed, images, strict=True):
        # the key and the formulas of a row that comes back from its copy stay as they are there
        back = place.write.key in restores
        names = tuple(place.write.cells) if back else table.columns
        yield from _cells(place.row, [image], names, layout, table)


def _deletions(rows: Sequence[int], layout: TabLayout) -> Iterator[Request]:
    for first, count in reversed(list(runs(rows))):
        gone = whole_rows(layout.sheet_id, first, count)
        yield {"deleteDimension": {"range": gone}}


def _cells(
    row: int,
    images: Sequence[Image],
    columns: Sequence[str],
    layout: TabLayout,
    table: MappedTable,
) -> Iterator[Request]:
    """Typed values for a block of rows; one request for each run of neighbouring columns."""
    at = {layout.columns[column]: column for column in columns}
    for first, count in runs(sorted(at)):
        names = [at[place] for place in range(first, first + count)]
        rows = [
            {"values": [typed_cell(table, name, image.get(name)) for name in names]}
            for image in images
        ]
        start = {"sheetId": layout.sheet_id, "rowIndex": row, "columnIndex": first}
        yield {"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}}


def typed_cell(table: MappedTable, column: str, value: Value) -> dict[str, object]:
    """A cell of ``updateCells``: a typed value, so that text like ``=1+1`` stays text."""
    content = table.codecs[column].to_cell(value)
    if content is None or content == "":
        return {}
    if isinstance(content, bool):
        return {"userEnteredValue": {"boolValue": content}}
    if isinstance(content, int | float):
        return {"userEnteredValue": {"numberValue": content}}
    return {"userEnteredValue": {"stringValue": content}}
