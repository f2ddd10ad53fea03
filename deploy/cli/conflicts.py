"""``sheetbridge conflicts``: the values that lost, so that nothing is lost in silence."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from deploy.cli import stored_state
from deploy.cli.configuration import load
from deploy.cli.console import console
from deploy.cli.options import ConfigOption

app = typer.Typer(add_completion=False)


@app.command()
def conflicts(
    mapping: Annotated[
        str | None, typer.Option(help="Only this mapping's.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    config: ConfigOption = None,
) -> None:
    """List the edits that lost against another: the value, what beat it, and by which rule.

    Examples:

        sheetbridge conflicts

        sheetbridge conflicts --mapping orders --limit 100 --json
    """
    with stored_state.connected(load(config).database) as connection:
        found = stored_state.conflicts(connection, mapping=mapping, limit=limit)
    if as_json:
        for each in found:
            typer.echo(json.dumps(_as_json(each), ensure_ascii=False))
        return
    if not found:
        console.print("No conflicts.")
        return
    table = Table(header_style="bold")
    for header in ("When (UTC)", "Mapping", "Row", "Column", "Lost", "From", "Kept", "Rule"):
        table.add_column(header, overflow="fold")
    for each in found:
        cells = _as_json(each)
        names = ("at", "mapping", "key", "column", "loser", "loser_origin", "winner", "rule")
        table.add_row(*(escape("" if cells[n] is None else str(cells[n])) for n in names))
    console.print(table)


def _as_json(conflict: stored_state.Conflict) -> dict[str, object]:
    return {
        "number": conflict.number,
        "at": None if conflict.at is None else conflict.at.isoformat(timespec="milliseconds"),
        "mapping": conflict.mapping,
        "key": conflict.key,
        "column": conflict.column,
        "loser": conflict.loser,
        "loser_origin": conflict.loser_origin,
        "winner": conflict.winner,
        "rule": conflict.rule,
    }
