"""What a user had MySQL do: statements, rows written by the storage engine, bytes of binlog.

Statements: https://dev.mysql.com/doc/refman/9.7/en/performance-schema-statement-summary-tables.html
Rows: https://dev.mysql.com/doc/refman/9.7/en/server-status-variables.html#statvar_Handler_write
(an upsert that meets its row counts as a write and an update).
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from tests.benchmarks.progress import connect

STATEMENTS = (
    "SELECT SUBSTRING_INDEX(event_name, '/', -1), count_star, sum_timer_wait / 1e12 FROM "
    "performance_schema.events_statements_summary_by_user_by_event_name "
    "WHERE user = %s AND count_star > 0 AND event_name LIKE 'statement/sql/%%'"
)
HANDLERS = (
    "SELECT variable_name, variable_value FROM performance_schema.status_by_user "
    "WHERE user = %s AND variable_name IN ('Handler_write', 'Handler_update', 'Handler_delete')"
)


@dataclass(frozen=True, slots=True)
class SqlCounts:
    """``statements`` by kind, ``seconds`` that the server spent in them, ``rows`` that the engine
    wrote, updated or deleted, by handler; ``binlog`` is bytes of everybody's."""

    statements: dict[str, int]
    seconds: float
    rows: dict[str, int]
    binlog: int

    @classmethod
    def of(cls, root_url: str, user: str) -> SqlCounts:
        """The counts of a user since the server's start."""
        with closing(connect(root_url)) as connection, closing(connection.cursor()) as cursor:
            cursor.execute(STATEMENTS, (user,))
            told = cursor.fetchall()
            cursor.execute(HANDLERS, (user,))
            rows = {str(name): int(count) for name, count in cursor.fetchall()}
            cursor.execute("SHOW BINARY LOGS")
            binlog = sum(int(file[1]) for file in cursor.fetchall())
        statements = {str(name): int(count) for name, count, _ in told}
        return cls(statements, sum(float(each[2]) for each in told), rows, binlog)

    def since(self, before: SqlCounts) -> SqlCounts:
        """What came to it."""
        return SqlCounts(
            _grown(self.statements, before.statements),
            self.seconds - before.seconds,
            _grown(self.rows, before.rows),
            self.binlog - before.binlog,
        )

    @property
    def all_statements(self) -> int:
        """Statements of every kind."""
        return sum(self.statements.values())

    @property
    def all_rows(self) -> int:
        """Rows written, updated and deleted."""
        return sum(self.rows.values())


def _grown(now: dict[str, int], before: dict[str, int]) -> dict[str, int]:
    grown = {name: count - before.get(name, 0) for name, count in now.items()}
    return {name: count for name, count in grown.items() if count}
