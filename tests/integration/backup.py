"""A backup of the database server, as a copy of its files would be: data, our state, and GTIDs."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.engine import Connection

from deploy.local.connections import a_new_connection_each_time

SCHEMA = "backup"


@dataclass(frozen=True, slots=True)
class Backup:
    """The server as it was: ``tables`` are copied into a schema of their own, in no binlog."""

    root_url: str
    tables: tuple[tuple[str, str], ...]
    executed: str

    @classmethod
    def taken(cls, root_url: str, *schemas: str) -> Backup:
        """Copy all tables of ``schemas``; nobody writes to them meanwhile."""
        with a_new_connection_each_time(root_url).connect() as connection:
            _off_the_record(connection)
            tables = [
                (schema, str(name))
                for schema in schemas
                for name in connection.scalars(
                    text(
                        "SELECT table_name FROM information_schema.tables WHERE table_schema = :it "
                        "AND table_type = 'BASE TABLE'"
                    ),
                    {"it": schema},
                )
            ]
            connection.execute(text(f"DROP DATABASE IF EXISTS {SCHEMA}"))
            connection.execute(text(f"CREATE DATABASE {SCHEMA}"))
            for schema, name in tables:
                copy = f"`{SCHEMA}`.`{schema}.{name}`"
                connection.execute(
                    text(f"CREATE TABLE {copy} AS SELECT * FROM `{schema}`.`{name}`")
                )
            connection.commit()
            executed = connection.scalar(text("SELECT @@GLOBAL.gtid_executed"))
        return cls(root_url, tuple(tables), str(executed).replace("\n", ""))

    def restore(self) -> None:
        """Put everything back; the server remembers nothing that it has committed since."""
        with a_new_connection_each_time(self.root_url).connect() as connection:
            _off_the_record(connection)
            for schema, name in self.tables:
                copy = f"`{SCHEMA}`.`{schema}.{name}`"
                connection.execute(text(f"DELETE FROM `{schema}`.`{name}`"))
                connection.execute(text(f"INSERT INTO `{schema}`.`{name}` SELECT * FROM {copy}"))
            connection.execute(text(f"DROP DATABASE {SCHEMA}"))
            connection.commit()
            connection.execute(text("RESET BINARY LOGS AND GTIDS"))
            connection.execute(text("SET GLOBAL gtid_purged = :it"), {"it": self.executed})


def _off_the_record(connection: Connection) -> None:
    connection.execute(text("SET SESSION sql_log_bin = 0"))
    connection.execute(text("SET SESSION sql_mode = ''"))  # other tests' tables hold zero dates
    connection.execute(text("SET SESSION foreign_key_checks = 0"))
    connection.execute(text("SET SESSION innodb_lock_wait_timeout = 10"))
