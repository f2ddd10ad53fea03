"""The posts of a while, by id, so that a resent one is not published again.

This saves work; it is no guard. The sink keeps the ids that it has applied in the database and
passes over what it has seen, also after this process has forgotten.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict

REMEMBERED = 20_000


class RecentPosts:
    """A bounded memory: id → its delivery, under way or done."""

    def __init__(self, limit: int = REMEMBERED) -> None:
        self._limit = limit
        self._deliveries: OrderedDict[str, asyncio.Future[None]] = OrderedDict()

    def find(self, post_id: str) -> asyncio.Future[None] | None:
        """The delivery of a post that is under way or was confirmed; None for another."""
        delivery = self._deliveries.get(post_id)
        return None if delivery is None or _failed(delivery) else delivery

    def remember(self, post_id: str, delivery: asyncio.Future[None]) -> None:
        """Keep ``delivery``; should it fail, it is forgotten, and a resend is published anew."""
        self._deliveries[post_id] = delivery
        delivery.add_done_callback(lambda done: self._settle(post_id, done))
        while len(self._deliveries) > self._limit:
            self._deliveries.popitem(last=False)

    def _settle(self, post_id: str, delivery: asyncio.Future[None]) -> None:
        if _failed(delivery) and self._deliveries.get(post_id) is delivery:
            del self._deliveries[post_id]


def _failed(delivery: asyncio.Future[None]) -> bool:
    return delivery.done() and (delivery.cancelled() or delivery.exception() is not None)
