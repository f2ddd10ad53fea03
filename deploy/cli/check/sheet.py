"""Area *sheet*: one mapped tab: is it ours to edit, are its headers there, are its keys unique."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

from deploy.cli.check.finding import Finding, note, ok, problem, warning
from deploy.cli.check.keyless_rows import check_keyless, rows_without_key
from deploy.cli.check.sheet_cells import FIRST_ROW, MOST_NAMED, in_rows, text
from deploy.cli.check.spreadsheets import Cells, Spreadsheets
from sink.core.chosen_columns import chosen_columns
from sink.core.columns import Table
from sink.core.counted import counted
from sink.core.mapping import Mapping
from sink.writers.sheets.layout import column_letters


def check_access(spreadsheet_id: str, sheets: Spreadsheets) -> Iterator[Finding]:
    """The spreadsheet opens and may be edited."""
    count = len(sheets.tabs(spreadsheet_id))
    if sheets.may_edit(spreadsheet_id):
        yield ok(f"spreadsheet {spreadsheet_id} opens ({count} tabs) and may be edited")
    else:
        yield problem(
            f"These credentials may read spreadsheet {spreadsheet_id}, but not edit it.",
            "In the sheet: Share, and make the account of these credentials an Editor.",
        )


def check_tab(
    mapping: Mapping, sheets: Spreadsheets, table: Table | None, *, synced: bool
) -> Iterator[Finding]:
    """The tab, its header and its key column; ``table`` None where it could not be read.

    Without a table and without named columns only the key's headers are looked for. ``synced``:
    the first sync is done, which makes a tab that is missing and fills one that is empty.
    """
    tabs = sheets.tabs(mapping.spreadsheet_id)
    found = next((tab for tab in tabs if tab.title == mapping.tab), None)
    if found is None:
        yield _missing_tab(mapping, [tab.title for tab in tabs], synced=synced)
        return
    yield ok(f"tab {mapping.tab!r}")
    if found.locked:
        yield warning(
            f"Part of tab {mapping.tab!r} is protected against the account of these credentials.",
            "Data, Protect sheets and ranges: let that account edit the mapped columns.",
        )
    header = sheets.row(mapping.spreadsheet_id, mapping.tab, 1)
    if not any(text(cell) for cell in header):
        keyed = sheets.columns(mapping.spreadsheet_id, mapping.tab, ["A"])[0]
        yield _empty_header(mapping, keyed, synced=synced)
        return
    places = yield from check_header(mapping, header, table)
    keys = [places[column] for column in mapping.key if column in places]
    # Values of a column that is not the primary key stand in many rows, and are no fault of theirs.
    right_key = table is None or set(table.primary_key) == set(mapping.key)
    if right_key and len(keys) == len(mapping.key):
        columns = sheets.columns(
            mapping.spreadsheet_id, mapping.tab, [column_letters(place) for place in keys]
        )
        yield from check_keys(mapping, columns, table)
        keyless = rows_without_key(mapping, sheets, header, columns)
        yield from check_keyless(mapping, header, keyless, table)


def check_header(
    mapping: Mapping, header: Cells, table: Table | None
) -> Generator[Finding, None, dict[str, int]]:
    """Each mapped header stands once in row 1; returns where each column stands, from 0."""
    titles = [text(cell) for cell in header]
    columns = list(mapping.columns) or (list(chosen_columns(mapping, table)) if table else [])
    wanted = [*(key for key in mapping.key if key not in columns), *columns]
    places: dict[str, int] = {}
    missing = []
    for column in wanted:
        title = mapping.header(column)
        stands = [place for place, each in enumerate(titles) if each == title]
        if not stands:
            missing.append(title)
        elif len(stands) > 1:
            letters = " and ".join(column_letters(place) for place in stands)
            yield problem(
                f"Header {title!r} stands in columns {letters} of tab {mapping.tab!r}.",
                "Rename or remove all but one.",
            )
        else:
            places[column] = stands[0]
    if missing:
        yield problem(
            f"Tab {mapping.tab!r} lacks the header {', '.join(missing)}.",
            "Write it into row 1 above its column, or correct the mapping's columns. Row 1 reads: "
            f"{', '.join(title for title in titles if title)}.",
        )
    elif len(places) == len(wanted):
        yield ok(f"{len(wanted)} mapped headers")
    return places


def check_keys(
    mapping: Mapping, columns: Sequence[Cells], table: Table | None
) -> Iterator[Finding]:
    """No key twice, none half filled. ``columns`` are the key columns from row 2 on."""
    height = max((len(column) for column in columns), default=0)
    rows: dict[tuple[str, ...], list[int]] = {}
    alike: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    halves = []
    for place in range(height):
        key = tuple(text(column[place]) if place < len(column) else "" for column in columns)
        row = place + FIRST_ROW
        if all(key):
            rows.setdefault(key, []).append(row)
            alike.setdefault(_folded(mapping, key, table), set()).add(key)
        elif any(key):
            halves.append(row)
    twice = {key: found for key, found in rows.items() if len(found) > 1}
    for key, found in list(twice.items())[:MOST_NAMED]:
        yield problem(
            f"Key {', '.join(key)} stands in {in_rows(found)} of tab {mapping.tab!r}.",
            "Give each row a key of its own, or remove all but one.",
        )
    if len(twice) > MOST_NAMED:
        yield problem(f"{len(twice) - MOST_NAMED} more keys stand in several rows.", "As above.")
    for keys in [sorted(each) for each in alike.values() if len(each) > 1][:MOST_NAMED]:
        told = " and ".join(repr(", ".join(key)) for key in keys)
        yield problem(
            f"Keys {told} differ in the sheet, but are one row to MySQL (collation).",
            "Write the key alike, or remove all rows but one.",
        )
    if halves:
        yield problem(
            f"The key is half filled in {in_rows(halves)} of tab {mapping.tab!r}.",
            f"Fill all of {', '.join(mapping.header(column) for column in mapping.key)}.",
        )
    if not twice and not halves:
        yield ok(f"{counted(len(rows), 'rows')}, each with a key of its own")


def _missing_tab(mapping: Mapping, titles: Sequence[str], *, synced: bool) -> Finding:
    near = next((title for title in titles if title.strip().lower() == mapping.tab.lower()), None)
    if near is not None:
        return problem(
            f"There is no tab {mapping.tab!r}, but one {near!r}.",
            f'Write tab = "{near}", or rename the tab.',
        )
    if synced:
        return problem(
            f"There is no tab {mapping.tab!r} any more; there are {', '.join(titles)}.",
            "Rename it back, or correct the mapping's tab.",
        )
    return note(
        f"tab {mapping.tab!r} is not there yet: the first sync makes it beside {', '.join(titles)}"
    )


def _empty_header(mapping: Mapping, first_column: Cells, *, synced: bool) -> Finding:
    if any(text(cell) for cell in first_column):
        return problem(
            f"Row 1 of tab {mapping.tab!r} is empty, but there is something below.",
            "Write the headers into row 1, or empty the tab: it is then filled from the table.",
        )
    if synced:
        return problem(
            f"Row 1 of tab {mapping.tab!r} is empty, and the first sync is done.",
            "Write the headers into row 1: the columns are filled again.",
        )
    return note(f"tab {mapping.tab!r} is empty: the first sync fills it from the table")


def _folded(mapping: Mapping, key: tuple[str, ...], table: Table | None) -> tuple[str, ...]:
    """The key as a case-insensitive collation sees it, where its column has one."""
    folded = []
    for column, part in zip(mapping.key, key, strict=True):
        declared = table.columns.get(column) if table else None
        collation = (declared.collation or "") if declared else ""
        folded.append(part.casefold() if "_ci" in collation else part)
    return tuple(folded)
