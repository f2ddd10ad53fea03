"""What the sinks have said last of the mappings, in the topic ``sheetbridge.status``."""

from __future__ import annotations

import json

# kafka-python ships no types.
from kafka import TopicPartition  # type: ignore[import-untyped]

from deploy.cli.kafka_reader import reader
from sink.core.errors import EnvelopeError
from sink.core.status_record import StatusRecord, decode_status
from sink.core.topics import STATUS

_PARTITION = TopicPartition(STATUS, 0)
_POLL_MS = 500


def told(bootstrap: str) -> list[StatusRecord]:
    """The newest record of each mapping, the newest of all first.

    Raises CommandError where no broker answers. Records of another version are passed over.
    """
    newest: dict[str, StatusRecord] = {}
    for value in _values(bootstrap):
        try:
            record = decode_status(json.loads(value))
        except (EnvelopeError, ValueError):
            continue
        newest[record.mapping] = record
    return sorted(newest.values(), key=lambda record: -record.at_ms)


def _values(bootstrap: str) -> list[bytes]:
    found: list[bytes] = []
    with reader(bootstrap) as consumer:
        if STATUS not in consumer.topics():
            return found
        consumer.assign([_PARTITION])
        end = consumer.end_offsets([_PARTITION])[_PARTITION]
        consumer.seek_to_beginning(_PARTITION)
        while consumer.position(_PARTITION) < end:
            polled = consumer.poll(timeout_ms=_POLL_MS)
            found += [each.value for each in polled.get(_PARTITION, []) if each.value is not None]
    return found
