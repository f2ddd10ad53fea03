"""``sheetbridge status``: is it running, is it in step, and how far behind."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.markup import escape
from rich.table import Table

from connectors.connect_client import ConnectClient
from connectors.template import render
from deploy.cli import stored_state
from deploy.cli.check.connector import differences
from deploy.cli.commands import as_typed
from deploy.cli.configuration import find, load
from deploy.cli.console import console
from deploy.cli.failure import FAILED, CommandError
from deploy.cli.kafka_offsets import end_offsets
from deploy.cli.options import ConfigOption
from deploy.cli.sinks_at_work import sinks_at_work
from deploy.cli.status_json import as_object, facts
from deploy.cli.status_line import Line
from deploy.cli.status_topic import told
from deploy.local import stack
from deploy.local.lost_parts import lost_parts, of_directory
from deploy.local.run_directory import PASSWORDS
from sink.core.chosen_columns import told_passed_over
from sink.core.configuration import Configuration
from sink.core.counted import counted
from sink.core.errors import SheetbridgeError
from sink.core.mapping import Direction
from sink.core.mapping import Mapping as TableMapping
from sink.core.status_record import REPEAT_SECONDS, StatusRecord
from sink.state.mapping_record import FILLING, RUNNING

app = typer.Typer(add_completion=False)

SILENCE = timedelta(minutes=15)
"""Three heartbeats of the script in the sheet."""


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="The same as one JSON object.")] = False,
    config: ConfigOption = None,
) -> None:
    """Show what runs and how far each mapping is. Status 1 if something is not well.

    Rows are counted as the sink knows them; "not at rest" are those that it still has to write to
    the sheet, or to look at again.

    The JSON object says whether all is well, how each part is ("parts") and each mapping
    ("mappings": with its phase, rows, events behind, what is held), and what to do if one is not.

    Examples:

        sheetbridge status

        sheetbridge status --json
    """
    directory = find(config).parent
    lines = [*local_stack(directory), *gather(load(config))]
    well = all(line.well for line in lines)
    hint = "sheetbridge check finds the cause and says how to mend it."
    mend = None if well else down(directory) or hint
    if as_json:
        typer.echo(json.dumps(as_object(lines, mend), ensure_ascii=False))
    else:
        _show(lines, mend)
    if not well:
        raise typer.Exit(FAILED)


def _show(lines: Sequence[Line], mend: str | None) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("")
    table.add_column("Part", no_wrap=True)
    table.add_column("State", overflow="fold")
    for line in lines:
        table.add_row(_mark(line), escape(line.part), escape(as_typed(line.says)))
    console.print(table)
    if mend is not None:
        console.print(as_typed(mend), highlight=False, soft_wrap=True)


def down(directory: Path) -> str | None:
    """What to do where the configuration is a local stack's that is not up, or not all of it."""
    if not (directory / PASSWORDS).exists():
        return None
    running = stack.status(directory)
    if not any(running.values()):
        command = of_directory("sheetbridge up", directory)
        return f"The local stack is not up. Start it: {command}"
    lost = lost_parts(running, directory)
    return None if lost is None else lost.mend


def local_stack(directory: Path) -> list[Line]:
    """A line where the configuration is that of a local stack of which some processes have ended.

    Not all of them are asked below: the emulator and the page's feed are no part of the bridge.
    """
    lost = lost_parts(stack.status(directory), directory)
    return [] if lost is None else [Line("Local stack", False, lost.problem)]


def _mark(line: Line) -> str:
    if not line.well:
        return "[red]✗[/red]"
    return "[yellow]![/yellow]" if line.warns else "[green]✓[/green]"


def gather(configuration: Configuration) -> list[Line]:
    """Ask every part; one that does not answer is a line, not an end."""
    ends: dict[str, int] | None = None

    def kafka() -> list[Line]:
        nonlocal ends
        ends = _end_offsets(configuration)
        return [Line("Kafka", True, f"answers at {configuration.kafka.bootstrap}")]

    return [
        *_asked("Debezium connector", lambda: [_connector(configuration)]),
        *_asked("Webhook", lambda: [_webhook(configuration)]),
        *_asked("Kafka", kafka),
        *_asked(
            "Sink",
            lambda: [sinks(sinks_at_work(configuration.kafka.bootstrap, configuration.sink.group))],
        ),
        *_asked("Database", lambda: _database(configuration, ends)),
        *_asked("Clocks", lambda: [clocks(told(configuration.kafka.bootstrap), datetime.now(UTC))]),
    ]


def _asked(part: str, ask: Callable[[], list[Line]]) -> list[Line]:
    try:
        return ask()
    except SheetbridgeError as error:
        return [Line(part, False, str(error).splitlines()[0])]


def _connector(configuration: Configuration) -> Line:
    part, wanted = "Debezium connector", render(configuration)
    with ConnectClient(configuration.connect.url) as client:
        found = client.status(configuration.connect.connector)
        current = client.config(configuration.connect.connector)
    if found is None or current is None:
        return Line(part, False, "not registered yet: sheetbridge register")
    if found.running and differences(current, wanted):
        return Line(part, False, "not as sheetbridge.toml says now: sheetbridge register")
    return Line(part, found.running, str(found))


def _webhook(configuration: Configuration) -> Line:
    address = f"http://{configuration.webhook.host}:{configuration.webhook.port}"
    try:
        ready = httpx.get(f"{address}/readyz", timeout=5)
    except httpx.TransportError as error:
        raise CommandError(
            f"does not answer at {address} ({error})", mend="Start it: sheetbridge webhook"
        ) from error
    says = f"ready at {address}" if ready.is_success else f"not ready at {address}: {ready.text}"
    return Line("Webhook", ready.is_success, says)


def _end_offsets(configuration: Configuration) -> dict[str, int]:
    topics = {
        topic
        for mapping in configuration.mappings
        for topic in (mapping.cdc_topic, mapping.sheet_topic)
    }
    return end_offsets(configuration.kafka.bootstrap, topics)


def _database(configuration: Configuration, ends: Mapping[str, int] | None) -> list[Line]:
    with stored_state.connected(configuration.database) as connection:
        known = stored_state.progress(connection)
    place = f"{configuration.database.host}:{configuration.database.port}"
    return [
        Line("Database", True, f"answers at {place}"),
        *(
            _mapping(mapping, known.get(mapping.name), ends, configuration.sink.reconcile_every)
            for mapping in configuration.mappings
        ),
    ]


def _mapping(
    mapping: TableMapping,
    found: stored_state.Progress | None,
    ends: Mapping[str, int] | None,
    reconcile_every: int,
) -> Line:
    line = describe(mapping, found, ends, reconcile_every, datetime.now(UTC))
    behind = None if found is None or ends is None else events_behind(found, ends)
    return replace(line, facts=facts(mapping, found, behind))


def sinks(count: int) -> Line:
    """Whether anything merges and writes; ``count`` sinks are at work."""
    if count == 0:
        waits = "none runs: edits of both sides are kept, and merged once one does"
        return Line("Sink", False, f"{waits}; start it: sheetbridge sink")
    return Line("Sink", True, "runs" if count == 1 else f"{count} run, and share the mappings")


def clocks(records: Sequence[StatusRecord], now: datetime) -> Line:
    """What the sink has measured last of the clocks; ``records`` begin with the newest."""
    part = "Clocks"
    if not records:
        return Line(part, True, "not compared yet: the sink does that", warns=True)
    known, at = records[0].clocks, datetime.fromtimestamp(records[0].at_ms / 1_000, UTC)
    says = known.in_words()
    if now - at > timedelta(seconds=5 * REPEAT_SECONDS):
        says = f"{says} (as of {at:%Y-%m-%d %H:%M} UTC)"
    if known.noticeable:
        says += ". Where edits of both sides cross, the wrong one may win: let it follow NTP"
    return Line(part, not known.too_far, says, warns=known.noticeable)


def describe(
    mapping: TableMapping,
    found: stored_state.Progress | None,
    ends: Mapping[str, int] | None,
    reconcile_every: int,
    now: datetime,
) -> Line:
    """How far a mapping is; ``ends`` are the end offsets of topics, None where Kafka is away.

    ``reconcile_every`` is in seconds.
    """
    part = f"Mapping {mapping.name}"
    topics = (mapping.cdc_topic, mapping.sheet_topic)
    if ends is not None and any(topic not in ends for topic in topics):
        return Line(part, False, "not registered yet: sheetbridge register")
    if found is None:
        return Line(part, False, "the sink has not begun with it: sheetbridge sink")
    phase = found.phase if found.phase != FILLING else _filling(found)
    if found.paused:
        phase = f"paused; go on with sheetbridge resume {mapping.name}"
    says = [phase if found.reason is None else f"not in step: {found.reason}"]
    says.append(counted(found.rows, "rows"))
    says.append(_behind(found, ends))
    if found.owed:
        says.append(counted(found.owed, "rows not at rest"))
    if found.conflicts:
        says.append(counted(found.conflicts, "conflicts logged"))
    if found.refused:
        many = "1 row holds" if found.refused == 1 else f"{found.refused:,} rows hold"
        says.append(f"{many} a cell that the database refuses; see sheetbridge dead-letters list")
    needed = mapping.direction is not Direction.TO_SHEET
    says.extend(
        f"{counted(each.count, each.what.value)} of the {each.origin.value} "
        f"{'is' if each.count == 1 else 'are'} held: decide with "
        "sheetbridge deletes list"
        for each in found.held
        if not each.stops
    )
    if found.left:
        says.append(
            f"the table has dropped {' and '.join(map(repr, found.left))}: kept in the sheet, and "
            "in step no longer"
        )
    if found.passed_over:
        says.append(told_passed_over(found.passed_over))
    silent = needed and found.heartbeat is not None and now - found.heartbeat > SILENCE
    if silent or (needed and found.heartbeat is None):
        says.append(_without_script(found.heartbeat, reconcile_every))
    fills = found.phase == FILLING
    well = (fills or found.phase == RUNNING) and found.reason is None
    warns = (
        fills or found.paused or bool(found.refused or found.held or found.passed_over) or silent
    )
    return Line(part, well, ", ".join(says), warns=warns)


def _filling(found: stored_state.Progress) -> str:
    if found.to_fill is None:
        return "filling the sheet"
    return f"filling the sheet: {found.filled or 0:,} of {found.to_fill:,} rows"


def _without_script(heartbeat: datetime | None, reconcile_every: int) -> str:
    late = f"edits in it are found by comparing, up to {reconcile_every} s late"
    if heartbeat is None:
        return f"no script posts from the sheet: {late}"
    return (
        f"the script in the sheet is silent since {heartbeat:%Y-%m-%d %H:%M} UTC, so {late} (its "
        "triggers have stopped, perhaps because who set it up has left: choose Set up… in its menu)"
    )


def _behind(found: stored_state.Progress, ends: Mapping[str, int] | None) -> str:
    if ends is None:
        return "events not counted"
    behind = events_behind(found, ends)
    return counted(behind, "events behind") if behind else "all events read"


def events_behind(found: stored_state.Progress, ends: Mapping[str, int]) -> int:
    """How many events the sink has still to read; ``ends`` are the end offsets of topics."""
    return sum(
        max(0, ends[topic] - offset)
        for topic, offset in found.next_offsets.items()
        if topic in ends
    )
