"""Which member of the sinks' group has which mappings: even shares, and little moves.

The topics of a mapping have one partition and are merged by one worker; mappings that share a
table go together too. Such topics make a *group* here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass

from sink.core.mapping import Mapping

Group = frozenset[str]
"""Topics that stay together."""

Shares = dict[str, list[Group]]
"""What each member has."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a member says it holds as it joins."""

    member: str
    generation: int
    """In which sharing out it got them; a member that missed one may claim what others have."""
    topics: frozenset[str]


def topic_groups(mappings: Iterable[Mapping]) -> list[Group]:
    """The topics that must stay together, in a stable order."""
    groups: list[set[str]] = []
    for mapping in mappings:
        joined = set(mapping.topics)
        apart = []
        for group in groups:
            if group & joined:
                joined |= group
            else:
                apart.append(group)
        groups = [*apart, joined]
    return sorted((frozenset(group) for group in groups), key=min)


def holders(claims: Iterable[Claim]) -> dict[str, str]:
    """The member that holds each claimed topic: of several, the one who got it last."""
    held: dict[str, str] = {}
    for claim in sorted(claims, key=lambda claim: (claim.generation, claim.member)):
        held |= dict.fromkeys(claim.topics, claim.member)
    return held


def owned_groups(groups: Sequence[Group], held: Dictionary[str, str]) -> Shares:
    """The groups of which one member holds topics, and no other does."""
    owned: Shares = {}
    for group in groups:
        members = {held[topic] for topic in group & held.keys()}
        if len(members) == 1:
            owned.setdefault(members.pop(), []).append(group)
    return owned


def share_out(
    groups: Sequence[Group], members: Collection[str], owned: Dictionary[str, Collection[Group]]
) -> Shares:
    """Each group to one member; the same for the same input, in whatever order it comes.

    The counts differ by one at most, and as many groups stay with their owners as that allows:
    where not all can have one more than the others, those do who own most.

    Args:
        groups: in the order in which those without an owner are dealt out.
        members: at least one.
        owned: what each holds by now, a group one member's; those who are gone do not count.
    """
    most_owned_first = sorted(members, key=lambda member: (-len(owned.get(member, ())), member))
    each, over = divmod(len(groups), len(members))
    room = {member: each + (at < over) for at, member in enumerate(most_owned_first)}
    shares: Shares = {member: [] for member in sorted(members)}
    free = []
    owner = {group: member for member, theirs in owned.items() for group in theirs}
    for group in groups:
        member = owner.get(group)
        if member in shares and len(shares[member]) < room[member]:
            shares[member].append(group)
        else:
            free.append(group)
    for group in free:
        with_room = [member for member in shares if len(shares[member]) < room[member]]
        shares[min(with_room, key=lambda member: len(shares[member]))].append(group)
    return shares


def given_at_once(shares: Shares, held: Dictionary[str, str]) -> Shares:
    """The shares without what another member still holds, who must give it up first."""
    return {
        member: [
            group for group in share if {held.get(topic, member) for topic in group} == {member}
        ]
        for member, share in shares.items()
    }
