"""``sheetbridge conflicts``: the values that lost, so that nothing is lost in silence."""

from __future__ import annotations

import json
import time
import uuid
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table
from sqlalchemy.engine import Connection

from deploy.cli import conflict_log, stored_state
from deploy.cli.configuration import load
from deploy.cli.conflict_filter import declared_columns, refuse_unknown
from deploy.cli.conflict_log import Conflict, Filter, Present, Side
from deploy.cli.console import console
from deploy.cli.failure import CommandError
from deploy.cli.merged import await_merged
from deploy.cli.operator import operator
from deploy.cli.options import ConfigOption
from deploy.cli.publishing import publisher
from deploy.cli.since import since
from deploy.cli.sink_command import mapping_of
from sink.core import operator_record
from sink.core.configuration import Configuration
from sink.core.mapping import Direction, Mapping
from sink.core.operator_record import Wish

app = typer.Typer(no_args_is_help=True, add_completion=False)

JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
NumberArgument = Annotated[int, typer.Argument(min=1, help="Its number, as the list shows it.")]

_LIST = {"No.": 3, "When (UTC)": 10, "Cell": 12, "Lost": 10, "Kept": 8, "Rule": 15}
"""The list's columns with the widths of their usual words, 80 in all with what is between."""


@app.callback()
def root() -> None:
    """See the edits that lost against another, and give a value back.

    An edit loses only where neither of two was made in sight of the other; the mapping's policy
    then decides, and the other value is kept here.
    """


@app.command("list")
def show_all(
    mapping: Annotated[
        str | None, typer.Option(help="Only this mapping's.", show_default=False)
    ] = None,
    column: Annotated[
        str | None, typer.Option(help="Only this column's.", show_default=False)
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Option(
            help="Only the row with this key; once for each of its columns, in key order.",
            show_default=False,
        ),
    ] = None,
    after: Annotated[
        str | None,
        typer.Option(
            "--since", help="Only since then: 30m, 2h, 3d, or a date and time.", show_default=False
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = 20,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List the edits that lost against another: the value, what beat it, and by which rule.

    Examples:

        sheetbridge conflicts list

        sheetbridge conflicts list --mapping orders --key 17 --since 2h --json
    """
    moment = None if after is None else since(after, datetime.now(UTC))
    wanted = Filter(mapping, column, key or (), moment)
    configuration = load(config)
    if mapping is not None:
        mapping_of(configuration, mapping)
    with stored_state.connected(configuration.database) as connection:
        found = conflict_log.conflicts(connection, wanted, limit=limit)
        if not found:
            refuse_unknown(
                configuration, wanted, lambda each: declared_columns(connection.engine, each)
            )
    if as_json:
        for each in found:
            typer.echo(json.dumps(as_object(each), ensure_ascii=False))
        return
    if not found:
        console.print("No conflicts.")
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for header, narrowest in _LIST.items():
        table.add_column(header, overflow="fold", min_width=narrowest)
    for each in found:
        cells = (
            str(each.number),
            _moment(each.at),
            f"{each.mapping}: {_row(each)}: {each.column or 'the row'}",
            f"{_value(each, each.loser)} ({_by(each.loser)})",
            _value(each, each.winner),
            each.rule,
        )
        table.add_row(*(escape(cell) for cell in cells))
    console.print(table)


@app.command()
def show(number: NumberArgument, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Show one conflict whole: both values, when and by whom, the rule, and the value now.

    Example:

        sheetbridge conflicts show 12
    """
    with stored_state.connected(load(config).database) as connection:
        found = _found(connection, number)
        now = conflict_log.present(connection, found)
    if as_json:
        typer.echo(json.dumps(as_object(found) | {"now": _now(found, now)}, ensure_ascii=False))
        return
    lines = [
        ("Mapping", found.mapping),
        ("Row", ", ".join(f"{name} = {part}" for name, part in found.key.items())),
        ("Column", found.column or "(the row itself)"),
        ("Lost", _told(found, found.loser)),
        ("Kept", _told(found, found.winner)),
        ("Rule", found.rule),
        ("Now", _now_in_words(found, now)),
    ]
    for name, content in lines:
        _say(f"{name + ':':10}{content}")


@app.command()
def restore(number: NumberArgument, config: ConfigOption = None) -> None:
    """Give back the value that lost, as an edit made now, in sight of the value that is there.

    It goes through the merge like any edit, and what it replaces is logged in its turn. The value
    of a deleted row brings the row back; a delete that lost deletes it.

    Example:

        sheetbridge conflicts restore 12
    """
    configuration = load(config)
    with stored_state.connected(configuration.database) as connection:
        found = _found(connection, number)
        mapping = _mapping(found, configuration)
        name = f"restore:{number}:{uuid.uuid4().hex[:16]}"
        value = operator_record.record(
            name,
            wish_of(found).to_json(),
            author=f"restored by {operator()}",
            time_ms=time.time_ns() // 1_000_000,
        )
        with publisher(configuration.kafka.bootstrap) as writer:
            offset = writer.send(mapping.sheet_topic, None, json.dumps(value).encode())
        if not await_merged(connection, mapping, offset):
            _say("The edit is in Kafka; it is merged as soon as the sink of this mapping runs.")
            return
        now = conflict_log.present(connection, found)
    _say(f"Now: {_now_in_words(found, now)}")
    if not _is_given_back(found, now):
        raise CommandError(
            "the value was merged, but it does not stand: the database refused it, or another "
            "edit came meanwhile",
            mend="sheetbridge dead-letters list, or sheetbridge conflicts list, says why.",
        )


def wish_of(found: Conflict) -> Wish:
    """What the merge is asked for, so that the loser of a conflict stands again."""
    if found.column is None:
        return Wish(found.key, exists=found.loser.value is True)
    return Wish(found.key, {found.column: found.loser.value})


def _found(connection: Connection, number: int) -> Conflict:
    found = conflict_log.conflict(connection, number)
    if found is None:
        raise CommandError(
            f"there is no conflict {number}", mend="See them all: sheetbridge conflicts list"
        )
    return found


def _mapping(found: Conflict, configuration: Configuration) -> Mapping:
    mapping = next((m for m in configuration.mappings if m.name == found.mapping), None)
    if mapping is None:
        raise CommandError(
            f"conflict {found.number} is of mapping {found.mapping!r}, which is not configured",
            mend="Add the mapping again: sheetbridge mapping add",
        )
    if mapping.direction is not Direction.BOTH:
        side = "database" if mapping.direction is Direction.TO_SHEET else "sheet"
        raise CommandError(
            f"mapping {mapping.name!r} goes one way: only the {side} is edited",
            mend=f"Type it into the {side}: sheetbridge conflicts show {found.number}",
        )
    return mapping


def _is_given_back(found: Conflict, now: Present) -> bool:
    if found.column is None:
        return now.alive is (found.loser.value is True)
    return now.alive is True and now.cells.get(found.column) == found.loser.value


def as_object(found: Conflict) -> dict[str, object]:
    """A conflict for a program."""
    return {
        "number": found.number,
        "at": _iso(found.at),
        "mapping": found.mapping,
        "key": found.key,
        "column": found.column,
        "loser": found.loser.value,
        "loser_origin": found.loser.origin,
        "loser_author": found.loser.author,
        "loser_at": _iso(found.loser.at),
        "winner": found.winner.value,
        "winner_origin": found.winner.origin,
        "winner_author": found.winner.author,
        "winner_at": _iso(found.winner.at),
        "rule": found.rule,
    }


def _now(found: Conflict, now: Present) -> dict[str, object]:
    told: dict[str, object] = {"alive": now.alive}
    if found.column is not None:
        told["value"] = now.cells.get(found.column)
    return told


def _now_in_words(found: Conflict, now: Present) -> str:
    if now.alive is not True:
        return "the row is not there"
    if found.column is None:
        return "the row is there"
    return _text(now.cells.get(found.column))


def _told(found: Conflict, side: Side) -> str:
    at = "at an unknown time" if side.at is None else f"{_moment(side.at)} (UTC)"
    return f"{_value(found, side)}, from {_by(side)}, {at}"


def _value(found: Conflict, side: Side) -> str:
    if side.value is False and (found.column is None or found.winner is side):
        return "the row's deletion"
    # what a deletion lost to may be an edit of one of the row's cells
    return "the row" if found.column is None and side.value is True else _text(side.value)


def _text(value: object) -> str:
    return "nothing" if value is None else '""' if value == "" else str(value)


def _by(side: Side) -> str:
    return side.origin if side.author is None else f"{side.origin}, {side.author}"


def _row(found: Conflict) -> str:
    return ", ".join(str(part) for part in found.key.values())


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.strftime("%Y-%m-%d %H:%M:%S")


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="milliseconds")


def _say(line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)
