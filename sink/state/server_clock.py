"""The MySQL server's clock."""

from __future__ import annotations

from sqlalchemy import Connection, Engine

from sink.state.database_errors import translated

NOW = "SELECT CAST(UNIX_TIMESTAMP(SYSDATE(6)) * 1000000 AS SIGNED)"
"""What the clock shows while the statement runs, in microseconds since the epoch.

SYSDATE, not NOW, which stands still:
https://dev.mysql.com/doc/refman/8.4/en/date-and-time-functions.html#function_sysdate
"""


def server_time(connection: Connection) -> int:
    """The server's clock, in microseconds since the epoch."""
    return int(connection.exec_driver_sql(NOW).scalar_one())


def read_server_time(engine: Engine) -> int:
    """The same, on a connection of its own that is asked at once; raises SheetbridgeError."""
    with translated(), engine.connect() as connection:
        return server_time(connection)
