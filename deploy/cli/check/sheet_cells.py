"""Cells and rows of a tab as findings speak of them."""

from __future__ import annotations

from collections.abc import Sequence

MOST_NAMED = 5
"""How many rows a finding names; people mend one after the other."""

FIRST_ROW = 2
"""Below the header; rows count from 1, as people see them."""


def in_rows(rows: Sequence[int]) -> str:
    """The rows by their numbers: "row 7", "rows 2, 4", or the first ones and how many more."""
    told = ", ".join(str(row) for row in rows[:MOST_NAMED])
    if len(rows) > MOST_NAMED:
        told += f" and {len(rows) - MOST_NAMED} more"
    return f"row {told}" if len(rows) == 1 else f"rows {told}"


def text(cell: object) -> str:
    """A cell's content as text; 2.0 and 2 are one number in a sheet."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()
