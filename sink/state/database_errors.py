"""MySQL's error numbers as our errors: what may pass is retriable, the rest is not.

What is no fault of a row (the table changed, a right was taken away) is neither retried nor the
row's: the mapping stops with the reason, and begins anew with the table as it is then.

https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError

from sink.state.errors import DatabaseUnavailableError, TableUnusableError

PASSING = frozenset(
    {
        1021,  # disk full: the server waits for someone to free space
        1037,  # out of memory
        1038,  # out of sort memory
        1040,  # too many connections
        1041,  # out of resources
        1053,  # server shutdown in progress
        1114,  # the table is full
        1158,  # error reading communication packets
        1159,  # timeout reading communication packets
        1160,  # error writing communication packets
        1161,  # timeout writing communication packets
        1205,  # lock wait timeout
        1213,  # deadlock
        1290,  # the server runs read-only (a failover)
        1317,  # query interrupted
        1412,  # the table's definition has changed: the transaction begins anew
        1836,  # read-only mode
        2003,  # can't connect
        2006,  # server has gone away
        2013,  # lost connection during query
        2055,  # lost connection at another point
        4031,  # disconnected for inactivity
    }
)

UNUSABLE = frozenset(
    {
        1044,  # no right to the database
        1049,  # no such database
        1054,  # no such column
        1142,  # no right to the table
        1143,  # no right to a column
        1146,  # no such table
    }
)


def error_number(error: DBAPIError) -> int:
    """The server's or client's error number; 0 where there is none."""
    arguments = error.orig.args if error.orig is not None else ()
    return arguments[0] if arguments and isinstance(arguments[0], int) else 0


def server_message(error: DBAPIError) -> str:
    """The server's own words."""
    arguments = error.orig.args if error.orig is not None else ()
    return str(arguments[1]) if len(arguments) > 1 else str(error.orig)


def may_pass(error: DBAPIError) -> bool:
    """Whether the same transaction may succeed later."""
    number = error_number(error)
    if number in PASSING or error.connection_invalidated:
        return True
    return number == 0 and isinstance(error, InterfaceError)


def raise_unless_refused(error: DBAPIError, table: str) -> None:
    """Raise what is no fault of a row that was written to ``table``; return where it is."""
    if may_pass(error):
        raise error
    if error_number(error) in UNUSABLE:
        raise TableUnusableError(table, server_message(error)) from error


@contextmanager
def translated() -> Iterator[None]:
    """Raise DatabaseUnavailableError for what may pass; let everything else through."""
    try:
        yield
    except DBAPIError as error:
        if may_pass(error):
            raise DatabaseUnavailableError(
                f"the database is not available: {server_message(error)}"
            ) from error
        raise
