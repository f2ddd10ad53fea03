"""The stage: a stack of its own with one mapped table, and eyes for both of its sides.

The table has what a merge may trip over: NULLs, numbers, and a column that a trigger counts up at
each update, so that every write of the sink comes back with something the database made. In the
sheet a column and a formula stand beside the mapped ones, which nobody but a person may touch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine, text

from deploy.local.connections import a_new_connection_each_time
from deploy.local.endpoints import Endpoints
from deploy.local.progress import Progress
from deploy.local.run_directory import RunDirectory
from deploy.local.stack import Stack
from tests.fault.nemesis.history import Content, Row

NAME = "ledger"
TABLE = f"demo_nemesis.{NAME}"
MAPPED = ("id", "a", "b", "n", "tally")
CELLS = MAPPED[1:]
REMARK = "remark"
HEADERS = (*MAPPED, REMARK)
FIRST_KEYS = tuple(f"k{number:02}" for number in range(40))
SUM_CELL = "G1"
"""Beside the headers: the sum of column n, as a formula."""

RECONCILE_SECONDS = 15
"""The default is 300: as long as a run, and longer than a test may wait."""

_STATEMENTS = (
    "CREATE DATABASE demo_nemesis",
    f"CREATE TABLE {TABLE} (id VARCHAR(40) NOT NULL PRIMARY KEY, a VARCHAR(60), b VARCHAR(60), "
    "n BIGINT, tally INT NOT NULL DEFAULT 0)",
    f"CREATE TRIGGER {TABLE}_counted BEFORE UPDATE ON {TABLE} FOR EACH ROW "
    "SET NEW.tally = OLD.tally + 1",
    f"INSERT INTO {TABLE} (id, a, b, n) VALUES "
    + ", ".join(f"('{key}', '{key} a', '{key} b', {at})" for at, key in enumerate(FIRST_KEYS)),
)


@dataclass(frozen=True, slots=True)
class View:
    """The tab as a person saw it at ``revision``: rows from number 2 on, blank ones included."""

    revision: int
    header: Sequence[Content]
    rows: Sequence[Row]

    def keys(self) -> list[str]:
        """The keys as they stand, with repeats."""
        return [str(row["id"]) for row in self.rows if row.get("id") is not None]

    def by_key(self) -> dict[str, Row]:
        """Rows by key; of repeats the first."""
        found: dict[str, Row] = {}
        for row in self.rows:
            if row.get("id") is not None:
                found.setdefault(str(row["id"]), row)
        return found

    def number_of(self, key: str) -> int:
        """The row's number (from 1) of a key that is there."""
        return 2 + next(at for at, row in enumerate(self.rows) if row.get("id") == key)


class Sheet:
    """The emulator's control API: what a person sees and does."""

    def __init__(self, endpoints: Endpoints, *, patience: float = 30.0) -> None:
        self._base = f"/_control/spreadsheets/{endpoints.spreadsheet_id}"
        self._client = httpx.Client(base_url=endpoints.sheets_url, timeout=patience, verify=False)

    def look(self) -> View:
        """The tab now."""
        told = self._asked("GET", f"{self._base}/values", params={"tab": NAME})
        header, *rows = [[_content(cell) for cell in row] for row in told["values"] or [[]]]
        return View(
            told["revision"],
            header,
            [
                {str(title): row[at] if at < len(row) else None for at, title in enumerate(header)}
                for row in rows
            ],
        )

    def gesture(self, name: str, seen: View | None, **body: object) -> bool:
        """Do something by hand; False where the tab is no longer as it was ``seen``."""
        wanted = {"tab": NAME, **body}
        if seen is not None:
            wanted["at_revision"] = seen.revision
        answer = self._client.post(f"{self._base}/{name}", json=wanted)
        if answer.status_code == httpx.codes.CONFLICT:
            return False
        answer.raise_for_status()
        return True

    def switch(self, **settings: object) -> None:
        """Set the emulator's switches."""
        self._asked("PUT", "/_control/settings", json=settings)

    def pending(self) -> int:
        """How many runs of the script go on after some seconds."""
        return int(self._asked("POST", "/_control/settle", params={"timeout": 5})["pending"])

    def waiting_posts(self) -> list[str]:
        """What the script keeps to send again."""
        stored = self._asked("GET", f"{self._base}/script/properties", params={"store": "document"})
        return [name for name in stored if name.startswith("outbox/")]

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _asked(self, method: str, path: str, **more: Any) -> Any:
        answer = self._client.request(method, path, **more)
        answer.raise_for_status()
        return answer.json()


class Table:
    """The table as an administrator sees it, and what the sink has stored beside it."""

    def __init__(self, endpoints: Endpoints) -> None:
        self._engine = _engine(endpoints.root_mysql_url)

    def look(self) -> dict[str, Row]:
        """All rows by key."""
        with self._engine.connect() as connection:
            found = connection.execute(text(f"SELECT * FROM {TABLE}")).mappings()
            return {row["id"]: {name: _content(row[name]) for name in MAPPED} for row in found}

    def stored(self, statement: str) -> list[tuple[Any, ...]]:
        """What a statement finds in the sink's own schema."""
        with self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]


@contextmanager
def stage(directory: Path, progress: Progress) -> Iterator[Stack]:
    """A foreground stack with the mapped table; it ends with the block, or with this process."""
    with Stack(RunDirectory(directory)) as stack:
        stack.start(progress, ("mysql", "configuration"))
        endpoints = stack.endpoints
        root = _engine(endpoints.root_mysql_url)
        with root.begin() as connection:
            for statement in _STATEMENTS:
                connection.execute(text(statement))
        _configure(Path(endpoints.config), endpoints.spreadsheet_id)
        stack.start(progress, ("connect", "webhook", "script", "sink"))
        yield stack


def program_engine(endpoints: Endpoints) -> Engine:
    """Connections of an application that gives up where the server does not answer."""
    return _engine(endpoints.mysql_url, connect_timeout=10, read_timeout=30, write_timeout=30)


def _engine(url: str, **more: int) -> Engine:
    return a_new_connection_each_time(url, isolation_level="READ COMMITTED", **more)


def _configure(file: Path, spreadsheet: str) -> None:
    """Only our mapping; the guards let everything through, for no person answers them here."""
    settings, _, _ = file.read_text(encoding="utf-8").partition("[[mapping]]")
    file.write_text(
        f"""{settings}
[sink]
reconcile_every = {RECONCILE_SECONDS}

[[mapping]]
name = "{NAME}"
table = "{TABLE}"
spreadsheet = "{spreadsheet}"
tab = "{NAME}"
key = ["id"]
guards = {{ max_deletes = 1.0, max_clears = 1.0, minimum = 1000000 }}
""",
        encoding="utf-8",
    )


def _content(cell: object) -> Content:
    if cell is None or cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell if isinstance(cell, str | int) else str(cell)


def mapped(row: Row | Mapping[str, Content]) -> dict[str, Content]:
    """A row's mapped cells without its key."""
    return {column: row.get(column) for column in CELLS}
