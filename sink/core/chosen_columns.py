"""Which of a table's columns a mapping keeps in step, and which ``columns = "*"`` passes over.

A type that no cell can hold stops a mapping only where somebody named that column: who wants every
column wants every one that can be had.
"""

from __future__ import annotations

from collections.abc import Mapping

from sink.core.columns import Column, Table
from sink.core.mapping import Mapping as TableMapping
from sink.core.values.registry import fits_a_cell


def chosen_columns(mapping: TableMapping, table: Table) -> tuple[str, ...]:
    """The columns that the mapping keeps in step, in sheet order.

    The key comes first where the mapping does not place it. Named columns are there as they are
    named, whether the table has them or not.
    """
    without = columns_passed_over(mapping, table)
    chosen = mapping.columns or [name for name in table.columns if name not in without]
    keys = table.primary_key or mapping.key
    return (*(key for key in keys if key not in chosen), *chosen)


def columns_passed_over(mapping: TableMapping, table: Table) -> dict[str, str]:
    """The columns that ``"*"`` passes over, with their declarations; none where they are named."""
    if mapping.columns:
        return {}
    return {
        column.name: column.declaration
        for column in table.columns.values()
        if not fits_a_cell(column.data_type)
    }


def told_passed_over(passed_over: Mapping[str, str]) -> str:
    """What is said of such columns wherever somebody looks."""
    named = " and ".join(f"{name!r} ({declared})" for name, declared in passed_over.items())
    return f"no cell can hold the type of {named}: not mapped"


def needs_a_value(column: Column) -> bool:
    """Whether a new row cannot be made without a value for the column."""
    return not (column.nullable or column.has_default or column.generated)
