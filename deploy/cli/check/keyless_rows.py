"""Area *sheet*: rows that hold something, but no key: what each lacks to be kept in step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from deploy.cli.check.finding import Finding, warning
from deploy.cli.check.sheet_cells import FIRST_ROW, in_rows, text
from deploy.cli.check.spreadsheets import Cells, Spreadsheets
from sink.core.chosen_columns import chosen_columns, needs_a_value
from sink.core.columns import Table
from sink.core.mapping import Direction
from sink.core.mapping import Mapping as TableMapping
from sink.writers.sheets.layout import column_letters

MOST_LOOKED_AT = 10
"""Rows without key among the others that are read, one call each."""


def rows_without_key(
    mapping: TableMapping, sheets: Spreadsheets, header: Cells, keys: Sequence[Cells]
) -> dict[int, Cells]:
    """The rows that hold something but no key, by their numbers: all below the last row with a
    key, and the first ones among the others.

    ``header`` is row 1, ``keys`` are the key columns from row 2 on.
    """
    height = max((len(column) for column in keys), default=0)
    empty = [
        place + FIRST_ROW
        for place in range(height)
        if not any(text(column[place]) for column in keys if place < len(column))
    ]
    found = {
        row: sheets.row(mapping.spreadsheet_id, mapping.tab, row) for row in empty[:MOST_LOOKED_AT]
    }
    end = height + FIRST_ROW
    last = column_letters(len(header) - 1)
    below = sheets.below(mapping.spreadsheet_id, mapping.tab, end, last)
    found.update(enumerate(below, end))
    return {row: cells for row, cells in found.items() if any(text(cell) for cell in cells)}


def check_keyless(
    mapping: TableMapping, header: Cells, rows: Mapping[int, Cells], table: Table | None
) -> Iterator[Finding]:
    """Each such row is not kept in step; one finding for all that lack the same.

    ``header`` is row 1. Where the database gives the key, people leave it out, so that what is
    missing is another cell.
    """
    given = _given(mapping, table)
    alike: dict[tuple[str, ...], list[int]] = {}
    for row, cells in rows.items():
        lacks = _lacking(mapping, header, cells, table) if table and given else ()
        alike.setdefault(lacks, []).append(row)
    for lacks, found in alike.items():
        yield _told(mapping, found, lacks, given)


def _told(
    mapping: TableMapping, rows: Sequence[int], lacks: Sequence[str], given: Sequence[str]
) -> Finding:
    one = len(rows) == 1
    where = f"{in_rows(rows)} of tab {mapping.tab!r}"
    where = where[0].upper() + where[1:]
    it = "it" if one else "them"
    own = f"leave {it} so if {'it is a note' if one else 'they are notes'} of yours."
    out_of_step = "it is not kept in step" if one else "they are not kept in step"
    holds = f"{where} {'holds' if one else 'hold'} something, but no key"
    if not given:
        keys = ", ".join(mapping.header(column) for column in mapping.key)
        return warning(f"{holds}: {out_of_step}.", f"Fill {keys}, or {own}")
    gives = f"the database gives {', '.join(given)}"
    if lacks:
        return warning(
            f"{holds}, and {'lacks' if one else 'lack'} {', '.join(lacks)}: {out_of_step}.",
            f"Fill {', '.join(lacks)} ({gives}), or {own}",
        )
    return warning(
        f"{where} {'has' if one else 'have'} no key yet, and {'lacks' if one else 'lack'} "
        f"nothing else: {gives}.",
        f"The sink's next comparison takes {it}. Where it does not: see sheetbridge dead-letters "
        f"list; a remark or a total stays as {'it is' if one else 'they are'}.",
    )


def _given(mapping: TableMapping, table: Table | None) -> list[str]:
    """The headers of the key's columns that the database fills in a row made in the sheet."""
    if table is None or mapping.direction is Direction.TO_SHEET:
        return []
    return [
        mapping.header(column)
        for column in mapping.key
        if column in table.columns and table.columns[column].gives_keys
    ]


def _lacking(mapping: TableMapping, header: Cells, cells: Cells, table: Table) -> tuple[str, ...]:
    """The headers of cells that the row cannot do without, and that are blank in it."""
    shown = {text(title): text(cell) for title, cell in zip(header, cells, strict=False)}
    needed = [
        column
        for column in map(table.columns.get, chosen_columns(mapping, table))
        if column is not None
        and not (column.name in mapping.key and column.gives_keys)
        and needs_a_value(column)
    ]
    headers = [mapping.header(column.name) for column in needed]
    return tuple(title for title in headers if not shown.get(title))
