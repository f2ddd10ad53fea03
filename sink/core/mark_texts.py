"""What is said at cells that the database did not take, in words for the person who typed there."""

from __future__ import annotations

from dataclasses import replace

from sink.core import marks
from sink.core.mapped_table import MappedTable
from sink.core.mapping import in_quotes
from sink.core.row_state import WHOLE_ROW, RowState
from sink.core.tagged_row import MISSING, TaggedRow, lacking
from sink.core.values.codec import Codec, Value
from sink.core.values.serials import local_text, to_wall

MOST_CHARACTERS = 60
"""How much of what the database holds is shown."""


def refresh(state: RowState, table: MappedTable) -> None:
    """Bring what is wanted to be said in line with what is refused. Changes ``state.marks``.

    What concerns the row as a whole is said at its first key cell. Of a column that is mapped no
    more nothing is owed: nobody looks at its cells.
    """
    if not (state.refused or state.marks):
        return
    if (state.apart or not state.alive) and state.present.surely() is False:
        state.marks = {}  # they went with the row
        return
    texts = {
        column: in_words(column, reason, state, table)
        for column, reason in state.refused.items()
        if column in table.cells
    }
    if WHOLE_ROW in state.refused:
        texts[table.key[0]] = sentence(state.refused[WHOLE_ROW])
    known = {column: mark for column, mark in state.marks.items() if column in table.columns}
    state.marks = marks.want(known, texts)


def of_tagged(row: TaggedRow, table: MappedTable) -> TaggedRow:
    """A row without a key with what is wanted to be said of all that it lacks.

    The whole is said at the first key cell, where a row with its key is told so too; a cell that
    does not fit its column says so itself.
    """
    texts = {
        table.columns_by_header[header]: f"{in_quotes(header)} {reason}"
        for header, reason in row.lacks.items()
        if reason != MISSING and header in table.columns_by_header
    }
    if row.lacks:
        texts[table.key[0]] = sentence(lacking(row.lacks))
    known = {column: mark for column, mark in row.marks.items() if column in table.columns}
    return replace(row, marks=marks.want(known, texts))


def in_words(column: str, reason: str, state: RowState, table: MappedTable) -> str:
    """The reason of a refused cell with the column's header, and what the database holds there."""
    said = f"{in_quotes(table.mapping.header(column))} {reason}"
    row = state.believed_table
    if row is None:
        return f"{said}; the row is not in the database"
    if column not in row:
        return said
    if row[column] is None:
        return f"{said}; the database has no value there"
    return f"{said}; the database still holds {in_cell(row[column], table.codecs[column])}"


def in_cell(value: Value, codec: Codec) -> str:
    """A value of the database as its cell would show it: instants in the mapping's time zone."""
    cell = codec.to_cell(value)
    if isinstance(cell, str):
        return shown(cell)
    style, _ = codec.number_format or ("", "")
    if style == "DATE_TIME" and isinstance(cell, int | float):
        return local_text(to_wall(cell))
    return shown(value)


def shown(value: Value) -> str:
    """A value of the database in a sentence."""
    if value is None:
        return "nothing"
    if value == "":
        return "an empty text"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    text = " ".join(str(value).split())
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}…"


def sentence(reason: str) -> str:
    """A reason as a sentence of its own."""
    text = reason.strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."
