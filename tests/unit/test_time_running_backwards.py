"""A restored database, a topic made anew, another cluster: nothing is merged until somebody says
which side is right, and then both are what that side is.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from sink.core.command import Order
from sink.core.lineage import Lineage, Streams, backwards
from sink.core.version import Origin
from sink.parts import Backwards
from tests.simulation.acts import row_key
from tests.unit.test_controls import Desk

NOW = Streams("cluster", {"cdc": "1", "sheet": "2"}, {"cdc": 10, "sheet": 5})
KNOWN = Lineage.of(NOW)
READ = {"cdc": 10, "sheet": 5}


def test_the_same_topics_and_a_server_that_knows_all_are_well() -> None:
    assert backwards(KNOWN, NOW, READ, None, "orders") is None
    assert backwards(None, NOW, {}, None, "orders") is None
    assert backwards(Lineage("cluster"), NOW, READ, None, "orders") is None


@pytest.mark.parametrize(
    ("streams", "offsets", "lost", "says"),
    [
        (replace(NOW, cluster="other"), READ, None, "another Kafka cluster (other)"),
        (replace(NOW, topics={"cdc": "3", "sheet": "2"}), READ, None, "topic cdc was made anew"),
        (replace(NOW, ends={"cdc": 9, "sheet": 5}), READ, None, "topic cdc ends before"),
        (NOW, READ, "uuid:7", "does not know transaction uuid:7"),
    ],
)
def test_time_that_runs_backwards_is_told_with_what_to_do(
    streams: Streams, offsets: dict[str, int], lost: str | None, says: str
) -> None:
    reason = backwards(KNOWN, streams, offsets, lost, "orders")
    assert reason is not None
    assert says in reason
    assert "sheetbridge resume orders --prefer database, or --prefer sheet" in reason


def test_a_lineage_round_trips() -> None:
    assert Lineage.decoded(KNOWN.encoded()) == KNOWN
    assert Lineage.decoded(None) is None


def test_what_kafka_has_deleted_unread_is_passed_over() -> None:
    kept = replace(NOW, starts={"cdc": 4, "sheet": 5})
    assert kept.readable({"cdc": 7, "sheet": 2}) == {"cdc": 7, "sheet": 5}
    assert kept.readable({}) == {"cdc": 4, "sheet": 5}


def restored() -> Desk:
    """The database is restored to before: row 1 was changed since, 2 deleted, 5 inserted, in the
    database; row 3 was changed in the sheet."""
    desk = Desk()
    world = desk.world
    backup = world.server.data.copy()
    desk.put(1, a="after")
    desk.drop(2)
    desk.put(5, a="new", b=None, u=None)
    row = world.sheet.row_of(3)
    done = world.sheet.gesture("edit", range=f"B{row}", values=[["typed"]])
    world.script.fire(done, lambda _time, _edits: None)
    desk.pass_time()
    assert desk.shown() == {1: "after", 3: "typed", 4: "A4", 5: "new"}

    world.server.data = backup
    world.connector.go_on_from_now()
    ends = {topic.name: len(topic.records) for topic in (world.changes, world.posts)}
    world.backwards = Backwards("it was restored", lambda: Streams("cluster", {}, ends), lambda: "")
    world.processes[-1].die()
    desk.pass_time()
    return desk


def test_nothing_is_merged_before_somebody_decides() -> None:
    desk = restored()
    table = {key: dict(image) for key, image in desk.world.server.data.table.items()}
    shown = desk.shown()
    assert desk.give(Order.RESUME) == "It still stands still: it was restored"
    assert desk.give(Order.RELEASE) == "it was restored"
    assert "it was restored" in desk.give(Order.RECONCILE)
    assert desk.world.server.data.table == table
    assert desk.shown() == shown


@pytest.mark.parametrize("side", Origin)
def test_the_side_that_is_right_is_what_both_become(side: Origin) -> None:
    desk = restored()
    says = desk.give(Order.RESUME, prefer=side.value)
    assert says.startswith(f"The {side} is right. 4 rows differed")
    desk.pass_time()
    wanted: dict[int, object] = (
        {1: "A1", 2: "A2", 3: "A3", 4: "A4"}
        if side is Origin.DATABASE
        else {1: "after", 3: "typed", 4: "A4", 5: "new"}
    )
    assert desk.shown() == wanted
    table = desk.world.server.data.table
    assert {int(str(key.values[0])): image["a"] for key, image in table.items()} == wanted
    lost = {(key, loss.column, loss.loser.value) for key, loss in desk.world.server.data.conflicts}
    if side is Origin.DATABASE:
        assert {(row_key(1), "a", "after"), (row_key(3), "a", "typed")} <= lost
        assert {(row_key(2), None, False), (row_key(5), "a", "new")} <= lost

    desk.put(4, a="goes on")
    desk.pass_time()
    assert desk.shown()[4] == "goes on"


def test_a_preference_is_refused_while_time_runs_forwards() -> None:
    desk = Desk()
    assert desk.give(Order.RESUME, prefer="sheet").startswith("No side is to be preferred")


@pytest.mark.parametrize("side", Origin)
def test_changes_of_the_table_that_no_stream_tells_are_decided_too(side: Origin) -> None:
    """The topics were made anew: what was committed meanwhile is in no topic."""
    desk = Desk()
    world = desk.world
    world.processes[-1].die()
    desk.put(1, a="unheard")
    desk.drop(2)
    desk.put(5, a="unheard too", b=None, u=None)
    world.connector.go_on_from_now()
    ends = {topic.name: len(topic.records) for topic in (world.changes, world.posts)}
    world.backwards = Backwards("anew", lambda: Streams("cluster", {}, ends), lambda: "")
    desk.pass_time()
    desk.give(Order.RESUME, prefer=side.value)
    desk.pass_time()
    table = desk.world.server.data.table
    both = {int(str(key.values[0])): image["a"] for key, image in table.items()}
    assert desk.shown() == both
    assert both == (
        {1: "unheard", 3: "A3", 4: "A4", 5: "unheard too"}
        if side is Origin.DATABASE
        else {1: "A1", 2: "A2", 3: "A3", 4: "A4"}
    )
    lost = {(key, loss.column, loss.loser.value) for key, loss in world.server.data.conflicts}
    if side is Origin.SHEET:
        assert {(row_key(1), "a", "unheard"), (row_key(2), None, False)} <= lost
        assert (row_key(5), "a", "unheard too") in lost
