"""``sheetbridge reconcile``: compare sheet and table now."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from deploy.cli.comparison import Found, compare
from deploy.cli.configuration import load
from deploy.cli.console import console
from deploy.cli.options import ConfigOption, WaitOption
from deploy.cli.sink_command import ask, mapping_of, new_id
from sink.core.command import Command, Order
from sink.core.counted import counted

app = typer.Typer(add_completion=False)

SHOWN = 50


@app.command()
def reconcile(
    mapping: Annotated[str, typer.Argument(help="The mapping's name.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the differences; change nothing.")
    ] = False,
    wait: WaitOption = 120,
    config: ConfigOption = None,
) -> None:
    """Compare sheet and table now, and merge what no event has told of.

    The sink does so by itself at its start, every reconcile_every seconds, and when the sheet hints
    at a change. With --dry-run the differences are shown and nothing is changed; status 1 if there
    are any.

    Examples:

        sheetbridge reconcile orders

        sheetbridge reconcile orders --dry-run
    """
    configuration = load(config)
    wanted = mapping_of(configuration, mapping)
    if not dry_run:
        command = Command(new_id(), Order.RECONCILE)
        raise typer.Exit(ask(configuration, wanted, command, wait=wait))
    found = compare(configuration, wanted)
    if not found:
        console.print(f"{mapping}: sheet and table are as known.", highlight=False)
        return
    _show(found)
    raise typer.Exit(1)


def _show(found: list[Found]) -> None:
    table = Table(header_style="bold")
    for header in ("Row", "Side", "Column", "Known", "Is"):
        table.add_column(header, overflow="fold")
    for each in found[:SHOWN]:
        cells = (each.row, each.side, each.column or "(the row)", each.known, each.actual)
        table.add_row(*(escape(cell) for cell in cells))
    console.print(table)
    more = f", of which {SHOWN} are shown" if len(found) > SHOWN else ""
    console.print(
        f"{counted(len(found), 'differences')}{more}. Nothing was changed.", highlight=False
    )
