"""What a check found, and a piece that could not be reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from sink.core.errors import SheetbridgeError


class Level(StrEnum):
    """How much a finding matters; only a ``PROBLEM`` makes the command fail."""

    OK = "ok"
    NOTE = "note"
    UNKNOWN = "unknown"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the list: what is so and, unless all is well, what to do about it."""

    level: Level
    what: str
    mend: str = ""


def ok(what: str) -> Finding:
    """All is well."""
    return Finding(Level.OK, what)


def note(what: str) -> Finding:
    """It is as it may be, and worth knowing."""
    return Finding(Level.NOTE, what)


def unknown(what: str, mend: str = "") -> Finding:
    """It could not be looked at."""
    return Finding(Level.UNKNOWN, what, mend)


def warning(what: str, mend: str) -> Finding:
    """It works, but not as it should."""
    return Finding(Level.WARNING, what, mend)


def problem(what: str, mend: str) -> Finding:
    """It does not work so."""
    return Finding(Level.PROBLEM, what, mend)


class MissingPieceError(SheetbridgeError):
    """A server or file that a check needs is not there; ``what`` names its address."""

    def __init__(self, what: str, mend: str) -> None:
        self.what = what
        self.mend = mend
        super().__init__(f"{what}\n{mend}")


_T = TypeVar("_T")


class Piece(Generic[_T]):
    """Something that several areas need, opened once; its failure is told once.

    ``get`` raises the same MissingPieceError every time, so that the runner can tell the first
    from the later ones.
    """

    def __init__(self, open_it: Callable[[], _T]) -> None:
        self._open = open_it
        self._found: _T | None = None
        self._missing: MissingPieceError | None = None

    def get(self) -> _T:
        """The piece; raises MissingPieceError."""
        if self._missing is not None:
            raise self._missing
        if self._found is None:
            try:
                self._found = self._open()
            except MissingPieceError as error:
                self._missing = error
                raise
        return self._found
