"""What a stack's ``sheetbridge.toml`` maps, told to those who read ``endpoints.json``.

People add mappings while the stack runs (``sheetbridge mapping add``), so the list is read from the
configuration and never from what the demo began with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from deploy.cli.configuration import load
from deploy.local.demo_data import TABLES
from deploy.local.demo_mappings import page_config
from deploy.local.endpoints import Endpoints, MappingEndpoint
from deploy.local.run_directory import RunDirectory
from deploy.local.servers.own import PAGE_CONFIG
from sink.core.configuration import DatabaseSettings
from sink.core.errors import SheetbridgeError
from sink.core.mapping import Mapping
from sink.core.values.registry import fits_a_cell
from sink.state.catalog import read_table
from sink.state.engine import open_engine

ColumnsOf = Callable[[DatabaseSettings, str], list[str]]
"""Columns of ``database.table`` that a cell can hold, in order.

None where the table cannot be seen at this moment.
"""

_DEMO = {table.table: table.columns for table in TABLES}


def declared_columns(settings: DatabaseSettings, table: str) -> list[str]:
    """A ``ColumnsOf`` that asks MySQL as the sink's user, who must see every mapped table."""
    engine = open_engine(settings)
    try:
        columns = read_table(engine, table).columns.values()
        return [column.name for column in columns if fits_a_cell(column.data_type)]
    except (SheetbridgeError, SQLAlchemyError):
        return []
    finally:
        engine.dispose()


def mapped_tables(path: Path, columns_of: ColumnsOf = declared_columns) -> list[MappingEndpoint]:
    """The mappings of the configuration at ``path``. Raises ConfigurationError if it is wrong."""
    configuration = load(path)

    def columns(mapping: Mapping) -> list[str]:
        if mapping.columns:
            return list(mapping.columns)
        known = _DEMO.get(mapping.table)
        return list(known or columns_of(configuration.database, mapping.table))

    return [
        MappingEndpoint(
            name=mapping.name,
            table=mapping.table,
            spreadsheet_id=mapping.spreadsheet_id,
            tab=mapping.tab,
            key=list(mapping.key),
            columns=columns(mapping),
        )
        for mapping in configuration.mappings
    ]


def tell_running_stack(path: Path, columns_of: ColumnsOf = declared_columns) -> bool:
    """List the mappings anew in ``endpoints.json`` and the page's file beside ``path``.

    True if ``path`` is the configuration of a stack that was started; else nothing is written.
    """
    path = path.absolute()
    try:
        endpoints = Endpoints.load(path.with_name("endpoints.json"))
    except FileNotFoundError:
        return False
    if endpoints.config != str(path):
        return False
    mappings = mapped_tables(path, columns_of)
    directory = RunDirectory(path.parent)
    replace(endpoints, mappings=mappings).save(directory)
    page = page_config(endpoints.live_url, mappings, spreadsheet_id=endpoints.spreadsheet_id)
    directory.write_private(PAGE_CONFIG, page)
    return True
