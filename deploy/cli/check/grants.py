"""Area *grants*: what our two MySQL users may do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connectors.mysql import CAPTURE_PRIVILEGES
from deploy.cli.check.finding import Finding, ok, problem, unknown, warning
from deploy.cli.check.mysql_server import QueryRefusedError, Server
from deploy.cli.init.grants import OWN_SCHEMA, SINK_ON_DATA, connector_grants, sink_grants
from sink.core.configuration import Configuration

ON_OWN_SCHEMA = (*SINK_ON_DATA, "CREATE", "ALTER", "DROP", "INDEX")
NUMBERING = ("REPLICATION_APPLIER", "SESSION_VARIABLES_ADMIN", "SYSTEM_VARIABLES_ADMIN", "SUPER")
"""Any of these lets a session set gtid_next
(https://dev.mysql.com/doc/refman/9.7/en/replication-options-gtids.html#sysvar_gtid_next)."""

_GRANT = re.compile(r"^(GRANT|REVOKE) (?P<what>.+) ON (?P<on>\S.*) (?:TO|FROM) [`'\"]")
_PART = re.compile(r"`((?:[^`]|``)*)`|(\*)")


@dataclass(frozen=True, slots=True)
class Grant:
    """One line of SHOW GRANTS; ``database`` and ``table`` are "*" for all."""

    privileges: frozenset[str]
    database: str
    table: str
    revoked: bool = False

    def covers(self, privilege: str, database: str, table: str) -> bool:
        """Whether this line speaks of ``privilege`` on that table ("*" for a whole schema)."""
        if not self.privileges & {privilege, "ALL PRIVILEGES"}:
            return False
        if self.database == "*":
            return True
        in_database = self.database == database if self.revoked else _like(self.database, database)
        return in_database and self.table in {"*", table}


def parse_grants(lines: Sequence[str]) -> list[Grant]:
    """The lines of SHOW GRANTS; roles and grants of single columns are left out.

    https://dev.mysql.com/doc/refman/9.7/en/show-grants.html
    """
    grants = []
    for line in lines:
        found = _GRANT.match(line)
        parts = _PART.findall(found["on"]) if found else []
        if found is None or len(parts) != 2:
            continue
        database, table = (star or name.replace("``", "`") for name, star in parts)
        # Columns stand in parentheses, and such a grant is not one of the table.
        whole = re.sub(r"[A-Z_ ]+\([^)]*\),?", "", found["what"])
        privileges = frozenset(part.strip() for part in whole.split(",") if part.strip())
        grants.append(Grant(privileges, database, table, line.startswith("REVOKE")))
    return grants


def allowed(grants: Sequence[Grant], privilege: str, database: str = "*", table: str = "*") -> bool:
    """Whether the grants give ``privilege``: globally, on a schema, or on one table."""
    if any(grant.revoked and grant.covers(privilege, database, table) for grant in grants):
        return False
    return any(not grant.revoked and grant.covers(privilege, database, table) for grant in grants)


def own_grants(server: Server) -> list[Grant]:
    """The grants of the user that is logged in, those of its active roles included."""
    ((roles,),) = server.rows("SELECT CURRENT_ROLE()")
    using = "" if roles in {None, "NONE", ""} else f" USING {roles}"
    rows = server.rows(f"SHOW GRANTS FOR CURRENT_USER(){using}")
    return parse_grants([str(row[0]) for row in rows])


def check_sink_user(configuration: Configuration, grants: Sequence[Grant]) -> Iterator[Finding]:
    """The sink's own schema, the mapped tables, and numbered transactions."""
    user = configuration.database.user
    databases = sorted({mapping.database for mapping in configuration.mappings})
    own, *rest = sink_grants(user, databases)
    on_data, on_everything = rest[: len(databases)], rest[len(databases) :]
    missing = [each for each in ON_OWN_SCHEMA if not allowed(grants, each, OWN_SCHEMA)]
    if missing:
        yield problem(
            f"User {user!r} lacks {', '.join(missing)} on schema {OWN_SCHEMA}.",
            f"As an administrator: {own}",
        )
    else:
        yield ok(f"{user!r} may use schema {OWN_SCHEMA}")
    for table in sorted({mapping.table for mapping in configuration.mappings}):
        database, _, name = table.partition(".")
        missing = [each for each in SINK_ON_DATA if not allowed(grants, each, database, name)]
        if missing:
            statement = on_data[databases.index(database)]
            yield problem(
                f"User {user!r} lacks {', '.join(missing)} on {table}.",
                f"As an administrator: {statement}",
            )
        else:
            yield ok(f"{user!r} may read and write {table}")
    if any(allowed(grants, each) for each in NUMBERING):
        yield ok(f"{user!r} may number its transactions")
    else:
        yield problem(
            f"User {user!r} lacks REPLICATION_APPLIER: its writes could not be told from others'.",
            f"As an administrator: {on_everything[0]}",
        )
    if not (allowed(grants, "REPLICATION CLIENT") or allowed(grants, "SUPER")):
        yield warning(
            f"User {user!r} lacks REPLICATION CLIENT, so status cannot tell how far Debezium is.",
            f"As an administrator: {on_everything[1]}",
        )


def check_capture_user(configuration: Configuration, server: Server) -> Iterator[Finding]:
    """Debezium's user, where the sink's user may look it up."""
    user = configuration.connect.database_user
    statement = f"As an administrator: {' '.join(connector_grants(user))}"
    try:
        hosts = server.rows("SELECT Host FROM mysql.user WHERE User = %s", (user,))
    except QueryRefusedError:
        yield unknown(
            f"The grants of {user!r} are not visible to {configuration.database.user!r}; "
            "the connector's area tells whether Debezium can work with them.",
            f"If it cannot: {statement[0].lower()}{statement[1:]}",
        )
        return
    if not hosts:
        yield problem(
            f"There is no MySQL user {user!r} for Debezium.",
            f"CREATE USER '{user}'@'%' IDENTIFIED BY '…'; {' '.join(connector_grants(user))}",
        )
    for (host,) in hosts:
        rows = server.rows("SHOW GRANTS FOR %s@%s", (user, host))
        grants = parse_grants([str(row[0]) for row in rows])
        missing = [each for each in CAPTURE_PRIVILEGES if not allowed(grants, each)]
        if missing:
            yield problem(f"User '{user}'@'{host}' lacks {', '.join(missing)}.", statement)
        else:
            yield ok(f"'{user}'@'{host}' has what Debezium needs")


def _like(pattern: str, name: str) -> bool:
    """Whether ``name`` matches a schema pattern of GRANT, where _ and % are wildcards."""
    regex, escaped = "", False
    for character in pattern:
        if escaped:
            regex, escaped = regex + re.escape(character), False
        elif character == "\\":
            escaped = True
        else:
            regex += {"_": ".", "%": ".*"}.get(character, re.escape(character))
    return re.fullmatch(regex, name, re.DOTALL) is not None
