"""How far a mapping is: the sink's record, read from its topic, told to the script."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import orjson
import pytest
from kafka.errors import KafkaConnectionError  # type: ignore[import-untyped]  # it ships no types

from sink.core.status_record import Held, RefusedCell, StatusRecord
from tests.unit.webhook.stage import Stage, signed
from webhook.status_reader import Records, StatusReader

pytestmark = pytest.mark.anyio

RECORD = StatusRecord(
    "planes",
    1_763_939_915_123,
    "running",
    paused=True,
    last_change_ms=1_763_939_900_000,
    waiting=3,
    refused_rows=1,
    refused=(RefusedCell('{"tailnum":"N1"}', "year", "takes a whole number"),),
    held=(Held("deletes", 35, "sheet", 1_763_939_000_000),),
)


async def test_the_script_is_told_what_the_sink_said_of_each_of_its_tabs(webhook: Stage) -> None:
    webhook.statuses.known["planes"] = RECORD
    webhook.statuses.known["archive"] = RECORD  # of another spreadsheet
    response = await webhook.post({"version": 1, "spreadsheet_id": "sheet-1"}, "/v1/status")
    assert response.status_code == 200
    assert response.json() == {
        "mappings": [
            {
                "name": "planes",
                "tab": "Planes",
                "sink": {
                    "at_ms": 1_763_939_915_123,
                    "phase": "running",
                    "reason": None,
                    "paused": True,
                    "last_change_ms": 1_763_939_900_000,
                    "waiting": 3,
                    "held": [
                        {
                            "what": "deletes",
                            "count": 35,
                            "origin": "sheet",
                            "since_ms": 1_763_939_000_000,
                        }
                    ],
                    "refused": {
                        "rows": 1,
                        "examples": [
                            {
                                "key": '{"tailnum":"N1"}',
                                "header": "year",
                                "reason": "takes a whole number",
                            }
                        ],
                    },
                },
            },
            {"name": "orders", "tab": "Orders", "sink": None},
        ]
    }


async def test_the_status_is_told_to_nobody_without_the_secret(webhook: Stage) -> None:
    body = b'{"version":1,"spreadsheet_id":"sheet-1"}'
    headers = signed(body, secret="another secret of this test")
    response = await webhook.client.post("/v1/status", content=body, headers=headers)
    assert response.status_code == 401
    assert (await webhook.client.post("/v1/status", content=body)).status_code == 401


@dataclass
class Topic:
    """The status topic: what the test puts in comes out at the next poll, or the error does."""

    waiting: list[bytes] = field(default_factory=list)
    error: Exception | None = None
    opened: int = 0
    closed: int = 0
    reachable: bool = True

    @contextmanager
    def open(self) -> Iterator[Records]:
        self.opened += 1
        try:
            yield self
        finally:
            self.closed += 1

    def poll(self) -> list[bytes]:
        error, self.error = self.error, None
        if error is not None:
            raise error
        values, self.waiting = self.waiting, []
        return values


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.005)


def encoded(record: StatusRecord) -> bytes:
    return orjson.dumps(record.to_json())


async def test_the_newest_record_of_each_mapping_is_remembered() -> None:
    other = StatusRecord("orders", 5, "new", reason="no key header")
    old = StatusRecord("planes", 1, "running")
    topic = Topic([encoded(old), encoded(other), b"{", b'{"version":9}', encoded(RECORD)])
    reader = StatusReader(topic.open, lambda: True)
    await reader.start()
    until(lambda: reader.of("planes") == RECORD)
    assert reader.of("orders") == other
    assert reader.of("archive") is None
    await reader.close()
    assert (topic.opened, topic.closed) == (1, 1)


async def test_a_lost_connection_is_made_anew_and_what_was_known_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("webhook.status_reader.TRY_AGAIN_SECONDS", 0.01)
    topic = Topic([encoded(RECORD)])
    reader = StatusReader(topic.open, lambda: True)
    await reader.start()
    until(lambda: reader.of("planes") is not None)
    topic.error = KafkaConnectionError("away")
    until(lambda: topic.opened == 2)
    assert reader.of("planes") == RECORD
    topic.waiting = [encoded(StatusRecord("planes", 9, "running"))]
    until(lambda: reader.of("planes") == StatusRecord("planes", 9, "running"))
    await reader.close()


async def test_kafka_is_not_asked_while_it_is_known_to_be_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("webhook.status_reader.TRY_AGAIN_SECONDS", 0.01)
    topic = Topic([encoded(RECORD)], reachable=False)
    looked = threading.Semaphore(0)

    def reachable() -> bool:
        looked.release()
        return topic.reachable

    reader = StatusReader(topic.open, reachable)
    await reader.start()
    assert looked.acquire(timeout=20)
    assert looked.acquire(timeout=20)
    assert topic.opened == 0
    topic.reachable = True
    until(lambda: reader.of("planes") == RECORD)
    await reader.close()
