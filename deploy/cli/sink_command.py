"""Asking the running sink for something: a record for its commands topic, and its answer.

The sink stores what became of a command beside the data; whoever gave it waits for that.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from uuid import uuid4

from rich.markup import escape
from sqlalchemy import select
from sqlalchemy.engine import Connection

from deploy.cli import stored_state
from deploy.cli.console import console, error_console
from deploy.cli.failure import FAILED, CommandError
from deploy.cli.kafka_reader import reader
from deploy.cli.publishing import publisher
from sink.core.command import Command
from sink.core.configuration import Configuration
from sink.core.errors import ConfigurationError
from sink.core.mapping import Mapping
from sink.state import schema

_LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the sink made of a command; ``well`` is None while it goes on."""

    well: bool | None
    says: str


def new_id() -> str:
    """The id of a new command."""
    return str(uuid4())


def mapping_of(configuration: Configuration, name: str) -> Mapping:
    """The mapping of that name; raises ConfigurationError where there is none."""
    for mapping in configuration.mappings:
        if mapping.name == name:
            return mapping
    names = ", ".join(mapping.name for mapping in configuration.mappings)
    raise ConfigurationError(
        f"there is no mapping {name!r}", mend=f"There are: {names}", source=configuration.source
    )


def ask(configuration: Configuration, mapping: Mapping, command: Command, *, wait: float) -> int:
    """Send a command, wait up to ``wait`` seconds for what becomes of it, and tell it.

    Returns the exit status. Raises CommandError where the sink does not answer in time; the command
    is kept in Kafka and applied when it runs.
    """
    with (
        stored_state.connected(configuration.database) as connection,
        error_console.status(f"Asking the sink: {command.order.value} {mapping.name} …") as shown,
    ):
        _send(configuration, mapping, command)
        deadline = time.monotonic() + wait
        outcome: Outcome | None = None
        reason: str | None = None
        while time.monotonic() < deadline:
            outcome, reason = _look(connection, mapping, command)
            if outcome is not None and outcome.well is not None:
                break
            if outcome is not None:
                shown.update(escape(_in_words(outcome, reason)))
            time.sleep(_LOOK_SECONDS)
    if outcome is None or outcome.well is None:
        raise unanswered(outcome, reason, wait=wait)
    console.print(f"{mapping.name}: {outcome.says}", markup=False, highlight=False, soft_wrap=True)
    return 0 if outcome.well else FAILED


def unanswered(outcome: Outcome | None, reason: str | None, *, wait: float) -> CommandError:
    """The error where a command has not ended within ``wait`` seconds.

    ``outcome`` is None where no sink has taken it; ``reason`` says why the mapping stands still.
    """
    if outcome is None:
        return CommandError(
            f"the sink has not taken the command within {wait:.0f} s; it is kept, and applied when "
            "the sink runs",
            mend="Is it running? sheetbridge status",
        )
    problem = f"the sink is still at it after {wait:.0f} s: {_in_words(outcome, reason)}"
    if reason is not None:
        return CommandError(problem, mend="Mend that, and it goes on by itself.")
    return CommandError(
        problem, mend="It goes on by itself; sheetbridge status shows how far it is."
    )


def _in_words(outcome: Outcome, reason: str | None) -> str:
    return outcome.says if reason is None else f"{outcome.says} Not in step: {reason}"


def _send(configuration: Configuration, mapping: Mapping, command: Command) -> None:
    bootstrap = configuration.kafka.bootstrap
    with reader(bootstrap) as consumer:
        if mapping.commands_topic not in consumer.topics():
            raise CommandError(
                f"Kafka has no topic {mapping.commands_topic}", mend="Make it: sheetbridge register"
            )
    value = json.dumps(command.to_json(), ensure_ascii=False).encode()
    with publisher(bootstrap) as topics:
        topics.send(mapping.commands_topic, command.id.encode(), value)


def _look(
    connection: Connection, mapping: Mapping, command: Command
) -> tuple[Outcome | None, str | None]:
    """What has become of the command by now, and why the mapping stands still, if it does."""
    connection.rollback()  # each look sees what is committed by then
    table = schema.mapping
    wanted = select(table.c.outcomes, table.c.reason).where(table.c.name == mapping.name)
    stored = connection.execute(wanted).first()
    if stored is None:
        return None, None
    found = json.loads(stored.outcomes or "{}").get(command.id)
    return None if found is None else Outcome(*found), stored.reason
