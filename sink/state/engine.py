"""The connection to MySQL: what every session of ours relies on, said in one place."""

from __future__ import annotations

from pymysql.constants import CLIENT  # type: ignore[import-untyped]  # it ships no types
from sqlalchemy import URL, Engine, create_engine, event

from sink.core.configuration import DatabaseSettings

CONNECT_SECONDS = 5
ANSWER_SECONDS = 60

KEPT_CONNECTIONS = 10
"""So many are kept open while nobody uses them. There is no most: each mapping of a process holds
one for as long as it runs, and takes another to read; a server that is full says so, and may be
asked again.
"""


def open_engine(settings: DatabaseSettings) -> Engine:
    """An engine for ``settings``.

    Sessions read TIMESTAMP in UTC, in READ COMMITTED, and in strict mode, so that a value that
    does not fit is refused and never cut.
    """
    url = URL.create(
        "mysql+pymysql",
        username=settings.user,
        password=settings.password.value,
        host=settings.host,
        port=settings.port,
        query={"charset": "utf8mb4"},
    )
    engine = create_engine(
        url,
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        pool_size=KEPT_CONNECTIONS,
        max_overflow=-1,  # https://docs.sqlalchemy.org/en/20/core/pooling.html
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "read_timeout": ANSWER_SECONDS,
            "write_timeout": ANSWER_SECONDS,
            # rows are written by many statements at once (sink.state.statements); values only
            # ever go as parameters, so that none can begin a statement of its own
            "client_flag": CLIENT.MULTI_STATEMENTS,
        },
    )
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: object, _: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]  # a DB-API connection has no type
    cursor.execute(
        "SET SESSION time_zone = '+00:00', "
        "sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,"
        "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"
    )
    cursor.close()
