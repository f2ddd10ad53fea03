"""The marks of a row as they are stored, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sink.core.marks import Face, Mark, Marks

Stored = Sequence[Any]
"""A JSON array of our own making."""


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
