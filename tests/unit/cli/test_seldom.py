"""How often a chatty library is let into the log."""

from __future__ import annotations

import logging

from deploy.cli.seldom import INTERVAL_SECONDS, Seldom


def written(seldom: Seldom, name: str, seconds: float) -> str | None:
    """The line as it is written that many seconds after the first; None where it is left out."""
    record = logging.LogRecord(name, logging.ERROR, "", 0, "%s is away", ("broker",), None)
    record.created = 1_000.0 + seconds
    return record.getMessage() if seldom.filter(record) else None


def test_what_is_repeated_is_left_out_and_counted() -> None:
    seldom = Seldom("kafka")
    assert written(seldom, "kafka.cluster", 0.0) == "broker is away"
    assert written(seldom, "kafka.cluster", 0.1) is None
    assert written(seldom, "kafka.cluster", INTERVAL_SECONDS - 0.1) is None
    told = written(seldom, "kafka.cluster", INTERVAL_SECONDS)
    assert told == "broker is away (and 2 lines before it)"
    assert written(seldom, "kafka.cluster", 2 * INTERVAL_SECONDS) == "broker is away"


def test_each_logger_of_the_library_is_heard() -> None:
    seldom = Seldom("kafka")
    assert written(seldom, "kafka.cluster", 0.0) is not None
    assert written(seldom, "kafka.coordinator", 0.0) is not None


def test_our_own_lines_are_all_written() -> None:
    seldom = Seldom("kafka")
    for name in ("sink.consumer", "kafkaesque"):
        assert [written(seldom, name, 0.0) for _ in range(3)] == ["broker is away"] * 3
