"""A bare FastAPI route that checks a signature and answers once Kafka has the record: the limit.

``python -m tests.benchmarks.bare_route BOOTSTRAP SECRET PORT`` serves it.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from kafka import KafkaProducer  # type: ignore[import-untyped]  # no types

from deploy.local.endpoints import Endpoints
from deploy.local.loopback import LOOPBACK
from deploy.local.ports import HOST
from deploy.local.ports import choose as choose_ports
from sink.core.configuration import KafkaSettings
from sink.core.topics import Topic
from sink.topic_administration import TopicAdministration
from tests.benchmarks.posting import CONNECTIONS, send
from webhook.auth import signature

TOPIC = "bench.bare"


def bare_route(endpoints: Endpoints, bodies: list[dict[str, object]], file: Path) -> float:
    """Seconds from the first POST to the last answer of the same posts."""
    administration = TopicAdministration(KafkaSettings(endpoints.kafka_bootstrap))
    with closing(administration):
        administration.create(Topic(TOPIC, {}))
    port = choose_ports(["bare"], file.with_suffix(".ports"))["bare"]
    command = (sys.executable, "-m", "tests.benchmarks.bare_route", endpoints.kafka_bootstrap)
    route = subprocess.Popen(
        [*command, endpoints.webhook_secret, str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://{HOST}:{port}"
    try:
        _wait(url)
        sent = send(url, endpoints.webhook_secret, bodies, file, CONNECTIONS)
    finally:
        route.terminate()
        route.wait()
    return max(sent.answered) - min(sent.sent)


def _wait(url: str) -> None:
    for _ in range(200):
        try:
            if LOOPBACK.get(f"{url}/ready", timeout=2).is_success:
                return
        except OSError:
            pass
        except Exception as error:
            if "connect" not in type(error).__name__.lower():
                raise
        time.sleep(0.05)
    raise TimeoutError(f"{url} does not answer")


def application(bootstrap: str, secret: str) -> FastAPI:
    """The route alone."""
    app, producer = FastAPI(), KafkaProducer(bootstrap_servers=bootstrap, linger_ms=2)

    @app.get("/ready")
    async def ready() -> Response:
        await asyncio.to_thread(producer.partitions_for, TOPIC)
        return Response()

    @app.post("/v1/edits")
    async def edits(request: Request) -> Response:
        body = await request.body()
        stamp = request.headers["x-sheetbridge-timestamp"]
        if signature(secret.encode(), stamp, body) != request.headers[
            "x-sheetbridge-signature"
        ].encode("ascii"):
            return Response(status_code=401)
        loop = asyncio.get_running_loop()
        known: asyncio.Future[Any] = loop.create_future()
        sending = producer.send(TOPIC, body)
        sending.add_both(lambda told: loop.call_soon_threadsafe(known.set_result, told))
        await known
        return Response(status_code=202)

    return app


if __name__ == "__main__":
    uvicorn.run(
        application(sys.argv[1], sys.argv[2]), host=HOST, port=int(sys.argv[3]), log_level="error"
    )
