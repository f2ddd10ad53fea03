"""Google's error envelope.

Shape: https://cloud.google.com/apis/design/errors#http_mapping
"""

from deploy.sheets_emulator.json_types import JsonObject

_STATUS_OF_CODE = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}

_MESSAGE_OF_CODE = {
    500: "Internal error encountered.",
    502: "The service is currently unavailable.",
    503: "The service is currently unavailable.",
    504: "Deadline expired before operation could complete.",
}


class ApiError(Exception):
    """A refusal with an HTTP code, a canonical status, a message and optional details."""

    def __init__(self, code: int, message: str, details: list[JsonObject] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details

    def body(self) -> JsonObject:
        """The JSON body that Google answers with."""
        error: JsonObject = {
            "code": self.code,
            "message": self.message,
            "status": _STATUS_OF_CODE.get(self.code, "UNKNOWN"),
        }
        if self.details:
            error["details"] = self.details
        return {"error": error}


class RequestError(Exception):
    """One request of a batch cannot be done; the dispatcher names which one."""


def invalid(message: str) -> ApiError:
    """400 INVALID_ARGUMENT with this message."""
    return ApiError(400, message)


def bad_field(field: str, description: str) -> ApiError:
    """400 for a body that does not fit its schema; `field` is the path as Google writes it."""
    violation = {"field": field, "description": description} if field else None
    details: JsonObject = {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [violation or {"description": description}],
    }
    return ApiError(400, description, [details])


def not_found() -> ApiError:
    """404 for an unknown spreadsheet."""
    return ApiError(404, "Requested entity was not found.")


def of_code(code: int) -> ApiError:
    """The error that Google gives with a bare status, used for scripted failures."""
    return ApiError(code, _MESSAGE_OF_CODE.get(code, "The service is currently unavailable."))
