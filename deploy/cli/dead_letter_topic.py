"""The dead letters as the sink has written them, and what operators have decided of them.

A decision is a record of the same topic that names the letter's number: the letter itself stays, as
a record of what happened, until Kafka's retention. A letter that the sink wrote twice, since it was
killed before the commit, is told once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

# kafka-python ships no types.
from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]

from deploy.cli.kafka_reader import reader
from sink.core.topics import DEAD_LETTERS

_PARTITION = TopicPartition(DEAD_LETTERS, 0)
_POLL_MS = 500
_CAUSE = "__connect.errors."
_SETTLES = "sheetbridge.settles"
DECISION = b"decision"
"""The key of a decision's record, which has no value."""
_OUTCOME = "sheetbridge.outcome"
_NAME = "sheetbridge.letter"
FROM_NO_RECORD = "-1"
"""Where a letter came from that was found by looking."""

Headers = list[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Raw:
    """A record of the topic; ``timestamp`` is in milliseconds since the epoch."""

    number: int
    timestamp: int
    headers: Headers
    key: bytes | None
    value: bytes | None


@dataclass(frozen=True, slots=True)
class StoredLetter:
    """What was set aside, and why.

    ``number`` is its offset in the dead-letter topic; ``topic`` and ``offset`` say where the record
    came from (-1: from none). ``at`` is when it was set aside, ``stage`` what was being done.
    ``edit`` is the edit's id, ``wish`` what can be given back to the merge, where that is not the
    record itself. ``settled`` is what an operator made of it (None: nothing yet). ``stands`` is the
    column (``""``: the row) of which the row's state tells whether it is refused still, ``since``
    what has settled it there (``deploy.cli.letter_standing``).
    """

    number: int
    at: datetime
    mapping: str
    topic: str
    offset: str
    error: str
    reason: str
    key: str | None
    value: str | None
    stage: str = ""
    edit: str | None = None
    wish: str | None = None
    settled: str | None = None
    raw: Raw | None = None
    stands: str | None = None
    since: str | None = None

    @property
    def outcome(self) -> str | None:
        """What settled the letter; None: it is open."""
        return self.since if self.settled is None else self.settled

    @property
    def name(self) -> str:
        """A name that no other letter bears, were the topic made anew."""
        return f"{self.number}:{int(self.at.timestamp() * 1_000)}"


def letters(bootstrap: str) -> list[StoredLetter]:
    """All dead letters, the oldest first; none where the topic is not there.

    Raises CommandError where no broker answers.
    """
    with reader(bootstrap) as consumer:
        if DEAD_LETTERS not in consumer.topics():
            return []
        return understood(_read(consumer))


def understood(records: Iterable[Raw]) -> list[StoredLetter]:
    """The letters of the topic's records, each once, with what was decided of them."""
    found: dict[int, StoredLetter] = {}
    by_name: dict[str, int] = {}
    for raw in records:
        said = {name: _text(content) or "" for name, content in raw.headers}
        settles = said.get(_SETTLES)
        if settles is None:
            name = said.get(_NAME, f"number {raw.number}")
            if not _is_repeat(found.get(by_name.get(name, -1))):
                found[raw.number] = _letter(raw, said)
                by_name[name] = raw.number
        elif settles.isdecimal() and int(settles) in found:
            number = int(settles)
            found[number] = replace(found[number], settled=said.get(_OUTCOME, ""))
    return list(found.values())


def _is_repeat(first: StoredLetter | None) -> bool:
    """Whether a letter says again what the ``first`` of its name said.

    What no record told is named by what it was merged into, which may come back as it was: it is
    better seen twice than missed, once the first was settled.
    """
    return first is not None and (first.settled is None or first.offset != FROM_NO_RECORD)


def decision(letter: StoredLetter, outcome: str, by: str) -> Headers:
    """The headers of the record that settles ``letter``; its key is ``DECISION``."""
    told = {
        _SETTLES: str(letter.number),
        _OUTCOME: outcome,
        "sheetbridge.by": by,
        "sheetbridge.mapping": letter.mapping,
    }
    return [(name, text.encode()) for name, text in told.items()]


def _read(consumer: KafkaConsumer) -> Iterator[Raw]:
    consumer.assign([_PARTITION])
    end = consumer.end_offsets([_PARTITION])[_PARTITION]
    consumer.seek_to_beginning(_PARTITION)
    while consumer.position(_PARTITION) < end:
        for records in consumer.poll(timeout_ms=_POLL_MS).values():
            for each in records:
                yield Raw(each.offset, each.timestamp, each.headers, each.key, each.value)


def _letter(raw: Raw, said: dict[str, str]) -> StoredLetter:
    return StoredLetter(
        number=raw.number,
        at=datetime.fromtimestamp(raw.timestamp / 1_000, UTC),
        mapping=said.get("sheetbridge.mapping", ""),
        topic=said.get(f"{_CAUSE}topic", ""),
        offset=said.get(f"{_CAUSE}offset", ""),
        error=said.get(f"{_CAUSE}exception.class.name", ""),
        reason=said.get(f"{_CAUSE}exception.message", ""),
        key=_text(raw.key),
        value=_text(raw.value),
        stage=said.get(f"{_CAUSE}stage", ""),
        edit=said.get("sheetbridge.edit"),
        wish=said.get("sheetbridge.wish"),
        raw=raw,
        stands=said.get("sheetbridge.stands"),
    )


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode("utf-8", "replace")
