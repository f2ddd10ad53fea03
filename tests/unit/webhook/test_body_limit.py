import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.requests import Request
from starlette.types import Message

from tests.unit.webhook.stage import Stage, code, edit, encoded, signed
from webhook.body import read_body
from webhook.problem import SlowBodyError, TooLargeError

pytestmark = pytest.mark.anyio

LIMIT = 100


class Sender:
    """Sends pieces of a body and counts what was taken of them; then it waits for ever."""

    def __init__(self, *pieces: bytes, length: str | None = None, ends: bool = True) -> None:
        self.taken = 0
        self._pieces = pieces
        self._ends = ends
        headers = [] if length is None else [(b"content-length", length.encode())]
        scope = {"type": "http", "method": "POST", "path": "/", "headers": headers}
        self.request = Request(scope, self._receive)

    async def _receive(self) -> Message:
        if self.taken == len(self._pieces):
            await asyncio.Event().wait()
        piece = self._pieces[self.taken]
        self.taken += 1
        more = not self._ends or self.taken < len(self._pieces)
        return {"type": "http.request", "body": piece, "more_body": more}


async def test_a_body_up_to_the_limit_is_read() -> None:
    assert await read_body(Sender(b"x" * LIMIT).request, LIMIT) == b"x" * LIMIT
    assert (
        await read_body(Sender(b"a" * 60, b"", b"b" * 40).request, LIMIT) == b"a" * 60 + b"b" * 40
    )
    assert await read_body(Sender(b"", length="0").request, LIMIT) == b""


async def test_a_length_over_the_limit_is_refused_before_a_byte_is_read() -> None:
    sender = Sender(b"x", length=str(LIMIT + 1))
    with pytest.raises(TooLargeError):
        await read_body(sender.request, LIMIT)
    assert sender.taken == 0


@pytest.mark.parametrize("length", [None, "5", "nonsense", "-1"])
async def test_a_stream_over_the_limit_is_refused_at_once_whatever_length_it_claimed(
    length: str | None,
) -> None:
    sender = Sender(*[b"x" * 40] * 1_000, length=length)
    with pytest.raises(TooLargeError):
        await read_body(sender.request, LIMIT)
    assert sender.taken == 3


async def test_a_body_that_does_not_come_is_refused_in_time() -> None:
    with pytest.raises(SlowBodyError):
        await read_body(Sender(b"x", ends=False).request, LIMIT, seconds=0.05)


async def test_too_large_a_post_is_413_by_length_and_by_stream(webhook: Stage) -> None:
    body = encoded(edit(editor="x" * 6_000))

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 500):
            yield body[start : start + 500]

    for content in (body, pieces()):
        response = await webhook.client.post("/v1/edits", content=content, headers=signed(body))
        assert response.status_code == 413
        assert code(response) == "too_large"
    assert webhook.publisher.published == []


async def test_an_unsigned_body_is_not_even_read(webhook: Stage) -> None:
    read = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(10):
            read += 1
            yield b"x"

    response = await webhook.client.post("/v1/edits", content=pieces())
    assert response.status_code == 401
    assert read <= 1
