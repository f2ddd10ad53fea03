"""What a reconciliation would find, for people: read twice, and nothing changed.

What is on its way (an edit whose event is not merged yet) would differ for a moment too; so only
what differs in the same way at both readings is told.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select

from deploy.cli import stored_state
from deploy.cli.console import error_console
from deploy.cli.failure import CommandError
from sink.core.configuration import Configuration
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Mapping
from sink.core.row_key import RowKey
from sink.core.values.codec import Value
from sink.core.values.meaning import shows
from sink.google_access import sheets_service
from sink.reconciler import Difference, differences
from sink.service import quota_of
from sink.state import schema
from sink.state.catalog import read_table
from sink.state.engine import open_engine
from sink.state.store import MySqlStore, load_mapping
from sink.table_comparison import Astray, astray
from sink.writers.sheets.client import SheetsClient
from sink.writers.sheets.tab import Tab

BETWEEN_SECONDS = 3.0


Seen = TypeVar("Seen")


@dataclass(frozen=True, slots=True)
class Found:
    """One difference: what is known of a cell (or, without a column, of the row) and what is."""

    row: str
    side: str
    column: str | None
    known: str
    actual: str


def compare(configuration: Configuration, mapping: Mapping) -> list[Found]:
    """The differences of sheet and table from what the sink knows of them.

    Raises CommandError where the first sync is not done.
    """
    with error_console.status(f"Reading table and sheet of {mapping.name} …") as shown:
        _refuse_unsynced(configuration, mapping)
        engine = open_engine(configuration.database)
        try:
            table = MappedTable.of(mapping, read_table(engine, mapping.table))
            store = MySqlStore(engine, table, load_mapping(engine, mapping.name, ""))
            directory = Path(configuration.source).parent
            google = sheets_service(configuration.google, directory=directory)
            client = SheetsClient(google, mapping.spreadsheet_id, quota_of(configuration))
            tab = Tab(client, table)

            def look() -> tuple[dict[RowKey, Difference], dict[RowKey, Astray]]:
                reading = tab.read(formulas=True)
                found = differences(reading, store.known_keys(), store.states, table)
                return found, astray(store, table)

            first = look()
            if not any(first):
                return []
            shown.update("Something differs; looking again …")
            time.sleep(BETWEEN_SECONDS)
            second = look()
            return [
                *_in_sheet(_same(first[0], second[0]), store, table),
                *_in_table(_same(first[1], second[1])),
            ]
        finally:
            engine.dispose()


def _refuse_unsynced(configuration: Configuration, mapping: Mapping) -> None:
    table = schema.mapping
    with stored_state.connected(configuration.database) as connection:
        phase = connection.scalar(select(table.c.phase).where(table.c.name == mapping.name))
    if phase != "running":
        raise CommandError(
            f"the first sync of {mapping.name} is not done: there is nothing to compare with",
            mend="sheetbridge status tells how far it is.",
        )


def _same(first: dict[RowKey, Seen], second: dict[RowKey, Seen]) -> dict[RowKey, Seen]:
    return {key: seen for key, seen in first.items() if second.get(key) == seen}


def _in_sheet(
    found: dict[RowKey, Difference], store: MySqlStore, table: MappedTable
) -> Iterator[Found]:
    states = store.states(list(found))
    for key, difference in found.items():
        state = states.get(key)
        there = state is not None and True in state.present.possible()
        if difference.contents is None or not there:
            known = "there" if there else "not there"
            actual = "not there" if difference.contents is None else "there"
            yield Found(key.display, "sheet", None, known, actual)
            continue
        for column, content in difference.contents:
            belief = state.beliefs.get(column) if state is not None else None
            if column not in table.cells or belief is None:
                continue
            codec = table.codecs[column]
            if not any(shows(content, codec.to_cell(value)) for value in belief.possible()):
                yield Found(
                    key.display, "sheet", table.mapping.header(column), _text(belief.value),
                    "(empty)" if content in (None, "") else str(content),
                )  # fmt: skip


def _in_table(found: dict[RowKey, Astray]) -> Iterator[Found]:
    for key, row in found.items():
        if row.actual is None or row.believed is None:
            known, actual = (
                "not there" if image is None else "there" for image in (row.believed, row.actual)
            )
            yield Found(key.display, "table", None, known, actual)
            continue
        for column, value in row.actual.items():
            if row.believed.get(column) != value:
                yield Found(
                    key.display, "table", column, _text(row.believed.get(column)), _text(value)
                )


def _text(value: Value) -> str:
    return "NULL" if value is None else str(value)
