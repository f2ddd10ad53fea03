"""A bare FastAPI route that checks the signature and answers once Kafka has acknowledged.

python -m tests.benchmarks.limits.bare_route PORT KAFKA TOPIC SECRET-FILE
"""

from __future__ import annotations

import asyncio
import hmac
import sys
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from kafka import KafkaProducer  # type: ignore[import-untyped]  # no types

from webhook.auth import SIGNATURE_HEADER, TIMESTAMP_HEADER


def application(bootstrap: str, topic: str, secret: bytes) -> FastAPI:
    """One route; nothing is parsed and nothing else is checked."""
    app = FastAPI(openapi_url=None)
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=2)

    @app.post("/v1/edits")
    async def edits(request: Request) -> Response:
        body = await request.body()
        stamp = request.headers[TIMESTAMP_HEADER].encode()
        wanted = "v1=" + hmac.new(secret, stamp + b"." + body, "sha256").hexdigest()
        if not hmac.compare_digest(wanted, request.headers[SIGNATURE_HEADER]):
            return Response(status_code=401)
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()

        def acknowledged(_: Any) -> None:
            loop.call_soon_threadsafe(done.set_result, None)

        producer.send(topic, body).add_callback(acknowledged)
        await done
        return Response(status_code=202)

    return app


if __name__ == "__main__":
    port, kafka, to, file = sys.argv[1:]
    uvicorn.run(
        application(kafka, to, Path(file).read_bytes().strip()),
        host="127.0.0.1",
        port=int(port),
        log_level="warning",
        access_log=False,
    )
