"""The webhook's addresses.

Bodies are read and validated by hand: they must be bounded before they are read, and verified as
bytes before they are parsed. What FastAPI would have derived for OpenAPI is in ``webhook.docs``.
"""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from webhook import docs
from webhook.auth import Authenticator
from webhook.body import read_body
from webhook.intake import Intake
from webhook.problem import UnavailableError, json_response
from webhook.publisher import Publisher, PublishError
from webhook.schemas import Health
from webhook.spreadsheets import Spreadsheets

EDITS_PATH = "/v1/edits"


class Endpoints:
    """What each address does; every method raises RefusedError for a request it does not take."""

    def __init__(
        self,
        intake: Intake,
        spreadsheets: Spreadsheets,
        authenticator: Authenticator,
        publisher: Publisher,
        *,
        max_body: int,
    ) -> None:
        self._intake = intake
        self._spreadsheets = spreadsheets
        self._authenticator = authenticator
        self._publisher = publisher
        self._max_body = max_body

    async def edits(self, request: Request) -> Response:
        """Take a post and say yes once Kafka has it."""
        body = await self._signed_body(request)
        return json_response(await self._intake.accept(body), HTTPStatus.ACCEPTED)

    async def batches(self, request: Request) -> Response:
        """Take several posts and say yes once Kafka has them all."""
        body = await self._signed_body(request)
        return json_response(await self._intake.accept_batch(body), HTTPStatus.ACCEPTED)

    async def mappings(self, request: Request) -> Response:
        """The mapped tabs of a spreadsheet."""
        return json_response(self._spreadsheets.mapped_tabs(await self._signed_body(request)))

    async def status(self, request: Request) -> Response:
        """How far the mapped tabs of a spreadsheet are."""
        return json_response(self._spreadsheets.status(await self._signed_body(request)))

    async def healthz(self) -> Response:
        """The process answers."""
        return json_response(Health(status="ok").model_dump())

    async def readyz(self) -> Response:
        """Kafka answers and has the topics."""
        try:
            await self._publisher.check()
        except PublishError as error:
            mend = "Start Kafka, or correct kafka.bootstrap."
            raise UnavailableError(str(error), mend=mend) from None
        return json_response(Health(status="ready").model_dump())

    def router(self) -> APIRouter:
        """The routes, described for OpenAPI."""
        router = APIRouter()
        router.post(EDITS_PATH, **docs.EDITS)(self.edits)
        router.post("/v1/batches", **docs.BATCHES)(self.batches)
        router.post("/v1/mappings", **docs.MAPPINGS)(self.mappings)
        router.post("/v1/status", **docs.STATUS)(self.status)
        router.get("/healthz", **docs.HEALTH)(self.healthz)
        router.get("/readyz", **docs.READINESS)(self.readyz)
        return router

    async def _signed_body(self, request: Request) -> bytes:
        claim = self._authenticator.claim(request.headers)
        body = await read_body(request, self._max_body)
        self._authenticator.verify(claim, body)
        return body
