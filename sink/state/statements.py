"""One statement run for many rows, in as few round trips as the rows need packets.

``executemany`` of PyMySQL joins the rows of an INSERT, but asks the server once for each row of an
UPDATE or DELETE, and waits for the answer. Sent together they mean the same: each row has its own
statement, which the server runs in order, and it stops at the first that fails.
https://dev.mysql.com/doc/c-api/8.4/en/c-api-multiple-queries.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pymysql.err import Error  # type: ignore[import-untyped]  # it ships no types
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

PACKET = 250_000
"""Characters sent at once: a megabyte at most, the least that servers are set to take
(max_allowed_packet, 64 MB by default). A statement that is longer goes alone."""


def run_for_each(connection: Connection, statement: str, rows: Sequence[Sequence[object]]) -> None:
    """Run ``statement`` with the parameters of each of ``rows``, one after the other.

    The connection must allow several statements at once (``sink.state.engine``). Raises DBAPIError
    for the first that fails; those before it stand until the transaction is taken back.
    """
    cursor: Any = connection.connection.cursor()
    run_whole(connection, in_packets(cursor.mogrify(statement, row) for row in rows), statement)


def run_whole(connection: Connection, packets: Iterable[str | bytes], told: str) -> None:
    """Run statements that are written out whole, as many at once as each of ``packets`` has.

    ``told`` is what an error tells of them. Raises DBAPIError like ``run_for_each``.
    """
    with driver_cursor(connection, told) as cursor:
        for packet in packets:
            cursor.execute(packet)
            while cursor.nextset():
                pass


@contextmanager
def driver_cursor(connection: Connection, told: str) -> Iterator[Any]:
    """A cursor of the driver itself; what it raises is raised as SQLAlchemy would.

    ``told`` is what an error tells of the statements.
    """
    cursor: Any = connection.connection.cursor()
    try:
        yield cursor
    except Error as error:
        driver = connection.connection.driver_connection
        lost = connection.dialect.is_disconnect(error, driver, cursor)
        raise DBAPIError.instance(
            told, None, error, Error, connection_invalidated=lost, dialect=connection.dialect
        ) from error
    finally:
        cursor.close()


def in_packets(statements: Iterable[str]) -> Iterator[str]:
    """The statements, as many together as a packet takes."""
    gathered: list[str] = []
    size = 0
    for statement in statements:
        if gathered and size + len(statement) > PACKET:
            yield ";".join(gathered)
            gathered, size = [], 0
        gathered.append(statement)
        size += len(statement)
    if gathered:
        yield ";".join(gathered)
