"""A mapping: one table kept in step with one tab of one spreadsheet.

What a user declares, and nothing that must be looked up: the types of the columns come from the
table itself (``sink.core.columns``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from sink.core.version import Origin


def in_quotes(name: str) -> str:
    """A header, a table's name or what a person typed, as it stands in a sentence for people."""
    return f"“{name}”"


class Policy(StrEnum):
    """Who wins a true crossing: two edits of a cell, neither made in sight of the other."""

    LAST_WRITE_WINS = "last_write_wins"
    DATABASE_WINS = "database_wins"
    SHEET_WINS = "sheet_wins"
    FUNCTION = "function"


class Direction(StrEnum):
    """Which way edits flow."""

    BOTH = "both"
    TO_SHEET = "to_sheet"
    TO_DATABASE = "to_database"


@dataclass(frozen=True, slots=True)
class Rule:
    """A policy, with the user's function (``module:function``) where it is ``FUNCTION``."""

    policy: Policy = Policy.LAST_WRITE_WINS
    function: str | None = None


@dataclass(frozen=True, slots=True)
class Guards:
    """How much one origin may do within a minute before it is held and asked.

    ``max_deletes`` and ``max_clears`` are a share of the rows (0…1); at least ``minimum`` are
    always let through. ``max_rewrites`` counts cells; None leaves rewrites free.
    """

    max_deletes: float = 0.10
    max_clears: float = 0.10
    minimum: int = 20
    max_rewrites: int | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """One table ↔ one tab.

    ``table`` is ``database.table``. ``key`` names the table's key columns, in primary-key order.
    ``columns`` gives each mapped column its header in the sheet, in sheet order; empty means every
    column of the table under its own name. ``time_zone`` is the IANA zone in which TIMESTAMP
    columns show. ``where`` is the condition (an SQL expression) that the rows shown satisfy; None:
    all rows are shown. ``prefer`` is the side whose values stay where both hold a row at the first
    sync and differ; None: the rule of each column tells.
    """

    name: str
    table: str
    spreadsheet_id: str
    tab: str
    key: tuple[str, ...]
    columns: dict[str, str] = field(default_factory=dict)
    rule: Rule = Rule()
    column_rules: dict[str, Rule] = field(default_factory=dict)
    direction: Direction = Direction.BOTH
    time_zone: str = "UTC"
    guards: Guards = Guards()
    where: str | None = None
    prefer: Origin | None = None

    @property
    def database(self) -> str:
        """The schema in which the table lives."""
        return self.table.split(".", 1)[0]

    @property
    def table_name(self) -> str:
        """The table's name without its schema."""
        return self.table.split(".", 1)[1]

    @property
    def cdc_topic(self) -> str:
        """Where Debezium writes this table's change events."""
        return f"cdc.{self.table}"

    @property
    def sheet_topic(self) -> str:
        """Where the webhook writes this mapping's sheet edits."""
        return f"sheet.{self.name}"

    @property
    def commands_topic(self) -> str:
        """Where commands for this mapping go: from the command line, and the sheet's menu."""
        return f"commands.{self.name}"

    @property
    def topics(self) -> tuple[str, str, str]:
        """Every topic that the sink reads for this mapping."""
        return (self.cdc_topic, self.sheet_topic, self.commands_topic)

    @property
    def marker_table(self) -> str:
        """The small captured table whose rows travel in ``cdc_topic`` (``database.table``)."""
        return f"sheetbridge.marker__{self.database}__{self.table_name}"

    def header(self, column: str) -> str:
        """The header under which ``column`` stands in the sheet."""
        return self.columns.get(column, column)

    def rule_for(self, column: str) -> Rule:
        """The rule that decides crossings of ``column``."""
        return self.column_rules.get(column, self.rule)
