"""``sheetbridge register``: the Debezium connector made, brought up to date, and seen to run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated

import typer
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from connectors.deadline import Deadline
from connectors.registration import Registration
from connectors.registration import register as register_connector
from deploy.cli.capture_proof import prove_capture
from deploy.cli.configuration import find, load
from deploy.cli.console import console, error_console
from deploy.cli.failure import CommandError
from deploy.cli.options import ConfigOption
from deploy.local.mapped import tell_running_stack
from sink.core.configuration import Configuration, DatabaseSettings
from sink.core.errors import ConfigurationError
from sink.core.mapped_table import MappedTable
from sink.state.catalog import read_table
from sink.state.conditions import require_condition
from sink.state.markers import ensure_markers
from sink.topic_administration import TopicAdministration, ensure_topics

app = typer.Typer(add_completion=False)

Progress = Callable[[str], None]


@app.command()
def register(
    config: ConfigOption = None,
    timeout: Annotated[
        float, typer.Option(min=1, help="How long to wait for the connector to run, in seconds.")
    ] = 90,
    reset_offsets: Annotated[
        bool,
        typer.Option(
            "--reset-offsets",
            help="Go on from now: for a connector whose place in the binlog was purged. "
            "The reconciler finds what lay in the gap.",
        ),
    ] = False,
) -> None:
    """Set up Debezium to watch exactly the mapped tables, and wait until it does.

    A mapping that does not fit its table, or whose condition the server does not take, is told
    first, and nothing is registered. Safe to repeat; run it after every change of the mappings. It
    makes the marker tables and the topics that are missing.

    Example:

        sheetbridge register
    """
    path = find(config)
    configuration = load(path)
    with _server(configuration.database) as engine:
        refuse_unfit(configuration, engine)
        refuse_conditions(configuration, engine)
    with error_console.status("starting", spinner="dots") as status:

        def progress(what: str) -> None:
            status.update(what)
            if not error_console.is_terminal:
                error_console.print(what, highlight=False, markup=False)

        done = register_with_needs(
            configuration, progress=progress, timeout=timeout, reset_offsets=reset_offsets
        )
    tell_running_stack(path)
    tables = ", ".join(sorted({mapping.table for mapping in configuration.mappings}))
    console.print(
        f"Connector {done.name} {done.outcome} and running ({done.seconds:.1f} s); "
        f"it captures {tables}.",
        highlight=False,
        markup=False,
    )


def refuse_unfit(configuration: Configuration, engine: Engine) -> None:
    """Raise ConfigurationError for the first mapping that the sink could not work with.

    Its table is not there, has no primary key or another than the mapping's, or lacks a column.
    """
    with _told_of(configuration):
        for mapping in configuration.mappings:
            MappedTable.of(mapping, read_table(engine, mapping.table))


def refuse_conditions(configuration: Configuration, engine: Engine) -> None:
    """Raise ConfigurationError for the first ``where`` that the server does not take.

    They are tried in schema ``sheetbridge``, so that is made first, as a registration does.
    """
    if all(mapping.where is None for mapping in configuration.mappings):
        return
    make_markers(configuration, lambda _: None)
    with _told_of(configuration):
        for mapping in configuration.mappings:
            require_condition(engine, mapping)


@contextmanager
def _told_of(configuration: Configuration) -> Iterator[None]:
    """Who looks at tables knows no file: what is wrong inside names the one that was read."""
    try:
        yield
    except ConfigurationError as error:
        raise ConfigurationError(
            error.problem, mend=error.mend, source=configuration.source
        ) from error


def register_with_needs(
    configuration: Configuration,
    *,
    progress: Progress,
    timeout: float = 90,
    reset_offsets: bool = False,
) -> Registration:
    """The registration with what it needs first, marker tables and topics, and the proof after it.

    When it returns, every later commit in a mapped table will be in its topic. ``timeout`` is in
    seconds. Raises SheetbridgeError.
    """
    deadline = Deadline(timeout)
    done = register_connector(
        configuration,
        progress=progress,
        prepare=(make_markers, make_topics),
        reset_offsets=reset_offsets,
        deadline=deadline,
    )
    with _server(configuration.database) as engine:
        prove_capture(configuration, engine, progress=progress, deadline=deadline)
    return replace(done, seconds=deadline.elapsed)


def make_markers(configuration: Configuration, progress: Progress) -> None:
    """A ``connectors.registration.Preparation``: schema ``sheetbridge`` and its marker tables."""
    database = configuration.database
    progress(f"marker tables on MySQL at {database.host}:{database.port}")
    with _server(database) as engine, engine.connect() as connection:
        made = ensure_markers(connection, configuration.mappings)
        connection.commit()
    if made:
        progress(f"made {', '.join(made)}")


def make_topics(configuration: Configuration, progress: Progress) -> None:
    """A ``connectors.registration.Preparation``: every topic, with one partition."""
    progress(f"topics on Kafka at {configuration.kafka.bootstrap}")
    administration = TopicAdministration(configuration.kafka)
    try:
        made = ensure_topics(configuration, administration)
    finally:
        administration.close()
    if made:
        progress(f"made {', '.join(made)}")


@contextmanager
def _server(database: DatabaseSettings) -> Iterator[Engine]:
    """The server as the sink's user sees it; what it refuses inside becomes a CommandError."""
    url = URL.create(
        "mysql+pymysql",
        username=database.user,
        password=database.password.value,
        host=database.host,
        port=database.port,
    )
    limits = {"connect_timeout": 10, "read_timeout": 30, "write_timeout": 30}
    try:
        yield create_engine(url, poolclass=NullPool, connect_args=limits)
    except DBAPIError as error:
        raise explain(error, database) from error


def explain(error: DBAPIError, database: DatabaseSettings) -> CommandError:
    """What a refused login or statement of the marker tables means."""
    place = f"MySQL at {database.host}:{database.port}"
    details = error.orig.args if error.orig is not None else ()
    # https://dev.mysql.com/doc/mysql-errors/9.7/en/server-error-reference.html
    match details[0] if details else None:
        case 1045 | 1698:
            return CommandError(
                f"{place} refuses user {database.user!r} with that password.",
                mend="Correct database.user, or what database.password refers to "
                f"({database.password}).",
            )
        case 1044 | 1142 | 1227:
            return CommandError(
                f"{place} does not let user {database.user!r} make the marker tables.",
                mend="As an administrator: CREATE DATABASE IF NOT EXISTS `sheetbridge`; "
                f"GRANT ALL ON `sheetbridge`.* TO '{database.user}'@'%';",
            )
        case 1290 | 1836:
            return CommandError(
                f"{place} is read-only.", mend="Name the writable server in database.host."
            )
    return CommandError(
        f"{place} does not answer: {details[-1] if details else error}",
        mend="Start it, or correct database.host and database.port.",
    )
