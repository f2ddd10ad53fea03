"""What a sheet must show at the end, by the acts alone; nothing here knows the sink.

Rows are known by who they are, not by where they stand: moving them changes nothing. Each act is
applied to its row in the order in which they were done, so of two acts on a cell the later one
stands, and a row that is deleted takes everything in it along. Columns that the mapping leaves out,
formulas and notes change by the person's acts alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

Content = str | int | None
Cells = Mapping[str, Content]
Name = int | str
"""A row's key; of a row without one, the remark that stands in it for good."""

MAPPED = ("a", "b", "u")
KEY, REMARK, FORMULA = "id", "note", "f"


@dataclass(slots=True)
class Beside:
    """What stands in a row beside its mapped cells; ``formula`` as it reads in row 1."""

    remark: Content = None
    formula: str | None = None
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Row:
    """A row and all that stands in it, also where the database had deleted it and a person who
    still saw it typed there, so that it is there again.

    ``crossed`` are cells in which a person left what they saw, by column, while a program had just
    changed it: whether that is an edit depends on whether a call was under way.
    """

    cells: dict[str, Content] = field(default_factory=lambda: dict.fromkeys(MAPPED))
    beside: Beside = field(default_factory=Beside)
    crossed: dict[str, Content] = field(default_factory=dict)


@dataclass(slots=True)
class Typed:
    """A value that a person put into a mapped cell, at ``time`` (µs).

    ``replaced``: somebody wrote another there, or deleted the row, who saw it standing.
    """

    key: int
    column: str
    value: Content
    time: int
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A row of the sheet as it stands at the end; ``number`` counts from 1."""

    number: int
    cells: Cells
    formulas: Mapping[str, str]
    notes: Mapping[str, str]


@dataclass(slots=True)
class Model:
    """The rows by their names, and what people typed, by value: no value is typed twice."""

    rows: dict[Name, Row] = field(default_factory=dict)
    typed: dict[Content, Typed] = field(default_factory=dict)
    _dead: dict[int, Row] = field(default_factory=dict)

    def exists(self, name: Name) -> bool:
        return name in self.rows

    def was_deleted(self, key: int) -> bool:
        """Whether the database deleted the row, and nobody has typed there since."""
        return key in self._dead

    # What people and programs do

    def create(self, name: Name, cells: Cells, remark: Content = None, time: int = 0) -> None:
        """A new row; with a ``time``, a person typed it."""
        row = self.rows[name] = Row(beside=Beside(remark))
        row.cells.update(cells)
        if isinstance(name, int) and time:
            self._note_typed(name, cells, time)

    def write(self, key: int, cells: Cells, saw: Cells, *, typed_at: int = 0) -> None:
        """Mapped cells of a row get other content; ``saw`` is what the writer's side showed there.

        ``typed_at``: a person did it, then.
        """
        if key in self._dead:
            self.rows[key] = self._dead.pop(key)
        self._replaced(key, cells, saw)
        row = self.rows[key]
        row.cells.update(cells)
        for column in cells:
            row.crossed.pop(column, None)
        if typed_at:
            self._note_typed(key, cells, typed_at)

    def repeat(self, key: int, cells: Cells) -> None:
        """A person pastes what ``cells`` show already, and changes nothing.

        Where a program had changed such a cell unseen, the paste may be told from an edit only if
        no call was under way on the row (LADDER, rung 5): else it crosses the program's change, and
        what loses is logged.
        """
        row = self.rows.get(key)
        if row is not None:
            row.crossed.update({c: v for c, v in cells.items() if row.cells[c] != v})

    def decide(
        self, key: int, held: Cells, logged: Callable[[int, str, Content], bool]
    ) -> Iterator[str]:
        """Take it from what is ``held`` who has won crossings; tells of losers not ``logged``."""
        row = self.rows[key]
        for column, left in row.crossed.items():
            loser = row.cells[column]
            if held[column] == left != loser:
                row.cells[column] = left
                if not logged(key, column, loser):
                    yield f"{key} {column}: {loser!r} lost to a repeated {left!r} without a trace"

    def remark(self, name: Name, text: Content) -> None:
        """The column that is not mapped."""
        self.rows[name].beside.remark = text

    def formula(self, name: Name, formula: str) -> None:
        """The column with formulas, which is not mapped either; ``{}`` stands for the row."""
        self.rows[name].beside.formula = formula

    def note(self, name: Name, header: str, text: str) -> None:
        """A note at a cell."""
        self.rows[name].beside.notes[header] = text

    def delete(self, name: Name, saw: Cells, *, in_database: bool = False) -> None:
        """The row goes, with all that stands in it; a person may not know of it for a while."""
        row = self.rows.pop(name)
        if isinstance(name, int):
            self._replaced(name, dict.fromkeys(MAPPED), saw)
            if in_database:
                self._dead[name] = row

    def _note_typed(self, key: int, cells: Cells, time: int) -> None:
        for column, value in cells.items():
            if value is not None:
                self.typed[value] = Typed(key, column, value, time)

    def _replaced(self, key: int, columns: Iterable[str], saw: Cells) -> None:
        for column in columns:
            seen = self.typed.get(saw.get(column))
            if seen is not None and (seen.key, seen.column) == (key, column):
                seen.replaced = True

    # What must hold at the end

    def differences(self, sheet: Collection[Seen]) -> Iterator[str]:
        """How the sheet differs from the rows here, as sentences."""
        seen: dict[Name, Seen] = {}
        for row in sheet:
            name = _name(row)
            if name is None:
                if any(content is not None for content in row.cells.values()) or row.notes:
                    yield f"row {row.number} was left by nobody: {row}"
            elif name in seen:
                yield f"{name!r} stands in rows {seen[name].number} and {row.number}"
            else:
                seen[name] = row
        yield from (f"{name!r} is not in the sheet" for name in self.rows.keys() - seen.keys())
        for name, row in seen.items():
            if name not in self.rows:
                yield f"{name!r} is in the sheet, and should not be: {row}"
            else:
                yield from _unlike(name, self.rows[name], row)

    def untraced(self, logged: Callable[[Typed], bool]) -> Iterator[str]:
        """Values that people typed and that are gone, though nobody replaced them who saw them,
        and neither the conflict log nor the dead letters hold them."""
        for typed in self.typed.values():
            row = self.rows.get(typed.key)
            final = row is not None and row.cells[typed.column] == typed.value
            if not (final or typed.replaced or logged(typed)):
                yield f"gone without a trace: {typed}; at the end {row}"


def _name(row: Seen) -> Name | None:
    key = row.cells.get(KEY)
    if isinstance(key, int):
        return key
    remark = row.cells.get(REMARK)
    return remark if isinstance(remark, str) else None


def _unlike(name: Name, row: Row, seen: Seen) -> Iterator[str]:
    wanted: dict[str, Content] = {**row.cells, KEY: name if isinstance(name, int) else None}
    for column, content in wanted.items():
        if seen.cells.get(column) != content:
            yield f"{name!r} {column}: {seen.cells.get(column)!r}, not {content!r}"
    there = Beside(seen.cells.get(REMARK), seen.formulas.get(FORMULA), dict(seen.notes))
    beside = _standing(row.beside, seen.number)
    if there != beside:
        yield f"{name!r} beside its mapped cells: {there}, not {beside}"
    if any(column != FORMULA for column in seen.formulas):
        yield f"{name!r} has formulas that nobody typed: {seen.formulas}"


def _standing(beside: Beside, number: int) -> Beside:
    """As it reads in the row with that number."""
    formula = None if beside.formula is None else beside.formula.format(number)
    return replace(beside, formula=formula)
