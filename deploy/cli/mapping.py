"""``sheetbridge mapping``: one more table ↔ tab pair in ``sheetbridge.toml``, or one less."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from deploy.cli.commands import as_typed
from deploy.cli.configuration import find
from deploy.cli.console import console
from deploy.cli.options import ConfigOption, PreferOption
from deploy.cli.toml_text import (
    MappingText,
    append_mapping,
    mapping_settings,
    remove_mapping,
    spreadsheet_id_of,
)
from deploy.local.mapped import tell_running_stack
from sink.core.configuration_file import parse
from sink.core.errors import ConfigurationError

app = typer.Typer(no_args_is_help=True, add_completion=False)

NEXT_STEPS = "Now: sheetbridge register, then restart sheetbridge webhook and sheetbridge sink."

_LIST = {"name": "Mapping", "table": "Table", "tab": "Tab", "spreadsheet": "Spreadsheet"}
"""The settings that the list shows, with their headers."""

_REST_OF_FILE = """\
[database]
host = "unused"
user = "unused"
password = "${env:UNUSED}"
[kafka]
bootstrap = "unused:9092"
[connect]
url = "http://unused"
database_user = "unused"
database_password = "${env:UNUSED}"
[google]
credentials = "application_default"
"""


@app.callback()
def root() -> None:
    """Add a table ↔ tab pair to sheetbridge.toml, or take one away."""


@app.command("list")
def show(config: ConfigOption = None) -> None:
    """List the mappings of the configuration: the table of each, its tab and its spreadsheet.

    Example:

        sheetbridge mapping list
    """
    path = find(config)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for header in _LIST.values():
        table.add_column(header, overflow="fold")
    for cells in mapping_settings(_read(path), list(_LIST), source=str(path)):
        table.add_row(*map(escape, cells))
    console.print(table)


@app.command()
def add(
    table: Annotated[str, typer.Argument(help="The table, as database.table.")],
    spreadsheet: Annotated[
        str, typer.Option(help="The spreadsheet's id, or its address in the browser.")
    ],
    key: Annotated[
        list[str],
        typer.Option(help="A primary-key column; repeat it for a composite key, in key order."),
    ],
    tab: Annotated[
        str | None, typer.Option(help="The tab. Default: the table's name.", show_default=False)
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(help="The mapping's own name. Default: the table's name.", show_default=False),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help="A column to map; repeat it. Default: every column.", show_default=False),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(
            help="Who wins a true crossing: last_write_wins, database_wins, sheet_wins, "
            "or module:function."
        ),
    ] = None,
    direction: Annotated[str | None, typer.Option(help="both, to_sheet or to_database.")] = None,
    where: Annotated[
        str | None,
        typer.Option(help="Show only rows that satisfy this SQL condition, such as 'active = 1'."),
    ] = None,
    time_zone: Annotated[
        str | None, typer.Option(help="IANA zone in which TIMESTAMP columns show. Default: UTC.")
    ] = None,
    prefer: PreferOption = None,
    config: ConfigOption = None,
) -> None:
    """Add a mapping to sheetbridge.toml; nothing else in the file changes.

    Examples:

        sheetbridge mapping add shop.orders --spreadsheet 1AbC… --key id

        sheetbridge mapping add shop.lines --spreadsheet 1AbC… --tab Lines --key order_id --key line
    """
    path = find(config)
    block = MappingText(
        name=name or default_name(table),
        table=table,
        spreadsheet=spreadsheet_id_of(spreadsheet),
        tab=tab or table.rpartition(".")[2],
        key=tuple(key),
        columns=tuple(column) if column else None,
        policy=policy,
        direction=direction,
        time_zone=time_zone,
        where=where,
        prefer=None if prefer is None else prefer.value,
    )
    refuse_unfit(block, str(path))
    path.write_text(append_mapping(_read(path), block, source=str(path)), encoding="utf-8")
    tell_running_stack(path)
    console.print(f"{path}: mapping {block.name} added ({block.table} ↔ tab {block.tab}).")
    console.print(as_typed(NEXT_STEPS), soft_wrap=True)
    console.print(
        f"The first sync makes tab {block.tab} if it is not there, and fills it. Where both hold "
        "rows they are met by key: see prefer in README.md, Configuration.",
        soft_wrap=True,
    )


@app.command()
def remove(
    name: Annotated[str, typer.Argument(help="The mapping's name.")],
    config: ConfigOption = None,
) -> None:
    """Take a mapping out of sheetbridge.toml. The rows stay, in the table and in the sheet.

    Example:

        sheetbridge mapping remove orders
    """
    path = find(config)
    path.write_text(remove_mapping(_read(path), name, source=str(path)), encoding="utf-8")
    tell_running_stack(path)
    console.print(f"{path}: mapping {name} removed; the data stays on both sides.")
    console.print(as_typed(NEXT_STEPS), soft_wrap=True)


def default_name(table: str) -> str:
    """A mapping's name made from its table's: lower case, other characters as underscores."""
    name = re.sub(r"[^a-z0-9_]+", "_", table.rpartition(".")[2].lower()).strip("_")[:41]
    return name if name and name[0].isalpha() else f"t_{name}"[:41]


def refuse_unfit(block: MappingText, source: str) -> None:
    """Raise ConfigurationError for a setting of ``block`` that the configuration would not take."""
    try:
        parse(
            _REST_OF_FILE + block.render(),
            source=source,
            environment={"UNUSED": "unused"},
            read_file=lambda _: "",
        )
    except ConfigurationError as error:  # its line is that of a file which is not the user's
        raise ConfigurationError(error.problem, mend=error.mend, source=source) from error


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"cannot be read ({error})", mend="Name another with --config", source=str(path)
        ) from error
