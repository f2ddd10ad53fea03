"""``sheetbridge dead-letters``: what could not be applied, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from deploy.cli import stored_state
from deploy.cli.commands import as_typed
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
from deploy.cli.known_letters import Known, cell_as_object, cell_place, cell_reason, known_of
from deploy.cli.letter_place import place
from deploy.cli.letter_standing import asks_for_delete, edited_since, judged, read_states, row_of
from deploy.cli.operator import operator
from deploy.cli.options import ConfigOption
from deploy.cli.publishing import publisher
from sink.core.configuration import Configuration
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
    a value that a constraint forbids. Mend the cell in the sheet, which is tried anew by itself and
    settles the letter; or mend the table, and retry the letter. A letter of which no cell tells
    whether it is settled (a key that does not fit, a record that cannot be read) stays open until
    it is retried or dropped. Settled letters stay in the topic, as a record of what happened, until
    Kafka's retention.
    """


@app.command("list")
def show_all(
    mapping: Annotated[
        str | None, typer.Option(help="Only this mapping's.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest last.")] = 20,
    settled: Annotated[
        bool,
        typer.Option("--all", help="Also the settled ones: mended since, retried or dropped."),
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List what was set aside and is still open: when, in which mapping and row, and why.

    A letter is settled once its cell was edited or its row deleted, or by retry or drop. Cells
    that the database refuses and of which no letter tells (a row that still lacks something, or
    whose letter Kafka has forgotten) are listed too, without a number: each row that sheetbridge
    status counts is found here.

    Examples:

        sheetbridge dead-letters list

        sheetbridge dead-letters list --mapping orders --limit 100 --json
    """
    configuration = load(config)
    told = [
        each
        for each in letters(configuration.kafka.bootstrap)
        if mapping is None or each.mapping == mapping
    ]
    known = known_of(configuration, told, mapping)
    still_open = [each for each in known.letters if each.outcome is None]
    wanted = known.letters if settled else still_open
    found, untold = wanted[-limit:], known.untold[:limit]
    if as_json:
        cells = [cell_as_object(cell, configuration) for cell in untold]
        told_letters = [as_object(each, judged=known.away is None) for each in found]
        for told_of in [*cells, *told_letters]:
            typer.echo(json.dumps(told_of, ensure_ascii=False))
        return
    if found or untold:
        table = Table(header_style="bold")
        for header in ("No.", "When (UTC)", "Mapping", "Row", "Why"):
            table.add_column(header, overflow="fold")
        for cell in untold:
            row = ("", "", cell.mapping, cell_place(cell), cell_reason(cell, configuration))
            table.add_row(*map(escape, row))
        for each in found:
            why = each.reason if each.outcome is None else f"{each.reason} ({each.outcome})"
            row = (str(each.number), _moment(each), each.mapping, place(each), why)
            table.add_row(*map(escape, row))
        console.print(table)
    else:
        console.print("No dead letters." if settled or not known.letters else "No open letters.")
    for line in _beside(known, wanted, limit, settled=settled):
        _say(as_typed(line))


def _beside(
    known: Known, wanted: Sequence[StoredLetter], limit: int, *, settled: bool
) -> Iterator[str]:
    """What the list does not show, and how to see it."""
    if known.away is not None:
        yield f"Which of them are settled is not known: {known.away}"
    most = max(len(wanted), len(known.untold))
    if most > limit:
        yield f"There are more: sheetbridge dead-letters list --limit {most}"
    hidden = 0 if settled else len(known.letters) - len(wanted)
    if hidden:
        are = "1 settled letter is" if hidden == 1 else f"{hidden:,} settled letters are"
        yield f"{are} not listed; sheetbridge dead-letters list --all shows them too."


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
    configuration = load(config)
    chosen = _chosen(letters(configuration.kafka.bootstrap), [number])
    known = known_of(configuration, chosen, untold=False)
    (found,) = known.letters
    if as_json:
        told = as_object(found, judged=known.away is None)
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    came = f"{found.topic}, offset {found.offset}"
    if found.offset == FROM_NO_RECORD:
        came = "no record: it was found by looking at the sheet"
    for name, content in (
        ("When (UTC)", _moment(found)),
        ("Mapping", found.mapping),
        ("Came from", came),
        ("Row", place(found)),
        ("Error", found.error),
        ("Stage", found.stage),
        ("Why", found.reason),
        ("Settled", found.outcome or ("not yet" if known.away is None else "not known")),
    ):
        console.print(f"{name + ':':13}{content}", markup=False, highlight=False, soft_wrap=True)
    console.print()
    console.print(_pretty(found.value), markup=False, highlight=False, soft_wrap=True)


@app.command()
def retry(
    numbers: NumbersArgument,
    anyway: Annotated[
        bool,
        typer.Option("--anyway", help="Also where it replaces what the cell holds since."),
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Try dead letters again, and list them no more; what is refused again is a new letter.

    A refused cell or row becomes an ordinary edit, made now. Where the cell was edited since,
    nothing is done: the letter's value would replace a newer one (with --anyway it does, and the
    conflict log keeps the newer one). Retrying one twice changes nothing.

    Examples:

        sheetbridge dead-letters retry 3

        sheetbridge dead-letters retry 3 4 7
    """
    configuration, by = load(config), operator()
    chosen = _chosen(letters(configuration.kafka.bootstrap), numbers)
    if not anyway:
        _refuse_edited(configuration, chosen)
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

    A letter whose cell still shows what the database refuses cannot be dropped: sheetbridge status
    counts that row, and its note stays in the sheet. Mend or clear the cell, which settles it.

    Example:

        sheetbridge dead-letters drop 3
    """
    configuration, by = load(config), operator()
    chosen = _chosen(letters(configuration.kafka.bootstrap), numbers)
    _refuse_standing(configuration, chosen)
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


def _refuse_edited(configuration: Configuration, chosen: Sequence[StoredLetter]) -> None:
    """Raise CommandError where a letter's value would replace a newer one."""
    undecided = [each for each in chosen if each.settled is None and each.wish is not None]
    if not undecided:
        return
    with stored_state.connected(configuration.database) as connection:
        states = read_states(connection, undecided)
    for each in judged(undecided, states):
        newer = each.since or edited_since(each, states)
        if newer is not None:
            raise CommandError(
                f"dead letter {each.number} ({place(each)}) is not tried again: {newer}; "
                "nothing was done",
                mend="To put the letter's value there all the same: "
                f"sheetbridge dead-letters retry {each.number} --anyway",
            )


def _refuse_standing(configuration: Configuration, chosen: Sequence[StoredLetter]) -> None:
    """Raise CommandError where the database refuses what a letter tells of to this day.

    No cell can be mended for a refused delete, nor is a mapping counted that is not configured.
    """
    names = {mapping.name for mapping in configuration.mappings}
    undecided = [
        each
        for each in chosen
        if each.settled is None
        and each.stands is not None
        and each.mapping in names
        and not asks_for_delete(each)
    ]
    if not undecided:
        return
    with stored_state.connected(configuration.database) as connection:
        states = read_states(connection, undecided)
    for each in judged(undecided, states):
        if each.since is None and row_of(each) in states:
            raise CommandError(
                f"dead letter {each.number} ({place(each)}) is open: the sheet still shows what "
                "the database refuses; nothing was done",
                mend="Mend or clear the cell in the sheet, which settles the letter; or mend the "
                f"table, then: sheetbridge dead-letters retry {each.number}",
            )


def _say(line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def as_object(found: StoredLetter, *, judged: bool = True) -> dict[str, object]:
    """A dead letter for a program; its content as JSON where it is that, else as text.

    ``judged`` False: whether a letter is open that no operator decided over is not known (null).
    """
    return {
        "number": found.number,
        "at": found.at.isoformat(timespec="milliseconds"),
        "mapping": found.mapping,
        "topic": found.topic,
        "offset": int(found.offset) if found.offset.removeprefix("-").isdecimal() else None,
        "error": found.error,
        "stage": found.stage,
        "reason": found.reason,
        "row": place(found),
        "open": None if found.outcome is None and not judged else found.outcome is None,
        "settled": found.outcome,
        "edit": found.edit,
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
