"""People's posts do not wait behind a flood of changes, and the flood goes on all the same."""

from __future__ import annotations

import pytest

from sink.backlog import BESIDE_POSTS, BYTES_BESIDE_POSTS, LONGEST, Backlog
from sink.record import Record


def changes(first: int, count: int, size: int = 10) -> list[Record]:
    return [Record("cdc", first + at, b"key", b"c" * size) for at in range(count)]


def posts(first: int, count: int, size: int = 10, topic: str = "sheet") -> list[Record]:
    return [Record(topic, first + at, b"key", b"p" * size) for at in range(count)]


NOW = 100.0


@pytest.fixture
def backlog() -> Backlog:
    return Backlog("cdc", "commands", most=1_000, most_bytes=1_000_000)


def test_nothing_waits_at_first(backlog: Backlog) -> None:
    assert not backlog
    assert backlog.take(NOW) == []


def test_changes_alone_fill_a_batch(backlog: Backlog) -> None:
    backlog.add(changes(0, 1_500))
    assert backlog.take(NOW) == changes(0, 1_000)
    assert backlog
    assert backlog.take(NOW) == changes(1_000, 500)
    assert not backlog


def test_a_post_behind_a_flood_comes_into_the_next_batch_with_a_part_of_it(
    backlog: Backlog,
) -> None:
    backlog.add(changes(0, 5_000))
    backlog.add(posts(0, 1))
    assert backlog.take(NOW) == posts(0, 1) + changes(0, BESIDE_POSTS)
    assert backlog.take(NOW) == changes(BESIDE_POSTS, 1_000)


def test_a_flood_of_posts_does_not_keep_the_changes_back(backlog: Backlog) -> None:
    backlog.add(posts(0, 5_000))
    backlog.add(changes(0, 3 * BESIDE_POSTS))
    taken = [backlog.take(NOW) for _ in range(3)]
    assert [record for batch in taken for record in batch if record.topic == "cdc"] == changes(
        0, 3 * BESIDE_POSTS
    )
    assert [record for batch in taken for record in batch if record.topic == "sheet"] == posts(
        0, 3_000
    )


def test_large_changes_beside_posts_are_counted_by_their_bytes(backlog: Backlog) -> None:
    backlog.add(changes(0, 5, size=BYTES_BESIDE_POSTS // 2))
    backlog.add(posts(0, 1))
    assert len(backlog.take(NOW)) == 1 + 2
    backlog.add(posts(1, 1))
    assert len(backlog.take(NOW)) == 1 + 2


def test_one_record_comes_however_large_it_is(backlog: Backlog) -> None:
    backlog.add(changes(0, 2, size=3_000_000))
    assert backlog.take(NOW) == changes(0, 1, size=3_000_000)
    backlog.add(posts(0, 2, size=3_000_000))
    assert backlog.take(NOW) == posts(0, 1, size=3_000_000) + changes(1, 1, size=3_000_000)


def test_commands_come_first_and_keep_nothing_back(backlog: Backlog) -> None:
    backlog.add(posts(0, 5_000))
    backlog.add(changes(0, 5_000))
    backlog.add(posts(0, 2, topic="commands"))
    assert backlog.take(NOW) == posts(0, 2, topic="commands") + posts(0, 1_000) + changes(
        0, BESIDE_POSTS
    )
    alone = Backlog("cdc", "commands", most=1, most_bytes=1)
    alone.add(posts(0, 3, topic="commands"))
    assert alone
    assert alone.take(NOW) == posts(0, 3, topic="commands")
    assert not alone


def test_a_tombstone_counts_as_a_record(backlog: Backlog) -> None:
    gone = [Record("cdc", at, b"key", None) for at in range(1_001)]
    backlog.add(gone)
    assert backlog.take(NOW) == gone[:1_000]
    assert backlog.take(NOW) == gone[1_000:]


def test_echoes_that_grow_with_the_posts_are_not_left_behind_for_ever() -> None:
    """Each batch of posts is written, and comes back as many changes; it takes half a second."""
    backlog = Backlog("cdc", "commands", most=2_000, most_bytes=1_000_000)
    waited, echoes = list[int](), 0
    for batch in range(200):
        backlog.add(posts(batch * 400, 400))
        backlog.add(changes(echoes, 400))
        echoes += 400
        taken = backlog.take(NOW + batch / 2)
        assert sum(record.topic == "sheet" for record in taken) == 400
        waited.append(backlog.changes)
    assert max(waited) <= 2_000
    assert 0 in waited


def test_a_full_share_ends_the_wait_of_changes_and_the_next_begins_anew(backlog: Backlog) -> None:
    backlog.add(changes(0, 10_000))
    sizes = []
    for at in range(6):
        backlog.add(posts(at, 1))
        sizes.append(len(backlog.take(NOW + at * LONGEST / 2)) - 1)
    few = BESIDE_POSTS
    assert sizes == [few, few, 1_000, few, few, 1_000]
