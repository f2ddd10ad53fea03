"""Reading a request's body without ever holding more of it than is allowed."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request

from webhook.problem import SlowBodyError, TooLargeError

BODY_SECONDS = 10.0


async def read_body(request: Request, limit: int, *, seconds: float = BODY_SECONDS) -> bytes:
    """The body, of at most ``limit`` bytes.

    A larger one is refused by its Content-Length before a byte is read, else as soon as the stream
    is over the limit. Raises TooLargeError, SlowBodyError.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(limit)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size > limit:
                    raise _too_large(limit)
                chunks.append(chunk)
    except (TimeoutError, ClientDisconnect):
        raise SlowBodyError(f"The body did not arrive within {seconds:.0f} s.") from None
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _too_large(limit: int) -> TooLargeError:
    return TooLargeError(f"The body is larger than {limit} bytes.")
