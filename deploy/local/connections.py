"""Connections to the local stack's MySQL."""

from __future__ import annotations

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool


def a_new_connection_each_time(
    mysql_url: str, *, isolation_level: str | None = None, **arguments: object
) -> Engine:
    """An engine that keeps nothing between two looks; ``arguments`` are PyMySQL's.

    Without TLS, for the server is on this machine: PyMySQL reads all certificate authorities of
    the system for each connection, which takes longer than most looks.
    """
    more = {} if isolation_level is None else {"isolation_level": isolation_level}
    return create_engine(
        mysql_url, poolclass=NullPool, connect_args={"ssl_disabled": True, **arguments}, **more
    )
