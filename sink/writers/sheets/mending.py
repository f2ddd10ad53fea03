"""What a call hit by mistake, because rows had moved, and the next call puts back from its copies.

Stored with the call's answer: the copies stay in the hidden tab until the next call, so a death in
between loses nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from sink.core.mapped_table import MappedTable
from sink.core.marks import Face
from sink.core.row_key import RowKey
from sink.writers.sheets.answer import CallAnswer, Hit
from sink.writers.sheets.call import GOING, Repair
from sink.writers.sheets.layout import TabLayout


@dataclass(frozen=True, slots=True)
class Mending:
    """``restores`` gives the copies of mapped rows that were deleted by mistake."""

    repairs: tuple[Repair, ...] = ()
    restores: dict[RowKey, int] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to put back."""
        return not self.repairs and not self.restores

    def encoded(self) -> str | None:
        """As text, to be stored; None where there is nothing."""
        if self.empty:
            return None
        repairs = [
            [
                None if repair.key is None else _encoded(repair.key),
                repair.row,
                repair.copy_row,
                repair.columns,
                [[column, face.note, face.background] for column, face in repair.faces],
            ]
            for repair in self.repairs
        ]
        restores = [[_encoded(key), row] for key, row in self.restores.items()]
        return json.dumps([repairs, restores])

    @classmethod
    def decoded(cls, stored: str, table: MappedTable) -> Self:
        """What ``encoded`` gave."""
        repairs, restores = json.loads(stored)

        def key(text: str) -> RowKey:
            return table.key_from_canonical(text.encode())

        return cls(
            tuple(
                Repair(
                    None if name is None else key(name),
                    row,
                    copy_row,
                    tuple(columns),
                    tuple((column, Face(note, style)) for column, note, style in faces),
                )
                for name, row, copy_row, columns, faces in repairs
            ),
            {key(name): row for name, row in restores},
        )


def _encoded(key: RowKey) -> str:
    return key.canonical.decode()


def mending_of(answer: CallAnswer, unknown: Sequence[Hit], layout: TabLayout) -> Mending:
    """What must be put back after ``answer``; ``unknown`` are the hits of which no state is known.

    A mapped row's cells are owed again and need no copy, but for formulas and deleted rows.
    """
    places = {hit.placed.row for hit in unknown}
    known = [hit for hit in answer.hits if hit.placed.row not in places]
    formulas = [repair for hit in known if (repair := _formulas(hit, layout)).columns]
    return Mending(
        (*(_whole(hit, layout) for hit in unknown), *formulas),
        {
            hit.key: hit.placed.copy_row
            for hit in known
            if hit.key is not None
            and hit.placed.copy_row is not None
            and hit.placed.write.op in GOING
        },
    )


def _whole(hit: Hit, layout: TabLayout) -> Repair:
    """All that a call did to a row that is none of the mapping's, or not known yet."""
    write = hit.placed.write
    if write.op in GOING:
        return Repair(None, hit.placed.row, hit.placed.copy_row or 0, ())
    keys = write.key.columns if write.op == "key" else ()
    columns = tuple(layout.columns[name] for name in (*keys, *write.cells))
    faces = tuple((layout.columns[name], face) for name, face in hit.faces.items())
    return Repair(hit.key, hit.placed.row, hit.placed.copy_row or 0, columns, faces)


def _formulas(hit: Hit, layout: TabLayout) -> Repair:
    """The formulas that a call overwrote in another row of the mapping."""
    write = hit.placed.write
    lost = [name for name in write.cells if write.op == "update" and name not in hit.before]
    columns = tuple(layout.columns[name] for name in lost)
    return Repair(hit.key, hit.placed.row, hit.placed.copy_row or 0, columns)
