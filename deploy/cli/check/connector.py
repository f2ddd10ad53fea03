"""Area *connector*: Kafka Connect, the registered configuration, and its task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from connectors.answers import State
from connectors.connect_client import ConnectClient
from connectors.errors import ConnectorUnknownError, ConnectUnreachableError
from connectors.failure import describe
from connectors.mysql import CONNECTOR_CLASS, known_failure
from connectors.template import render
from deploy.cli.check.finding import Finding, MissingPieceError, ok, problem, unknown
from sink.core.configuration import Configuration

REGISTER = "sheetbridge register"


def reach(client: ConnectClient) -> ConnectClient:
    """``client`` if its worker answers; raises MissingPieceError."""
    try:
        client.worker()
    except ConnectUnreachableError as error:
        raise MissingPieceError(error.problem, error.mend) from error
    return client


def check_worker(client: ConnectClient, kafka_cluster: str | None) -> Iterator[Finding]:
    """The worker answers, has the plugin, and belongs to our Kafka cluster (None: not known)."""
    worker = client.worker()
    yield ok(f"Kafka Connect {worker.version} at {client.url}")
    if CONNECTOR_CLASS not in client.plugins():
        yield problem(
            "The worker has no Debezium connector for MySQL.",
            "Unpack debezium-connector-mysql below the worker's plugin.path and restart it.",
        )
    if kafka_cluster is not None and worker.kafka_cluster not in {"", kafka_cluster}:
        yield problem(
            "Kafka Connect works for another Kafka cluster than kafka.bootstrap names.",
            "Let both name the same one: kafka.bootstrap here, bootstrap.servers in the worker's "
            "properties.",
        )


def check_connector(configuration: Configuration, client: ConnectClient) -> Iterator[Finding]:
    """It is registered with what ``sheetbridge.toml`` says, and its task runs."""
    wanted = render(configuration)
    name = wanted["name"]
    current = client.config(name)
    status = client.status(name)
    if current is None or status is None:
        yield problem(f"Connector {name!r} is not registered.", f"Run: {REGISTER}")
        return
    differing = differences(current, wanted)
    if differing:
        yield problem(
            f"Connector {name!r} is registered with another configuration than sheetbridge.toml "
            f"describes ({', '.join(differing)}).",
            f"Run: {REGISTER}",
        )
    else:
        yield ok(f"{name!r} is registered as sheetbridge.toml describes")
    if status.failed is not None:
        failure = describe(name, status.failed, current)
        yield problem(failure.problem, failure.mend)
    elif status.running:
        yield ok(f"its task runs on {status.tasks[0].worker}")
    elif status.connector.state in {State.STOPPED, State.PAUSED}:
        yield problem(f"Connector {name!r} is {status.connector.state}.", f"Run: {REGISTER}")
    else:
        yield problem(
            f"Connector {name!r} does not run yet ({status}).",
            "Wait a moment and check again; else look into the Connect worker's log.",
        )


def check_capture_login(configuration: Configuration, client: ConnectClient) -> Iterator[Finding]:
    """Debezium logs in with the worker's own password, and finds no fault with the settings."""
    wanted = render(configuration)
    user = configuration.connect.database_user
    try:
        objections = client.validate(CONNECTOR_CLASS, wanted)
    except ConnectorUnknownError:
        yield unknown("Debezium could not try the settings: the worker has no such plugin")
        return
    for objection in objections:
        known = known_failure(objection.message)
        mend = "Correct the configuration accordingly." if known is None else known.render(wanted)
        yield problem(f"Debezium objects to {objection}", mend)
    if not objections:
        yield ok(f"Debezium can log in to MySQL as {user!r}")


def differences(current: Mapping[str, str], wanted: Mapping[str, str]) -> list[str]:
    """Names of the settings that differ, sorted; never their values."""
    return sorted(
        setting
        for setting in current.keys() | wanted.keys()
        if current.get(setting) != wanted.get(setting)
    )
