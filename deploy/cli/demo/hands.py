"""Those who act in the tour: a person at the sheet and an application at the database.

The person's hand reaches only the emulator's control interface, as a person's only reaches the
grid; what happens then is the Apps Script's. The application knows plain SQL and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import httpx
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine

from deploy.cli.demo.comparison import Value
from deploy.cli.failure import CommandError

Typed = None | bool | int | float | str


class Person:
    """Types, pastes, inserts and deletes in one spreadsheet."""

    def __init__(self, client: httpx.Client, spreadsheet_id: str) -> None:
        self._client = client
        self._base = f"/_control/spreadsheets/{spreadsheet_id}"

    def edit(self, tab: str, a1: str, values: Sequence[Sequence[Typed]]) -> None:
        """Type one cell, or paste a block, at the range ``a1``."""
        self._post("edit", {"tab": tab, "range": a1, "values": [list(row) for row in values]})

    def insert_rows(self, tab: str, start: int, count: int) -> None:
        """Insert empty rows; the first of them becomes row ``start`` (from 1)."""
        self._post("insert_rows", {"tab": tab, "start": start, "count": count})

    def delete_rows(self, tab: str, start: int, count: int) -> None:
        """Delete whole rows, from row ``start`` (from 1)."""
        self._post("delete_rows", {"tab": tab, "start": start, "count": count})

    def _post(self, gesture: str, body: Mapping[str, object]) -> None:
        address = f"{self._base}/{gesture}"
        try:
            answer = self._client.post(address, json=body)
        except httpx.TransportError as error:
            raise CommandError(
                f"the emulator does not answer at {self._client.base_url} ({error})",
                mend="Its log is logs/emulator.log in the run directory.",
            ) from error
        if answer.is_error:
            raise CommandError(
                f"the emulator refuses {gesture}: {answer.status_code} {answer.text[:300]}",
                mend="Its log is logs/emulator.log in the run directory.",
            )


class Application:
    """A program of somebody else that writes to the table, one commit a statement."""

    def __init__(self, mysql_url: str) -> None:
        self._engine: Engine = create_engine(mysql_url)

    def run(self, statement: str, values: Mapping[str, Value]) -> int:
        """Run and commit one statement; returns how many rows it changed."""
        with self._engine.begin() as connection:
            return connection.execute(text(statement), dict(values)).rowcount

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()
