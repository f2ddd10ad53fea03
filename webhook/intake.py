"""What becomes of signed posts: checked, matched with their mappings, published."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable

import orjson
from pydantic import ValidationError

from sink.core.mapping import Mapping
from webhook.problem import MalformedError, TooLargeError, UnavailableError, UnknownMappingError
from webhook.publisher import Outgoing, Publisher, PublishError, RecordTooLargeError
from webhook.recent_posts import RecentPosts
from webhook.schemas import POST, AnyPost, CommandPost, EditPost

MAX_POSTS = 1_000
"""Of a batch."""

CONFIRMATION_SECONDS = 1.5
"""How long a post waits for Kafka; the sender hears of a failure within 2 s."""


class Intake:
    """Takes posts for ``mappings``.

    From the moment that a body is complete until its records are handed to the publisher nothing
    is awaited, so the records of a mapping stand in Kafka in the order in which posts arrived.

    A post that is not confirmed in time is answered 503, and the sender keeps it and sends it
    again under the same id. Its first sending may still reach Kafka afterwards: that is harmless,
    since the sink applies an id once.
    """

    def __init__(
        self,
        mappings: Iterable[Mapping],
        publisher: Publisher,
        *,
        confirmation_seconds: float = CONFIRMATION_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._publisher = publisher
        self._seconds = confirmation_seconds
        self._clock = clock
        self._recent = RecentPosts()
        self._by_tab: dict[tuple[str, str], list[Mapping]] = {}
        for mapping in mappings:
            place = (mapping.spreadsheet_id, mapping.tab.casefold())
            self._by_tab.setdefault(place, []).append(mapping)

    async def accept(self, body: bytes) -> dict[str, object]:
        """Publish a post to the topic of every mapping of its tab; the answer of 202.

        Commands go to a topic of their own, which the sink reads even while a mapping stands still.

        Raises MalformedError, UnknownMappingError, TooLargeError, UnavailableError.
        """
        post = self._parse(body)
        await self._confirmed([self._publish(post, body)])
        return {"id": post.id, "accepted": _rows(post)}

    async def accept_batch(self, body: bytes) -> dict[str, object]:
        """Publish several posts, one a line, in their order; the answer of 202.

        All are checked before the first is published, so that a refused batch has changed nothing:
        the sender finds out by sending its posts one by one. One that is not confirmed is sent
        again as a whole, and what of it was taken is known by its id. Raises as ``accept``.
        """
        lines = body.splitlines()
        if len(lines) > MAX_POSTS:
            raise TooLargeError(f"The batch has more than {MAX_POSTS} posts.")
        posts = [self._parse(line, f"Line {at}: ") for at, line in enumerate(lines, 1)]
        if not posts:
            raise MalformedError("The batch is empty.")
        deliveries = [self._publish(post, line) for post, line in zip(posts, lines, strict=True)]
        await self._confirmed(deliveries)
        return {"ids": [post.id for post in posts], "accepted": sum(map(_rows, posts))}

    def _parse(self, body: bytes, place: str = "") -> AnyPost:
        try:
            post = POST.validate_json(body)
        except ValidationError as error:
            raise MalformedError(place + explain(error)) from None
        if (post.spreadsheet_id, post.tab.casefold()) not in self._by_tab:
            raise UnknownMappingError(
                f"Tab {post.tab!r:.200} of spreadsheet {post.spreadsheet_id!r:.100} is not mapped."
            )
        return post

    def _publish(self, post: AnyPost, body: bytes) -> asyncio.Future[None]:
        delivery = self._recent.find(post.id)
        if delivery is None:
            mappings = self._by_tab[post.spreadsheet_id, post.tab.casefold()]
            delivery = self._publisher.publish(self._records(post, body, mappings))
            self._recent.remember(post.id, delivery)
        return delivery

    def _records(self, post: AnyPost, body: bytes, mappings: list[Mapping]) -> list[Outgoing]:
        received = int(self._clock() * 1000)
        return [
            Outgoing(
                mapping.commands_topic if isinstance(post, CommandPost) else mapping.sheet_topic,
                post.id.encode("ascii"),
                record_of(body, mapping.name, received),
            )
            for mapping in mappings
        ]

    async def _confirmed(self, deliveries: list[asyncio.Future[None]]) -> None:
        deadline = time.monotonic() + self._seconds
        for delivery in deliveries:
            left = max(0.0, deadline - time.monotonic())
            if not delivery.done() and not await settled(delivery, left):
                raise UnavailableError("Kafka has not confirmed the post in time.")
            try:
                delivery.result()
            except RecordTooLargeError as error:
                raise TooLargeError(str(error)) from None
            except (PublishError, asyncio.CancelledError) as error:
                raise UnavailableError(str(error) or "The webhook is stopping.") from None


def record_of(body: bytes, mapping: str, received: int) -> bytes:
    """The record of a post for one mapping; ``received`` is in ms.

    The body is a valid JSON object without these two fields, so they can be put in front: every
    number and text stays as the script wrote it.
    """
    rest = body.lstrip(b" \t\r\n")[1:]
    return b'{"mapping":%b,"received_ms":%d,%b' % (orjson.dumps(mapping), received, rest)


def _rows(post: AnyPost) -> int:
    return len(post.rows) if isinstance(post, EditPost) else 0


async def settled(delivery: asyncio.Future[None], seconds: float) -> bool:
    """Wait for ``delivery``, which goes on whatever becomes of us; False if it takes longer.

    (``asyncio.wait`` does as much and takes several times as long, on each request.)
    """
    loop = asyncio.get_running_loop()
    woken: asyncio.Future[None] = loop.create_future()

    def wake(*_: object) -> None:
        if not woken.done():
            woken.set_result(None)

    timer = loop.call_later(seconds, wake)
    delivery.add_done_callback(wake)
    try:
        await woken
    finally:
        timer.cancel()
        delivery.remove_done_callback(wake)
    return delivery.done()


def explain(error: ValidationError) -> str:
    """The first fault of a body: where and what, without what was written there."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    first = faults[0]
    place = ".".join(str(part) for part in first["loc"])
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{place[:200] or 'The body'}: {first['msg']:.300}{more}"
