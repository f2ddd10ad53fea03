"""The feed while MySQL and Kafka are away, and its stream."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path

import pytest

from deploy.live_feed.app import FeedSettings, create_app
from deploy.live_feed.catalogue import Catalogue
from deploy.live_feed.health import Health, answers
from deploy.live_feed.hub import Hub, encode
from tests.asgi_client import AsgiClient
from tests.unit.live_feed.test_catalogue import BASE, mapping


@pytest.fixture
def nobody() -> str:
    """An address at which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def client(tmp_path: Path, nobody: str) -> AsgiClient:
    path = tmp_path / "sheetbridge.toml"
    path.write_text(BASE + mapping("planes"), encoding="utf-8")
    url = f"mysql+pymysql://reader:hidden-word@{nobody}/demo"
    return AsgiClient(create_app(FeedSettings(url, nobody), Catalogue(path)))


def test_a_table_cannot_be_read_while_mysql_is_away_and_the_answer_says_where(
    client: AsgiClient, nobody: str
) -> None:
    answer = client.get("/tables/planes")
    assert answer.status_code == 503
    assert nobody in answer.json()["detail"]
    assert "hidden-word" not in answer.text


def test_the_feed_lives_while_the_others_are_away(client: AsgiClient) -> None:
    client.get("/tables/planes")
    health = client.get("/healthz")
    assert health.status_code == 200
    assert health.json()["mysql"]["up"] is False


def test_an_unknown_mapping_is_not_found(client: AsgiClient) -> None:
    assert client.get("/tables/nowhere").status_code == 404


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://127.0.0.1:8095", True),
        ("http://localhost:1", True),
        ("https://example.com", False),
        ("http://127.0.0.1.example.com", False),
    ],
)
def test_only_pages_of_this_machine_may_read_the_feed(
    client: AsgiClient, origin: str, allowed: bool
) -> None:
    answer = client.get("/tables", headers={"Origin": origin})
    assert ("access-control-allow-origin" in answer.headers) is allowed


def test_kafka_that_is_away_does_not_answer(nobody: str) -> None:
    assert not answers(nobody)


def test_health_tells_when_a_service_turns_and_not_again() -> None:
    turns: list[int] = []
    health = Health(lambda: turns.append(1))
    health.is_away("kafka", "gone")
    health.is_away("kafka", "still gone")
    health.is_up("kafka")
    assert len(turns) == 2


def test_a_listener_that_falls_behind_is_told_to_read_all_anew() -> None:
    async def listen() -> list[str]:
        hub = Hub()
        hub.open()
        stream = hub.listen(encode("status", {}))
        heard = [await anext(stream)]
        for number in range(500):
            hub.publish("changes", number)
        await asyncio.sleep(0)
        heard.append(await anext(stream))
        hub.close()
        await stream.aclose()
        return heard

    first, second = asyncio.run(listen())
    assert first.startswith("event: status")
    assert second.startswith("event: reload")
    assert json.loads(second.split("data: ")[1])["mapping"] is None
