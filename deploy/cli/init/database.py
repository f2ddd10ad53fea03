"""What ``init`` asks of a MySQL server: can we log in, will it do, which tables has it.

The server is a port (``Server``), so that the questions can be tested without one.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import unquote, urlsplit

from sqlalchemy import create_engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from deploy.cli.failure import CommandError
from deploy.cli.init.grants import OWN_SCHEMA
from sink.core.secret_reference import SecretSource, UnresolvedSecretError

SYSTEM_SCHEMAS = ("information_schema", "mysql", "performance_schema", "sys", OWN_SCHEMA)

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a MySQL server is and who logs in.

    ``reference`` is the ``${env:NAME}`` or ``${file:PATH}`` that the password came from, None where
    it was given as it is.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str | None = None
    reference: str | None = None

    def with_password(self, password: str) -> Address:
        """The same with another password, which may be a reference to one.

        Raises CommandError for a reference that gives none.
        """
        if not password.startswith("${"):
            return replace(self, password=password, reference=None)
        source = SecretSource(os.environ, lambda path: Path(path).read_text(encoding="utf-8"))
        try:
            secret = source.resolve("the database's password", password)
        except UnresolvedSecretError as error:
            raise CommandError(error.problem, mend=error.mend) from None
        return replace(self, password=secret.value, reference=secret.reference)


class Server(Protocol):
    """A logged-in connection."""

    def rows(self, statement: str, parameters: Sequence[str] = ()) -> Sequence[Row]:
        """All rows of a SELECT or SHOW."""
        ...


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the server that the user should know, and how to mend it."""

    problem: str
    mend: str
    fatal: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A table that might be mapped; an empty ``key`` means that it has no primary key."""

    name: str
    key: tuple[str, ...]


def parse_address(text: str) -> Address:
    """``mysql://user:password@host:port/database`` taken apart; password and database may lack.

    Raises CommandError for anything else.
    """
    parts = urlsplit(text.strip())
    try:
        port = parts.port or 3306
    except ValueError:
        port = 0
    if parts.scheme not in {"mysql", "mysql+pymysql"} or not (
        parts.hostname and parts.username and port
    ):
        raise CommandError(
            "that is not the URL of a MySQL database",
            mend="Write it like mysql://sheetbridge@db.example.com:3306/shop",
        )
    return Address(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username),
        password=unquote(parts.password or ""),
        database=unquote(parts.path.strip("/")) or None,
    )


def shows_password(url: str) -> bool:
    """Whether a password stands in ``url`` as it is, and not as a reference."""
    try:
        password = unquote(urlsplit(url.strip()).password or "")
    except ValueError:
        return False
    return bool(password) and not password.startswith("${")


class Login:
    """A real connection; use it as a context manager. Implements ``Server``."""

    def __init__(self, address: Address) -> None:
        """Log in, within 5 seconds. Raises CommandError with the reason in plain words."""
        url = URL.create(
            "mysql+pymysql",
            username=address.user,
            password=address.password,
            host=address.host,
            port=address.port,
            database=address.database,
        )
        limits = {"connect_timeout": 5, "read_timeout": 30}
        self._engine = create_engine(url, poolclass=NullPool, connect_args=limits)
        try:
            self._connection = self._engine.connect()
        except DBAPIError as error:
            raise _explain(error, address) from error

    def rows(self, statement: str, parameters: Sequence[str] = ()) -> Sequence[Row]:
        """All rows of a SELECT or SHOW."""
        result = self._connection.exec_driver_sql(statement, tuple(parameters))
        return [tuple(row) for row in result.fetchall()]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()


def _explain(error: DBAPIError, address: Address) -> CommandError:
    place = f"{address.host}:{address.port}"
    details = error.orig.args if error.orig is not None else ()
    # Client and server error numbers: https://dev.mysql.com/doc/mysql-errors/9.7/en/
    match details[0] if details else None:
        case 1045 | 1698:
            return CommandError(
                f"MySQL at {place} refuses user {address.user!r} with that password",
                mend="Make the user with the SQL shown by sheetbridge init --print-grants.",
            )
        case 1044 | 1049:
            return CommandError(
                f"MySQL at {place} shows user {address.user!r} no database {address.database!r}",
                mend="Check its name, or grant the user access to it "
                "(sheetbridge init --print-grants shows the SQL).",
            )
        case _:
            reason = details[-1] if details else error
            return CommandError(
                f"MySQL at {place} does not answer: {reason}",
                mend="Check host and port, and that a firewall lets this machine through.",
            )


def judge(server: Server) -> tuple[str, list[Finding]]:
    """The server's version and what stands in the way of using it."""
    ((version,),) = server.rows("SELECT VERSION()")
    text = str(version)
    if "mariadb" in text.lower():
        return text, [
            Finding(
                "this is MariaDB, whose GTIDs cannot tell our writes from others'",
                "Use MySQL 8.4 or 9.7.",
            )
        ]
    findings = []
    release = tuple(int(part) for part in text.partition("-")[0].split(".")[:2] if part.isdecimal())
    if release < (8, 0):
        findings.append(Finding(f"MySQL {text} is too old", "Use MySQL 8.4 or 9.7."))
    elif release < (8, 4):
        findings.append(
            Finding(
                f"MySQL {text} gets no more security updates",
                "Plan for MySQL 8.4 or 9.7; it works meanwhile.",
                fatal=False,
            )
        )
    variables = ("log_bin", "gtid_mode", "binlog_format", "binlog_row_image")
    marks = ", ".join(["%s"] * len(variables))
    found = {
        str(name): str(value).upper()
        for name, value in server.rows(
            f"SHOW GLOBAL VARIABLES WHERE Variable_name IN ({marks})",
            variables,
        )
    }
    if found.get("log_bin") != "ON":
        findings.append(
            Finding("the binary log is off", "Start mysqld with --log-bin; it needs a restart.")
        )
    if found.get("gtid_mode") != "ON":
        findings.append(
            Finding(
                f"gtid_mode is {found.get('gtid_mode', 'unknown')}",
                "Step by step, as an administrator: SET GLOBAL enforce_gtid_consistency=ON; "
                "SET GLOBAL gtid_mode=OFF_PERMISSIVE; SET GLOBAL gtid_mode=ON_PERMISSIVE; "
                "SET GLOBAL gtid_mode=ON; and both in my.cnf.",
            )
        )
    for variable, wanted in (("binlog_format", "ROW"), ("binlog_row_image", "FULL")):
        if found.get(variable, wanted) != wanted:
            findings.append(
                Finding(
                    f"{variable} is {found[variable]}",
                    f"SET PERSIST {variable}={wanted}; and restart the applications' connections.",
                )
            )
    return text, findings


def missing_privileges(server: Server, wanted: Sequence[str]) -> list[str]:
    """Those global privileges in ``wanted`` that the logged-in user lacks."""
    granted = " ".join(
        str(row[0]).upper() for row in server.rows("SHOW GRANTS") if " ON *.* TO " in str(row[0])
    )
    if "ALL PRIVILEGES" in granted:
        return []
    return [privilege for privilege in wanted if privilege not in granted]


def list_tables(server: Server, database: str | None = None) -> list[Table]:
    """The user's tables by name, with their primary keys in key order.

    ``database`` limits the list to one; else every database that the login can see.
    """
    statement = (
        "SELECT t.TABLE_SCHEMA, t.TABLE_NAME, s.COLUMN_NAME FROM information_schema.TABLES t "
        "LEFT JOIN information_schema.STATISTICS s ON s.TABLE_SCHEMA = t.TABLE_SCHEMA "
        "AND s.TABLE_NAME = t.TABLE_NAME AND s.INDEX_NAME = 'PRIMARY' "
        "WHERE t.TABLE_TYPE = 'BASE TABLE' "
        "ORDER BY t.TABLE_SCHEMA, t.TABLE_NAME, s.SEQ_IN_INDEX"
    )
    tables: dict[str, tuple[str, ...]] = {}
    for schema, name, column in server.rows(statement):
        if schema in SYSTEM_SCHEMAS or (database is not None and schema != database):
            continue
        full = f"{schema}.{name}"
        tables[full] = tables.get(full, ()) + (() if column is None else (str(column),))
    return [Table(name, key) for name, key in tables.items()]
