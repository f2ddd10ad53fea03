"""Fakes at the edges of the checks: a server, Kafka, spreadsheets; and a configuration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from deploy.cli.check.finding import Finding, Level, MissingPieceError
from deploy.cli.check.mysql_server import QueryRefusedError, Row
from deploy.cli.check.spreadsheets import Cells, TabFacts
from sink.core.columns import Column, Table
from sink.core.configuration import Configuration
from sink.core.mapping import Mapping as TableMapping
from sink.core.topics import DEAD_LETTERS
from tests.unit.connectors.fake_connect import configuration as any_configuration

GOOD_VARIABLES = {
    "log_bin": "ON",
    "gtid_mode": "ON",
    "enforce_gtid_consistency": "ON",
    "binlog_format": "ROW",
    "binlog_row_image": "FULL",
    "binlog_row_value_options": "",
    "binlog_expire_logs_seconds": "2592000",
    "server_id": "1",
    "read_only": "OFF",
    "super_read_only": "OFF",
}

GOOD_GRANTS = (
    "GRANT REPLICATION CLIENT ON *.* TO `sheetbridge`@`%`",
    "GRANT REPLICATION_APPLIER ON *.* TO `sheetbridge`@`%`",
    "GRANT ALL PRIVILEGES ON `sheetbridge`.* TO `sheetbridge`@`%`",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON `demo`.* TO `sheetbridge`@`%`",
)


Answer = Sequence[Row] | QueryRefusedError


@dataclass
class FakeServer:
    """Answers by what a statement contains; the last matching answer counts."""

    version: str = "9.7.4"
    variables: Mapping[str, str] = field(default_factory=lambda: dict(GOOD_VARIABLES))
    grants: Sequence[str] = GOOD_GRANTS
    answers: Mapping[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, tuple[object, ...]]] = field(default_factory=list)

    def rows(self, statement: str, parameters: Sequence[object] = ()) -> Sequence[Row]:
        self.asked.append((statement, tuple(parameters)))
        known: dict[str, Answer] = {
            "VERSION()": [(self.version,)],
            "SHOW GLOBAL VARIABLES": list(self.variables.items()),
            "CURRENT_ROLE()": [("NONE",)],
            "SHOW GRANTS FOR CURRENT_USER()": [(line,) for line in self.grants],
            "FROM mysql.user": QueryRefusedError(1142, "SELECT command denied to user"),
            "information_schema.TABLES": [("BASE TABLE", "InnoDB", 3322)],
            "REFERENTIAL_CONSTRAINTS": [],
            "DAYOFMONTH": [],
            "COUNT(*)": [(3322,)],
        }
        known.update(self.answers)
        for part, answer in reversed(known.items()):
            if part in statement:
                if isinstance(answer, QueryRefusedError):
                    raise answer
                return answer
        raise AssertionError(f"nobody knows the answer to {statement}")


@dataclass
class FakeBroker:
    topics: dict[str, int]
    configured: dict[str, str] = field(
        default_factory=lambda: {"retention.ms": "-1", "cleanup.policy": "delete"}
    )

    def partitions(self) -> Mapping[str, int]:
        return self.topics

    def settings(self, topic: str) -> Mapping[str, str]:
        if topic == DEAD_LETTERS:
            return {"retention.ms": str(90 * 24 * 3600 * 1_000)}
        return self.configured


@dataclass
class FakeSpreadsheets:
    """One spreadsheet: tab → rows as a person sees them, the header first."""

    rows: dict[str, list[list[object]]]
    editable: bool = True
    locked: bool = False
    missing: MissingPieceError | None = None

    def tabs(self, spreadsheet_id: str) -> Sequence[TabFacts]:
        if self.missing is not None:
            raise self.missing
        return [TabFacts(title, self.locked) for title in self.rows]

    def may_edit(self, spreadsheet_id: str) -> bool:
        return self.editable

    def row(self, spreadsheet_id: str, tab: str, row: int) -> Cells:
        rows = self.rows[tab]
        return rows[row - 1] if row <= len(rows) else []

    def columns(self, spreadsheet_id: str, tab: str, letters: Sequence[str]) -> list[Cells]:
        below = self.rows[tab][1:]
        places = [ord(letter) - ord("A") for letter in letters]
        return [[row[at] if at < len(row) else None for row in below] for at in places]

    def below(self, spreadsheet_id: str, tab: str, row: int, last: str) -> list[Cells]:
        return [cells[: ord(last) - ord("A") + 1] for cells in self.rows[tab][row - 1 :]]


PLANES = Table(
    "demo.planes",
    {
        "tailnum": Column("tailnum", "varchar", "varchar(10)", nullable=False, length=10,
                          collation="utf8mb4_0900_ai_ci"),
        "year": Column("year", "int", "int"),
        "built": Column("built", "date", "date"),
    },
    ("tailnum",),
)  # fmt: skip


def planes(**changed: object) -> TableMapping:
    mapping = TableMapping("planes", "demo.planes", "sheet-id", "planes", ("tailnum",))
    return replace(mapping, **changed)  # type: ignore[arg-type]  # by name, in tests only


def a_configuration(*mappings: TableMapping) -> Configuration:
    return any_configuration(*(mappings or (planes(),)))


def levels(findings: Iterable[Finding]) -> list[Level]:
    return [finding.level for finding in findings]


def problems(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that are not fine; each must come with a mend."""
    found = [each for each in findings if each.level in {Level.PROBLEM, Level.WARNING}]
    assert all(each.mend for each in found)
    return found
