"""A webhook over a scripted publisher, and a signer of its own."""

import asyncio
import copy
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI

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
from sink.core.status_record import StatusRecord
from webhook.app import create_app
from webhook.publisher import Outgoing, PublishError

NEW_SECRET = "the new secret of this webhook"
OLD_SECRET = "the old secret of this webhook"
MAPPINGS = (
    Mapping("planes", "demo.planes", "sheet-1", "Planes", ("tailnum",)),
    Mapping(
        "orders",
        "shop.orders",
        "sheet-1",
        "Orders",
        ("shop", "number"),
        {"number": "No.", "total": "Total"},
    ),
    Mapping("archive", "shop.archive", "sheet-2", "Planes", ("tailnum",)),
)

Json = dict[str, Any]


def configuration(
    *,
    secrets: Sequence[str] = (NEW_SECRET, OLD_SECRET),
    mappings: Sequence[Mapping] = MAPPINGS,
    max_body: int = 5_000,
) -> Configuration:
    return Configuration(
        DatabaseSettings("127.0.0.1", "u", Secret("${env:P}", "database password")),
        KafkaSettings("127.0.0.1:1"),
        ConnectSettings("http://127.0.0.1:1", "cdc", "${env:C}"),
        GoogleSettings(),
        WebhookSettings(
            tuple(Secret("${env:S}", secret) for secret in secrets),
            replay_window=300,
            max_body=max_body,
        ),
        SinkSettings(),
        tuple(mappings),
    )


@dataclass
class FakePublisher:
    """Confirms at once, unless told to hold, to fail the next, or to have stopped for good."""

    published: list[Outgoing] = field(default_factory=list)
    started: bool = False
    closed: bool = False
    check_error: PublishError | None = None
    _holding: bool = False
    _stopped: bool = False
    _failures: list[Exception] = field(default_factory=list)
    _held: list[asyncio.Future[None]] = field(default_factory=list)

    async def start(self) -> None:
        self.started = True

    async def close(self) -> None:
        self.closed = True

    async def check(self) -> None:
        if self.check_error is not None:
            raise self.check_error

    def publish(self, records: Sequence[Outgoing]) -> asyncio.Future[None]:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.published.extend(records)
        if self._failures:
            done.set_exception(self._failures.pop(0))
        elif self._holding or self._stopped:
            self._held.append(done)
        else:
            done.set_result(None)
        return done

    def hold(self) -> None:
        self._holding = True

    def release(self) -> None:
        self._holding = False
        for done in self._held:
            done.set_result(None)
        self._held.clear()

    def fail_next(self, error: Exception | None = None) -> None:
        self._failures.append(error or PublishError("Kafka has not taken the post."))

    def stop(self) -> None:
        self._stopped = True

    def values(self) -> list[Json]:
        return [json.loads(record.value) for record in self.published]


@dataclass
class FakeStatuses:
    """Knows what the test gives it."""

    known: dict[str, StatusRecord] = field(default_factory=dict)
    started: bool = False
    closed: bool = False

    async def start(self) -> None:
        self.started = True

    def of(self, mapping: str) -> StatusRecord | None:
        return self.known.get(mapping)

    async def close(self) -> None:
        self.closed = True


def edit(**changes: Any) -> Json:
    post: Json = {
        "version": 1,
        "id": str(uuid.uuid4()),
        "kind": "edit",
        "spreadsheet_id": "sheet-1",
        "tab": "Planes",
        "time_ms": 1_763_939_915_123,
        "editor": "ann@example.com",
        "rows": [
            {
                "row": 5,
                "key": {"tailnum": "N10156"},
                "typed": True,
                "cells": {"year": {"value": 2004, "old": 2003}},
            }
        ],
    }
    return {**copy.deepcopy(post), **changes}


def encoded(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


def signed(body: bytes, *, secret: str = NEW_SECRET, at: float | None = None) -> dict[str, str]:
    timestamp = str(int(time.time() if at is None else at))
    mac = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return {
        "X-Sheetbridge-Timestamp": timestamp,
        "X-Sheetbridge-Signature": f"v1={mac.hexdigest()}",
        "Content-Type": "application/json",
    }


def client_of(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://webhook")


@dataclass
class Stage:
    publisher: FakePublisher
    statuses: FakeStatuses
    app: FastAPI
    client: httpx.AsyncClient

    async def post(self, content: object, path: str = "/v1/edits") -> httpx.Response:
        body = content if isinstance(content, bytes) else encoded(content)
        return await self.client.post(path, content=body, headers=signed(body))


async def stage(**settings: Any) -> AsyncIterator[Stage]:
    publisher, statuses = FakePublisher(), FakeStatuses()
    app = create_app(configuration(**settings), publisher, statuses)
    async with client_of(app) as client:
        yield Stage(publisher, statuses, app, client)


def code(response: httpx.Response) -> str:
    """The problem's code; every problem has the three parts."""
    error = response.json()["error"]
    assert set(error) == {"code", "message", "mend"}
    assert error["message"]
    assert error["mend"]
    return str(error["code"])
