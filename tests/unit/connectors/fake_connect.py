"""A Kafka Connect worker at the transport's edge: it keeps connectors and judges every body."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote

import httpx

from connectors.connect_client import ConnectClient
from connectors.deadline import Deadline
from connectors.mysql import CONNECTOR_CLASS
from sink.core.configuration import (
    Configuration,
    ConnectSettings,
    DatabaseSettings,
    GoogleSettings,
    KafkaSettings,
    Secret,
    SinkSettings,
    WebhookSettings,
)
from sink.core.mapping import Mapping

URL = "http://connect.test:8083"


def mapping(table: str = "demo.planes", name: str = "planes") -> Mapping:
    return Mapping(name=name, table=table, spreadsheet_id="sheet", tab=name, key=("id",))


def configuration(*mappings: Mapping, password: str = "${env:CDC}") -> Configuration:
    return Configuration(
        database=DatabaseSettings("db.test", "sheetbridge", Secret("${env:DB}", "hidden-db")),
        kafka=KafkaSettings("kafka.test:9092"),
        connect=ConnectSettings(URL, "sheetbridge_cdc", password),
        google=GoogleSettings(),
        webhook=WebhookSettings((Secret("${env:HOOK}", "hidden-hook"),)),
        sink=SinkSettings(),
        mappings=mappings or (mapping(),),
    )


@dataclass
class Clock:
    """Time that passes only by sleeping."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def deadline(self, seconds: float = 30) -> Deadline:
        return Deadline(seconds, clock=lambda: self.now, sleep=self.sleep)


@dataclass
class Connector:
    """``states`` are the task's states at the next looks, the last one stays."""

    config: dict[str, str]
    state: str = "RUNNING"
    states: deque[tuple[str, str]] = field(default_factory=deque)

    def look(self) -> tuple[str, str]:
        if len(self.states) > 1:
            return self.states.popleft()
        return self.states[0] if self.states else ("RUNNING", "")


class FakeConnect:
    """Answers like a worker of Kafka 4.3. ``calls`` is what came in: (method, path, query)."""

    def __init__(self) -> None:
        self.connectors: dict[str, Connector] = {}
        self.calls: list[tuple[str, str, str]] = []
        self.objections: dict[str, list[str]] = {}
        self.plugins = [CONNECTOR_CLASS]
        self.next_states: deque[tuple[str, str]] = deque()
        self.after_restart: deque[tuple[str, str]] | None = None
        self.busy = 0
        self.offsets_deleted = 0
        self.override: Callable[[httpx.Request], httpx.Response | None] = lambda request: None

    def client(self) -> ConnectClient:
        return ConnectClient(URL, transport=httpx.MockTransport(self.answer))

    def methods(self) -> list[str]:
        """Calls that change something, as ``METHOD path``."""
        return [f"{method} {path}" for method, path, _ in self.calls if method != "GET"]

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.calls.append((request.method, request.url.path, request.url.query.decode()))
        overridden = self.override(request)
        if overridden is not None:
            return overridden
        if self.busy and request.method != "GET":
            self.busy -= 1
            return error(409, "Cannot complete request momentarily due to a rebalance")
        return self._routed(request)

    def _routed(self, request: httpx.Request) -> httpx.Response:
        parts = [unquote(part) for part in request.url.path.strip("/").split("/")]
        reply = error(404, f"Connector {parts[-1]} not found")
        match request.method, parts:
            case "GET", [""]:
                reply = httpx.Response(200, json={"version": "4.3.0", "kafka_cluster_id": "abc"})
            case "GET", ["connector-plugins"]:
                reply = httpx.Response(200, json=[{"class": name} for name in self.plugins])
            case "PUT", ["connector-plugins", plugin, "config", "validate"]:
                reply = self._validate(plugin, body_of(request))
            case "PUT", ["connectors", name, "config"]:
                reply = self._put(name, body_of(request))
            case _, ["connectors", name, *rest] if name in self.connectors:
                reply = self._of(name, request, rest)
        return reply

    def _validate(self, plugin: str, body: dict[str, str]) -> httpx.Response:
        if plugin not in self.plugins:
            return error(404, f"Unknown connector plugin type {plugin}")
        assert body["connector.class"] == plugin
        assert body["name"]
        configs: list[dict[str, object]] = [
            {
                "definition": {"name": setting},
                "value": {
                    "name": setting,
                    "value": value,
                    "errors": self.objections.get(setting, []),
                },
            }
            for setting, value in body.items()
        ]
        # Debezium 3.6.1 lists one setting of its own without a value.
        configs.append(
            {"definition": {"name": "internal.legacy.snapshot.max.threads"}, "value": None}
        )
        count = sum(len(told) for told in self.objections.values())
        return httpx.Response(200, json={"name": plugin, "error_count": count, "configs": configs})

    def _put(self, name: str, body: dict[str, str]) -> httpx.Response:
        assert body["name"] == name
        found = self.connectors.get(name)
        if found is None:
            self.connectors[name] = Connector(body, states=self.next_states)
            return httpx.Response(201, json={"name": name, "config": body, "tasks": []})
        found.config = body
        return httpx.Response(200, json={"name": name, "config": body, "tasks": []})

    def _of(self, name: str, request: httpx.Request, rest: list[str]) -> httpx.Response:
        connector = self.connectors[name]
        reply = error(405, "Method Not Allowed")
        match request.method, rest:
            case "GET", ["config"]:
                reply = httpx.Response(200, json=connector.config)
            case "GET", ["status"]:
                reply = httpx.Response(200, json=status_of(name, connector))
            case "GET", ["topics"]:
                reply = httpx.Response(200, json={name: {"topics": ["cdc.b", "cdc.a"]}})
            case "POST", ["restart"]:
                if self.after_restart is not None:
                    connector.states = self.after_restart
                reply = httpx.Response(202, json={})
            case "PUT", ["stop"]:
                connector.state = "STOPPED"
                reply = httpx.Response(204)
            case "PUT", ["resume"]:
                connector.state, connector.states = "RUNNING", self.next_states
                reply = httpx.Response(202)
            case "DELETE", ["offsets"] if connector.state != "STOPPED":
                reply = error(400, "Connectors must be in the STOPPED state")
            case "DELETE", ["offsets"]:
                self.offsets_deleted += 1
                reply = httpx.Response(200, json={"message": "deleted"})
            case "DELETE", []:
                del self.connectors[name]
                reply = httpx.Response(204)
        return reply


def status_of(name: str, connector: Connector) -> dict[str, object]:
    tasks: list[dict[str, object]] = []
    if connector.state != "STOPPED":
        state, trace = connector.look()
        if state != "NONE":
            tasks.append(
                {"id": 0, "state": state, "worker_id": "w"} | ({"trace": trace} if trace else {})
            )
    return {
        "name": name,
        "connector": {"state": connector.state, "worker_id": "w"},
        "tasks": tasks,
        "type": "source",
    }


def error(code: int, message: str) -> httpx.Response:
    return httpx.Response(code, json={"error_code": code, "message": message})


def body_of(request: httpx.Request) -> dict[str, str]:
    body = json.loads(request.content)
    assert isinstance(body, dict)
    assert all(isinstance(value, str) for value in body.values()), "Connect takes strings only"
    return body
