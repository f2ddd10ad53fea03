"""``sheetbridge resume``: let a mapping go on."""

from __future__ import annotations

from typing import Annotated

import typer

from deploy.cli.configuration import load
from deploy.cli.options import ConfigOption, WaitOption
from deploy.cli.sink_command import ask, mapping_of, new_id
from sink.core.command import Command, Order
from sink.core.version import Origin

app = typer.Typer(add_completion=False)


@app.command()
def resume(
    mapping: Annotated[str, typer.Argument(help="The mapping's name.")],
    prefer: Annotated[
        Origin | None,
        typer.Option(
            help="Which side is right, where the mapping stands still because the database, or "
            "Kafka, is of an earlier time.",
            show_default=False,
        ),
    ] = None,
    wait: WaitOption = 120,
    config: ConfigOption = None,
) -> None:
    """Let a paused mapping go on, from where it stood.

    A mapping also stands still where time has run backwards: the database was restored from a
    backup, or Kafka's topics were made anew. Then say with --prefer which side is right; the other
    one is made like it, and what is overwritten there is kept in the conflict log.

    Examples:

        sheetbridge resume orders

        sheetbridge resume orders --prefer sheet
    """
    configuration = load(config)
    command = Command(new_id(), Order.RESUME, prefer=prefer)
    raise typer.Exit(ask(configuration, mapping_of(configuration, mapping), command, wait=wait))
