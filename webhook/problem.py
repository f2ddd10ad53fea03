"""Refusals: a status and a body that says what is wrong and how to mend it.

Only the webhook's own refusals have this body. An address that is none of ours keeps the bare
``{"detail": "Not Found"}``: the script takes a problem body for a final "no" and drops the post,
which it must not do because somebody mistyped the webhook's address.
"""

from __future__ import annotations

from http import HTTPStatus

import orjson
from starlette.requests import Request
from starlette.responses import Response

from webhook.schemas import Problem, ProblemBody

RETRY_AFTER_SECONDS = 2


class RefusedError(Exception):
    """A request that is not accepted; it has changed nothing."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "internal"
    mend = "Look into the webhook's log."

    def __init__(self, message: str, *, mend: str | None = None, code: str | None = None) -> None:
        self.message = message
        self.mend = mend or self.mend
        self.code = code or self.code
        super().__init__(message)

    def response(self) -> Response:
        """The answer to send."""
        body = ProblemBody(error=Problem(code=self.code, message=self.message, mend=self.mend))
        return json_response(body.model_dump(), self.status, self.headers())

    def headers(self) -> dict[str, str]:
        """What the answer carries besides the body."""
        return {}


class UnsignedError(RefusedError):
    """401: no signature, a wrong one, or one of another time."""

    status = HTTPStatus.UNAUTHORIZED
    code = "bad_signature"
    mend = "Set up the script again, with the secret of this webhook."


class UnknownMappingError(RefusedError):
    """404: no mapping has that spreadsheet and tab."""

    status = HTTPStatus.NOT_FOUND
    code = "unknown_mapping"
    mend = "Map the tab (sheetbridge mapping add) and restart the webhook."


class SlowBodyError(RefusedError):
    """408: the body did not arrive in time."""

    status = HTTPStatus.REQUEST_TIMEOUT
    code = "slow_body"
    mend = "Send it again."


class TooLargeError(RefusedError):
    """413: the body is larger than the webhook or Kafka takes."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "too_large"
    mend = "Send fewer rows in a post."


class MalformedError(RefusedError):
    """422: the body has not the form of a post."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "malformed"
    mend = "Bring the script and the webhook to the same version."


class UnavailableError(RefusedError):
    """503: Kafka has not confirmed the post in time. It may still get there; send it again."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "kafka_away"
    mend = "Nothing to do: the script sends it again. If it lasts, start Kafka."

    def headers(self) -> dict[str, str]:
        """When to come again."""
        return {"Retry-After": str(RETRY_AFTER_SECONDS)}


def json_response(
    content: object, status: int = HTTPStatus.OK, headers: dict[str, str] | None = None
) -> Response:
    """``content`` as JSON."""
    return Response(orjson.dumps(content), status, headers=headers, media_type="application/json")


async def refuse(request: Request, error: Exception) -> Response:
    """FastAPI's handler of ``RefusedError``."""
    del request
    assert isinstance(error, RefusedError)
    return error.response()


async def fail(request: Request, error: Exception) -> Response:
    """FastAPI's handler of everything unforeseen: no detail leaves the house."""
    del request, error
    return RefusedError("The webhook failed on this request.").response()
