"""``sheetbridge pause``: let a mapping stand still."""

from __future__ import annotations

from typing import Annotated

import typer

from deploy.cli.configuration import load
from deploy.cli.options import ConfigOption, WaitOption
from deploy.cli.sink_command import ask, mapping_of, new_id
from sink.core.command import Command, Order

app = typer.Typer(add_completion=False)


@app.command()
def pause(
    mapping: Annotated[str, typer.Argument(help="The mapping's name.")],
    wait: WaitOption = 30,
    config: ConfigOption = None,
) -> None:
    """Let a mapping stand still: nothing is written to the sheet or the table.

    Changes of both sides are kept in Kafka (as long as its retention) and merged when it goes on.

    Example:

        sheetbridge pause orders
    """
    configuration = load(config)
    command = Command(new_id(), Order.PAUSE)
    raise typer.Exit(ask(configuration, mapping_of(configuration, mapping), command, wait=wait))
