"""What the webhook knows of each mapping's state, as a protocol that tests can stand in for."""

from __future__ import annotations

from typing import Protocol

from sink.core.status_record import StatusRecord


class Statuses(Protocol):
    """The newest status record of each mapping. All methods belong to the event loop's thread."""

    async def start(self) -> None:
        """Begin to read; returns at once, whether Kafka is there or not."""
        ...

    def of(self, mapping: str) -> StatusRecord | None:
        """The newest record of a mapping; None where there is none, or none was read yet."""
        ...

    async def close(self) -> None:
        """Stop reading."""
        ...
