"""The status topic: one record a mapping, the newest of which Kafka keeps."""

from __future__ import annotations

import orjson
from kafka import KafkaProducer  # type: ignore[import-untyped]  # no types
from kafka.errors import KafkaError  # type: ignore[import-untyped]  # no types

from sink.core.configuration import KafkaSettings
from sink.core.errors import SheetbridgeError
from sink.core.status_record import StatusRecord
from sink.core.topics import STATUS

ACKNOWLEDGED_SECONDS = 5


class StatusUnavailableError(SheetbridgeError):
    """Kafka did not take a status record; the next one says the same and more."""

    retriable = True


class StatusWriter:
    """Writes status records; makes a new producer where one has failed."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._producer: KafkaProducer | None = None

    def write(self, record: StatusRecord) -> None:
        """Write ``record`` and wait until Kafka has it; raises StatusUnavailableError."""
        try:
            if self._producer is None:
                self._producer = KafkaProducer(
                    bootstrap_servers=self._settings.bootstrap.split(","),
                    client_id="sheetbridge-status",
                    acks="all",
                    max_block_ms=ACKNOWLEDGED_SECONDS * 1_000,
                )
            sent = self._producer.send(
                STATUS, key=record.mapping.encode(), value=orjson.dumps(record.to_json())
            )
            sent.get(timeout=ACKNOWLEDGED_SECONDS)
        except KafkaError as error:
            self.close()
            raise StatusUnavailableError(
                f"Kafka at {self._settings.bootstrap} takes no status: {error}"
            ) from error

    def close(self) -> None:
        """Disconnect."""
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.close(timeout=1)
