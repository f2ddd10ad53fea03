"""The webhook as an ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import metadata

from fastapi import FastAPI

from sink.core.configuration import Configuration
from sink.core.errors import ConfigurationError
from sink.core.topics import needed_topics
from webhook import docs
from webhook.access_log import AccessLog
from webhook.auth import Authenticator
from webhook.direct_route import DirectRoute
from webhook.intake import Intake
from webhook.kafka_client import KafkaClient
from webhook.problem import RefusedError, fail, refuse
from webhook.producer import KafkaPublisher
from webhook.publisher import Publisher
from webhook.routes import EDITS_PATH, Endpoints
from webhook.spreadsheets import Spreadsheets
from webhook.status_reader import kafka_statuses
from webhook.statuses import Statuses


def create_app(configuration: Configuration, publisher: Publisher, statuses: Statuses) -> FastAPI:
    """The application over ``publisher`` and ``statuses``; see ``kafka_app`` for Kafka's.

    It starts whether Kafka is there or not. Raises ConfigurationError without a secret to check
    signatures with.
    """
    settings = configuration.webhook
    if not settings.secrets:
        raise ConfigurationError(
            "[webhook] has no secrets, so no post could be trusted",
            mend='Add [webhook] with secrets = ["${file:webhook-secret}"]',
            source=configuration.source,
        )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await publisher.start()
        await statuses.start()
        try:
            yield
        finally:
            await statuses.close()
            await publisher.close()

    app = FastAPI(
        title="Sheetbridge webhook",
        description=docs.DESCRIPTION,
        version=metadata.version("sheetbridge"),
        lifespan=lifespan,
        redoc_url=None,
        exception_handlers={RefusedError: refuse, Exception: fail},
    )
    endpoints = Endpoints(
        Intake(configuration.mappings, publisher),
        Spreadsheets(configuration.mappings, statuses, max_body=settings.max_body),
        Authenticator(settings.secrets, replay_window=settings.replay_window),
        publisher,
        max_body=settings.max_body,
    )
    app.include_router(endpoints.router())
    app.add_middleware(DirectRoute, path=EDITS_PATH, endpoint=endpoints.edits)
    app.add_middleware(AccessLog)  # added last, so the outermost
    return app


def kafka_app(configuration: Configuration) -> FastAPI:
    """The application over Kafka. Raises ConfigurationError as ``create_app``."""
    publisher = kafka_publisher(configuration)
    statuses = kafka_statuses(configuration.kafka, lambda: publisher.connected)
    return create_app(configuration, publisher, statuses)


def kafka_publisher(configuration: Configuration) -> KafkaPublisher:
    """The publisher of the sheet's and the commands' topics of ``configuration``."""
    ours = {
        name
        for mapping in configuration.mappings
        for name in (mapping.sheet_topic, mapping.commands_topic)
    }
    topics = [topic for topic in needed_topics(configuration) if topic.name in ours]
    max_body = configuration.webhook.max_body
    return KafkaPublisher(KafkaClient(configuration.kafka, topics, max_body=max_body))
