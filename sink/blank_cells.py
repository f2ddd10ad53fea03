"""Blank cells of a tab that a first sync meets where the table holds something.

Nobody can know whether such a cell was cleared or never filled, and a blank holds nothing that
could be lost: it is owed what the table holds, like a cell of ours that somebody has overwritten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sink.core.belief import Belief
from sink.core.cell import CellContent
from sink.core.mapped_table import MappedTable
from sink.core.row_state import RowState
from sink.core.values.meaning import shows
from sink.writers.sheets.compact_rows import Contents
from sink.writers.sheets.reading import Reading


def is_blank(content: CellContent) -> bool:
    """Whether a cell holds nothing at all; a box that is not ticked holds FALSE."""
    return content is None or content == ""


def unfilled(state: RowState, contents: Contents, table: MappedTable) -> Iterator[str]:
    """The columns that are blank in the tab though what is agreed shows as something."""
    for column, content in contents.items():
        version = state.cells.get(column)
        if version is None or not is_blank(content):
            continue
        if not shows(content, table.codecs[column].to_cell(version.value)):
            yield column


def owe(state: RowState, column: str, reading: Reading) -> None:
    """Note that ``reading`` has shown a blank there, so that the agreed value is written."""
    state.beliefs[column] = Belief(None, reading.lo, reading.hi)
    state.cells[column] = replace(state.cells[column], shown=None)
