"""Posted rows of the sheet as change events: cells become values, keys are met with places.

Only here are the column's type and the row's stored state known together: a cell that shows what
the stored value renders to is that value, whatever the renderings of others may have in common
with it. A row whose key may be another row's too is not merged but looked at: a person may have
typed an existing key, or moved the row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sink.core.cell import CellContent
from sink.core.change_event import CellEdit, ChangeEvent, SheetDelete, SheetEdit, SheetSight
from sink.core.envelope import Post, PostedCell, PostedRow
from sink.core.errors import UnfitValueError
from sink.core.formulas import changes_by_itself
from sink.core.light import light
from sink.core.mapped_table import MappedTable
from sink.core.marks import Marks
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.values.codec import Value
from sink.core.values.meaning import meaning
from sink.core.version import ABSENT, Absent


@dataclass(frozen=True, slots=True)
class Places:
    """Where keys stood when the sheet was last read (rows from 0), and keys of several rows."""

    rows: Mapping[RowKey, int] = field(default_factory=dict)
    twice: frozenset[RowKey] = frozenset()


@light
@dataclass(frozen=True, slots=True)
class SheetRow:
    """A posted row, addressed but not yet typed.

    ``marks`` are what was said at its cells before it had a key.
    """

    post: Post
    number: int
    row: PostedRow
    key: RowKey
    old_key: RowKey | None
    received: int
    marks: Marks = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The edit's own name: the same when the post is sent again."""
        return f"{self.post.id}/{self.number}"


@dataclass(slots=True)
class Typed:
    """A posted row as change events; those carry the cells that their columns cannot hold.

    ``doubtful``: the sheet must be read to know what the post means.
    """

    events: list[ChangeEvent] = field(default_factory=list)
    doubtful: bool = False


def typed(item: SheetRow, state: RowState, table: MappedTable, places: Places) -> Typed:
    """The change events of a posted row: a changed key is a delete and a create.

    The delete is certain only where the old key stood in this very row; else it is left to be
    found.
    """
    result = Typed()
    post, row = item.post, item.row
    if _may_be_anothers(item, state, places):
        result.doubtful = True
        return result
    time = min(post.time, item.received)
    if item.old_key is not None:
        here = places.rows.get(item.old_key) == row.row - 1
        result.doubtful = not here or item.old_key in places.twice
    if item.old_key is not None and not result.doubtful:
        result.events.append(
            SheetDelete(
                f"{item.id}/old", item.old_key, time, item.received, time, author=post.editor
            )
        )
    key_edited = row.key_edited and not _kept_its_key(item, state, places)
    cells: dict[str, CellEdit] = {}
    refused: dict[str, str] = {}
    unfit: dict[str, str] = {}
    blank: list[str] = []
    formulas: dict[str, bool] = {}
    for column, cell in _mapped_cells(row, table):
        formulas[column] = cell.formula is not None
        changing = changes_by_itself(cell.formula)
        if changing is not None:
            refused[column] = changing
            unfit[column] = text_of(cell.value)
            continue
        if key_edited and cell.value is None:
            cells[column] = CellEdit(None, ABSENT)  # content of a new row, not an edit
            continue
        if column in table.generated:
            if row.key_edited and cell.value is None:
                blank.append(column)
                continue
            refused[column] = "is computed by the database and cannot be typed"
            unfit[column] = text_of(cell.value)
            continue
        try:
            cells[column] = _cell_edit(column, cell, state, table)
        except UnfitValueError as error:
            if row.key_edited and cell.value is None:
                blank.append(column)
                continue
            refused[column] = error.reason
            unfit[column] = text_of(cell.value)
    if cells or refused or key_edited:
        result.events.append(
            SheetEdit(
                item.id,
                item.key,
                cells,
                time,
                item.received,
                key_edited=key_edited,
                typed=row.typed,
                author=post.editor,
                refused=refused,
                unfit=unfit,
                formulas=formulas,
                whole=row.key_edited and not key_edited,
            )
        )
    if blank:
        # a row that was deleted and typed anew looks like one pasted over itself: nobody need have
        # cleared what it leaves blank, and a cell that cannot be blank is filled again
        seen = dict.fromkeys(blank)
        sight = SheetSight(f"{item.id}/blank", item.key, True, seen, time, item.received)
        result.events.append(sight)
    return result


def _may_be_anothers(item: SheetRow, state: RowState, places: Places) -> bool:
    """Whether the row's key is, or may be, that of another row as well."""
    if item.key in places.twice:
        return True
    if not item.row.key_edited or _is_its_making(item.post.time, state):
        return False
    if state.inserted_until is not None and item.post.time <= state.inserted_until:
        return False  # both made the row at once; ours is taken away again
    stood = places.rows.get(item.key)
    if stood is not None and stood != item.row.row - 1:
        # a row of which nothing was known is the one that was made, and has moved since
        return state.life is not None or state.present.surely() is not False
    if stood is not None:
        return False
    return state.present.surely() is True


def _is_its_making(time: int, state: RowState) -> bool:
    """Whether all that is known of the row is younger than the post: a later one overtook it."""
    there = state.present
    return there.value is not True and bool(there.heard) and time < min(at for at, _ in there.heard)


def _kept_its_key(item: SheetRow, state: RowState, places: Places) -> bool:
    """Whether a key was pasted over itself: the row is the one that it was, and no new one.

    Of a row that was never agreed a post of a cell may have overtaken that of its key.
    """
    here = places.rows.get(item.key) == item.row.row - 1
    known = state.life is not None and state.present.surely() is True
    return here and item.old_key is None and known


def _mapped_cells(row: PostedRow, table: MappedTable) -> Iterator[tuple[str, PostedCell]]:
    for header, cell in row.cells.items():
        column = table.columns_by_header.get(header)
        if column is not None and column in table.cells:
            yield column, cell


def _cell_edit(column: str, cell: PostedCell, state: RowState, table: MappedTable) -> CellEdit:
    new = value_of(column, cell.value, state, table)
    old: Value | Absent = ABSENT
    if not isinstance(cell.old, Absent):
        try:
            old = value_of(column, cell.old, state, table)
        except UnfitValueError:
            old = ABSENT  # what stood there before was refused itself
    return CellEdit(new, old)


def text_of(content: CellContent) -> str:
    """A cell's content as text, by which content that does not fit is known again."""
    return "" if content is None else str(content)


def value_of(column: str, content: CellContent, state: RowState, table: MappedTable) -> Value:
    """What a cell means, given what the row's state says that it may be showing."""
    codec = table.codecs[column]
    belief = state.beliefs.get(column)
    candidates = belief.possible() if belief is not None else ()
    version = state.cells.get(column)
    if version is not None:
        candidates = (*candidates, version.value)
    return meaning(codec, content, *candidates)
