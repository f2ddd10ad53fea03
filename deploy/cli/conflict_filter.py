"""A filter of the conflict log under which nothing was found: is it one that could find something.

Only then it is asked: the log may hold conflicts of columns that the table has dropped since, and
of mappings that are configured no more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Engine

from deploy.cli.conflict_log import Filter
from sink.core.chosen_columns import chosen_columns
from sink.core.configuration import Configuration
from sink.core.counted import counted
from sink.core.errors import ConfigurationError, SheetbridgeError
from sink.core.mapping import Mapping as TableMapping
from sink.state.catalog import read_table

ColumnsOf = Callable[[TableMapping], Sequence[str]]
"""The columns that a mapping keeps in step; none where that cannot be told at this moment."""


def declared_columns(engine: Engine, mapping: TableMapping) -> Sequence[str]:
    """A ``ColumnsOf``, once it has its ``engine``: it asks MySQL how the table is declared."""
    try:
        return chosen_columns(mapping, read_table(engine, mapping.table))
    except SheetbridgeError:
        return ()


def refuse_unknown(configuration: Configuration, wanted: Filter, columns_of: ColumnsOf) -> None:
    """Raise ConfigurationError for a column or a key that none of the mappings asked for has."""
    mappings = [
        mapping
        for mapping in configuration.mappings
        if wanted.mapping is None or mapping.name == wanted.mapping
    ]
    one = wanted.mapping is not None
    none_has = f"mapping {wanted.mapping!r} does not have" if one else "no mapping has"
    if wanted.key and all(len(mapping.key) != len(wanted.key) for mapping in mappings):
        keys = _listed({mapping.name: mapping.key for mapping in mappings})
        raise ConfigurationError(
            f"{none_has} a key of {counted(len(wanted.key), 'columns')}",
            mend=f"Give --key once for each of its columns, in this order: {keys}",
            source=configuration.source,
        )
    if wanted.column is None:
        return
    columns = {mapping.name: columns_of(mapping) for mapping in mappings}
    if all(columns.values()) and all(wanted.column not in each for each in columns.values()):
        raise ConfigurationError(
            f"{none_has} a column {wanted.column!r}",
            mend=f"There are: {_listed(columns)}",
            source=configuration.source,
        )


def _listed(columns: Mapping[str, Sequence[str]]) -> str:
    """Columns by mapping; of a single one without its name, which was given."""
    if len(columns) == 1:
        return ", ".join(*columns.values())
    return "; ".join(f"{name}: {', '.join(each)}" for name, each in columns.items())
