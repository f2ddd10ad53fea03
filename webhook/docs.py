"""What OpenAPI says of each route: requests, answers and examples of both."""

from __future__ import annotations

import json
from typing import Any, TypedDict

from webhook.auth import SIGNATURE_HEADER, TIMESTAMP_HEADER
from webhook.examples import (
    COMMAND,
    EDIT,
    HEARTBEAT,
    HINT,
    KEY_EDIT,
    MAPPED,
    STANDING,
)
from webhook.schemas import (
    POST,
    Accepted,
    BatchAccepted,
    Health,
    MappingsAnswer,
    ProblemBody,
    SpreadsheetRequest,
    StatusAnswer,
)

DESCRIPTION = """\
Takes sheet edits from the Apps Script and says yes once Kafka has confirmed them.

Every `POST` is signed: `X-Sheetbridge-Timestamp` is the Unix time in seconds and
`X-Sheetbridge-Signature` is `v1=` and the hexadecimal HMAC-SHA256 of `<timestamp>.<body>` under
the webhook's secret. Sign each sending afresh; a resend keeps the post's `id`.
"""


class Route(TypedDict):
    """Keyword arguments of FastAPI's route decorators. (``Any`` as FastAPI itself declares.)"""

    summary: str
    status_code: int
    responses: dict[int | str, dict[str, Any]]
    openapi_extra: dict[str, Any]


def _answer(model: type[object], description: str, example: object) -> dict[str, Any]:
    return {
        "model": model,
        "description": description,
        "content": {"application/json": {"example": example}},
    }


def _problem(description: str, code: str, message: str, mend: str) -> dict[str, Any]:
    example = {"error": {"code": code, "message": message, "mend": mend}}
    return _answer(ProblemBody, description, example)


def _header(name: str, example: str) -> dict[str, Any]:
    return {
        "name": name.title(),
        "in": "header",
        "required": True,
        "schema": {"type": "string"},
        "example": example,
    }


def _signed(
    schema: dict[str, Any], examples: dict[str, object], *, media: str = "application/json"
) -> dict[str, Any]:
    return {
        "parameters": [
            _header(TIMESTAMP_HEADER, "1763939915"),
            _header(SIGNATURE_HEADER, "v1=" + "5f" * 32),
        ],
        "requestBody": {
            "required": True,
            "content": {
                media: {
                    "schema": schema,
                    "examples": {name: {"value": value} for name, value in examples.items()},
                }
            },
        },
    }


def inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """A JSON schema without ``$defs``: OpenAPI resolves references from its own root only."""
    definitions = schema.pop("$defs", {})

    def resolve(node: Any) -> Any:
        if isinstance(node, dict):
            if "$ref" in node:
                return resolve(definitions[node["$ref"].rpartition("/")[2]])
            return {name: resolve(value) for name, value in node.items() if name != "discriminator"}
        if isinstance(node, list):
            return [resolve(value) for value in node]
        return node

    resolved: dict[str, Any] = resolve(schema)
    return resolved


_COMMON: dict[int | str, dict[str, Any]] = {
    401: _problem(
        "Unsigned, wrongly signed, or signed at another time. Sign and send again.",
        "stale_timestamp",
        "The request was signed 900 s before the webhook's time; 300 s are allowed.",
        "Set the webhook's clock right, or send the post again.",
    ),
    408: _problem(
        "The body came too slowly. Send again.",
        "slow_body",
        "The body did not arrive within 10 s.",
        "Send it again.",
    ),
    413: _problem(
        "The body is too large.",
        "too_large",
        "The body is larger than 2000000 bytes.",
        "Send fewer rows in a post.",
    ),
    422: _problem(
        "The body has not the form of a request.",
        "malformed",
        "edit.rows.0.row: Input should be a valid integer",
        "Bring the script and the webhook to the same version.",
    ),
}

EDITS: Route = {
    "summary": "Take edits, a hint, a command or a heartbeat",
    "status_code": 202,
    "responses": {
        202: _answer(
            Accepted,
            "Kafka has the post. An id known already is accepted again and changes nothing.",
            {"id": EDIT["id"], "accepted": 1},
        ),
        **_COMMON,
        404: _problem(
            "No mapping has that spreadsheet and tab.",
            "unknown_mapping",
            "Tab 'planes' of spreadsheet '1AbC' is not mapped.",
            "Map the tab (sheetbridge mapping add) and restart the webhook.",
        ),
        503: _problem(
            "Kafka has not confirmed the post within 2 s; it may still. Send it again, same id.",
            "kafka_away",
            "Kafka has not confirmed the post in time.",
            "Nothing to do: the script sends it again. If it lasts, start Kafka.",
        ),
    },
    "openapi_extra": _signed(
        inlined(POST.json_schema()),
        {
            "typed": EDIT,
            "key_edited": KEY_EDIT,
            "hint": HINT,
            "command": COMMAND,
            "heartbeat": HEARTBEAT,
        },
    ),
}

BATCHES: Route = {
    "summary": "Take several posts, one a line, all or none",
    "status_code": 202,
    "responses": {
        **EDITS["responses"],
        202: _answer(
            BatchAccepted,
            "Kafka has the posts, in their order. A refused batch has changed nothing: send its "
            "posts one by one to learn which is at fault.",
            {"ids": [EDIT["id"]], "accepted": 1},
        ),
    },
    "openapi_extra": _signed(
        {"type": "string", "description": "Bodies of /v1/edits, a newline between two."},
        {"edit and hint": "\n".join(json.dumps(post) for post in (EDIT, HINT))},
        media="application/x-ndjson",
    ),
}

MAPPINGS: Route = {
    "summary": "Which tabs of a spreadsheet are mapped",
    "status_code": 200,
    "responses": {
        200: _answer(
            MappingsAnswer, "The mapped tabs.", {"mappings": [MAPPED], "max_body": 2_000_000}
        ),
        **_COMMON,
    },
    "openapi_extra": _signed(
        inlined(SpreadsheetRequest.model_json_schema()),
        {"spreadsheet": {"version": 1, "spreadsheet_id": EDIT["spreadsheet_id"]}},
    ),
}

STATUS: Route = {
    "summary": "How far the mapped tabs of a spreadsheet are",
    "status_code": 200,
    "responses": {
        200: _answer(StatusAnswer, "What the sink said last.", {"mappings": [STANDING]}),
        **_COMMON,
    },
    "openapi_extra": MAPPINGS["openapi_extra"],
}

HEALTH: Route = {
    "summary": "The process answers",
    "status_code": 200,
    "responses": {200: _answer(Health, "It does.", {"status": "ok"})},
    "openapi_extra": {},
}

READINESS: Route = {
    "summary": "Kafka answers and has the topics",
    "status_code": 200,
    "responses": {
        200: _answer(Health, "Posts can be taken.", {"status": "ready"}),
        503: _problem(
            "Posts would be refused for now.",
            "kafka_away",
            "Kafka does not answer.",
            "Start Kafka, or correct kafka.bootstrap.",
        ),
    },
    "openapi_extra": {},
}
