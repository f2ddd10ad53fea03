"""Bring the connector to the state that ``sheetbridge.toml`` describes, and see it run.

The order: reach Connect; prepare what the connector needs (marker tables, topics); let Connect
validate, which tries the database; create, or stop → update → resume; wait until the connector and
its task are RUNNING. A changed connector is stopped first because a status of RUNNING would else
be the old task's: with STOPPED all tasks are gone, so that the next RUNNING is the new one's.
Offsets outlive that, so nothing is missed.

All waiting is within one deadline. Safe to repeat after a death at any point.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from connectors.answers import ConnectorStatus, State
from connectors.connect_client import ConnectClient
from connectors.deadline import Deadline
from connectors.errors import (
    ConnectBusyError,
    ConnectorRefusedError,
    ConnectorUnknownError,
    NotRunningInTimeError,
    Objection,
    TaskFailedError,
)
from connectors.failure import describe, is_lasting
from connectors.mysql import CONNECTOR_CLASS, known_failure
from connectors.template import render
from sink.core.configuration import Configuration

Progress = Callable[[str], None]
"""Told in a few words what happens now."""

Preparation = Callable[[Configuration, Progress], None]
"""Something that must be there before the connector is: marker tables, topics. Idempotent."""

_T = TypeVar("_T")

_LOOK_EVERY = 0.2
_FIRST_RESTART = 1.0
_SLOWEST_RESTART = 10.0


class Outcome(StrEnum):
    """What a registration did."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Registration:
    """A connector that runs, and how it came to; ``seconds`` is the time it took."""

    name: str
    outcome: Outcome
    status: ConnectorStatus
    seconds: float


def register(
    configuration: Configuration,
    *,
    progress: Progress,
    prepare: Sequence[Preparation] = (),
    reset_offsets: bool = False,
    client: ConnectClient | None = None,
    deadline: Deadline | None = None,
) -> Registration:
    """Create or update the connector and wait until it runs.

    ``reset_offsets`` makes it go on from now (after a purged binlog): what lay in the gap is the
    reconciler's. Raises ConnectorRefusedError before anything was changed, TaskFailedError,
    NotRunningInTimeError, and what the preparations raise.
    """
    config = render(configuration)
    deadline = deadline or Deadline(90)
    if client is None:
        with ConnectClient(configuration.connect.url) as own:
            return _Registrar(own, config, progress, deadline).run(
                configuration, prepare, reset_offsets
            )
    return _Registrar(client, config, progress, deadline).run(configuration, prepare, reset_offsets)


def unregister(client: ConnectClient, name: str, *, deadline: Deadline) -> bool:
    """Delete the connector; False where there was none. Topics, offsets and tables stay."""
    return _patiently(lambda: client.delete(name), deadline)


def restart_failed(client: ConnectClient, name: str) -> bool:
    """Restart what FAILED; True if there was something. For a watchdog: it does not wait.

    Raises ConnectorUnknownError where there is no such connector.
    """
    status = client.status(name)
    if status is None:
        raise ConnectorUnknownError(name, client.url)
    if status.failed is None:
        return False
    client.restart_failed(name)
    return True


class _Registrar:
    def __init__(
        self, client: ConnectClient, config: dict[str, str], progress: Progress, deadline: Deadline
    ) -> None:
        self._client = client
        self._config = config
        self._name = config["name"]
        self._progress = progress
        self._deadline = deadline

    def run(
        self, configuration: Configuration, prepare: Sequence[Preparation], reset_offsets: bool
    ) -> Registration:
        worker = self._patiently(self._client.worker)
        self._progress(f"Kafka Connect {worker.version} answers at {self._client.url}")
        for step in prepare:
            step(configuration, self._progress)
        current = self._patiently(lambda: self._client.config(self._name))
        outcome = self._outcome(current)
        if outcome is not Outcome.UNCHANGED:
            self._validate()
        if current is None:
            self._progress(f"creating connector {self._name}")
            self._put()
        elif outcome is Outcome.UPDATED or reset_offsets:
            self._change(reset_offsets)
        else:
            self._wake()
        status = self._wait_running()
        return Registration(self._name, outcome, status, self._deadline.elapsed)

    def _outcome(self, current: dict[str, str] | None) -> Outcome:
        if current is None:
            return Outcome.CREATED
        return Outcome.UNCHANGED if current == self._config else Outcome.UPDATED

    def _validate(self) -> None:
        self._progress("Debezium tries the settings and the database")
        try:
            objections = self._patiently(
                lambda: self._client.validate(CONNECTOR_CLASS, self._config)
            )
        except ConnectorUnknownError as error:
            raise ConnectorRefusedError(
                self._name,
                [Objection("connector.class", "the worker has no Debezium connector for MySQL")],
                mend="Unpack debezium-connector-mysql below the worker's plugin.path and restart "
                "the worker.",
            ) from error
        if objections:
            raise ConnectorRefusedError(self._name, objections, mend=self._mend(objections))

    def _mend(self, objections: Sequence[Objection]) -> str:
        known = known_failure("\n".join(objection.message for objection in objections))
        if known is None:
            return "Correct the configuration accordingly."
        return known.render(self._config)

    def _change(self, reset_offsets: bool) -> None:
        self._progress(f"stopping connector {self._name}")
        self._patiently(lambda: self._client.stop(self._name))
        self._wait_stopped()
        self._progress(f"updating connector {self._name}")
        self._put()
        if reset_offsets:
            self._progress("forgetting its place in the binlog: it goes on from now")
            self._patiently(lambda: self._client.delete_offsets(self._name))
        self._patiently(lambda: self._client.resume(self._name))

    def _put(self) -> None:
        self._patiently(lambda: self._client.put_config(self._name, self._config))

    def _wake(self) -> None:
        """A registration that changes nothing still sees that a stopped connector runs again."""
        status = self._patiently(lambda: self._client.status(self._name))
        if status is not None and status.connector.state in {State.STOPPED, State.PAUSED}:
            self._patiently(lambda: self._client.resume(self._name))

    def _wait_stopped(self) -> None:
        while not ((status := self._look()) and status.stopped):
            self._refuse_to_wait_longer(status)
            self._deadline.pause(_LOOK_EVERY)

    def _wait_running(self) -> ConnectorStatus:
        """RUNNING, restarting what fails for a passing reason, such as MySQL still starting."""
        told = ""
        pause = _FIRST_RESTART
        failure: TaskFailedError | None = None
        while True:
            status = self._look()
            if status is not None and status.running:
                return status
            if status is not None and str(status) != told:
                told = str(status)
                self._progress(told)
            failed = None if status is None else status.failed
            if failed is not None:
                failure = describe(self._name, failed, self._config)
                if is_lasting(failed):
                    raise failure
            if failure is not None and self._deadline.passed:
                raise failure
            self._refuse_to_wait_longer(status)
            if failure is None or failed is None:
                self._deadline.pause(_LOOK_EVERY)
                continue
            self._progress(f"restarting it: {failure.headline}")
            self._patiently(lambda: self._client.restart_failed(self._name))
            self._deadline.pause(pause)
            pause = min(pause * 2, _SLOWEST_RESTART)

    def _look(self) -> ConnectorStatus | None:
        return self._patiently(lambda: self._client.status(self._name))

    def _refuse_to_wait_longer(self, status: ConnectorStatus | None) -> None:
        if self._deadline.passed:
            raise NotRunningInTimeError(
                self._name, state=str(status or "unknown"), seconds=self._deadline.seconds
            )

    def _patiently(self, call: Callable[[], _T]) -> _T:
        return _patiently(call, self._deadline)


def _patiently(call: Callable[[], _T], deadline: Deadline) -> _T:
    """``call``, repeated while Connect is in a rebalance; raises the last error at the deadline."""
    while True:
        try:
            return call()
        except ConnectBusyError:
            if deadline.passed:
                raise
            deadline.pause(_LOOK_EVERY * 2)
