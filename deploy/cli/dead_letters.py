"""``sheetbridge dead-letters``: what could not be applied, and why."""

from __future__ import annotations

import json
from collections import deque
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from deploy.cli.configuration import load
from deploy.cli.console import console
from deploy.cli.dead_letter_topic import StoredLetter, letters
from deploy.cli.failure import CommandError
from deploy.cli.options import ConfigOption

app = typer.Typer(no_args_is_help=True, add_completion=False)

JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@app.callback()
def root() -> None:
    """Look at what could not be applied: refused cells, and records that nobody can read.

    What cannot be applied is set aside in the Kafka topic sheetbridge.dead-letters and the rest
    goes on. Most dead letters are cells that the database refuses: a word where a number belongs,
    a value that a constraint forbids. Mend the cell in the sheet; the next edit of it is tried
    anew. A letter stays in the topic, as a record of what happened, until Kafka's retention.
    """


@app.command("list")
def show_all(
    mapping: Annotated[
        str | None, typer.Option(help="Only this mapping's.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest last.")] = 20,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List what was set aside: when, in which mapping and row, and why.

    Examples:

        sheetbridge dead-letters list

        sheetbridge dead-letters list --mapping orders --limit 100 --json
    """
    found = deque(
        (
            each
            for each in letters(load(config).kafka.bootstrap)
            if mapping is None or each.mapping == mapping
        ),
        maxlen=limit,
    )
    if as_json:
        for each in found:
            typer.echo(json.dumps(as_object(each), ensure_ascii=False))
        return
    if not found:
        console.print("No dead letters.")
        return
    table = Table(header_style="bold")
    for header in ("No.", "When (UTC)", "Mapping", "Row or edit", "Error", "Why"):
        table.add_column(header, overflow="fold")
    for each in found:
        cells = (str(each.number), _moment(each), each.mapping, each.key or "", each.error)
        table.add_row(*(escape(cell) for cell in (*cells, each.reason)))
    console.print(table)


@app.command()
def show(
    number: Annotated[int, typer.Argument(min=0, help="Its number, as the list shows it.")],
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show one dead letter whole: where it came from, why it was set aside, and its content.

    Example:

        sheetbridge dead-letters show 3
    """
    found = next(letters(load(config).kafka.bootstrap, start=number), None)
    if found is None or found.number != number:
        raise CommandError(
            f"there is no dead letter {number}", mend="See them all: sheetbridge dead-letters list"
        )
    if as_json:
        typer.echo(json.dumps(as_object(found), ensure_ascii=False))
        return
    came = f"{found.topic}, offset {found.offset}"
    for name, content in (
        ("When (UTC)", _moment(found)),
        ("Mapping", found.mapping),
        ("Came from", came),
        ("Row or edit", found.key or ""),
        ("Error", found.error),
        ("Why", found.reason),
    ):
        console.print(f"{name + ':':13}{content}", markup=False, highlight=False, soft_wrap=True)
    console.print()
    console.print(_pretty(found.value), markup=False, highlight=False, soft_wrap=True)


def as_object(found: StoredLetter) -> dict[str, object]:
    """A dead letter for a program; its content as JSON where it is that, else as text."""
    return {
        "number": found.number,
        "at": found.at.isoformat(timespec="milliseconds"),
        "mapping": found.mapping,
        "topic": found.topic,
        "offset": int(found.offset) if found.offset.isdecimal() else None,
        "error": found.error,
        "reason": found.reason,
        "key": found.key,
        "value": _content(found.value),
    }


def _moment(found: StoredLetter) -> str:
    return found.at.strftime("%Y-%m-%d %H:%M:%S")


def _content(value: str | None) -> object:
    try:
        return None if value is None else json.loads(value)
    except ValueError:
        return value


def _pretty(value: str | None) -> str:
    content = _content(value)
    if content is None:
        return "(no content)"
    if isinstance(content, dict | list):
        return json.dumps(content, ensure_ascii=False, indent=2)
    return str(value)
