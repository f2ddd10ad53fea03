"""Both sides of a running bridge, as tests use them: a person, an application, and who looks.

Each looks by another path than the one that acts: the table through a fresh connection of a user
who can only read, the sheet through Google's client under an account of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
from sqlalchemy import Connection, text

from deploy.local.connections import a_new_connection_each_time
from deploy.local.endpoints import Endpoints, MappingEndpoint
from deploy.local.service_account import key_file, private_key
from sink.core.configuration import CredentialsKind, GoogleSettings
from sink.core.marks import Face
from sink.google_access import sheets_service
from sink.writers.sheets.client import FACE_FIELDS
from sink.writers.sheets.faces import face_of

PATIENCE_SECONDS = 90.0

Seen = TypeVar("Seen")
Key = tuple[object, ...]


def eventually(look: Callable[[], Seen], wanted: Callable[[Seen], bool], what: str) -> Seen:
    """Look until it is as wanted; fails with what was seen last."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while True:
        seen = look()
        if wanted(seen):
            return seen
        assert time.monotonic() < ends, f"{what}: {seen!r} after {PATIENCE_SECONDS} s"
        time.sleep(0.05)


class Bridge:
    """One mapping of a running stack, from both sides."""

    def __init__(self, endpoints: Endpoints, mapping: str, directory: Path) -> None:
        self.endpoints = endpoints
        self.mapping: MappingEndpoint = next(m for m in endpoints.mappings if m.name == mapping)
        self._application = a_new_connection_each_time(endpoints.mysql_url)
        self._reader = a_new_connection_each_time(endpoints.reader_mysql_url)
        self._spreadsheets, self._values = _looker(endpoints.sheets_url, directory)
        self._control = httpx.Client(base_url=endpoints.sheets_url, timeout=30, verify=False)

    def close(self) -> None:
        """Close the connections."""
        self._control.close()

    # The application

    def sql(self, statement: str, **values: object) -> int:
        """Run and commit one statement as the application."""
        with self._application.begin() as connection:
            return connection.execute(text(statement), values).rowcount

    def application(self) -> AbstractContextManager[Connection]:
        """A transaction of the application."""
        return self._application.begin()

    def row(self, **key: object) -> dict[str, Any] | None:
        """The table's row with that key."""
        condition = " AND ".join(f"{column} = :{column}" for column in key)
        with self._reader.connect() as connection:
            found = connection.execute(
                text(f"SELECT * FROM {self.mapping.table} WHERE {condition}"), key
            )
            row = found.mappings().first()
        return None if row is None else dict(row)

    def table(self, prefix: str = "") -> dict[tuple[object, ...], dict[str, Any]]:
        """The table's rows by key; only those whose first key column begins with ``prefix``."""
        with self._reader.connect() as connection:
            found = connection.execute(
                text(f"SELECT * FROM {self.mapping.table} WHERE {self.mapping.key[0]} LIKE :like"),
                {"like": f"{prefix}%"},
            )
            rows = [dict(row) for row in found.mappings()]
        return {tuple(row[column] for column in self.mapping.key): row for row in rows}

    def reason(self) -> str | None:
        """Why the sink has stopped the mapping; None while it runs."""
        root = a_new_connection_each_time(self.endpoints.root_mysql_url)
        with root.connect() as connection:
            found = connection.execute(
                text("SELECT reason FROM sheetbridge.mapping WHERE name = :name"),
                {"name": self.mapping.name},
            )
            reason: str | None = found.scalar_one()
        return reason

    def state(self, statement: str) -> list[tuple[Any, ...]]:
        """What a statement finds in the sink's own schema."""
        root = a_new_connection_each_time(self.endpoints.root_mysql_url)
        with root.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]

    # The person

    def edit(self, a1: str, values: Sequence[Sequence[object]]) -> None:
        """Type a cell or paste a block."""
        self._gesture("edit", {"range": a1, "values": values})

    def edit_tab(self, tab: str, a1: str, values: Sequence[Sequence[object]]) -> None:
        """Type or paste into another tab than the mapping's."""
        self._gesture("edit", {"tab": tab, "range": a1, "values": values})

    def batch_update(self, *requests: Any) -> None:
        """Another program's write through the API."""
        self._spreadsheets.batchUpdate(
            spreadsheetId=self.endpoints.spreadsheet_id, body={"requests": list(requests)}
        ).execute(num_retries=2)

    def delete_rows(self, start: int, count: int = 1) -> None:
        """Delete rows, from row ``start`` (from 1)."""
        self._gesture("delete_rows", {"start": start, "count": count})

    def insert_rows(self, start: int, count: int = 1) -> None:
        """Insert empty rows at row ``start`` (from 1)."""
        self._gesture("insert_rows", {"start": start, "count": count})

    def delete_column(self, letter: str) -> None:
        """Delete the column with that letter."""
        self._gesture("delete_columns", {"start": ord(letter) - ord("A") + 1, "count": 1})

    def move_column(self, letter: str, *, to: str) -> None:
        """Drag a column so that it stands before the one with the letter ``to``."""
        start, before = (ord(each) - ord("A") + 1 for each in (letter, to))
        self._gesture("move_columns", {"start": start, "count": 1, "to": before})

    def sort(self, column: int, *, ascending: bool) -> None:
        """Sort the rows below the header by a column (from 1)."""
        self._gesture("sort", {"column": column, "ascending": ascending})

    def gesture(self, name: str, **body: object) -> None:
        """Any other gesture that the emulator's control API knows."""
        self._gesture(name, body)

    @contextmanager
    def no_triggers(self) -> Iterator[None]:
        """Whatever is done within reaches no script."""
        self._setting(drop_triggers=1)
        try:
            yield
        finally:
            self._setting(drop_triggers=False)

    @contextmanager
    def latency(self, milliseconds: int) -> Iterator[None]:
        """Google takes that long for each call within."""
        self._setting(latency_ms=milliseconds)
        try:
            yield
        finally:
            self._setting(latency_ms=0)

    def _setting(self, **settings: object) -> None:
        self._control.put("/_control/settings", json=settings).raise_for_status()

    def _gesture(self, name: str, body: Mapping[str, object]) -> None:
        answer = self._control.post(
            f"/_control/spreadsheets/{self.endpoints.spreadsheet_id}/{name}",
            json={"tab": self.mapping.tab, **body},
        )
        assert answer.is_success, answer.text

    # Who looks at the sheet

    def sheet(self, wanted: Key | None = None) -> dict[Key, dict[str, object]]:
        """The tab's rows by key, or the ``wanted`` alone; row numbers (from 1) are under "row"."""
        answer = self._values.get(
            spreadsheetId=self.endpoints.spreadsheet_id,
            range=f"'{self.mapping.tab}'",
            valueRenderOption="UNFORMATTED_VALUE",
            dateTimeRenderOption="SERIAL_NUMBER",
        ).execute(num_retries=2)
        titles, *rows = answer.get("values", [[]])
        header = [str(title) for title in titles]
        places = [header.index(column) if column in header else -1 for column in self.mapping.key]
        found: dict[Key, dict[str, object]] = {}
        for number, values in enumerate(rows, start=2):
            key = tuple(_cell(values, at) for at in places)
            if None not in key and wanted in (None, key):
                cells = {title: _cell(values, at) for at, title in enumerate(header)}
                found[key] = {**cells, "row": number}
        return found

    def grid(self, a1: str) -> list[list[object]]:
        """The cells of a range as they stand; empty ones at the end are left out."""
        answer = self._values.get(
            spreadsheetId=self.endpoints.spreadsheet_id,
            range=f"'{self.mapping.tab}'!{a1}",
            valueRenderOption="UNFORMATTED_VALUE",
        ).execute(num_retries=2)
        found: list[list[object]] = answer.get("values", [])
        return found

    def column(self, title: str, prefix: str = "") -> list[object]:
        """A column's cells as they stand, from the top and with repeats.

        Only those whose text begins with ``prefix``.
        """
        letter = self.letter(title)
        answer = self._values.get(
            spreadsheetId=self.endpoints.spreadsheet_id,
            range=f"'{self.mapping.tab}'!{letter}2:{letter}",
            valueRenderOption="UNFORMATTED_VALUE",
            majorDimension="COLUMNS",
        ).execute(num_retries=2)
        (cells,) = answer.get("values", [[]])
        return [cell for cell in cells if str(cell).startswith(prefix)]

    def face(self, cell: str) -> Face:
        """A cell's note and background."""
        answer = self._spreadsheets.get(
            spreadsheetId=self.endpoints.spreadsheet_id,
            ranges=[f"'{self.mapping.tab}'!{cell}"],
            fields=f"sheets.data.rowData.values({FACE_FIELDS})",
        ).execute(num_retries=2)
        rows: list[Any] = list(answer["sheets"][0]["data"][0].get("rowData", [{}]))
        return face_of((rows[0].get("values") or [{}])[0])

    def add_tab(self, rows: Sequence[Sequence[object]]) -> None:
        """A person adds the mapping's tab and writes these rows into it."""
        sheets: Any = self._spreadsheets
        properties = {"title": self.mapping.tab}
        sheets.batchUpdate(
            spreadsheetId=self.endpoints.spreadsheet_id,
            body={"requests": [{"addSheet": {"properties": properties}}]},
        ).execute(num_retries=2)
        self.edit("A1", rows)

    def looks(self) -> dict[str, Any]:
        """How the tab looks: its properties, protections, and the first rows' cells."""
        return self.layout(
            "sheets(properties,protectedRanges,data(rowMetadata,"
            "rowData.values(userEnteredValue,userEnteredFormat,dataValidation)))",
            "A1:Z3",
        )

    def layout(self, fields: str, cells: str) -> dict[str, Any]:
        """The tab's resource with these fields, its data only of these cells."""
        answer: Any = self._spreadsheets.get(
            spreadsheetId=self.endpoints.spreadsheet_id,
            ranges=[f"'{self.mapping.tab}'!{cells}"],
            fields=fields,
        ).execute(num_retries=2)
        return dict(answer["sheets"][0])

    def decorate(self, cell: str, note: str, colour: Mapping[str, float]) -> None:
        """A person's own note and colour at a cell."""
        sheets: Any = self._spreadsheets
        answer = sheets.get(
            spreadsheetId=self.endpoints.spreadsheet_id, fields="sheets.properties(sheetId,title)"
        ).execute(num_retries=2)
        (sheet_id,) = [
            sheet["properties"].get("sheetId", 0)
            for sheet in answer["sheets"]
            if sheet["properties"]["title"] == self.mapping.tab
        ]
        start = {
            "sheetId": sheet_id,
            "rowIndex": int(cell[1:]) - 1,
            "columnIndex": ord(cell[0]) - ord("A"),
        }
        data = {"note": note, "userEnteredFormat": {"backgroundColor": colour}}
        request = {
            "start": start,
            "rows": [{"values": [data]}],
            "fields": "note,userEnteredFormat.backgroundColor",
        }
        sheets.batchUpdate(
            spreadsheetId=self.endpoints.spreadsheet_id,
            body={"requests": [{"updateCells": request}]},
        ).execute(num_retries=2)

    def formula(self, a1: str) -> str:
        """What was entered into a cell, as text."""
        answer = self._values.get(
            spreadsheetId=self.endpoints.spreadsheet_id,
            range=f"'{self.mapping.tab}'!{a1}",
            valueRenderOption="FORMULA",
        ).execute(num_retries=2)
        return str(answer["values"][0][0])

    def shown(self, *key: object) -> dict[str, object] | None:
        """The sheet's row with that key."""
        return self.sheet(key).get(key)

    def place(self, *key: object) -> int:
        """The row (from 1) in which a key stands."""
        shown = self.shown(*key)
        assert shown is not None, f"{key} is not in the sheet"
        row = shown["row"]
        assert isinstance(row, int)
        return row

    def letter(self, column: str) -> str:
        """The A1 letter of a mapped column."""
        return chr(ord("A") + self.mapping.columns.index(column))

    def row_metadata(self, key: str) -> list[str]:
        """The values of the developer metadata of that key at rows of the tab."""
        spreadsheets = self._spreadsheets
        spreadsheet_id = self.endpoints.spreadsheet_id
        # the connection may have been idle for too long: hence the retries
        about = spreadsheets.get(spreadsheetId=spreadsheet_id, fields="sheets.properties")
        (tab,) = (
            sheet["properties"]["sheetId"]
            for sheet in about.execute(num_retries=2)["sheets"]
            if sheet["properties"]["title"] == self.mapping.tab
        )
        search = spreadsheets.developerMetadata().search(
            spreadsheetId=spreadsheet_id,
            body={
                "dataFilters": [
                    {"developerMetadataLookup": {"metadataKey": key, "locationType": "ROW"}}
                ]
            },
        )
        found = [
            matched["developerMetadata"]
            for matched in search.execute(num_retries=2).get("matchedDeveloperMetadata", [])
        ]
        return [
            str(metadata["metadataValue"])
            for metadata in found
            if metadata["location"]["dimensionRange"].get("sheetId", 0) == tab
        ]

    # What is expected

    def tells(self, words: str) -> None:
        """The note at the key's header comes to have these words; ``""``: there is none."""

        def note() -> str:
            titles = self.grid("1:1")[0]
            return self.face(f"{chr(ord('A') + titles.index(self.mapping.key[0]))}1").note

        eventually(note, lambda note: words in note if words else not note, f"the note {words!r}")

    def row_becomes(self, wanted: Mapping[str, object] | None, **key: object) -> None:
        """The table's row comes to hold these values (None: it is gone)."""
        eventually(lambda: self.row(**key), lambda row: _holds(row, wanted), f"{key} in the table")

    def sheet_shows(self, wanted: Mapping[str, object] | None, *key: object) -> None:
        """The sheet's row comes to show these values (None: it is gone)."""
        eventually(lambda: self.shown(*key), lambda row: _holds(row, wanted), f"{key} in the sheet")


def _cell(values: Sequence[object], at: int) -> object:
    """What a row shows in the column ``at``; None where it is blank, or there is no such column."""
    return values[at] if 0 <= at < len(values) and values[at] != "" else None


_LOOKERS: dict[str, tuple[Any, Any]] = {}


def _looker(sheets_url: str, directory: Path) -> tuple[Any, Any]:
    """Google's client for spreadsheets and for values, under an account that only looks.

    One for all tests: it writes its methods and their documentation anew each time it is made.
    """
    if sheets_url not in _LOOKERS:
        _LOOKERS[sheets_url] = _a_looker(sheets_url, directory)
    return _LOOKERS[sheets_url]


def _a_looker(sheets_url: str, directory: Path) -> tuple[Any, Any]:
    account = directory / "test-reader.json"
    account.write_text(key_file("test-reader", sheets_url=sheets_url, key=private_key()))
    spreadsheets = sheets_service(
        GoogleSettings(CredentialsKind.SERVICE_ACCOUNT, str(account), sheets_url)
    ).spreadsheets()
    return spreadsheets, spreadsheets.values()


def _holds(row: Mapping[str, object] | None, wanted: Mapping[str, object] | None) -> bool:
    if row is None or wanted is None:
        return row is None and wanted is None
    return all(row.get(column) == value for column, value in wanted.items())
