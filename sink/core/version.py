"""Versions of a cell, and the total order by which one beats another in a true crossing.

Times are microseconds since the epoch. ``seen_from`` and ``shown`` are on Google's clock, ``in_db``
on the database server's; ``time`` is on the clock of the version's origin. Clocks of different
sides meet in ``newer`` only.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sink.core.values.codec import Value


class Origin(StrEnum):
    """The side on which an edit was made."""

    DATABASE = "database"
    SHEET = "sheet"

    __hash__ = (
        str.__hash__
    )  # an enumeration's own is written in Python, and takes five times as long

    @property
    def other(self) -> Origin:
        """The opposite side."""
        return Origin.SHEET if self is Origin.DATABASE else Origin.DATABASE


class Absent:
    """The type of ABSENT: a column that an event does not speak of. Neither NULL nor ``""``."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = Absent()

EVER: Final = 0
"""A server time before every commit."""


@dataclass(init=False, slots=True, unsafe_hash=True)
class Version:
    """The agreed version of a cell, or (with a boolean value) of a row's existence.

    ``time`` None is unknown and loses to any known time. From ``in_db`` on the table surely held
    the version: EVER once the binlog showed it, else since a row lock did (None: it may not).
    Nobody can have seen it in the sheet before ``seen_from``; from ``shown`` on the sheet surely
    showed it (None: not yet). ``made`` marks what the database set by itself beside our write,
    ``outside`` what was made at neither side (``operator_edits``).
    """

    value: Final[Value]
    time: Final[int | None]
    origin: Final[Origin]
    in_db: Final[int | None]
    seen_from: Final[int]
    shown: Final[int | None]
    made: Final[bool]
    author: Final[str | None]
    outside: Final[bool]

    def __init__(
        self,
        value: Value,
        time: int | None,
        origin: Origin,
        in_db: int | None = None,
        seen_from: int = 0,
        shown: int | None = None,
        made: bool = False,
        author: str | None = None,
        outside: bool = False,
    ) -> None:
        self.value = value
        self.time = time
        self.origin = origin
        self.in_db = in_db
        self.seen_from = seen_from
        self.shown = shown
        self.made = made
        self.author = author
        self.outside = outside

    def known_to_database(self, at: int) -> bool:
        """Whether a commit of server time ``at`` was made with this version in the table."""
        if self.origin is Origin.DATABASE:
            return True
        return self.in_db is not None and at >= self.in_db

    @property
    def is_databases(self) -> bool:
        """Whether the table has held it, whoever made it."""
        return self.origin is Origin.DATABASE or self.in_db is not None

    @property
    def of_sheet(self) -> bool:
        """Whether it was made in the sheet, so that whoever edits there later has seen it."""
        return self.origin is Origin.SHEET and not self.outside

    def found_in(self, in_db: int | None) -> Version:
        """The same version, known to be in the database so."""
        return self._with(in_db, self.shown)

    def shown_from(self, time: int) -> Version:
        """The same version, surely shown by the sheet from ``time`` on."""
        return self._with(self.in_db, time)

    def _with(self, in_db: int | None, shown: int | None) -> Version:
        # dataclasses.replace takes five times as long, and this is done for every cell that is
        # written to either side
        return Version(
            self.value,
            self.time,
            self.origin,
            in_db,
            self.seen_from,
            shown,
            self.made,
            self.author,
            self.outside,
        )

    def same_edit(self, other: Version) -> bool:
        """Whether both stem from one edit, whatever has been learned of it since."""
        same_maker = self.time == other.time and self.origin is other.origin
        return same_maker and self.value == other.value


def newer(challenger: Version, holder: Version) -> bool:
    """Last write wins: whether ``challenger`` beats ``holder``; the same on every machine.

    Ties fall to the database, then to the greater value in ``value_order``.
    """
    if challenger.time != holder.time:
        if challenger.time is None:
            return False
        return holder.time is None or challenger.time > holder.time
    if challenger.origin is not holder.origin:
        return challenger.origin is Origin.DATABASE
    return value_order(challenger.value) > value_order(holder.value)


def value_order(value: Value) -> tuple[int, float | int, str]:
    """A total order over all values: NULL, booleans, numbers, text."""
    if value is None:
        return (0, 0, "")
    if isinstance(value, bool):
        return (1, int(value), "")
    if isinstance(value, int | float):
        return (2, value, "")
    return (3, 0, value)
