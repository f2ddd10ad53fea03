"""What can go wrong with the database.

DatabaseError
├── DatabaseUnavailableError  connection, deadlock, lock wait: the same transaction may pass later
├── TableUnusableError        the table cannot be read or written, whatever the row
└── OvertakenError            another worker has taken the mapping over: stop, nothing happened
"""

from __future__ import annotations

from sink.core.errors import SheetbridgeError


class DatabaseError(SheetbridgeError):
    """Root of the database's errors."""


class DatabaseUnavailableError(DatabaseError):
    """The transaction was rolled back for a cause that may pass."""

    retriable = True


class OvertakenError(DatabaseError):
    """A transaction's number had been used: this worker no longer owns the mapping."""

    def __init__(self, mapping: str, number: int) -> None:
        super().__init__(
            f"mapping {mapping!r}: transaction {number} was overtaken by another worker"
        )


class TableUnusableError(DatabaseError):
    """The table cannot be used, whatever the row: nothing happened, and nothing is lost."""

    def __init__(self, table: str, message: str) -> None:
        super().__init__(
            f"table {table} cannot be used: {message}. Once that is mended the mapping goes on by "
            "itself"
        )
