"""Marks: what we say at a cell that the database did not take, and how a cell looks without us.

A mark is a note below the person's own, known by its first line, and a tint. Both are owed like
any value: ``wanted`` is what should be said, ``shown`` what was surely said last, and they are
written until they agree. Before a mark is written its cell is looked at, so that only our part of
the note is ever replaced and the background can be put back; the call's own copy then shows whether
somebody changed either since.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

MARKER: Final = "⚠ Sheetbridge"
"""The first line of our part of a note; the line below it is the text."""

_GAP: Final = "\n\n"
_TINT_RGB: Final = {"red": 253 / 255, "green": 226 / 255, "blue": 211 / 255}
TINT: Final = json.dumps({"rgbColor": _TINT_RGB}, sort_keys=True)
"""The background of a marked cell, as a ColorStyle of the Sheets API in JSON.

It is known for ours by its colour alone, so it is in no palette of Google's or Excel's.
"""

_ALIKE: Final = 1 / 255
"""Google keeps a part of a colour in eight bits."""


@dataclass(frozen=True, slots=True)
class Face:
    """What a cell shows beside its value: its whole note, and its background (None: none)."""

    note: str = ""
    background: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark of one cell. ``sure``: the cell shows ``shown``, and nothing else of ours.

    ``under`` is the background below our tint. ``put_back`` is the person's face where a write of
    ours replaced it unseen: the next write gives it back.
    """

    wanted: str | None = None
    shown: str | None = None
    sure: bool = True
    under: str | None = None
    put_back: Face | None = None

    @property
    def owed(self) -> bool:
        """Whether the cell may show anything but what is wanted."""
        return not self.sure or self.wanted != self.shown

    @property
    def void(self) -> bool:
        """Whether nothing has to be remembered of it."""
        return self.wanted is None and not self.owed


@dataclass(frozen=True, slots=True)
class MarkWrite:
    """What a call writes to one cell: our text (None: none) on the person's face.

    ``seen`` is the person's face that was looked at before.
    """

    text: str | None
    person: Face
    seen: Face

    @property
    def face(self) -> Face:
        """The cell's whole note and background as they are written."""
        if self.text is None:
            return self.person
        return Face(with_text(self.person.note, self.text), TINT)


Marks = dict[str, Mark]
"""The marks of a row by column."""

Faces = Mapping[str, Face]
"""The faces of a row's cells by column."""


def with_text(own: str, text: str) -> str:
    """A note: the person's own, and ours below it."""
    ours = f"{MARKER}\n{_one_line(text)}"
    return f"{own}{_GAP}{ours}" if own else ours


def own_part(note: str, said: str | None = None) -> str:
    """A note without what is ours of it.

    What a person added in the line of our text is theirs, where that text is known (``said``): a
    note is opened with the cursor at its end.
    """
    lines = note.split("\n")
    while MARKER in lines:
        at = lines.index(MARKER)
        above, below = lines[:at], lines[at + 2 :]
        text = lines[at + 1] if at + 1 < len(lines) else ""
        if said and (added := text.removeprefix(_one_line(said)).strip()) and added != text.strip():
            below.insert(0, added)
        if above and not above[-1]:
            above.pop()
        lines = above + below
    return "\n".join(lines)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def is_tint(background: str | None) -> bool:
    """Whether a background is the one of our marks."""
    colour = {} if background is None else json.loads(background).get("rgbColor")
    if not colour:
        return False
    return all(abs(colour.get(part, 0) - value) < _ALIKE for part, value in _TINT_RGB.items())


def persons(face: Face, under: str | None, said: str | None = None) -> Face:
    """The face without us; ``under`` is what lies below our tint, ``said`` the text of ours."""
    background = under if is_tint(face.background) else face.background
    return Face(own_part(face.note, said), background)


def want(marks: Marks, texts: Mapping[str, str]) -> Marks:
    """The marks once ``texts`` by column are wanted, and no others."""
    wanted = {
        column: replace(marks.get(column, Mark()), wanted=texts.get(column))
        for column in (*marks, *(column for column in texts if column not in marks))
    }
    return {column: mark for column, mark in wanted.items() if not mark.void}


def taken_over(marks: Marks, carried: Marks) -> Marks:
    """The marks of a row at whose cells others were said before, while it was not known by name."""
    found = dict(marks)
    for column, mark in carried.items():
        own = found.get(column, Mark())
        if own.shown is None:
            found[column] = replace(mark, wanted=own.wanted)
    return {column: mark for column, mark in found.items() if not mark.void}


def plan(marks: Marks, faces: Faces) -> tuple[Marks, dict[str, MarkWrite]]:
    """What must be written to cells that show ``faces``, and the marks where nothing need be."""
    settled = dict(marks)
    writes: dict[str, MarkWrite] = {}
    for column, mark in marks.items():
        face = faces.get(column)
        if not mark.owed or face is None:
            continue
        seen = persons(face, mark.under, mark.shown)
        write = MarkWrite(mark.wanted, mark.put_back or seen, seen)
        if write.face == face:
            settled[column] = _written(mark, write)
        else:
            writes[column] = write
    return {column: mark for column, mark in settled.items() if not mark.void}, writes


def reached(marks: Marks, writes: Mapping[str, MarkWrite], before: Faces) -> Marks:
    """The marks after a call wrote to this row; ``before`` are the faces that it replaced."""
    noted = dict(marks)
    for column, write in writes.items():
        last = noted.get(column, Mark())
        mark = _written(last, write)
        found = before.get(column)
        if found is not None:
            mark = _compared(mark, write, persons(found, write.seen.background, last.shown))
        noted[column] = mark
    return {column: mark for column, mark in noted.items() if not mark.void}


def _written(mark: Mark, write: MarkWrite) -> Mark:
    under = None if write.text is None else write.person.background
    return replace(mark, shown=write.text, sure=True, under=under, put_back=None)


def _compared(mark: Mark, write: MarkWrite, found: Face) -> Mark:
    """What was ``found`` in the cell at that very instant is the person's newest.

    A note that was there before and is not in the copy may have been left out of it: it stays.
    """
    if not found.note and write.seen.note:
        found = replace(found, note=write.seen.note)
    if found == write.seen:
        return mark
    return replace(
        mark,
        sure=False,
        put_back=Face(
            write.person.note if found.note == write.seen.note else found.note,
            write.person.background
            if found.background == write.seen.background
            else found.background,
        ),
    )


def hit(marks: Marks, writes: Mapping[str, MarkWrite], before: Faces) -> Marks:
    """The marks after a call meant for another row wrote here: the person's faces are put back."""
    noted = dict(marks)
    for column, write in writes.items():
        mark = noted.get(column, Mark())
        face = persons(before.get(column, Face()), mark.under, mark.shown)
        noted[column] = replace(mark, shown=write.text, sure=False, put_back=face)
    return noted


def inherited(marks: Marks) -> dict[str, MarkWrite]:
    """What must be written to a new row that takes its formats from a marked one."""
    return {
        column: MarkWrite(None, Face("", mark.under), Face("", mark.under))
        for column, mark in marks.items()
        if mark.shown is not None or not mark.sure
    }


def is_ours(face: Face) -> bool:
    """Whether a cell shows anything of ours."""
    return is_tint(face.background) or own_part(face.note) != face.note


def adopt(marks: Marks, faces: Faces) -> Marks:
    """The marks once those that a look found, and nobody remembers, are remembered too."""
    strays = {c: Mark(sure=False) for c, face in faces.items() if c not in marks and is_ours(face)}
    return {**strays, **marks}


def doubt(marks: Marks) -> Marks:
    """The marks of a row that stands anew: what it shows must be looked at."""
    return {column: replace(mark, sure=False) for column, mark in marks.items()}
