"""What is written to have a dead letter tried again: a record of its topic, under an id of its own.

The id is made of the letter's number, so that trying twice is one edit.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

from deploy.cli.dead_letter_topic import StoredLetter
from deploy.cli.failure import CommandError
from sink.core import operator_record
from sink.core.command import Command, Order
from sink.core.configuration import Configuration
from sink.core.mapping import Mapping


@dataclass(frozen=True, slots=True)
class Retry:
    """A record to write; ``says`` is what it does, for the operator."""

    topic: str
    key: bytes | None
    value: bytes | None
    says: str


def retry_of(letter: StoredLetter, configuration: Configuration, by: str) -> Retry:
    """The record that has ``letter`` tried again.

    A refused cell or row is given back as an edit made now. A change event cannot be read a second
    time, for later ones have been merged: both sides are compared instead. Any other record is
    written again as it came, under another id. Raises CommandError where its mapping is gone.
    """
    mapping = _mapping(letter, configuration)
    name = f"retry:{letter.name}"
    if letter.wish is not None:
        value = operator_record.record(
            name, json.loads(letter.wish), author=f"retried by {by}", time_ms=_now()
        )
        return Retry(
            mapping.sheet_topic,
            letter.raw.key if letter.raw else None,
            _bytes(value),
            "its value was given to the merge as an edit made now",
        )
    raw = letter.raw
    posted = letter.topic in (mapping.sheet_topic, mapping.commands_topic)
    if not posted or raw is None or raw.value is None:
        return Retry(
            mapping.commands_topic,
            None,
            _bytes(Command(name, Order.RECONCILE).to_json()),
            "sheet and table are compared now: that finds what was meant",
        )
    again = "the record was written to its topic again"
    try:
        post = json.loads(raw.value)
    except ValueError:
        return Retry(letter.topic, raw.key, raw.value, again)
    if isinstance(post, dict):
        return Retry(letter.topic, raw.key, _bytes({**post, "id": name}), again)
    return Retry(letter.topic, raw.key, raw.value, again)


def _mapping(letter: StoredLetter, configuration: Configuration) -> Mapping:
    for mapping in configuration.mappings:
        if mapping.name == letter.mapping:
            return mapping
    raise CommandError(
        f"dead letter {letter.number} is of mapping {letter.mapping!r}, which is not configured",
        mend="Add the mapping again, or drop the letter: sheetbridge dead-letters drop "
        f"{letter.number}",
    )


def _now() -> int:
    return time.time_ns() // 1_000_000


def _bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
