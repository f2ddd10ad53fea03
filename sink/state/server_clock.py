"""The MySQL server's clock."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text

from sink.state.database_errors import translated

_NOW = text("SELECT CAST(UNIX_TIMESTAMP(SYSDATE(6)) * 1000000 AS SIGNED)")


def server_time(connection: Connection) -> int:
    """What the clock shows while the statement runs, in microseconds since the epoch.

    SYSDATE, not NOW, which stands still:
    https://dev.mysql.com/doc/refman/8.4/en/date-and-time-functions.html#function_sysdate
    """
    return int(connection.execute(_NOW).scalar_one())


def read_server_time(engine: Engine) -> int:
    """The same, on a connection of its own that is asked at once; raises SheetbridgeError."""
    with translated(), engine.connect() as connection:
        return server_time(connection)
