"""Shares of the mappings are even and complete, and nothing moves without need."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from sink.shares import Claim, Group, Shares, given_at_once, holders, owned_groups, share_out

MEMBERS = ("a", "b", "c", "d")
GROUPS = st.integers(0, 9).map(
    lambda count: [frozenset({f"cdc.{number}", f"sheet.{number}"}) for number in range(count)]
)
SOME_MEMBERS = st.lists(st.sampled_from(MEMBERS), min_size=1, unique=True)


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[Group], list[str], Shares]:
    """Groups, the members that are there, and who owned what, gone members too."""
    groups = draw(GROUPS)
    owned: Shares = {}
    for group in groups:
        owner = draw(st.sampled_from((None, *MEMBERS)))
        if owner is not None:
            owned.setdefault(owner, []).append(group)
    return groups, draw(SOME_MEMBERS), owned


def kept(shares: Shares, owned: Shares) -> int:
    return sum(len(set(share) & set(owned.get(member, ()))) for member, share in shares.items())


def even(counts: list[int]) -> bool:
    return max(counts) - min(counts) <= 1


@given(situations())
def test_every_group_is_one_member_s_and_the_counts_differ_by_one_at_most(
    situation: tuple[list[Group], list[str], Shares],
) -> None:
    groups, members, owned = situation
    shares = share_out(groups, members, owned)
    assert shares.keys() == set(members)
    dealt = [group for share in shares.values() for group in share]
    assert sorted(dealt, key=min) == groups
    assert even([len(share) for share in shares.values()])


@given(situations().filter(lambda situation: len(situation[0]) <= 5))
def test_no_other_even_sharing_leaves_more_where_it_is(
    situation: tuple[list[Group], list[str], Shares],
) -> None:
    groups, members, owned = situation
    owner = {group: member for member, theirs in owned.items() for group in theirs}
    most = max(
        sum(owner.get(group) == member for group, member in zip(groups, dealt, strict=True))
        for dealt in product(members, repeat=len(groups))
        if even([dealt.count(member) for member in members])
    )
    assert kept(share_out(groups, members, owned), owned) == most


@given(situations(), st.permutations(MEMBERS))
def test_the_order_of_what_the_leader_hears_does_not_matter(
    situation: tuple[list[Group], list[str], Shares], order: list[str]
) -> None:
    groups, members, owned = situation
    shares = share_out(groups, members, owned)
    members = sorted(members, key=order.index)
    turned = {member: owned[member][::-1] for member in reversed(owned)}
    assert share_out(groups, members, turned) == shares


@given(situations())
def test_a_second_round_hands_over_what_moves_and_takes_nothing_else(
    situation: tuple[list[Group], list[str], Shares],
) -> None:
    """In the first round nobody gets what another still has; a third would change nothing."""
    groups, members, owned = situation
    claims = [claim(member, owned.get(member, [])) for member in members]
    held = holders(claims)
    meant = share_out(groups, members, owned_groups(groups, held))
    first = given_at_once(meant, held)
    for member, share in first.items():
        for topic in frozenset().union(*share):
            assert held.get(topic, member) == member
    held = holders(claim(member, share) for member, share in first.items())
    second = share_out(groups, members, owned_groups(groups, held))
    assert second == given_at_once(second, held)
    for member, share in second.items():
        assert set(first[member]) <= set(share)
    held = holders(claim(member, share) for member, share in second.items())
    third = share_out(groups, members, owned_groups(groups, held))
    assert {member: set(share) for member, share in third.items()} == {
        member: set(share) for member, share in second.items()
    }


def claim(member: str, share: list[Group], generation: int = 1) -> Claim:
    return Claim(member, generation, frozenset().union(*share))


def test_who_missed_a_sharing_out_holds_nothing_that_another_got_since() -> None:
    (late, kept_by_it) = (frozenset({"cdc.1", "sheet.1"}), frozenset({"cdc.2", "sheet.2"}))
    for names in (("a", "b"), ("b", "a")):
        frozen, successor = names
        held = holders([claim(frozen, [late, kept_by_it], 4), claim(successor, [late], 5)])
        owned = owned_groups([late, kept_by_it], held)
        assert owned == {successor: [late], frozen: [kept_by_it]}


def test_a_group_whose_topics_are_torn_apart_is_given_to_nobody_until_they_are_free() -> None:
    group = frozenset({"cdc.1", "sheet.1"})
    held = {"cdc.1": "a", "sheet.1": "b"}
    assert owned_groups([group], held) == {}
    assert given_at_once({"a": [group], "b": []}, held) == {"a": [], "b": []}


def test_a_group_that_has_grown_stays_with_its_owner() -> None:
    group = frozenset({"cdc.1", "sheet.1", "sheet.2"})
    held = {"cdc.1": "b", "sheet.1": "b"}
    owned = owned_groups([group], held)
    assert owned == {"b": [group]}
    shares = share_out([group], ["a", "b"], owned)
    assert given_at_once(shares, held) == {"a": [], "b": [group]}


def test_without_owners_the_groups_are_dealt_in_turn() -> None:
    groups = [frozenset({str(number)}) for number in range(5)]
    assert share_out(groups, ["b", "a"], {}) == {"a": groups[::2], "b": groups[1::2]}
