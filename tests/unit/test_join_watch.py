"""When a join counts as forgotten."""

from __future__ import annotations

from kafka.structs import (  # type: ignore[import-untyped]
    ConsumerGroupMetadata,
    MemberState,
)

from sink.join_watch import ANSWER_SECONDS, OTHERS_SECONDS, JoinWatch


def member(state: str, generation: int) -> ConsumerGroupMetadata:
    return ConsumerGroupMetadata("group", generation, "member", None, state)


def at_work(generation: int) -> JoinWatch:
    watch = JoinWatch()
    assert not watch.forgotten(member(MemberState.STABLE, generation), 0.0)
    return watch


def test_a_member_at_work_has_forgotten_nothing() -> None:
    watch = at_work(4)
    assert not watch.forgotten(member(MemberState.STABLE, 4), 1_000.0)


def test_a_generation_that_never_begins_work_is_a_forgotten_join() -> None:
    watch = at_work(4)
    joining = member(MemberState.REBALANCING, 5)
    assert not watch.forgotten(joining, 10.0)
    assert not watch.forgotten(joining, 9.9 + ANSWER_SECONDS)
    assert watch.forgotten(joining, 10.0 + ANSWER_SECONDS)


def test_the_others_may_take_longer_before_the_members_are_known() -> None:
    watch = at_work(4)
    waiting = member(MemberState.REBALANCING, 4)
    assert not watch.forgotten(waiting, 10.0)
    assert not watch.forgotten(waiting, 9.9 + OTHERS_SECONDS)
    assert watch.forgotten(waiting, 10.0 + OTHERS_SECONDS)


def test_so_may_they_at_the_first_join() -> None:
    watch = JoinWatch()
    assert not watch.forgotten(member(MemberState.REBALANCING, -1), 0.0)
    assert not watch.forgotten(member(MemberState.REBALANCING, -1), 2 * ANSWER_SECONDS)


def test_it_is_told_once_and_then_watched_anew() -> None:
    watch = at_work(4)
    joining = member(MemberState.REBALANCING, 5)
    watch.forgotten(joining, 0.0)
    assert watch.forgotten(joining, 100.0)
    assert not watch.forgotten(joining, 100.1)


def test_a_join_that_came_to_its_end_is_not_counted_to_the_next() -> None:
    watch = at_work(4)
    assert not watch.forgotten(member(MemberState.REBALANCING, 5), 0.0)
    assert not watch.forgotten(member(MemberState.STABLE, 5), 1.0)
    assert not watch.forgotten(member(MemberState.REBALANCING, 6), 1.0 + ANSWER_SECONDS)
