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


def make_router(
    intake: Intake, authenticator: Authenticator, publisher: Publisher, *, max_body: int
) -> APIRouter:
    """The routes, over these parts."""
    router = APIRouter()

    async def signed_body(request: Request) -> bytes:
        claim = authenticator.claim(request.headers)
        body = await read_body(request, max_body)
        authenticator.verify(claim, body)
        return body

    @router.post("/v1/edits", **docs.EDITS)
    async def edits(request: Request) -> Response:
        body = await signed_body(request)
        return json_response(await intake.accept(body), HTTPStatus.ACCEPTED)

    @router.post("/v1/mappings", **docs.MAPPINGS)
    async def mappings(request: Request) -> Response:
        return json_response(intake.mapped_tabs(await signed_body(request)))

    @router.get("/healthz", **docs.HEALTH)
    async def healthz() -> Response:
        return json_response(Health(status="ok").model_dump())

    @router.get("/readyz", **docs.READINESS)
    async def readyz() -> Response:
        try:
            await publisher.check()
        except PublishError as error:
            raise UnavailableError(
                str(error), mend="Start Kafka, or correct kafka.bootstrap."
            ) from None
        return json_response(Health(status="ready").model_dump())

    return router
