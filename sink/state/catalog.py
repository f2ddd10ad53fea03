"""A table's declaration, read from ``information_schema``.

https://dev.mysql.com/doc/refman/8.4/en/information-schema-columns-table.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import Engine, Row, bindparam, text

from sink.core.columns import Column, Table
from sink.core.declaration import members
from sink.core.errors import ConfigurationError
from sink.state.database_errors import translated

COLUMNS = text(
    """
    SELECT CONCAT(table_schema, '.', table_name) AS table_name,
           column_name AS name, data_type AS data_type, column_type AS declaration,
           is_nullable AS nullable, character_maximum_length AS length,
           numeric_precision AS number_precision, numeric_scale AS number_scale,
           datetime_precision AS fraction, collation_name AS collation,
           column_default AS default_value, extra AS extra
    FROM information_schema.columns
    WHERE (table_schema, table_name) IN :tables
    ORDER BY ordinal_position
    """
).bindparams(bindparam("tables", expanding=True))

PRIMARY_KEY = text(
    """
    SELECT CONCAT(table_schema, '.', table_name) AS table_name, column_name AS name
    FROM information_schema.key_column_usage
    WHERE (table_schema, table_name) IN :tables AND constraint_name = 'PRIMARY'
    ORDER BY ordinal_position
    """
).bindparams(bindparam("tables", expanding=True))


def read_table(engine: Engine, name: str) -> Table:
    """The declaration of ``database.table``; raises ConfigurationError where there is none."""
    return present(name, read_tables(engine, [name]).get(name), user=engine.url.username)


def present(name: str, table: Table | None, *, user: str | None) -> Table:
    """``table``; raises ConfigurationError where there is none of that name that ``user`` sees."""
    if table is None:
        raise ConfigurationError(
            f"table {name} is not there, or its user may not see it",
            mend="Check the name, or, as an administrator: "
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO '{user}'@'%';",
        )
    return table


def read_tables(engine: Engine, names: Sequence[str]) -> dict[str, Table]:
    """The declarations of tables (``database.table``) by name; one that is not there is left out.

    Where MySQL does not tell upper from lower case in names, that is found too.
    """
    if not names:
        return {}
    where = {"tables": [tuple(name.split(".", 1)) for name in names]}
    columns: dict[str, dict[str, Column]] = {}
    keys: dict[str, list[str]] = {}
    with translated(), engine.connect() as connection:
        for row in connection.execute(COLUMNS, where):
            column = _column(row)
            columns.setdefault(_known(row.table_name, names), {})[column.name] = column
        for row in connection.execute(PRIMARY_KEY, where):
            keys.setdefault(_known(row.table_name, names), []).append(row.name)
    return {name: Table(name, found, tuple(keys.get(name, ()))) for name, found in columns.items()}


def _known(found: str, names: Sequence[str]) -> str:
    """The name under which a table was asked for."""
    if found in names:
        return found
    return next((name for name in names if name.lower() == found.lower()), found)


def _column(row: Row[tuple[object, ...]]) -> Column:
    fields = row._mapping
    declaration = str(fields["declaration"])
    extra = str(fields["extra"]).upper()
    auto = "AUTO_INCREMENT" in extra
    return Column(
        name=str(fields["name"]),
        data_type=str(fields["data_type"]).lower(),
        declaration=declaration,
        nullable=fields["nullable"] == "YES",
        length=fields["length"],
        precision=fields["number_precision"],
        scale=fields["number_scale"],
        fraction=fields["fraction"] or 0,
        unsigned="unsigned" in declaration,
        members=members(declaration) if declaration.startswith(("enum(", "set(")) else (),
        collation=fields["collation"],
        has_default=fields["default_value"] is not None or auto,
        auto_increment=auto,
        generated="GENERATED" in extra.replace("DEFAULT_GENERATED", ""),
        default_expression=_expression(fields["default_value"]) if _evaluated(extra) else None,
    )


def _evaluated(extra: str) -> bool:
    """Whether the default is an expression: the server marks those."""
    return "DEFAULT_GENERATED" in extra


def _expression(default: object) -> str:
    """The expression as it can be evaluated: the catalogue escapes quotes and backslashes in it."""
    return re.sub(r"\\(.)", r"\1", str(default), flags=re.DOTALL)
