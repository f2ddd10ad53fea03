"""What Connect's REST interface answers, read from JSON into types.

Pure. Shapes: https://kafka.apache.org/documentation/#connect_rest. Anything else raises
``UnexpectedAnswerError``, which the client turns into a ConnectFaultError with the address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from connectors.errors import Objection


class UnexpectedAnswerError(ValueError):
    """The JSON is not of the documented shape."""


class State(StrEnum):
    """State of a connector or a task."""

    UNASSIGNED = "UNASSIGNED"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    STOPPED = "STOPPED"
    FAILED = "FAILED"
    RESTARTING = "RESTARTING"
    DESTROYED = "DESTROYED"


@dataclass(frozen=True, slots=True)
class Part:
    """The connector itself (``task`` None) or one of its tasks; ``trace`` only where FAILED."""

    state: State
    worker: str
    task: int | None = None
    trace: str = ""


@dataclass(frozen=True, slots=True)
class ConnectorStatus:
    """Answer of ``GET /connectors/{name}/status``."""

    name: str
    connector: Part
    tasks: tuple[Part, ...]

    @property
    def running(self) -> bool:
        """Whether the connector and at least one task run, and no task does not."""
        parts = (self.connector, *self.tasks)
        return bool(self.tasks) and all(part.state is State.RUNNING for part in parts)

    @property
    def failed(self) -> Part | None:
        """The first part that FAILED, the connector before its tasks."""
        parts = (self.connector, *self.tasks)
        return next((part for part in parts if part.state is State.FAILED), None)

    @property
    def stopped(self) -> bool:
        """Whether it is STOPPED and its tasks are gone."""
        return self.connector.state is State.STOPPED and not self.tasks

    def __str__(self) -> str:
        tasks = ", ".join(f"task {part.task} {part.state}" for part in self.tasks) or "no task"
        return f"connector {self.connector.state}, {tasks}"


@dataclass(frozen=True, slots=True)
class Worker:
    """Answer of ``GET /``: the worker's version and the Kafka cluster that it belongs to."""

    version: str
    kafka_cluster: str


def read_worker(raw: object) -> Worker:
    """``GET /``."""
    answer = _object(raw)
    return Worker(_text(answer, "version"), str(answer.get("kafka_cluster_id", "")))


def read_status(raw: object) -> ConnectorStatus:
    """``GET /connectors/{name}/status``."""
    answer = _object(raw)
    tasks = sorted(
        (_part(task) for task in _list(answer, "tasks")), key=lambda part: part.task or 0
    )
    return ConnectorStatus(_text(answer, "name"), _part(answer.get("connector")), tuple(tasks))


def read_config(raw: object) -> dict[str, str]:
    """``GET /connectors/{name}/config``."""
    return {setting: str(value) for setting, value in _object(raw).items()}


def read_topics(raw: object, name: str) -> list[str]:
    """``GET /connectors/{name}/topics``."""
    topics = _list(_object(_object(raw).get(name)), "topics")
    return sorted(str(topic) for topic in topics)


def read_objections(raw: object) -> list[Objection]:
    """``PUT /connector-plugins/{plugin}/config/validate``: the settings with errors."""
    found = []
    for entry in _list(_object(raw), "configs"):
        raw_value = _object(entry).get("value")
        if raw_value is None:  # Debezium defines a setting of its own that it does not validate.
            continue
        value = _object(raw_value)
        found += [Objection(_text(value, "name"), str(error)) for error in _list(value, "errors")]
    return found


def read_plugins(raw: object) -> list[str]:
    """``GET /connector-plugins``: class names."""
    if not isinstance(raw, list):
        raise UnexpectedAnswerError("not a list")
    return [_text(_object(plugin), "class") for plugin in raw]


def read_error(raw: object) -> str:
    """The message of Connect's error body, "" where there is none."""
    return str(raw.get("message", "")) if isinstance(raw, dict) else ""


def _part(raw: object) -> Part:
    answer = _object(raw)
    task = answer.get("id")
    try:
        state = State(_text(answer, "state"))
    except ValueError as error:
        raise UnexpectedAnswerError(str(error)) from error
    return Part(
        state,
        str(answer.get("worker_id", "")),
        task if isinstance(task, int) else None,
        str(answer.get("trace", "")),
    )


def _object(raw: object) -> Mapping[str, object]:
    if not isinstance(raw, dict):
        raise UnexpectedAnswerError(f"not an object: {raw!r:.80}")
    return raw


def _list(answer: Mapping[str, object], field: str) -> list[object]:
    value = answer.get(field)
    if not isinstance(value, list):
        raise UnexpectedAnswerError(f"{field} is not a list")
    return value


def _text(answer: Mapping[str, object], field: str) -> str:
    value = answer.get(field)
    if not isinstance(value, str):
        raise UnexpectedAnswerError(f"{field} is not text")
    return value
