"""``sheetbridge dead-letters``: what could not be applied, and why."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from deploy.cli.configuration import load
from deploy.cli.console import console
from deploy.cli.dead_letter_retry import retry_of
from deploy.cli.dead_letter_topic import (
    DECISION,
    FROM_NO_RECORD,
    StoredLetter,
    decision,
    letters,
)
from deploy.cli.failure import CommandError
from deploy.cli.operator import operator
from deploy.cli.options import ConfigOption
from deploy.cli.publishing import publisher
from sink.core.topics import DEAD_LETTERS

app = typer.Typer(no_args_is_help=True, add_completion=False)

NumbersArgument = Annotated[
    list[int], typer.Argument(min=0, help="Their numbers, as the list shows them.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@app.callback()
def root() -> None:
    """See what could not be applied, try it again, or drop it.

    What cannot be applied is set aside in the Kafka topic sheetbridge.dead-letters and the rest
    goes on. Most dead letters are cells that the database refuses: a word where a number belongs,
    a value that a constraint forbids. Mend the cell in the sheet, which is tried anew by itself; or
    mend the table, and retry the letter. What was retried or dropped is listed no more; it stays in
    the topic, as a record of what happened, until Kafka's retention.
    """


@app.command("list")
def show_all(
    mapping: Annotated[
        str | None, typer.Option(help="Only this mapping's.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest last.")] = 20,
    settled: Annotated[
        bool, typer.Option("--all", help="Also those that were retried or dropped.")
    ] = False,
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
            if (mapping is None or each.mapping == mapping) and (settled or each.settled is None)
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
        cells = (str(each.number), _moment(each), each.mapping, _place(each), each.error)
        why = each.reason if each.settled is None else f"{each.reason} ({each.settled})"
        table.add_row(*(escape(cell) for cell in (*cells, why)))
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
    (found,) = _chosen(letters(load(config).kafka.bootstrap), [number])
    if as_json:
        typer.echo(json.dumps(as_object(found), ensure_ascii=False))
        return
    came = f"{found.topic}, offset {found.offset}"
    if found.offset == FROM_NO_RECORD:
        came = "no record: it was found by looking at the sheet"
    for name, content in (
        ("When (UTC)", _moment(found)),
        ("Mapping", found.mapping),
        ("Came from", came),
        ("Row or edit", _place(found)),
        ("Error", found.error),
        ("Stage", found.stage),
        ("Why", found.reason),
        ("Settled", found.settled or "not yet"),
    ):
        console.print(f"{name + ':':13}{content}", markup=False, highlight=False, soft_wrap=True)
    console.print()
    console.print(_pretty(found.value), markup=False, highlight=False, soft_wrap=True)


@app.command()
def retry(numbers: NumbersArgument, config: ConfigOption = None) -> None:
    """Try dead letters again, and list them no more; what is refused again is a new letter.

    A refused cell or row becomes an ordinary edit, made now. Retrying one twice changes nothing.

    Examples:

        sheetbridge dead-letters retry 3

        sheetbridge dead-letters retry 3 4 7
    """
    configuration, by = load(config), operator()
    chosen = _chosen(letters(configuration.kafka.bootstrap), numbers)
    wanted = [(letter, retry_of(letter, configuration, by)) for letter in chosen]
    with publisher(configuration.kafka.bootstrap) as writer:
        for letter, record in wanted:
            if letter.settled is not None:
                _say(f"{letter.number}: was {letter.settled} already")
                continue
            writer.send(record.topic, record.key, record.value)
            writer.send(DEAD_LETTERS, DECISION, None, decision(letter, "retried", by))
            _say(f"{letter.number}: {record.says}")


@app.command()
def drop(numbers: NumbersArgument, config: ConfigOption = None) -> None:
    """List dead letters no more. Dropping one twice changes nothing.

    Example:

        sheetbridge dead-letters drop 3
    """
    configuration, by = load(config), operator()
    chosen = _chosen(letters(configuration.kafka.bootstrap), numbers)
    with publisher(configuration.kafka.bootstrap) as writer:
        for letter in chosen:
            if letter.settled is not None:
                _say(f"{letter.number}: was {letter.settled} already")
                continue
            writer.send(DEAD_LETTERS, DECISION, None, decision(letter, "dropped", by))
            _say(f"{letter.number}: dropped")


def _chosen(found: Sequence[StoredLetter], numbers: Sequence[int]) -> list[StoredLetter]:
    """The letters with these numbers, each once; raises CommandError where one is not there."""
    by_number = {letter.number: letter for letter in found}
    missing = [str(number) for number in numbers if number not in by_number]
    if missing:
        raise CommandError(
            f"there is no dead letter {' or '.join(missing)}; nothing was done",
            mend="See them all: sheetbridge dead-letters list --all",
        )
    return [by_number[number] for number in dict.fromkeys(numbers)]


def _say(line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def as_object(found: StoredLetter) -> dict[str, object]:
    """A dead letter for a program; its content as JSON where it is that, else as text."""
    return {
        "number": found.number,
        "at": found.at.isoformat(timespec="milliseconds"),
        "mapping": found.mapping,
        "topic": found.topic,
        "offset": int(found.offset) if found.offset.removeprefix("-").isdecimal() else None,
        "error": found.error,
        "stage": found.stage,
        "reason": found.reason,
        "settled": found.settled,
        "edit": found.edit,
        "key": found.key,
        "value": _content(found.value),
    }


def _place(found: StoredLetter) -> str:
    """The row and the cells that were refused, where that is known; else the record's own key."""
    wish = {} if found.wish is None else json.loads(found.wish)
    key, cells = wish.get("key") or {}, {**wish.get("values", {}), **wish.get("contents", {})}
    if not key:
        return found.key or ""
    row = ", ".join(f"{column} = {part}" for column, part in key.items())
    return f"{row}: {', '.join(cells)}" if cells else row


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
