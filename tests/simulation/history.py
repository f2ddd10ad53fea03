"""What people and programs did in one history, and what each of them saw when doing it."""

from __future__ import annotations

from dataclasses import dataclass, field

from sink.core.cell import CellContent
from sink.core.version import Origin

SheetRow = dict[str, CellContent]

Taken = dict[tuple[int, int], int]
"""When a change event had been merged, by its stamp and its row's key."""


@dataclass(slots=True)
class Entry:
    """One cell written, or (``column`` None, ``value`` a boolean) a row created or deleted.

    ``at`` is when it was done, on Google's clock; ``stamp`` the time that its event bears, None
    where no event told of it. ``saw`` is what the cell (for a delete: the row) showed on its own
    side before. ``pasted``: its event has no old value. ``exact``: its event was made in the very
    moment of the edit and tells of it as it was. ``formula`` is what was put in, where that is one;
    ``value`` then says nothing.
    """

    number: int
    side: Origin
    key: int
    column: str | None
    value: CellContent
    at: int
    saw: CellContent
    saw_row: SheetRow
    pasted: bool = False
    exact: bool = True
    stamp: int | None = None
    formula: str | None = None

    def __str__(self) -> str:
        where = f"{self.key}.{self.column}" if self.column else f"row {self.key}"
        told = "" if self.exact else " (no exact event)"
        new = self.formula or f"{self.value!r}"
        return f"{self.number:3} {self.side.value:8} {where} {self.saw!r} -> {new}{told}"


@dataclass(frozen=True, slots=True)
class Given:
    """What an operator gave back from the conflict log; ``column`` None: the row's existence.

    ``over`` is the text that the cell was known to show and that the database does not take.
    """

    key: int
    column: str | None
    value: CellContent
    at: int
    author: str
    over: CellContent = None


@dataclass(slots=True)
class History:
    """The entries of all acts in the order in which they happened.

    ``mended`` are keys that stood twice, of which a person had to delete one row; ``pasted_over``
    are keys that went to another row of the grid, ``told_whole`` those that were pasted over
    themselves, with which all cells of their rows are told of; ``left`` are those of rows that the
    mapping's condition took from the sheet; ``given`` is what an operator gave back. ``taken`` says
    when the sink had merged the change events, by their stamps and rows.
    """

    entries: list[Entry] = field(default_factory=list)
    story: list[str] = field(default_factory=list)
    mended: set[int] = field(default_factory=set)
    given: list[Given] = field(default_factory=list)
    pasted_over: set[int] = field(default_factory=set)
    left: set[int] = field(default_factory=set)
    told_whole: set[int] = field(default_factory=set)
    taken: Taken = field(default_factory=dict)

    def add(
        self,
        side: Origin,
        key: int,
        column: str | None,
        value: CellContent,
        at: int,
        saw: SheetRow | None,
        *,
        pasted: bool = False,
    ) -> Entry:
        """Note one cell or row; ``saw`` is the row as its own side showed it, None: no row."""
        row = dict(saw or {})
        seen: CellContent = bool(saw) if column is None else row.get(column)
        entry = Entry(
            len(self.entries), side, key, column, value, at, seen, row, pasted, exact=True
        )
        self.entries.append(entry)
        return entry

    def of(self, key: int, column: str | None) -> list[Entry]:
        """The entries of a cell, or of a row's existence."""
        return [e for e in self.entries if e.key == key and e.column == column]
