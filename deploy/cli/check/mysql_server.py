"""The MySQL server as the sink's user sees it: the edge that the checks ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from deploy.cli.check.finding import MissingPieceError
from sink.core.configuration import DatabaseSettings

Row = tuple[object, ...]

CONNECT_SECONDS = 5
READ_SECONDS = 20


class QueryRefusedError(Exception):
    """The server refused a statement; ``number`` is MySQL's error number."""

    def __init__(self, number: int, message: str) -> None:
        self.number = number
        super().__init__(message)


class Server(Protocol):
    """What the checks need of a server."""

    def rows(self, statement: str, parameters: Sequence[object] = ()) -> Sequence[Row]:
        """All rows; raises QueryRefusedError."""
        ...


class MySqlServer:
    """A real server. Implements ``Server``; every statement has a connection of its own."""

    def __init__(self, engine: Engine, address: str) -> None:
        self.engine = engine
        self.address = address

    def rows(self, statement: str, parameters: Sequence[object] = ()) -> Sequence[Row]:
        """See Server. Raises MissingPieceError where the server is gone."""
        try:
            with self.engine.connect() as connection:
                result = connection.exec_driver_sql(statement, tuple(parameters) or None)
                return [tuple(row) for row in result.fetchall()]
        except DBAPIError as error:
            if error.connection_invalidated:
                raise MissingPieceError(
                    f"MySQL at {self.address} closed the connection or took over {READ_SECONDS} s.",
                    "Look whether it is overloaded, and try again.",
                ) from error
            number, message = _details(error)
            raise QueryRefusedError(number, message) from error


def connect(settings: DatabaseSettings) -> MySqlServer:
    """Log in as the sink's user. Raises MissingPieceError with the reason."""
    address = f"{settings.host}:{settings.port}"
    url = URL.create(
        "mysql+pymysql",
        username=settings.user,
        password=settings.password.value,
        host=settings.host,
        port=settings.port,
    )
    limits = {
        "connect_timeout": CONNECT_SECONDS,
        "read_timeout": READ_SECONDS,
        "write_timeout": READ_SECONDS,
    }
    server = MySqlServer(create_engine(url, poolclass=NullPool, connect_args=limits), address)
    try:
        server.rows("SELECT 1")
    except QueryRefusedError as error:
        # https://dev.mysql.com/doc/mysql-errors/9.7/en/server-error-reference.html
        if error.number in {1045, 1698}:
            raise MissingPieceError(
                f"MySQL at {address} refuses user {settings.user!r} with that password.",
                f"Correct database.user, or what database.password refers to "
                f"({settings.password}); sheetbridge init --print-grants shows how to make the "
                "user.",
            ) from error
        raise MissingPieceError(
            f"MySQL at {address} does not answer: {error}",
            "Start it, or correct database.host and database.port; does a firewall stand between?",
        ) from error
    return server


def _details(error: DBAPIError) -> tuple[int, str]:
    arguments = error.orig.args if error.orig is not None else ()
    number = arguments[0] if arguments and isinstance(arguments[0], int) else 0
    return number, str(arguments[-1] if arguments else error)
