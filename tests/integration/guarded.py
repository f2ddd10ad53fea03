"""A small mapping of its own for tests of the guards, and the command line as its operator."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from deploy.local.endpoints import MappingEndpoint
from deploy.local.stack import Stack
from tests.integration.bridge import Bridge, eventually

TABLE = "demo.guarded"
NAME = "guarded"
ROWS = range(1, 41)
FREE = 20
"""So many always go; a tenth of the rows is fewer."""


class Guarded(Bridge):
    """The mapping ``guarded``: 40 rows of a number and a text."""

    def sheetbridge(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command line with this stack's configuration."""
        return subprocess.run(
            [sys.executable, "-m", "deploy.cli.main", *arguments],
            env={"SHEETBRIDGE_CONFIG": self.endpoints.config, "COLUMNS": "200"},
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def held(self) -> list[tuple[str, str, int]]:
        """What is held, as (what, by which side, how many)."""
        listed = self.sheetbridge("deletes", "list", "--mapping", NAME, "--json")
        assert listed.returncode == 0, listed.stderr
        found: list[dict[str, Any]] = [json.loads(line) for line in listed.stdout.splitlines()]
        return [(each["what"], each["origin"], each["count"]) for each in found]

    def holds(self, *wanted: tuple[str, str, int]) -> None:
        """It comes to this that is held."""
        eventually(self.held, lambda held: held == list(wanted), "what is held")

    def does(self, *arguments: str) -> str:
        """The command works; what it says."""
        ended = self.sheetbridge(*arguments)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def status(self) -> str:
        """What ``status`` says of the mapping."""
        lines = self.sheetbridge("status").stdout.splitlines()
        at = next(number for number, line in enumerate(lines) if f"Mapping {NAME}" in line)
        return " ".join(" ".join(lines[at : at + 4]).split())

    def keys(self) -> tuple[set[int], set[int]]:
        """The keys in the sheet and in the table."""
        shown, held = self.sheet(), self.table()
        return {int(str(key[0])) for key in shown}, {int(str(key[0])) for key in held}

    def both_have(self, *keys: int) -> None:
        """Both sides come to have just these rows."""
        wanted = (set(keys), set(keys))
        eventually(self.keys, lambda seen: seen == wanted, "the rows of both sides")

    def texts_become(self, wanted: set[str | None]) -> None:
        """Both sides come to have these texts, and no others."""
        eventually(self._texts, lambda seen: seen == (wanted, wanted), "the texts of both sides")

    def emptied(self) -> tuple[int, int]:
        """How many rows of the sheet and of the table have no text."""
        shown, held = self.sheet().values(), self.table().values()
        return (
            sum(row["note"] is None for row in shown),
            sum(row["note"] is None for row in held),
        )

    def _texts(self) -> tuple[set[object], set[object]]:
        shown, held = self.sheet().values(), self.table().values()
        return {row["note"] for row in shown}, {row["note"] for row in held}

    def fill(self) -> None:
        """All rows on both sides, with their texts."""
        values = ", ".join(f"({row}, 'text {row}')" for row in ROWS)
        self.sql(f"REPLACE INTO {TABLE} VALUES {values}")
        self.both_have(*ROWS)
        self.texts_become({f"text {row}" for row in ROWS})
        self.sort(1, ascending=True)  # rows that were put back stand below the others
        eventually(lambda: self.column("id"), lambda ids: ids == list(ROWS), "the sorted rows")


@contextmanager
def guarded_mapping(stack: Stack, directory: Path) -> Iterator[Guarded]:
    """Add the mapping to a running stack; take it away again at the end."""
    endpoints = stack.endpoints
    root = create_engine(endpoints.root_mysql_url, poolclass=NullPool)
    with root.begin() as connection:
        connection.execute(
            text(f"CREATE TABLE {TABLE} (id INT PRIMARY KEY, note VARCHAR(40) NULL)")
        )
    config = Path(endpoints.config)
    before = config.read_text()
    mapping = MappingEndpoint(NAME, TABLE, endpoints.spreadsheet_id, NAME, ["id"], ["id", "note"])
    with closing(Guarded(_with(endpoints, mapping), NAME, directory)) as guarded:
        guarded.does(
            *("mapping", "add", TABLE, "--spreadsheet", endpoints.spreadsheet_id, "--key", "id")
        )
        guarded.does("register")
        stack.restart("sink")
        stack.restart("webhook")
        _run_script(endpoints.sheets_url, endpoints.spreadsheet_id, "sheetbridgeSetUp")
        eventually(guarded.status, lambda says: "running" in says, "the first sync")
        yield guarded
        endpoints.mappings.remove(mapping)
        config.write_text(before)
        guarded.does("register")
    stack.restart("sink")
    stack.restart("webhook")


def _with(endpoints: Any, mapping: MappingEndpoint) -> Any:
    endpoints.mappings.append(mapping)
    return endpoints


def _run_script(sheets_url: str, spreadsheet_id: str, function: str) -> None:
    httpx.post(
        f"{sheets_url}/_control/spreadsheets/{spreadsheet_id}/script/run",
        json={"function": function, "args": []},
        timeout=60,
    ).raise_for_status()
