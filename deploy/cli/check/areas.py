"""Which checks there are, over which pieces, in the order in which a person would mend things."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import httpx
from sqlalchemy import Engine

from connectors.connect_client import ConnectClient
from deploy.cli.check import (
    clock,
    condition,
    connector,
    first_sync,
    grants,
    sheet,
    table,
    topics,
    webhook,
)
from deploy.cli.check.condition import RequireCondition
from deploy.cli.check.finding import Finding, MissingPieceError, Piece
from deploy.cli.check.mysql_server import MySqlServer, Server, connect
from deploy.cli.check.runner import Area, Check
from deploy.cli.check.server import ServerFacts, check_server, read_facts
from deploy.cli.check.spreadsheets import GoogleSpreadsheets, Spreadsheets
from sink.core.columns import Table
from sink.core.configuration import Configuration
from sink.core.errors import ConfigurationError
from sink.core.mapping import Mapping
from sink.state.catalog import read_table
from sink.state.conditions import require_condition
from sink.topic_administration import KafkaUnreachableError, TopicAdministration


def past_the_proxy() -> dict[str, httpx.BaseTransport | None]:
    """What runs on this machine is not behind the proxy that the environment names."""
    hosts = ("127.0.0.1", "localhost", "[::1]")
    return {f"all://{host}": httpx.HTTPTransport() for host in hosts}


@dataclass(frozen=True, slots=True)
class Pieces:
    """The servers, each opened when first asked for."""

    server: Piece[Server]
    facts: Piece[ServerFacts]
    read_table: Callable[[str], Table]
    require_condition: RequireCondition
    kafka: Piece[TopicAdministration]
    connect: Piece[ConnectClient]
    sheets: Piece[Spreadsheets]
    http: httpx.Client


@contextmanager
def open_pieces(configuration: Configuration) -> Iterator[Pieces]:
    """The real ones, closed at the end of the block; nothing is sent before one is asked for."""
    mysql: Piece[MySqlServer] = Piece(lambda: connect(configuration.database))
    with ExitStack() as closing:
        client = closing.enter_context(ConnectClient(configuration.connect.url))
        http = closing.enter_context(httpx.Client(mounts=past_the_proxy()))
        yield Pieces(
            server=Piece(mysql.get),
            facts=Piece(lambda: read_facts(mysql.get())),
            read_table=lambda name: read_table(_engine(mysql), name),
            require_condition=lambda mapping: require_condition(_engine(mysql), mapping),
            kafka=Piece(lambda: _reach_kafka(configuration, closing)),
            connect=Piece(lambda: connector.reach(client)),
            sheets=Piece(lambda: closing.enter_context(GoogleSpreadsheets(configuration.google))),
            http=http,
        )


def areas(configuration: Configuration, pieces: Pieces) -> list[Area]:
    """Every area; nothing runs before its check is called."""
    google_offset = Piece(lambda: clock.google_offset(configuration.google, pieces.http))
    general = [
        Area("MySQL server", (lambda: check_server(pieces.facts.get()),)),
        Area(
            "grants",
            (
                lambda: grants.check_sink_user(
                    configuration, grants.own_grants(pieces.server.get())
                ),
                lambda: grants.check_capture_user(configuration, pieces.server.get()),
            ),
        ),
        Area("topics", (lambda: topics.check_topics(configuration, pieces.kafka.get()),)),
        Area(
            "connector",
            (
                lambda: connector.check_worker(pieces.connect.get(), _kafka_cluster(pieces)),
                lambda: connector.check_connector(configuration, pieces.connect.get()),
                lambda: connector.check_capture_login(configuration, pieces.connect.get()),
            ),
        ),
    ]
    spreadsheets = sorted({mapping.spreadsheet_id for mapping in configuration.mappings})
    opened = Area("spreadsheets", tuple(_access(each, pieces) for each in spreadsheets))
    mapped = [
        Area(
            f"mapping {mapping.name}",
            (_table(mapping, pieces), _condition(mapping, pieces), _tab(mapping, pieces)),
        )
        for mapping in configuration.mappings
    ]
    last = [
        Area(
            "clocks",
            (
                lambda: clock.check_own_clock(configuration, google_offset.get()),
                lambda: clock.check_database_clock(
                    clock.server_offset(pieces.server.get()), google_offset.get()
                ),
            ),
        ),
        Area("webhook", (lambda: webhook.check_webhook(configuration, pieces.http),)),
    ]
    return [*general, opened, *mapped, *last]


def _access(spreadsheet_id: str, pieces: Pieces) -> Check:
    return lambda: sheet.check_access(spreadsheet_id, pieces.sheets.get())


def _table(mapping: Mapping, pieces: Pieces) -> Check:
    return lambda: table.check_table(
        mapping, pieces.server.get(), pieces.read_table, pieces.facts.get().release
    )


def _condition(mapping: Mapping, pieces: Pieces) -> Check:
    return lambda: condition.check_condition(mapping, pieces.require_condition)


def _tab(mapping: Mapping, pieces: Pieces) -> Check:
    def check() -> Iterator[Finding]:
        try:
            declared = pieces.read_table(mapping.table)
        except (MissingPieceError, ConfigurationError):
            declared = None  # told by the table's own check
        try:
            synced = first_sync.is_done(mapping, pieces.server.get())
        except MissingPieceError:
            synced = False  # told by the server's own check
        yield from sheet.check_tab(mapping, pieces.sheets.get(), declared, synced=synced)

    return check


def _kafka_cluster(pieces: Pieces) -> str | None:
    try:
        return pieces.kafka.get().cluster_id()
    except (MissingPieceError, KafkaUnreachableError):
        return None


def _reach_kafka(configuration: Configuration, closing: ExitStack) -> TopicAdministration:
    try:
        administration = TopicAdministration(configuration.kafka, timeout=5)
    except KafkaUnreachableError as error:
        raise MissingPieceError(error.problem, error.mend) from error
    closing.callback(administration.close)
    return administration


def _engine(mysql: Piece[MySqlServer]) -> Engine:
    return mysql.get().engine
