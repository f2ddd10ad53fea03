"""The dead-letter topic: what could not be applied, with its cause in Kafka Connect's headers.

The names are those that Connect's own sinks write: ``DeadLetterQueueReporter`` of
``connect/runtime`` (KIP-298, https://cwiki.apache.org/confluence/x/9ImzBQ), as in Confluent's
https://docs.confluent.io/platform/current/connect/concepts.html#dead-letter-queue. All are text.
There is no stack trace: the message says the cause in words. ``sheetbridge.*`` are our own.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

from kafka import KafkaProducer  # type: ignore[import-untyped]  # no types
from kafka.errors import KafkaError  # type: ignore[import-untyped]  # no types

from sink.core.configuration import KafkaSettings
from sink.core.errors import SheetbridgeError
from sink.core.topics import DEAD_LETTERS
from sink.ports import DeadLetter

log = logging.getLogger(__name__)


CONNECTOR = "sheetbridge-sink"


def headers(mapping: str, letter: DeadLetter) -> list[tuple[str, bytes]]:
    """The headers of a dead letter of ``mapping``.

    ``sheetbridge.letter`` is its own name: a letter may stand in the topic twice, after a crash
    between Kafka's answer and the commit, and whoever reads counts those of one name once.
    ``sheetbridge.edit`` is the edit's id, ``sheetbridge.wish`` what an operator gives back to try
    it again (``sink.core.operator_record``), ``sheetbridge.stands`` the column (``""``: the row) of
    which the row's state tells whether it is refused still; each is left out where there is none.
    """
    connect = {
        "topic": letter.topic,
        "partition": "0",
        "offset": str(letter.offset),
        "connector.name": CONNECTOR,
        "task.id": mapping,
        "stage": letter.stage,
        "class.name": "sink.inbound.Reader" if letter.stage != "TASK_PUT" else "sink.pipeline",
        "exception.class.name": letter.error,
        "exception.message": letter.reason,
    }
    said = [(f"__connect.errors.{name}", text.encode()) for name, text in connect.items()]
    said.append(("sheetbridge.mapping", mapping.encode()))
    said.append(("sheetbridge.letter", letter.name(mapping).encode()))
    if letter.edit is not None:
        said.append(("sheetbridge.edit", letter.edit.encode()))
    if letter.wish is not None:
        said.append(("sheetbridge.wish", letter.wish))
    if letter.stands:
        said.append(("sheetbridge.stands", letter.column.encode()))
    return said


class DeadLettersUnavailableError(SheetbridgeError):
    """Kafka did not take a dead letter; what it belongs to is not committed without it."""

    retriable = True


ACKNOWLEDGED_SECONDS = 10


class DeadLetterWriter:
    """Writes dead letters; makes a new producer where one has failed.

    ``largest`` is how many bytes a record may have (``sink.core.topics.largest_letter``).
    """

    def __init__(self, settings: KafkaSettings, largest: int) -> None:
        self._settings = settings
        self._largest = largest
        self._lock = threading.Lock()
        self._producer: KafkaProducer | None = None

    def set_aside(self, mapping: str, letters: Sequence[DeadLetter]) -> None:
        """Write ``letters`` and wait until Kafka has them.

        Raises DeadLettersUnavailableError where it does not take them in time.
        """
        with self._lock:
            try:
                self._send(mapping, letters)
            except KafkaError as error:
                self._drop()
                raise DeadLettersUnavailableError(
                    f"Kafka at {self._settings.bootstrap} takes no dead letter: {error}"
                ) from error

    def _send(self, mapping: str, letters: Sequence[DeadLetter]) -> None:
        if self._producer is None:
            self._producer = KafkaProducer(
                bootstrap_servers=self._settings.bootstrap.split(","),
                client_id="sheetbridge-dead-letters",
                acks="all",
                max_block_ms=5_000,
                max_request_size=self._largest,
            )
        sent = []
        for letter in letters:
            log.warning("mapping %s: set aside: %s: %s", mapping, letter.error, letter.reason)
            sent.append(
                self._producer.send(
                    DEAD_LETTERS,
                    key=letter.key,
                    value=letter.value,
                    headers=headers(mapping, letter),
                )
            )
        for future in sent:
            future.get(timeout=ACKNOWLEDGED_SECONDS)

    def close(self) -> None:
        """Flush and close."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.close(timeout=ACKNOWLEDGED_SECONDS)
