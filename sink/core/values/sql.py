"""How a column is selected so that PyMySQL returns all of its value."""

from __future__ import annotations

from sink.core.columns import Column


def quoted(name: str) -> str:
    """An identifier in MySQL's quotes, for statements with parameters: PyMySQL halves ``%%``."""
    return "`" + name.replace("`", "``").replace("%", "%%") + "`"


def read_expression(column: Column) -> str:
    """The SQL expression to select for ``column``; ``from_row`` reads what it returns.

    MySQL prints 6 digits of a FLOAT; as a DOUBLE it is printed in full.
    """
    name = quoted(column.name)
    if column.data_type == "float":
        return f"CAST({name} AS DOUBLE)"
    return name
