"""Whose fault an error of MySQL is: the row's, the moment's, or the table's.

What is the row's own fault is told to whoever typed it. What may pass is tried again. All else (the
table changed, a right was taken away, a schema is read-only for a migration, what nobody foresaw)
is no row's fault: the mapping stops with the reason, and begins anew with the table as it is then.
A row is never blamed on suspicion: an error that is not known to be its fault is not.

https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

from sqlalchemy.exc import DBAPIError, InterfaceError

from sink.state.errors import DatabaseUnavailableError, TableUnusableError


class Fault(Enum):
    """What an error is due to."""

    ROW = "row"
    MOMENT = "moment"
    TABLE = "table"


PASSING = frozenset(
    {
        1020,  # the record has changed since it was read
        1021,  # disk full: the server waits for someone to free space
        1037,  # out of memory
        1038,  # out of sort memory
        1040,  # too many connections
        1041,  # out of resources
        1053,  # server shutdown in progress
        1114,  # the table is full
        1135,  # no thread can be made
        1152,  # the connection was aborted
        1158,  # error reading communication packets
        1159,  # timeout reading communication packets
        1160,  # error writing communication packets
        1161,  # timeout writing communication packets
        1184,  # the connection was aborted
        1203,  # the user has too many connections
        1205,  # lock wait timeout
        1206,  # the lock table is full
        1213,  # deadlock
        1226,  # the user has had as many statements as an hour grants
        1290,  # the server runs read-only (a failover)
        1297,  # the engine's temporary error
        1317,  # query interrupted
        1412,  # the table's definition has changed: the transaction begins anew
        1615,  # a prepared statement has to be prepared again
        1637,  # too many transactions at once
        1836,  # read-only mode
        2003,  # can't connect
        2006,  # server has gone away
        2013,  # lost connection during query
        2055,  # lost connection at another point
        3024,  # the statement took longer than the server allows
        3032,  # offline mode
        3100,  # replication is not ready for a commit
        3101,  # a group of servers rolled the transaction back
        3168,  # the server is not available
        3169,  # the session was killed
        3572,  # the row is locked, and nobody was to wait
        4031,  # disconnected for inactivity
    }
)

DATA_CLASSES = ("22", "23")
"""Of SQLSTATE: data exceptions, and broken constraints. They hold what is too rare to be listed."""

UNHANDLED = "45000"
"""The SQLSTATE with which triggers refuse a row, whatever number they give it."""

AMBIGUOUS_COLUMN = 1052
"""A statement's fault, though it stands among the broken constraints."""

OF_THE_ROW = frozenset(
    {
        1022,  # a key that is there
        1048,  # NULL where there must be a value
        1062,  # a value that must be unique
        1118,  # the row is too large
        1169,  # a value that must be unique
        1216,  # a foreign key without its row
        1217,  # a row to which others refer
        1264,  # out of range
        1265,  # data truncated
        1292,  # no date or number
        1299,  # invalid TIMESTAMP
        1300,  # invalid characters
        1364,  # no value, and no default
        1365,  # a division by zero in what is computed from the row
        1366,  # a value that is none of the column's type
        1367,  # the same
        1369,  # a view's CHECK OPTION
        1406,  # too long
        1411,  # a value that a function cannot read
        1416,  # no geometry
        1423,  # no value, and no default under a view
        1441,  # a date or time out of range in what is computed from the row
        1451,  # a row to which others refer
        1452,  # a foreign key without its row
        1525,  # a value that is none of its type
        1526,  # no partition has a place for it
        1591,  # the same
        1643,  # a trigger's SIGNAL of class 02
        1644,  # a trigger's SIGNAL
        1690,  # a number out of range in what is computed from the row
        1713,  # what changes in the row is too large to be undone
        1748,  # it belongs to another partition
        3105,  # a generated column is computed, and not set
        3140,  # no JSON
        3141,  # no JSON in what is computed from the row
        3150,  # JSON that is too large
        3157,  # JSON that is too deep
        3643,  # a geometry of another reference system than the column's
        3819,  # a CHECK
        3854,  # a text that the column's character set does not have
        3905,  # more values than an index on an array takes
        3906,  # the same, by their length
        3908,  # an array where an index wants one value
        3934,  # a JSON schema that it does not meet
        6136,  # no VECTOR
        6138,  # no VECTOR
    }
)
"""Not all of them are of DATA_CLASSES: MySQL gives many the general HY000."""


def error_number(error: DBAPIError) -> int:
    """The server's or client's error number; 0 where there is none."""
    arguments = error.orig.args if error.orig is not None else ()
    return arguments[0] if arguments and isinstance(arguments[0], int) else 0


def server_message(error: DBAPIError) -> str:
    """The server's own words."""
    arguments = error.orig.args if error.orig is not None else ()
    return str(arguments[1]) if len(arguments) > 1 else str(error.orig)


def fault_of(error: DBAPIError) -> Fault:
    """Whose fault an error of a statement is that was to write a row."""
    number = error_number(error)
    if number in PASSING or error.connection_invalidated:
        return Fault.MOMENT
    if number == 0:
        return Fault.MOMENT if isinstance(error, InterfaceError) else Fault.TABLE
    state = str(getattr(error.orig, "sqlstate", None) or "")
    data = state.startswith(DATA_CLASSES) and number != AMBIGUOUS_COLUMN
    return Fault.ROW if data or state == UNHANDLED or number in OF_THE_ROW else Fault.TABLE


def may_pass(error: DBAPIError) -> bool:
    """Whether the same transaction may succeed later."""
    return fault_of(error) is Fault.MOMENT


def raise_unless_refused(error: DBAPIError, table: str) -> None:
    """Raise what is no fault of a row that was written to ``table``; return where it is."""
    match fault_of(error):
        case Fault.MOMENT:
            raise error
        case Fault.TABLE:
            raise TableUnusableError(table, server_message(error)) from error


@contextmanager
def usable(table: str) -> Iterator[None]:
    """Raise TableUnusableError for what keeps all rows of ``table`` from being read or locked."""
    try:
        yield
    except DBAPIError as error:
        raise_unless_refused(error, table)
        raise


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
