"""What the sink says of a mapping, for people who look from the sheet: the topic's record.

Each sink writes one record a mapping to the compacted topic ``sheetbridge.status`` (key: the
mapping's name), whenever it differs from the last one and at least every ``REPEAT_SECONDS``. The
webhook reads them and answers the script's ``POST /v1/status``. Times are milliseconds of Google's
clock, the script's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from sink.core.clock_difference import Clocks, Difference
from sink.core.errors import EnvelopeError

VERSION = 1
REPEAT_SECONDS = 60
EXAMPLES = 5
"""Refused cells that a record names; more would not fit into a dialog."""


@dataclass(frozen=True, slots=True)
class Held:
    """Changes that wait for a yes: ``what`` is "deletes", "clears" or "rewrites", from a side."""

    what: str
    count: int
    origin: str
    since_ms: int


@dataclass(frozen=True, slots=True)
class RefusedCell:
    """A cell that the database does not take; ``header`` None stands for the whole row."""

    key: str
    header: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class StatusRecord:
    """How far a mapping is.

    ``at_ms`` is when this was so, ``last_change_ms`` when the last change was merged (None: none
    yet). ``waiting`` are rows that are not at rest, ``refused_rows`` rows with a refused cell, of
    which ``refused`` names some. ``reason`` says why the mapping has stopped. ``clocks`` are in
    microseconds.
    """

    mapping: str
    at_ms: int
    phase: str
    reason: str | None = None
    paused: bool = False
    last_change_ms: int | None = None
    waiting: int = 0
    refused_rows: int = 0
    refused: tuple[RefusedCell, ...] = ()
    held: tuple[Held, ...] = ()
    clocks: Clocks = field(default_factory=Clocks)

    def to_json(self) -> dict[str, object]:
        """The record's value, as JSON."""
        return {"version": VERSION, **asdict(self)}


def decode_status(value: object) -> StatusRecord:
    """The record of that JSON. Raises EnvelopeError where it is none, or of another version."""
    if not isinstance(value, Mapping) or value.get("version") != VERSION:
        raise EnvelopeError(f"not a status record of version {VERSION}: {value!r:.80}")
    return StatusRecord(
        _text(value, "mapping"),
        _number(value, "at_ms"),
        _text(value, "phase"),
        None if value.get("reason") is None else _text(value, "reason"),
        value.get("paused") is True,
        None if value.get("last_change_ms") is None else _number(value, "last_change_ms"),
        _number(value, "waiting"),
        _number(value, "refused_rows"),
        tuple(
            RefusedCell(
                _text(cell, "key"),
                None if cell.get("header") is None else _text(cell, "header"),
                _text(cell, "reason"),
            )
            for cell in _objects(value, "refused")
        ),
        tuple(
            Held(
                _text(held, "what"),
                _number(held, "count"),
                _text(held, "origin"),
                _number(held, "since_ms"),
            )
            for held in _objects(value, "held")
        ),
        _clocks(value.get("clocks")),
    )


def _clocks(value: object) -> Clocks:
    """What the record says of the clocks; those of older sinks say nothing."""
    if value is None:
        return Clocks()
    if not isinstance(value, Mapping):
        raise EnvelopeError(f"clocks of a status record must be an object, not {value!r:.80}")
    return Clocks(_difference(value.get("database")), _difference(value.get("machine")))


def _difference(value: object) -> Difference | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise EnvelopeError(f"a difference of clocks must be an object, not {value!r:.80}")
    return Difference(_number(value, "low"), _number(value, "high"))


def _text(value: Mapping[str, object], name: str) -> str:
    found = value.get(name)
    if not isinstance(found, str):
        raise EnvelopeError(f"{name} of a status record must be a text, not {found!r:.80}")
    return found


def _number(value: Mapping[str, object], name: str) -> int:
    found = value.get(name)
    if isinstance(found, bool) or not isinstance(found, int):
        raise EnvelopeError(f"{name} of a status record must be a whole number, not {found!r:.80}")
    return found


def _objects(value: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    found = value.get(name)
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        raise EnvelopeError(f"{name} of a status record must be a list of objects")
    return found
