"""Those who look in the tour, each by a path that the acting side does not use.

The table is read over a fresh connection of a user who may only read. The sheet is read through
the public API with Google's client, by accounts of its own: Google counts reads per user (60 a
minute) and per project (300 a minute), so several take turns and none disturbs the sink.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from googleapiclient.errors import HttpError
from sqlalchemy import text

from deploy.cli.demo.comparison import Cell, Value
from deploy.local.connections import a_new_connection_each_time
from sink.core.configuration import CredentialsKind, GoogleSettings
from sink.google_access import sheets_service

if TYPE_CHECKING:
    from googleapiclient._apis.sheets.v4.resources import SheetsResource

Cells = dict[str, Cell]

_BUSY = (429, 500, 503)
_BUSY_SECONDS = 0.5
_ATTEMPTS = 20


class TableEye:
    """Looks at the database."""

    def __init__(self, reader_mysql_url: str) -> None:
        self._engine = a_new_connection_each_time(reader_mysql_url)

    def row(self, table: str, key: Mapping[str, Value]) -> dict[str, Value] | None:
        """The row with that key, or None."""
        condition = " AND ".join(f"{column} = :{column}" for column in key)
        with self._engine.connect() as connection:
            found = connection.execute(text(f"SELECT * FROM {table} WHERE {condition}"), dict(key))
            row = found.mappings().first()
        return None if row is None else dict(row)

    def count(self, table: str) -> int:
        """How many rows there are."""
        with self._engine.connect() as connection:
            return int(connection.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar_one())


class SheetEye:
    """Looks at one spreadsheet; ``key_files`` are the accounts that take turns."""

    def __init__(self, key_files: Sequence[Path], sheets_url: str, spreadsheet_id: str) -> None:
        self._spreadsheet_id = spreadsheet_id
        self._services = [
            sheets_service(GoogleSettings(CredentialsKind.SERVICE_ACCOUNT, str(file), sheets_url))
            for file in key_files
        ]
        self._spreadsheets = self._services[0].spreadsheets()
        self._turns: Iterator[SheetsResource.SpreadsheetsResource.ValuesResource] = itertools.cycle(
            [service.spreadsheets().values() for service in self._services]
        )

    def close(self) -> None:
        """Close the connections."""
        for service in self._services:
            service.close()

    def warm_up(self, tab: str, accounts: int) -> None:
        """Let each account fetch its token and open its connection before anything is timed."""
        for _ in range(accounts):
            self.rows(tab, 1, 1)

    def rows(self, tab: str, first: int, last: int) -> list[list[Cell]]:
        """The cells of rows ``first`` to ``last`` (from 1), empty tails left out.

        Row ``first`` must be within the grid; what lies below the grid is left out.
        """
        return self._read(f"'{tab}'!{first}:{last}", "ROWS")

    def headers(self, tab: str) -> list[str]:
        """The texts of row 1."""
        rows = self.rows(tab, 1, 1)
        return [str(cell) for cell in rows[0]] if rows else []

    def named(self, tab: str, first: int, last: int, headers: Sequence[str]) -> list[Cells]:
        """Rows as header → cell; an empty row, or one below the grid, is all None."""
        # The row above is read too: Google refuses a range that begins below the grid.
        above = 1 if first > 1 else 0
        found = self.rows(tab, first - above, last)[above:]
        found += [[] for _ in range(last - first + 1 - len(found))]
        return [
            {name: row[place] if place < len(row) else None for place, name in enumerate(headers)}
            for row in found
        ]

    def column(self, tab: str, number: int) -> list[Cell]:
        """A whole column (from 1) from row 1 down to its last filled cell."""
        letter = column_letter(number)
        columns = self._read(f"'{tab}'!{letter}:{letter}", "COLUMNS")
        return columns[0] if columns else []

    def height(self, tab: str) -> int:
        """How many rows the tab's grid has."""
        found = self._spreadsheets.get(
            spreadsheetId=self._spreadsheet_id,
            fields="sheets.properties(title,gridProperties.rowCount)",
        ).execute()
        for sheet in found.get("sheets", []):
            properties = sheet.get("properties", {})
            if properties.get("title") == tab:
                return int(properties.get("gridProperties", {}).get("rowCount", 0))
        return 0

    def _read(self, a1_range: str, dimension: Literal["ROWS", "COLUMNS"]) -> list[list[Cell]]:
        for attempt in itertools.count(1):
            try:
                found = (
                    next(self._turns)
                    .get(
                        spreadsheetId=self._spreadsheet_id,
                        range=a1_range,
                        majorDimension=dimension,
                        valueRenderOption="UNFORMATTED_VALUE",
                        dateTimeRenderOption="SERIAL_NUMBER",
                    )
                    .execute()
                )
                break
            except HttpError as error:
                if error.status_code not in _BUSY or attempt == _ATTEMPTS:
                    raise
                time.sleep(_BUSY_SECONDS)
            except OSError:  # an idle connection that the server has closed meanwhile
                if attempt == _ATTEMPTS:
                    raise
        return [list(row) for row in found.get("values", [])]


def column_letter(number: int) -> str:
    """1 → A, 27 → AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
