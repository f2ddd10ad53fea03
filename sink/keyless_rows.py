"""Rows posted without their full key: what they lack, and how they come by a key.

Such a row bears a tag. Once the cells are there without which the database takes no new row, and
where the database gives what is missing of the key, it is asked for one; tag and key are stored
with the row, in the same transaction. From then on whatever is posted under the tag is an edit of
that key's row, though the sheet does not show the key yet. So a crash, a repeat or a later post
never makes a second row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sink.core.cell import CellContent
from sink.core.change_event import Image
from sink.core.envelope import Post, PostedCell, PostedRow
from sink.core.errors import UnfitValueError
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Direction
from sink.core.mark_texts import of_tagged
from sink.core.marks import want
from sink.core.row_key import RowKey
from sink.core.row_state import WHOLE_ROW, RowState
from sink.core.tagged_row import MISSING, TaggedRow, lacking
from sink.core.values.meaning import shows
from sink.core.version import Absent
from sink.ports import NO_RECORD, DeadLetter, Transaction
from sink.posted_rows import SheetRow
from sink.record import Record


@dataclass(frozen=True, slots=True)
class KeylessRow:
    """A posted row that has a tag and no full key."""

    post: Post
    number: int
    row: PostedRow
    tag: str
    received: int

    @property
    def time(self) -> int:
        """When the trigger started, and not in the future."""
        return min(self.post.time, self.received)


@dataclass(slots=True)
class Addressed:
    """The batch's tagged rows as they are now, and what the database refused of them."""

    tagged: dict[str, TaggedRow] = field(default_factory=dict)
    dead: list[DeadLetter] = field(default_factory=list)


@dataclass(slots=True)
class Addressing:
    """Gives the keyless rows of one batch their keys, in its transaction.

    ``records`` are those that the posts came in, by the posts' ids.
    """

    transaction: Transaction
    table: MappedTable
    records: Mapping[str, Record] = field(default_factory=dict)
    found: Addressed = field(default_factory=Addressed)

    def load(self, tags: list[str]) -> None:
        """Take over what is stored of these tags."""
        self.found.tagged.update(self.transaction.tagged(tags))

    def store(self) -> Addressed:
        """Store what was learnt."""
        self.transaction.save_tagged(self.found.tagged.values())
        return self.found

    def address(self, item: KeylessRow) -> SheetRow | None:
        """The row with its key; None while it has none."""
        if self.table.mapping.direction is Direction.TO_SHEET:
            return None
        known = self.found.tagged.get(item.tag)
        if known is not None and known.key is not None:
            key = known.key
            if known.finished is not None and item.time > known.finished:
                known = replace(known, finished=None)  # the row came back without its key
            self.found.tagged[item.tag] = replace(known, time=max(known.time, item.time))
            return self._edit(item, key, newest=item.time > known.time)
        if known is not None and item.time < known.time:
            return None  # a newer post has told all that this one tells
        return self._begin(item)

    def _begin(self, item: KeylessRow) -> SheetRow | None:
        cells, lacks = contents(item.row, self.table)
        known = self.found.tagged.get(item.tag, TaggedRow(item.tag))
        if not is_begun(item.row, cells, self.table):
            if item.tag in self.found.tagged:
                self.found.tagged[item.tag] = given_up(known, item.time, self.table)
            return None
        key: RowKey | None = None
        if not lacks:
            given = self.transaction.give_key(cells)
            if isinstance(given, RowKey):
                key = given
            else:
                lacks = {WHOLE_ROW: given}
                self._tell(item, "RefusedEdit", lacking(lacks))
        elif item.tag not in self.found.tagged and self._lacks_key(lacks):
            self._tell(item, "MissingKeyError", lacking(lacks))  # once, not with each cell typed
        if key is None:
            row = replace(known, time=item.time, lacks=lacks, finished=None)
            self.found.tagged[item.tag] = of_tagged(row, self.table)
            return None
        self.found.tagged[item.tag] = TaggedRow(item.tag, item.time, key)
        whole = replace(item.row, key_edited=True, typed=False, old_key=None)
        return SheetRow(
            item.post, item.number, whole, key, None, item.received, want(known.marks, {})
        )

    def _lacks_key(self, lacks: Mapping[str, str]) -> bool:
        return any(self.table.mapping.header(column) in lacks for column in self.table.key)

    def _tell(self, item: KeylessRow, error: str, reason: str) -> None:
        record = self.records.get(item.post.id)
        known = self.found.tagged.get(item.tag)
        letter = DeadLetter(
            self.table.mapping.sheet_topic if record is None else record.topic,
            NO_RECORD if record is None else record.offset,
            error,
            reason,
            None if record is None else record.key,
            None if record is None else record.of_row(item.number),
            edit=f"{item.post.id}/{item.number}",
            occasion=f"{item.tag} since {known.time if known else 0}" if record is None else None,
        )
        self.found.dead.append(letter)

    def _edit(self, item: KeylessRow, key: RowKey, *, newest: bool) -> SheetRow:
        state = self.transaction.states([key]).get(key)
        cells = _typed_cell(item.row) or _changed(item, state, self.table, newest=newest)
        edit = replace(item.row, cells=cells, key_edited=False, old_key=None)
        return SheetRow(item.post, item.number, edit, key, None, item.received)


def given_up(row: TaggedRow, time: int, table: MappedTable) -> TaggedRow:
    """A row without a key that is one no more: finished, once nothing is said at its cells."""
    silent = of_tagged(replace(row, time=max(row.time, time), lacks={}), table)
    return silent if silent.marks else replace(silent, finished=time)


def contents(row: PostedRow, table: MappedTable) -> tuple[Image, dict[str, str]]:
    """What a keyless row holds, key parts among it, and what it lacks, by header."""
    header = table.mapping.header
    return understood({name: _content(row, header(name)) for name in table.columns}, table)


def understood(
    shown: Mapping[str, CellContent], table: MappedTable
) -> tuple[Image, dict[str, str]]:
    """What the cells of a keyless row (by column) hold, and what it lacks, by header.

    A key part that the database gives may be missing; a cell that does not fit its column is
    lacking only where the row cannot do without it.
    """
    cells: Image = {}
    lacks: dict[str, str] = {}
    for column in table.columns:
        header = table.mapping.header(column)
        content = shown.get(column)
        needed = column in table.required or (column in table.key and column not in table.given)
        if content is None or content == "":
            if needed:
                lacks[header] = MISSING
        elif column not in table.generated:
            try:
                cells[column] = table.codecs[column].from_cell(content)
            except UnfitValueError as error:
                if needed or column in table.key:
                    lacks[header] = error.reason
    return cells, lacks


def is_begun(row: PostedRow, cells: Image, table: MappedTable) -> bool:
    """Whether a person has begun a new row here, or just written below the table.

    A row is begun by a part of its key, or by a cell that a row cannot do without. Where a table
    needs none and gives its keys, any cell begins one. A needed cell that is a formula makes it a
    total, and no row.
    """
    formulas = {
        column
        for header, cell in row.cells.items()
        if cell.formula is not None and (column := table.columns_by_header.get(header)) is not None
    }
    return _needed(table).isdisjoint(formulas) and shows_a_row(cells, table)


def shows_a_row(cells: Image, table: MappedTable) -> bool:
    """The same of what such a row holds, whatever its formulas are."""
    if cells.keys() & set(table.key):
        return True
    if not table.required and not table.given:
        return False
    return bool(cells.keys() & _needed(table))


def _needed(table: MappedTable) -> frozenset[str]:
    return table.required or (frozenset(table.cells) - table.generated)


def _content(row: PostedRow, header: str) -> CellContent:
    cell = row.cells.get(header)
    return row.key.get(header) if cell is None else cell.value


def _typed_cell(row: PostedRow) -> dict[str, PostedCell]:
    """The one cell that was typed: the post has the whole row, but only of it the old content."""
    if not row.typed:
        return {}
    return {header: cell for header, cell in row.cells.items() if not isinstance(cell.old, Absent)}


def _changed(
    item: KeylessRow, state: RowState | None, table: MappedTable, *, newest: bool
) -> dict[str, PostedCell]:
    """The cells of a pasted row that show something else than they can have shown.

    A blank says nothing of a cell into which we may have written since, nor where a newer post was
    read (``newest`` false).
    """
    found = {}
    for header, cell in item.row.cells.items():
        column = table.columns_by_header.get(header)
        if column not in table.cells:
            continue
        belief = None if state is None else state.beliefs.get(column)
        blank = cell.value in (None, "")
        if belief is None:
            said = not blank
        else:
            codec = table.codecs[column]
            known = any(shows(cell.value, codec.to_cell(value)) for value in belief.possible())
            said = not known and not (blank and (item.time <= belief.hi or not newest))
        if said:
            found[header] = cell
    return found
