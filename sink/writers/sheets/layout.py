"""Where things stand in a tab right now: columns by header text, rows by key.

A layout is a reading, never a truth: people sort, insert and move. Every write checks it in the
same call (``sink.writers.sheets.call``), and a layout that proved wrong is read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from sink.core.cell import CellContent
from sink.core.errors import SheetbridgeError
from sink.core.mapped_table import MappedTable
from sink.core.row_key import RowKey

HEADER_ROWS = 1


class UnfitTabError(SheetbridgeError):
    """The tab is not fit for the mapping; it stops alone until a person has mended the tab."""

    def __init__(self, problem: str, mend: str) -> None:
        self.problem = problem
        self.mend = mend
        super().__init__(f"{problem}. {mend}")


class DuplicateKeyError(UnfitTabError):
    """Several rows bear one key; ``rows`` (from 0) are those of each such key."""

    def __init__(self, rows: Mapping[RowKey, Sequence[int]]) -> None:
        self.rows = rows
        key, stands = next(iter(rows.items()))
        shown = " and ".join(str(row + 1) for row in stands)
        super().__init__(
            f"the key {key.display} stands in rows {shown}",
            "Give one of them another key, or delete it",
        )


class MissingTabError(UnfitTabError):
    """The spreadsheet has no tab of the mapping's name."""

    def __init__(self, tab: str) -> None:
        super().__init__(
            f"the spreadsheet has no tab {tab!r}",
            "Rename the tab back, or correct tab in sheetbridge.toml",
        )


class MissingHeaderError(UnfitTabError):
    """No column has the header of a mapped column; ``missing`` are the headers by column."""

    def __init__(self, missing: Mapping[str, str], tab: str) -> None:
        self.columns = frozenset(missing)
        *others, last = (repr(title) for title in missing.values())
        titles = f"{', '.join(others)} and {last}" if others else last
        super().__init__(
            f"the tab {tab!r} has no column with the header {titles}",
            f"Write {'them' if others else titles} into row 1 above "
            + ("their columns" if others else "its column"),
        )


@dataclass(slots=True)
class KeyIndex:
    """Which row each key stands in. Rows count from 0, the header being row 0.

    ``twice`` are all rows of each key that stands more than once; ``by_key`` has the first.
    """

    rows: list[RowKey | None] = field(default_factory=list)
    by_key: dict[RowKey, int] = field(default_factory=dict)
    twice: dict[RowKey, list[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, keys: Iterable[RowKey | None]) -> KeyIndex:
        """The index of the keys below the header, in sheet order (None: a row without key)."""
        index = cls([None] * HEADER_ROWS)
        for key in keys:
            row = len(index.rows)
            index.rows.append(key)
            if key is None:
                continue
            first = index.by_key.setdefault(key, row)
            if first != row:
                index.twice.setdefault(key, [first]).append(row)
        return index

    def same(self, keys: Sequence[RowKey | None]) -> list[RowKey | None]:
        """``keys``, those that stand here by the very objects that stand here: to hold them once
        is to hold half as much.
        """
        rows, by_key = self.rows, self.by_key
        places = [0 if key is None else by_key.get(key, 0) for key in keys]
        stand = (rows[place] if place < len(rows) else None for place in places)
        return [stood if stood == key else key for key, stood in zip(keys, stand, strict=True)]

    def require_unique(self) -> None:
        """Raise DuplicateKeyError where a key stands twice."""
        if self.twice:
            raise DuplicateKeyError(self.twice)

    @property
    def end(self) -> int:
        """The row after the last keyed one: where new rows are inserted."""
        row = len(self.rows)
        while row > HEADER_ROWS and self.rows[row - 1] is None:
            row -= 1
        return row

    def inserted(self, at: int, keys: Sequence[RowKey]) -> None:
        """Note that rows with these keys were inserted at ``at``, which lay behind all keys.

        A key that a person gave to a row meanwhile stands twice from now on.
        """
        self.rows[at:at] = keys
        for row, key in enumerate(keys, start=at):
            if key in self.by_key:
                self.twice[key] = [self.by_key[key], row]
            self.by_key[key] = row

    def keyed(self, keys: Mapping[int, RowKey]) -> None:
        """Note that rows that had no key were given these."""
        for row, key in keys.items():
            self.rows.extend([None] * (row + 1 - len(self.rows)))
            self.rows[row] = key
            self.by_key[key] = row

    def deleted(self, rows: Iterable[int]) -> None:
        """Note that rows are gone; those below move up."""
        gone = set(rows)
        if not gone:
            return
        self.rows = [key for row, key in enumerate(self.rows) if row not in gone]
        self.by_key = {key: row for row, key in enumerate(self.rows) if key is not None}


@dataclass(slots=True)
class TabLayout:
    """A tab as it was last read.

    ``sheet_id`` and ``hidden_id`` are Google's ids of the tab and of our hidden tab; ``columns``
    gives the position of each mapped column, counted from 0.
    """

    title: str
    sheet_id: int
    hidden_id: int
    row_count: int
    column_count: int
    hidden_rows: int
    columns: dict[str, int]
    index: KeyIndex = field(default_factory=KeyIndex)

    @property
    def span(self) -> tuple[int, int]:
        """First mapped column, and the one after the last."""
        return min(self.columns.values()), max(self.columns.values()) + 1


def find_columns(
    header: Sequence[CellContent],
    table: MappedTable,
    awaited: Mapping[str, str | None] = MappingProxyType({}),
) -> dict[str, int]:
    """Where each mapped column stands, by its header text.

    ``awaited`` are columns whose header is still to be written: under the older one that is given,
    or (None) they may not be there yet.
    Raises UnfitTabError for a mapped header that is missing or stands twice.
    """
    places: dict[str, list[int]] = {}
    for place, content in enumerate(header):
        if isinstance(content, str):
            places.setdefault(content.strip(), []).append(place)
    found: dict[str, int] = {}
    missing: dict[str, str] = {}
    for title, column in table.columns_by_header.items():
        stands = places.get(title) or places.get(awaited.get(column) or title, [])
        if not stands and column in awaited and awaited[column] is None:
            continue
        if not stands:
            missing[column] = title
            continue
        if len(stands) > 1:
            raise UnfitTabError(
                f"the header {title!r} stands twice in the tab {table.mapping.tab!r}",
                "Rename or remove one of them",
            )
        found[column] = stands[0]
    if missing:
        raise MissingHeaderError(missing, table.mapping.tab)
    return found


def column_letters(place: int) -> str:
    """A1 letters of a column counted from 0."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def quoted(title: str) -> str:
    """A tab's title as A1 notation wants it."""
    return "'" + title.replace("'", "''") + "'"
