"""What cells of a row have in common, written once: the stamps of their versions and beliefs.

One transaction, one post or one call of ours leaves the same stamps in every cell that it reaches.
They stand in a list, and a cell names its place there. The stamps that the first sync left stand in
no list: they are the mapping's own, and have the place ``AS_FIRST``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from sink.core.belief import Belief
from sink.core.values.codec import Value
from sink.core.version import Absent, Origin, Version

Stamps = tuple[Any, ...]

AS_FIRST = -1
"""Also the place of the last stamps in a list that is read, where the first sync's are put."""

_ORIGINS = {origin.value: origin for origin in Origin}
"""To ask the enumeration itself takes longer than all else of a version."""


class StampsMet:
    """Stamps, in the order in which they are met first."""

    __slots__ = ("_places",)

    def __init__(self, first: Stamps) -> None:
        self._places = {first: AS_FIRST}

    def place(self, stamps: Stamps) -> int:
        """Where ``stamps`` stand."""
        places = self._places
        return places.setdefault(stamps, len(places) - 1)

    def stored(self) -> list[Stamps]:
        """All of them but the first sync's."""
        return list(self._places)[1:]


def stamps_of_version(version: Version) -> Stamps:
    """Of a version all but its value, in the order in which it is made."""
    return (
        version.time,
        version.origin,
        version.in_db,
        version.seen_from,
        version.shown,
        version.made,
        version.author,
        version.outside,
    )


def stamps_of_belief(belief: Belief) -> Stamps:
    """Of a belief all but values: in the place of what was replaced, when that was believed."""
    over = belief.over
    since = None if over is None else over[0]
    sight = (belief.lo, belief.hi, belief.written, belief.wrote, belief.edited, belief.hid)
    return (*sight, since)


def stored_version(version: Version, met: StampsMet) -> list[object]:
    """A version that stands by itself."""
    return [version.value, met.place(stamps_of_version(version))]


def stored_belief(belief: Belief, agreed: Value | Absent, met: StampsMet) -> object:
    """A belief about a cell for which ``agreed`` is agreed: its place, and what else it tells."""
    place = met.place(stamps_of_belief(belief))
    if belief.heard:
        over = None if belief.over is None else belief.over[1]
        return [place, belief.value, over, belief.heard]
    if belief.over is not None:
        return [place, belief.value, belief.over[1]]
    same = belief.value == agreed and type(belief.value) is type(agreed)  # True is 1 otherwise
    return place if same else [place, belief.value]


def by_column(places: Mapping[str, object], columns: AbstractSet[str]) -> object:
    """One place for all ``columns`` where they share it; else those that are not ``AS_FIRST``."""
    found = list(places.values())
    shared = found[0] if found else AS_FIRST
    if isinstance(shared, int) and found.count(shared) == len(found) and places.keys() == columns:
        return shared
    return {column: place for column, place in places.items() if place != AS_FIRST}


class StampsRead:
    """A row's stamps as they were stored, and the first sync's behind them."""

    __slots__ = ("_of_beliefs", "_of_versions")

    def __init__(
        self,
        versions: Iterable[Iterable[Any]],
        first_version: Stamps,
        beliefs: Iterable[Iterable[Any]],
        first_belief: Stamps,
    ) -> None:
        self._of_versions = [(time, _ORIGINS[origin], *rest) for time, origin, *rest in versions]
        self._of_versions.append(first_version)
        self._of_beliefs = [
            (lo, hi, written, tuple(wrote), *rest) for lo, hi, written, wrote, *rest in beliefs
        ]
        self._of_beliefs.append(first_belief)

    def version(self, value: Value, place: int) -> Version:
        """A version with the stamps of that place."""
        return Version(value, *self._of_versions[place])

    def belief(self, agreed: Value, stored: Any) -> Belief:
        """What ``stored_belief`` gave."""
        if isinstance(stored, int):
            lo, hi, written, wrote, edited, hid, _ = self._of_beliefs[stored]
            return Belief(agreed, lo, hi, (), written, wrote, edited, None, hid)
        place, value, *more = stored
        lo, hi, written, wrote, edited, hid, since = self._of_beliefs[place]
        over = None if since is None else (since, more[0])
        heard = tuple(map(tuple, more[1])) if len(more) > 1 else ()
        return Belief(value, lo, hi, heard, written, wrote, edited, over, hid)
