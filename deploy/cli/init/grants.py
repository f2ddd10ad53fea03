"""The SQL that an administrator runs once: our two MySQL users and what each may do.

The connector's rights are those that ``connectors`` says it needs. The sink's:
its own schema, rows of the mapped databases, and REPLICATION_APPLIER, which lets it number its
transactions (https://dev.mysql.com/doc/refman/9.7/en/replication-options-gtids.html).
"""

from __future__ import annotations

from collections.abc import Sequence

from connectors.mysql import CAPTURE_PRIVILEGES

OWN_SCHEMA = "sheetbridge"
SINK_GLOBAL = ("REPLICATION_APPLIER", "REPLICATION CLIENT")
SINK_ON_DATA = ("SELECT", "INSERT", "UPDATE", "DELETE")


def create_user(user: str, password: str) -> str:
    """``CREATE USER`` for an account that may come from any host."""
    return f"CREATE USER IF NOT EXISTS {_account(user)} IDENTIFIED BY {_text(password)};"


def sink_grants(user: str, databases: Sequence[str]) -> list[str]:
    """What the sink's user needs, for the databases that hold mapped tables."""
    account = _account(user)
    return [
        f"GRANT ALL ON {_name(OWN_SCHEMA)}.* TO {account};",
        *(
            f"GRANT {', '.join(SINK_ON_DATA)} ON {_name(database)}.* TO {account};"
            for database in databases
        ),
        *(f"GRANT {privilege} ON *.* TO {account};" for privilege in SINK_GLOBAL),
    ]


def connector_grants(user: str) -> list[str]:
    """What the user that Debezium logs in as needs."""
    return [f"GRANT {', '.join(CAPTURE_PRIVILEGES)} ON *.* TO {_account(user)};"]


def set_up_script(
    *,
    sink_user: str,
    sink_password: str,
    connector_user: str,
    connector_password: str,
    databases: Sequence[str],
) -> str:
    """The whole script, to be run as an administrator."""
    return "\n".join(
        [
            create_user(sink_user, sink_password),
            *sink_grants(sink_user, databases),
            create_user(connector_user, connector_password),
            *connector_grants(connector_user),
        ]
    )


def _account(user: str) -> str:
    return f"{_text(user)}@'%'"


def _text(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _name(name: str) -> str:
    # In GRANT's database names _ and % are wildcards; a wider grant than asked for is refused here.
    escaped = name.replace("`", "``").replace("_", r"\_").replace("%", r"\%")
    return f"`{escaped}`"
