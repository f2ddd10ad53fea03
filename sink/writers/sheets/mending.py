"""What a call hit by mistake, because rows had moved, and the next call puts back from its copies.

Stored with the call's answer: the copies stay in the hidden tab until the next call, so a death in
between loses nothing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from sink.core.cell import decode_cell, encode_cell
from sink.core.mapped_table import MappedTable
from sink.core.marks import Face
from sink.core.row_key import RowKey
from sink.writers.sheets.answer import CallAnswer, Hit
from sink.writers.sheets.call import GOING, SheetCall
from sink.writers.sheets.joined_repairs import joined
from sink.writers.sheets.repairs import NOWHERE, Repair


@dataclass(frozen=True, slots=True)
class Unmade:
    """Repairs that a call could not make, because their rows were not where it looked for them.

    Those ``waiting`` are of rows that are still to come back; the rows of the others are gone.
    """

    waiting: list[Repair]
    given_up: list[Repair]


@dataclass(frozen=True, slots=True)
class Mending:
    """``restores`` gives the copies of mapped rows that were deleted by mistake, or while a person
    typed in them.

    They wait until the row is inserted again: that may have to wait for a look at the sheet.
    """

    repairs: tuple[Repair, ...] = ()
    restores: dict[RowKey, int] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to put back."""
        return not self.repairs and not self.restores

    def unmade(self, call: SheetCall) -> Unmade:
        """The repairs that ``call`` was to make and has not made.

        A row waits that was deleted by mistake, or whose key stands twice. One that comes back as
        a whole bears no name until then: it may be any that is not there.
        """
        made = {mended.repair.key for mended in call.mended}
        awaited = {*self.restores, *call.twice}
        nameless = any(repair.deleted for repair in self.repairs)
        waiting: list[Repair] = []
        given_up: list[Repair] = []
        for repair in self.repairs:
            if repair.row == NOWHERE:
                waiting.append(repair)
            elif repair.columns and repair.key not in {None, *made}:
                waits = nameless or repair.key in awaited
                (waiting if waits else given_up).append(repair)
        return Unmade(waiting, given_up)

    def after(self, before: Self, waiting: Sequence[Repair], missing: Collection[RowKey]) -> Self:
        """This, and what was to be mended ``before`` and could not be yet.

        ``waiting`` are its repairs that wait, rows that were deleted are ``missing`` until they
        are back.
        """
        kept = {key: row for key, row in before.restores.items() if key in missing}
        # what waited is older: whatever hit the same cells since is put back first
        return replace(
            self, repairs=joined((*self.repairs, *waiting)), restores={**kept, **self.restores}
        )

    def encoded(self) -> str | None:
        """As text, to be stored; None where there is nothing."""
        if self.empty:
            return None
        repairs = [encode_repair(repair) for repair in self.repairs]
        restores = [[_encoded(key), row] for key, row in self.restores.items()]
        return json.dumps([repairs, restores])

    @classmethod
    def decoded(cls, stored: str, table: MappedTable) -> Self:
        """What ``encoded`` gave."""
        repairs, restores = json.loads(stored)

        def key(text: str) -> RowKey:
            return table.key_from_canonical(text.encode())

        return cls(
            tuple(decode_repair(repair, table) for repair in repairs),
            {key(name): row for name, row in restores},
        )


def encode_repair(repair: Repair) -> list[object]:
    """A repair as JSON."""
    return [
        None if repair.key is None else _encoded(repair.key),
        repair.row,
        repair.copy_row,
        list(repair.columns),
        [encode_cell(content) for content in repair.left],
        [encode_cell(content) for content in repair.back],
        [[column, face.note, face.background] for column, face in repair.faces],
        list(repair.formulas),
        list(repair.left_formulas),
    ]


def decode_repair(stored: Sequence[Any], table: MappedTable) -> Repair:
    """What ``encode_repair`` gave."""
    name, row, copy_row, columns, left, back, *more = stored
    faces, formulas, left_formulas = (*more, (), (), ())[:3]  # earlier versions had none
    return Repair(
        None if name is None else table.key_from_canonical(name.encode()),
        row,
        copy_row,
        tuple(columns),
        tuple(map(decode_cell, left)),
        tuple(map(decode_cell, back)),
        tuple((place, Face(note, background)) for place, note, background in faces),
        tuple(formulas),
        tuple(left_formulas),
    )


def _encoded(key: RowKey) -> str:
    return key.canonical.decode()


def mending_of(
    answer: CallAnswer,
    unknown: Sequence[Hit],
    table: MappedTable,
    more: Sequence[Repair] = (),
    returning: Collection[RowKey] = (),
) -> Mending:
    """What must be put back after ``answer``; ``unknown`` are the hits of which no state is known.

    ``more`` are repairs of what repairs hit, ``returning`` rows that were rightly deleted while a
    person typed in them: they may come back for that, with all that stood in them.
    A mapped row's cells are owed again and need no copy, but for formulas and deleted rows.
    """
    known = _known(answer, unknown)
    gone = [(hit.key, hit.placed) for hit in known]
    gone += [
        (reached.placed.write.key, reached.placed)
        for reached in answer.reached
        if reached.placed.write.key in returning
    ]
    overwritten = [*known, *_reached(answer)]
    formulas = [repair for hit in overwritten if (repair := _formulas(hit, table)).columns]
    return Mending(
        # the newest first: a cell that was hit twice is put back step by step
        joined(
            (
                *(_whole(hit, table) for hit in unknown),
                *formulas,
                *reversed(more),
                *answer.repairs,
            )
        ),
        {
            key: placed.copy_row
            for key, placed in gone
            if key is not None and placed.copy_row is not None and placed.write.op in GOING
        },
    )


def _known(answer: CallAnswer, unknown: Sequence[Hit]) -> list[Hit]:
    """The hits of rows of which a state is known."""
    told = {(hit.placed.row, hit.misplaced) for hit in unknown}
    return [hit for hit in answer.hits if (hit.placed.row, hit.misplaced) not in told]


def _whole(hit: Hit, table: MappedTable) -> Repair:
    """All that a call did to a row that is none of the mapping's, or not known yet."""
    write = hit.placed.write
    if hit.misplaced:
        return _cells(hit, hit.misplaced, table)
    if write.op in GOING:
        return Repair(None, hit.placed.row, hit.placed.copy_row or 0, ())
    keys = write.key.columns if write.op == "key" else ()
    repair = _cells(hit, (*keys, *write.cells), table)
    faces = tuple((hit.places[name], face) for name, face in hit.faces.items())
    return replace(repair, faces=faces)


def _reached(answer: CallAnswer) -> Iterator[Hit]:
    """Rows that were reached, where a formula had been put in unheard."""
    for reached in answer.reached:
        if reached.formulas:
            key = reached.placed.write.key
            yield Hit(
                reached.placed,
                key,
                reached.before,
                places=reached.places,
                formulas=reached.formulas,
            )


def _formulas(hit: Hit, table: MappedTable) -> Repair:
    """The formulas that a call overwrote in a row of the mapping."""
    write = hit.placed.write
    wrote = write.cells if write.op in ("update", "key") else ()
    return _cells(hit, [name for name in wrote if name in hit.formulas], table)


def _cells(hit: Hit, names: Sequence[str], table: MappedTable) -> Repair:
    """The repair of these cells of the row that was hit."""
    write = hit.placed.write
    cells = {**table.key_image(write.key), **write.cells}
    return Repair(
        hit.key,
        hit.placed.row,
        hit.placed.copy_row or 0,
        tuple(hit.places[name] for name in names),
        tuple(table.codecs[name].to_cell(cells[name]) for name in names),
        tuple(hit.before.get(name) for name in names),
        formulas=tuple(hit.places[name] for name in names if name not in hit.before),
    )
