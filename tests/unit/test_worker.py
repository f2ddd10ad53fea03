"""How a mapping's worker ends where something goes wrong that nobody foresaw."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sink import worker as sink_worker
from sink.backlog import BESIDE_POSTS
from sink.consumer import MAX_BACKLOG
from sink.core.mapping import Rule
from sink.merge_point import MergePoint
from sink.record import Record
from sink.retry import Backoff
from sink.state.errors import DatabaseUnavailableError
from sink.worker import Worker
from tests.doubles.memory_store import MemoryStore
from tests.simulation.acts import row_key
from tests.simulation.agenda import SECOND
from tests.simulation.play import World
from tests.simulation.setting import Setting

posted: list[str] = []
"""What was said in the tab."""


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """A world in which no worker gets further than its start."""

    def fail(_: MergePoint) -> None:
        raise KeyError("what a row holds")

    monkeypatch.setattr(MergePoint, "start", fail)
    monkeypatch.setattr(sink_worker, "post_notice", lambda *about: posted.append(about[-1]))
    posted.clear()
    return World(Setting.quiet(Rule()))


def ended(world: World, *, replaced: bool = False) -> Worker:
    """A worker that has ended; ``replaced``: another one went on before it did."""
    parts = world.processes[-1].point.parts
    worker = Worker(parts, max_batch=1)
    if replaced:
        with MemoryStore(world.server).begin() as transaction:
            transaction.note({"reason": None})
    worker.run()
    return worker


def test_an_error_that_nobody_foresaw_is_told_to_status_without_what_it_holds(
    world: World,
) -> None:
    assert isinstance(ended(world).failure, KeyError)
    reason = str(world.server.data.notes["reason"])
    assert "KeyError" in reason
    assert "what a row holds" not in reason
    assert posted == [reason]


def test_a_worker_that_was_replaced_leaves_no_reason_of_its_own(world: World) -> None:
    assert isinstance(ended(world, replaced=True).failure, KeyError)
    assert world.server.data.notes["reason"] is None
    assert not posted


def test_where_a_topic_is_to_be_read_on_moves_with_what_is_applied() -> None:
    world = World(Setting.quiet(Rule()))
    world.agenda.advance(SECOND)
    read, before = world.changes.name, len(world.changes.records)
    world.server.put(row_key(1), None, time=world.server.now)
    world.agenda.advance(SECOND)
    point = world.processes[-1].point
    assert point.next_offsets[read] == len(world.changes.records) > before
    assert point.parts.next_offsets.get(read, 0) == 0, "it began there"


def test_a_database_that_is_away_for_long_is_told_in_the_tab_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(Setting.quiet(Rule()))
    world.agenda.advance(SECOND)
    worker = Worker(world.processes[-1].point.parts, max_batch=1)
    away = DatabaseUnavailableError("the database is not available")
    fails: list[Exception] = [away, away]
    taken_back: list[str] = []

    def tried(_what: str, action: Callable[[], None], _backoff: Backoff) -> None:
        if fails:
            raise fails.pop()
        action()
        worker.stop()

    posted.clear()
    monkeypatch.setattr(sink_worker, "retry", tried)
    monkeypatch.setattr(sink_worker, "post_notice", lambda *about: posted.append(about[-1]))
    monkeypatch.setattr(MergePoint, "start", lambda _: None)
    monkeypatch.setattr(MergePoint, "notice_posted", lambda _: taken_back.append("the note"))
    worker.run()
    assert posted == [f"{away}; it is tried again until it works"]
    assert taken_back == ["the note"]


def test_a_worker_that_is_to_end_does_not_wait_for_a_database_that_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worker = Worker(World(Setting.quiet(Rule())).processes[-1].point.parts, max_batch=1)
    tries: list[str] = []

    def tried(what: str, _action: Callable[[], None], _backoff: Backoff) -> None:
        tries.append(what)
        if len(tries) == 2:
            worker.stop()
        assert len(tries) < 5, "it goes on for ever"
        raise DatabaseUnavailableError("the database is not available")

    monkeypatch.setattr(sink_worker, "retry", tried)
    monkeypatch.setattr(sink_worker, "post_notice", lambda *_: None)
    worker.run()
    assert len(tries) == 2
    assert worker.failure is None


def played(monkeypatch: pytest.MonkeyPatch, merges: Callable[[Worker, list[int]], None]) -> Worker:
    """A worker whose batches only tell which offsets they have."""
    monkeypatch.setattr(sink_worker, "BATCH_BYTES", 10)
    worker = Worker(World(Setting.quiet(Rule())).processes[-1].point.parts, max_batch=100)
    monkeypatch.setattr(MergePoint, "start", lambda _: None)
    monkeypatch.setattr(MergePoint, "tick", lambda _: None)
    monkeypatch.setattr(
        MergePoint,
        "merge",
        lambda _, records: merges(worker, [record.offset for record in records]),
    )
    return worker


def test_a_batch_ends_with_the_bytes_that_it_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    merged: list[list[int]] = []

    def merge(worker: Worker, offsets: list[int]) -> None:
        merged.append(offsets)
        if 5 in offsets:
            worker.stop()

    worker = played(monkeypatch, merge)
    for offset, value in enumerate((b"12345", b"6789", b"0", b"12345678901", None, b"2")):
        worker.offer([Record("topic", offset, None, value)])
    worker.run()
    assert merged == [[0, 1, 2], [3], [4, 5]]


def test_a_worker_that_is_to_end_leaves_what_waits_to_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    merged: list[list[int]] = []

    def merge(worker: Worker, offsets: list[int]) -> None:
        merged.append(offsets)
        worker.stop()

    worker = played(monkeypatch, merge)
    for offset in range(3):
        worker.offer([Record("topic", offset, None, b"0123456789")])
    worker.run()
    assert merged == [[0]]


def test_the_backlog_is_counted_by_what_waits_and_not_by_how_often_something_came(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A steady load comes in hundreds of small pieces, and is to be read on all the same."""
    worker = Worker(World(Setting.quiet(Rule())).processes[-1].point.parts, max_batch=1_000)
    merged: list[Record] = []

    def merge(_: MergePoint, records: list[Record]) -> None:
        merged.extend(records)
        assert worker.backlog("changes") == 0, "what is being merged does not wait"
        worker.stop()

    for offset in range(200):
        worker.offer([Record("changes", offset, None, b"x" * 700)])
    worker.offer([Record("changes", 200, b"the row is gone", None)])
    assert worker.backlog("changes") == 200 * 700
    assert worker.backlog("posts") == 0
    assert worker.backlog("changes") < MAX_BACKLOG / 10
    monkeypatch.setattr(MergePoint, "start", lambda _: None)
    monkeypatch.setattr(MergePoint, "merge", merge)
    worker.run()
    assert [record.offset for record in merged] == list(range(201))
    assert worker.backlog("changes") == 0


def test_a_post_is_merged_before_the_flood_that_was_there_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worker = Worker(World(Setting.quiet(Rule())).processes[-1].point.parts, max_batch=10_000)
    mapping, merged, behind = worker.parts.table.mapping, list[list[Record]](), list[int]()

    def merge(_: MergePoint, records: list[Record]) -> None:
        merged.append(records)
        behind.append(worker.parts.behind())
        if len(merged) == 2:
            worker.stop()

    flood = [Record(mapping.cdc_topic, offset, None, b"change") for offset in range(1_000)]
    post = Record(mapping.sheet_topic, 7, None, b"post")
    command = Record(mapping.commands_topic, 3, None, b"command")
    for records in (flood[:600], [post], flood[600:], [command]):
        worker.offer(records)
    monkeypatch.setattr(MergePoint, "start", lambda _: None)
    monkeypatch.setattr(MergePoint, "tick", lambda _: None)
    monkeypatch.setattr(MergePoint, "merge", merge)
    worker.run()
    assert merged == [[command, post, *flood[:BESIDE_POSTS]], flood[BESIDE_POSTS:]]
    assert behind == [1_000 - BESIDE_POSTS, 0]
