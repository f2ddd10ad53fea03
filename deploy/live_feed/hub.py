"""Hands messages from the tailing thread to the pages that listen, as server-sent events.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator

_BACKLOG = 200
_SILENCE = 15.0


class Hub:
    """One queue for each listener. A listener that falls behind is told to read all anew."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._queues: set[asyncio.Queue[str]] = set()
        self._closed = asyncio.Event()

    def open(self) -> None:
        """Take the running loop; called on it once, before anything is published."""
        self._loop = asyncio.get_running_loop()

    def publish(self, event: str, data: object) -> None:
        """Send to all listeners; from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._spread, encode(event, data))

    def close(self) -> None:
        """End all streams, so that the server can stop."""
        self._closed.set()

    def _spread(self, text: str) -> None:
        for queue in self._queues:
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(encode("reload", {"mapping": None, "cause": "fell behind"}))
            queue.put_nowait(text)

    async def listen(self, first: str) -> AsyncGenerator[str, None]:
        """The stream for one page, begun by ``first``; a comment now and then keeps it open."""
        queue: asyncio.Queue[str] = asyncio.Queue(_BACKLOG)
        self._queues.add(queue)
        closed = asyncio.create_task(self._closed.wait())
        following = asyncio.create_task(queue.get())
        try:
            yield first
            while not self._closed.is_set():
                await asyncio.wait(
                    {following, closed}, timeout=_SILENCE, return_when=asyncio.FIRST_COMPLETED
                )
                if following.done():
                    text = following.result()
                    following = asyncio.create_task(queue.get())
                    yield text
                elif not closed.done():
                    yield ": still here\n\n"
        finally:
            following.cancel()
            closed.cancel()
            self._queues.discard(queue)


def encode(event: str, data: object) -> str:
    """One server-sent event."""
    return f"event: {event}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"
