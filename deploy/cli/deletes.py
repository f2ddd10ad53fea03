"""``sheetbridge deletes``: what the guards hold, and the decision over it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.engine import Connection

from deploy.cli import stored_state
from deploy.cli.commands import as_typed
from deploy.cli.configuration import load
from deploy.cli.console import console
from deploy.cli.options import ConfigOption, WaitOption
from deploy.cli.sink_command import ask, mapping_of, new_id
from sink.core.command import Command, Order
from sink.core.counted import counted
from sink.core.guards import What
from sink.core.version import Origin
from sink.state import schema
from sink.state.held import HeldChanges, read_held

app = typer.Typer(no_args_is_help=True, add_completion=False)

MappingArgument = Annotated[str, typer.Argument(help="The mapping's name.")]
WhatOption = Annotated[
    What | None,
    typer.Option("--only", help="Only these of what is held.", show_default=False),
]
OriginOption = Annotated[
    Origin | None,
    typer.Option("--from", help="Only what this side did.", show_default=False),
]
RowOption = Annotated[
    list[str] | None,
    typer.Option(
        "--row", help="Only this row's delete, by its key; repeat it for more.", show_default=False
    ),
]


@app.callback()
def root() -> None:
    """Decide over what the guards hold: mass deletes, and cells emptied or rewritten in masses.

    More deletes by one side within a minute than \\[mapping.guards] lets through are held: the rows
    stay on the other side until somebody decides. Cells that are emptied (or rewritten, where a
    limit is set) beyond it stop the whole mapping before that batch.
    """


@app.command("list")
def show(
    mapping: Annotated[
        str | None, typer.Option(help="Only this mapping's.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many rows to name of each.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    config: ConfigOption = None,
) -> None:
    """List what is held: in which mapping, since when, and which rows.

    Examples:

        sheetbridge deletes list

        sheetbridge deletes list --mapping orders --limit 1000 --json
    """
    configuration = load(config)
    if mapping is not None:
        mapping_of(configuration, mapping)
    with stored_state.connected(configuration.database) as connection:
        found = [each for each in _held(connection, limit) if mapping is None or each[0] == mapping]
    if as_json:
        for name, held in found:
            typer.echo(json.dumps(_as_json(name, held), ensure_ascii=False))
        return
    if not found:
        console.print("Nothing is held.")
        return
    table = Table(header_style="bold")
    for header in ("Mapping", "Held", "By the", "Since (UTC)", "Rows"):
        table.add_column(header, overflow="fold")
    for name, held in found:
        cells = (name, counted(held.count, held.what.value), held.origin.value, _moment(held))
        table.add_row(*(escape(cell) for cell in (*cells, _rows(held))))
    console.print(table)
    name = found[0][0]
    hint = f"Decide with: sheetbridge deletes release {name}, or sheetbridge deletes refuse {name}"
    console.print(as_typed(hint), highlight=False, soft_wrap=True)


@app.command()
def release(
    mapping: MappingArgument,
    only: WhatOption = None,
    origin: OriginOption = None,
    row: RowOption = None,
    wait: WaitOption = 30,
    config: ConfigOption = None,
) -> None:
    """Let it happen: held rows are deleted on the other side too, a held batch is merged.

    A row that somebody has edited on the other side since stays, by the mapping's policy.

    Examples:

        sheetbridge deletes release orders

        sheetbridge deletes release orders --from sheet --row 17 --row 18
    """
    _answer(Order.RELEASE, mapping, only, origin, row, wait, config)


@app.command()
def refuse(
    mapping: MappingArgument,
    only: WhatOption = None,
    origin: OriginOption = None,
    row: RowOption = None,
    wait: WaitOption = 30,
    config: ConfigOption = None,
) -> None:
    """Undo it: held rows are put back where they were deleted, emptied cells get their values back.

    What was refused stays in the conflict log.

    Example:

        sheetbridge deletes refuse orders
    """
    _answer(Order.REFUSE, mapping, only, origin, row, wait, config)


def _answer(
    order: Order,
    name: str,
    only: What | None,
    origin: Origin | None,
    rows: list[str] | None,
    wait: float,
    config: ConfigOption,
) -> None:
    configuration = load(config)
    command = Command(new_id(), order, only, origin, tuple(rows) if rows else None)
    raise typer.Exit(ask(configuration, mapping_of(configuration, name), command, wait=wait))


def _held(connection: Connection, limit: int) -> Iterator[tuple[str, HeldChanges]]:
    table = schema.mapping
    columns = (table.c.id, table.c.name, table.c.held_batch)
    for each in connection.execute(select(*columns).order_by(table.c.name)).all():
        for held in read_held(connection, each.id, each.held_batch, examples=limit):
            yield each.name, held


def _rows(held: HeldChanges) -> str:
    if held.stops:
        return "the mapping stands still before them"
    names = [", ".join(map(str, json.loads(key).values())) for key in held.keys]
    more = held.count - len(names)
    return "; ".join(names) + (f" and {more:,} more" if more > 0 else "")


def _moment(held: HeldChanges) -> str:
    return datetime.fromtimestamp(held.since / 1_000_000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _as_json(name: str, held: HeldChanges) -> dict[str, object]:
    return {
        "mapping": name,
        "what": held.what.value,
        "origin": held.origin.value,
        "count": held.count,
        "since": datetime.fromtimestamp(held.since / 1_000_000, UTC).isoformat(),
        "stops": held.stops,
        "rows": [json.loads(key) for key in held.keys],
    }
