"""A batch before which a guard has stopped a mapping, and the answer to it, as they are stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sink.core.guards import SECOND, WINDOW_SECONDS, Excess, Guarded, What
from sink.core.version import Origin

LOOK_AGAIN = 120_000_000
"""How long (µs) after an answer a look may find again what the one before had found."""


@dataclass(frozen=True, slots=True)
class HeldBatch:
    """A batch that waits for an answer: ``until`` are the offsets behind it (none: it was found by
    looking), ``since`` Google's time in µs.

    ``reached`` is the same moment by the clock that times the changes of the excess's side; None:
    Google's.
    """

    excess: Excess
    since: int
    until: Mapping[str, int] = field(default_factory=dict)
    reached: int | None = None

    def encoded(self) -> str:
        """The batch as text."""
        excess = self.excess
        return json.dumps(
            [
                excess.what.value,
                excess.origin.value,
                excess.count,
                excess.limit,
                excess.newest,
                self.since,
                dict(self.until),
                self.reached,
            ]
        )

    @classmethod
    def decoded(cls, stored: str) -> HeldBatch:
        """The batch that ``encoded`` wrote."""
        what, origin, count, limit, newest, since, until, *reached = json.loads(stored)
        return cls(Excess(What(what), Origin(origin), count, limit, newest), since, until, *reached)

    def answered(self, *, release: bool, at: int) -> Answer:
        """The answer to it, given at ``at`` (Google's time in µs)."""
        excess, window = self.excess, WINDOW_SECONDS * SECOND
        held = self.since if self.reached is None else self.reached
        reaches = (excess.newest - window, min(held, excess.newest + window))
        return Answer({(excess.what, excess.origin): release}, at, self.until, reaches)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said to a held batch: whether each of what exceeds in it is let through.

    ``at`` is Google's time of the answer; ``until`` as in the batch that was held. ``reaches`` is
    from the minute that exceeded to when it was held, a minute later at most, by the clock of the
    side in question: a statement that changes more rows than one batch has is one question, and
    what was done later is another, however long the sink was behind.
    """

    decisions: Mapping[Guarded, bool]
    at: int
    until: Mapping[str, int] = field(default_factory=dict)
    reaches: tuple[int, int] = (0, 0)

    def encoded(self) -> str:
        """The answer as text."""
        decisions = [[*guarded, release] for guarded, release in self.decisions.items()]
        return json.dumps([decisions, self.at, dict(self.until), self.reaches])

    @classmethod
    def decoded(cls, stored: str) -> Answer:
        """The answer that ``encoded`` wrote."""
        decisions, at, until, (begin, end) = json.loads(stored)
        answers = {(What(what), Origin(origin)): release for what, origin, release in decisions}
        return cls(answers, at, until, (begin, end))

    def joined(self, before: Answer | None) -> Answer:
        """This answer with what was said before to the same batch."""
        stale = before is not None and not self.until and self.at > before.at + LOOK_AGAIN
        if before is None or before.until != self.until or stale:
            return self
        begin = min(self.reaches[0], before.reaches[0])
        return replace(
            self,
            decisions={**before.decisions, **self.decisions},
            reaches=(begin, max(self.reaches[1], before.reaches[1])),
        )

    def covers(self, offsets: Mapping[str, int], newest: int) -> bool:
        """Whether a batch is the one that was held, a part of it, or tells the rest of it.

        It ends at ``offsets``; the newest change in question is of ``newest`` (µs).
        """
        if not self.until:
            return not offsets and newest <= self.at + LOOK_AGAIN
        if not offsets:
            return False
        begin, end = self.reaches
        part = all(stop <= self.until.get(topic, 0) for topic, stop in offsets.items())
        return part or begin < newest <= end
