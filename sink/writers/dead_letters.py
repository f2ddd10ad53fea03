"""The dead-letter topic: what could not be applied, with its cause in Kafka Connect's headers.

https://docs.confluent.io/platform/current/connect/concepts.html#dead-letter-queue
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from kafka import KafkaProducer  # type: ignore[import-untyped]  # no types

from sink.core.configuration import KafkaSettings
from sink.core.topics import DEAD_LETTERS
from sink.ports import DeadLetter

log = logging.getLogger(__name__)

ACKNOWLEDGED_SECONDS = 10


class DeadLetterWriter:
    """Writes dead letters; a letter that Kafka does not take is at least in the log."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._producer = KafkaProducer(
            bootstrap_servers=settings.bootstrap.split(","),
            client_id="sheetbridge-dead-letters",
            acks="all",
            max_block_ms=5_000,
        )

    def set_aside(self, mapping: str, letters: Sequence[DeadLetter]) -> None:
        """Write ``letters`` and wait until Kafka has them."""
        sent = []
        for letter in letters:
            log.warning("mapping %s: set aside: %s: %s", mapping, letter.error, letter.reason)
            headers = [
                ("__connect.errors.topic", letter.topic.encode()),
                ("__connect.errors.partition", b"0"),
                ("__connect.errors.offset", str(letter.offset).encode()),
                ("__connect.errors.exception.class.name", letter.error.encode()),
                ("__connect.errors.exception.message", letter.reason.encode()),
                ("sheetbridge.mapping", mapping.encode()),
            ]
            sent.append(
                self._producer.send(
                    DEAD_LETTERS, key=letter.key, value=letter.value, headers=headers
                )
            )
        for future in sent:
            future.get(timeout=ACKNOWLEDGED_SECONDS)

    def close(self) -> None:
        """Flush and close."""
        self._producer.close(timeout=ACKNOWLEDGED_SECONDS)
