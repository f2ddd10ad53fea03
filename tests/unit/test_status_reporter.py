"""When the sink tells how far its mappings are: on a change, and once a minute."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

import pytest

from sink.core.clock_difference import NOTICEABLE, Clocks, Difference
from sink.core.errors import SheetbridgeError
from sink.core.status_record import StatusRecord
from sink.status_reporter import StatusReporter

MINUTE = 60_000_000


class AwayError(SheetbridgeError):
    """A server does not answer."""


@dataclass
class Stage:
    """The state tables, the topic and Google's clock (µs), all in the test's hand."""

    stored: list[StatusRecord] = field(default_factory=list)
    written: list[StatusRecord] = field(default_factory=list)
    time: int = 1_000_000_000_000
    database: SheetbridgeError | None = None
    kafka: SheetbridgeError | None = None
    closed: bool = False

    def read(self) -> list[StatusRecord]:
        if self.database is not None:
            raise self.database
        return self.stored

    def write(self, record: StatusRecord) -> None:
        if self.kafka is not None:
            raise self.kafka
        self.written.append(record)

    def close(self) -> None:
        self.closed = True

    def now(self) -> int:
        return self.time


@pytest.fixture
def stage() -> Stage:
    return Stage([StatusRecord("planes", 0, "running")])


@pytest.fixture
def reporter(stage: Stage) -> StatusReporter:
    return StatusReporter(stage.read, stage, stage.now)


def test_what_has_not_changed_is_told_once_a_minute(stage: Stage, reporter: StatusReporter) -> None:
    reporter.report()
    assert stage.written == [StatusRecord("planes", 1_000_000_000, "running")]
    stage.time += MINUTE - 1_000
    reporter.report()
    assert len(stage.written) == 1
    stage.time += 1_000
    reporter.report()
    assert stage.written[1].at_ms == 1_000_060_000


def test_a_change_is_told_at_once_and_of_its_mapping_alone(
    stage: Stage, reporter: StatusReporter
) -> None:
    stage.stored.append(StatusRecord("orders", 0, "running"))
    reporter.report()
    stage.written.clear()
    stage.stored[1] = StatusRecord("orders", 0, "running", paused=True)
    reporter.report()
    assert stage.written == [StatusRecord("orders", 1_000_000_000, "running", paused=True)]


def told_of(stage: Stage, reporter: StatusReporter, low: int | None) -> int:
    """How many records go out when MySQL's clock is so far ahead of Google's (None: unknown)."""
    before = len(stage.written)
    known = Clocks() if low is None else Clocks(Difference(low, low + 9), Difference(0, 0))
    stage.stored[0] = StatusRecord("planes", 0, "running", clocks=known)
    reporter.report()
    return len(stage.written) - before


def test_clocks_that_are_known_a_little_better_are_no_news(
    stage: Stage, reporter: StatusReporter
) -> None:
    reporter.report()
    assert told_of(stage, reporter, 1_000) == 1, "they were not known before"
    assert told_of(stage, reporter, 1_001) == 0
    assert told_of(stage, reporter, NOTICEABLE + 1) == 1
    assert told_of(stage, reporter, NOTICEABLE + 2) == 0
    assert told_of(stage, reporter, 1_000) == 1


def test_what_kafka_has_not_taken_is_told_again(stage: Stage, reporter: StatusReporter) -> None:
    stage.kafka = AwayError("Kafka is away")
    reporter.report()
    stage.kafka = None
    reporter.report()
    assert len(stage.written) == 1


def test_a_server_that_is_away_is_logged_once(
    stage: Stage, reporter: StatusReporter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    stage.database = AwayError("MySQL is away")
    for _ in range(3):
        reporter.report()
    assert [record.getMessage() for record in caplog.records] == [
        "the status is not told: MySQL is away"
    ]
    stage.database = None
    reporter.report()
    stage.database = AwayError("MySQL is away")
    reporter.report()
    assert len(caplog.records) == 2


def test_a_mapping_that_went_to_another_sink_is_no_longer_told(
    stage: Stage, reporter: StatusReporter
) -> None:
    reporter.report()
    stage.stored.clear()
    stage.time += 10 * MINUTE
    reporter.report()
    assert len(stage.written) == 1


def test_it_ends_when_told_to_and_lets_go_of_the_topic(
    stage: Stage, reporter: StatusReporter
) -> None:
    reporter.start()
    reporter.stop()
    assert not reporter.is_alive()
    assert stage.closed
