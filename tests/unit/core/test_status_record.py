"""The status record as JSON and back."""

import json
from dataclasses import replace
from typing import Any

import pytest

from sink.core.clock_difference import Clocks, Difference
from sink.core.errors import EnvelopeError
from sink.core.status_record import Held, RefusedCell, StatusRecord, decode_status

PLAIN = StatusRecord("planes", 17, "running")
FULL = StatusRecord(
    "planes", 17, "running", "the header is gone", True, 16, 3, 2,
    (RefusedCell('{"id":1}', "price", "takes 2"), RefusedCell('{"id":2}', None, "is double")),
    (Held("deletes", 35, "sheet", 12),),
    Clocks(Difference(-3, 4), Difference(5, 5)),
)  # fmt: skip


@pytest.mark.parametrize(
    "record",
    [
        PLAIN,
        FULL,
        replace(FULL, held=(), last_change_ms=None),
        replace(FULL, clocks=Clocks(None, Difference(1, 2))),
    ],
)
def test_what_is_written_is_read(record: StatusRecord) -> None:
    assert decode_status(json.loads(json.dumps(record.to_json()))) == record


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"mapping": None},
        {"at_ms": "17"},
        {"waiting": True},
        {"reason": 1},
        {"refused": None},
        {"refused": [1]},
        {"refused": [{"key": "k", "header": "h"}]},
        {"clocks": 1},
        {"clocks": {"database": [1, 2]}},
        {"clocks": {"database": {"low": 1}}},
        {"held": [{"what": "deletes", "count": "1", "origin": "sheet", "since_ms": 1}]},
    ],
)
def test_what_is_no_record_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(EnvelopeError):
        decode_status({**FULL.to_json(), **change})


@pytest.mark.parametrize("value", [None, [], "x", {}])
def test_what_is_no_object_is_refused(value: object) -> None:
    with pytest.raises(EnvelopeError):
        decode_status(value)


def test_an_older_sink_says_nothing_of_the_clocks() -> None:
    told = json.loads(json.dumps(PLAIN.to_json()))
    del told["clocks"]
    assert decode_status(told) == PLAIN
