"""A small mapping of its own for tests of the guards, and the command line as its operator."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from deploy.local.endpoints import MappingEndpoint
from deploy.local.stack import Stack
from tests.integration.added_mapping import added_mapping
from tests.integration.bridge import Bridge, eventually
from tests.integration.commands import Ended, command, listed, within

ROWS = range(1, 41)
FREE = 20
"""So many always go; a tenth of the rows is fewer."""


class Guarded(Bridge):
    """A mapping of 40 rows of a number and a text."""

    def sheetbridge(self, *arguments: str) -> Ended:
        """Run the command line with this stack's configuration."""
        return command(self.endpoints, *arguments)

    def held(self) -> list[tuple[str, str, int]]:
        """What is held, as (what, by which side, how many)."""
        found = listed(self.endpoints, "deletes", self.mapping.name)
        return [(each["what"], each["origin"], each["count"]) for each in found]

    def holds(self, *wanted: tuple[str, str, int]) -> None:
        """It comes to this that is held."""
        eventually(self.held, lambda held: held == list(wanted), "what is held")

    def does(self, *arguments: str) -> str:
        """The command works; what it says."""
        ended = self.sheetbridge(*arguments)
        assert ended.status == 0, ended.stdout + ended.stderr
        return ended.stdout

    def status(self) -> str:
        """What ``status`` says of the mapping."""
        lines = within(self.endpoints, "status").stdout.splitlines()
        at = next(
            number for number, line in enumerate(lines) if f"Mapping {self.mapping.name}" in line
        )
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
        self.sql(f"REPLACE INTO {self.mapping.table} VALUES {values}")
        self.both_have(*ROWS)
        self.texts_become({f"text {row}" for row in ROWS})
        self.sort(1, ascending=True)  # rows that were put back stand below the others
        eventually(lambda: self.column("id"), lambda ids: ids == list(ROWS), "the sorted rows")


@contextmanager
def guarded_mapping(stack: Stack, directory: Path) -> Iterator[Guarded]:
    """Such a mapping on a running stack, taken away at the end; its name is never the same."""
    name = f"guarded_{uuid.uuid4().hex[:6]}"
    table = f"demo.{name}"
    mapping = MappingEndpoint(
        name, table, stack.endpoints.spreadsheet_id, name, ["id"], ["id", "note"]
    )
    create = f"CREATE TABLE {table} (id INT PRIMARY KEY, note VARCHAR(40) NULL)"
    with (
        added_mapping(stack, mapping, [create], directory),
        closing(Guarded(stack.endpoints, name, directory)) as guarded,
    ):
        eventually(guarded.status, lambda says: "running" in says, "the first sync")
        yield guarded
