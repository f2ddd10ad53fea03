"""What an error of the server means, with what only the server knows of the constraint it names.

https://dev.mysql.com/doc/refman/8.4/en/information-schema-check-constraints-table.html
https://dev.mysql.com/doc/refman/8.4/en/information-schema-statistics-table.html
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from sink.core.mapped_table import MappedTable
from sink.core.mapping import in_quotes
from sink.state.database_errors import error_number, server_message
from sink.state.refusal_words import Cause, plain_clause

CHECK_CLAUSE = text(
    """
    SELECT check_clause FROM information_schema.check_constraints
    WHERE constraint_schema = :database AND constraint_name = :name
    """
)

INDEX_COLUMNS = text(
    """
    SELECT column_name FROM information_schema.statistics
    WHERE table_schema = :database AND table_name = :table AND index_name = :name
      AND column_name IS NOT NULL
    ORDER BY seq_in_index
    """
)


@dataclass(frozen=True, slots=True)
class Causes:
    """The causes of refused writes to one table, asked over the connection that wrote."""

    connection: Connection
    table: MappedTable

    def of(self, error: DBAPIError) -> Cause:
        """The cause of an error, with the columns of the unique index that it names."""
        cause = Cause.of(error_number(error), server_message(error))
        if cause.key is None or cause.is_of_the_key:
            return cause
        where = {
            "database": self.table.mapping.database,
            "table": self.table.mapping.table_name,
            "name": cause.key,
        }
        columns = self.connection.execute(INDEX_COLUMNS, where).scalars()
        return replace(cause, columns=tuple(str(column) for column in columns))

    def words(self, cause: Cause, op: str) -> str:
        """What is wrong, worded to follow the column's name."""
        return cause.words(op, self._clause)

    def row_words(self, cause: Cause, op: str) -> str:
        """Why nothing of a row is taken: a sentence of its own."""
        if op == "delete":
            return f"the row {self.words(cause, op)}"
        return f"the row is not in the database: {self.told(cause, op)}"

    def told(self, cause: Cause, op: str) -> str:
        """What is wrong, with the headers of the columns that it is about."""
        header = self.table.mapping.header
        subject = " and ".join(in_quotes(header(column)) for column in cause.columns) or "the row"
        return f"{subject} {self.words(cause, op)}"

    def _clause(self, name: str) -> str | None:
        where = {"database": self.table.mapping.database, "name": name}
        found = self.connection.execute(CHECK_CLAUSE, where).scalar()
        return None if found is None else plain_clause(str(found))
