"""What becomes of a signed post: checked, matched with its mappings, published."""

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
from webhook.schemas import POST, EditPost, MappedTab, MappingsAnswer, MappingsRequest

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
        self._mappings = tuple(mappings)
        self._by_tab: dict[tuple[str, str], list[Mapping]] = {}
        for mapping in self._mappings:
            place = (mapping.spreadsheet_id, mapping.tab.casefold())
            self._by_tab.setdefault(place, []).append(mapping)

    async def accept(self, body: bytes) -> dict[str, object]:
        """Publish a post to the topic of every mapping of its tab; the answer of 202.

        Raises MalformedError, UnknownMappingError, TooLargeError, UnavailableError.
        """
        try:
            post = POST.validate_json(body)
        except ValidationError as error:
            raise MalformedError(explain(error)) from None
        mappings = self._by_tab.get((post.spreadsheet_id, post.tab.casefold()))
        if mappings is None:
            raise UnknownMappingError(
                f"Tab {post.tab!r:.200} of spreadsheet {post.spreadsheet_id!r:.100} is not mapped."
            )
        delivery = self._recent.find(post.id)
        if delivery is None:
            delivery = self._publisher.publish(self._records(post.id, body, mappings))
            self._recent.remember(post.id, delivery)
        await self._confirmed(delivery)
        rows = len(post.rows) if isinstance(post, EditPost) else 0
        return {"id": post.id, "accepted": rows}

    def mapped_tabs(self, body: bytes) -> dict[str, object]:
        """Which tabs of a spreadsheet are mapped, with their headers. Raises MalformedError."""
        try:
            request = MappingsRequest.model_validate_json(body)
        except ValidationError as error:
            raise MalformedError(explain(error)) from None
        tabs = [
            mapped_tab(mapping)
            for mapping in self._mappings
            if mapping.spreadsheet_id == request.spreadsheet_id
        ]
        return MappingsAnswer(mappings=tabs).model_dump()

    def _records(self, post_id: str, body: bytes, mappings: list[Mapping]) -> list[Outgoing]:
        # The body is a valid JSON object without these two fields, so they can be put in front:
        # every number and text stays as the script wrote it.
        rest = body.lstrip(b" \t\r\n")[1:]
        received = int(self._clock() * 1000)
        return [
            Outgoing(
                mapping.sheet_topic,
                post_id.encode("ascii"),
                b'{"mapping":%b,"received_ms":%d,%b' % (orjson.dumps(mapping.name), received, rest),
            )
            for mapping in mappings
        ]

    async def _confirmed(self, delivery: asyncio.Future[None]) -> None:
        if not delivery.done() and not await settled(delivery, self._seconds):
            raise UnavailableError("Kafka has not confirmed the post in time.")
        try:
            delivery.result()
        except RecordTooLargeError as error:
            raise TooLargeError(str(error)) from None
        except (PublishError, asyncio.CancelledError) as error:
            raise UnavailableError(str(error) or "The webhook is stopping.") from None


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


def mapped_tab(mapping: Mapping) -> MappedTab:
    """What the script must know of a mapping: headers, the key's first if they are not placed."""
    columns = dict.fromkeys((*(key for key in mapping.key if key not in mapping.columns),))
    headers = [mapping.header(column) for column in (*columns, *mapping.columns)]
    return MappedTab(
        name=mapping.name,
        tab=mapping.tab,
        key=[mapping.header(key) for key in mapping.key],
        columns=headers if mapping.columns else "*",
    )


def explain(error: ValidationError) -> str:
    """The first fault of a body: where and what, without what was written there."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    first = faults[0]
    place = ".".join(str(part) for part in first["loc"])
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{place[:200] or 'The body'}: {first['msg']:.300}{more}"
