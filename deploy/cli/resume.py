"""``sheetbridge resume``: let a mapping go on."""

from __future__ import annotations

from typing import Annotated

import typer

from deploy.cli.configuration import load
from deploy.cli.options import ConfigOption, WaitOption
from deploy.cli.sink_command import ask, mapping_of, new_id
from sink.core.command import Command, Order

app = typer.Typer(add_completion=False)


@app.command()
def resume(
    mapping: Annotated[str, typer.Argument(help="The mapping's name.")],
    wait: WaitOption = 30,
    config: ConfigOption = None,
) -> None:
    """Let a paused mapping go on, from where it stood.

    Example:

        sheetbridge resume orders
    """
    configuration = load(config)
    command = Command(new_id(), Order.RESUME)
    raise typer.Exit(ask(configuration, mapping_of(configuration, mapping), command, wait=wait))
