"""What the server has committed so far."""

from __future__ import annotations

from sqlalchemy import Connection, text


def executed_gtids(connection: Connection) -> str:
    """``@@gtid_executed``: every transaction that the server has committed."""
    return str(connection.execute(text("SELECT @@GLOBAL.gtid_executed")).scalar_one())
