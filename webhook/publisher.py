"""What the webhook needs of Kafka, as a protocol, so that tests can stand in for it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sink.core.errors import SheetbridgeError


class PublishError(SheetbridgeError):
    """Kafka has not confirmed a record."""

    retriable = True


class RecordTooLargeError(PublishError):
    """Kafka does not take a record of that size."""

    retriable = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record to publish."""

    topic: str
    key: bytes
    value: bytes


class Publisher(Protocol):
    """Publishes records. All methods belong to the event loop's thread and never block it."""

    async def start(self) -> None:
        """Begin to connect; returns at once, whether Kafka is there or not."""
        ...

    def publish(self, records: Sequence[Outgoing]) -> asyncio.Future[None]:
        """Hand over ``records``; the future is done once Kafka has confirmed them all.

        Records of one topic arrive in the order of the calls. The future fails with PublishError;
        a caller that waits no longer leaves it alone: the records may still arrive.
        """
        ...

    async def check(self) -> None:
        """Raise PublishError if Kafka does not answer now or a topic is missing."""
        ...

    async def close(self) -> None:
        """Deliver what was handed over, within a bound, and let go of Kafka."""
        ...
