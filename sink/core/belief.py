"""What a cell of the sheet, or a row's existence there, is believed to show."""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from sink.core.values.codec import Value
from sink.core.version import ABSENT, Absent


@dataclass(init=False, slots=True)
class Belief:
    """What a cell of the sheet showed at the last call or look, and what was heard since.

    The call or look was sent at ``lo`` and answered at ``hi`` (Google's clock). ``heard`` are the
    events since ``lo`` as (time, value). ``written``: the value came from a call of ours. ``wrote``
    are ``lo`` and ``hi`` of the last call of ours that wrote the cell. ``edited`` is when the
    newest edit among the events heard was made (0: all showed what was believed). ``over`` is what
    our last call replaced, with the time of the look or edit since when that had been believed;
    None: it was something else. ``hid`` is when a call of ours first put something else over the
    agreed value (0: never).
    """

    value: Final[Value]
    lo: Final[int]
    hi: Final[int]
    heard: Final[tuple[tuple[int, Value], ...]]
    written: Final[bool]
    wrote: Final[tuple[int, int]]
    edited: Final[int]
    over: Final[tuple[int, Value] | None]
    hid: Final[int]

    def __init__(
        self,
        value: Value,
        lo: int,
        hi: int,
        heard: tuple[tuple[int, Value], ...] = (),
        written: bool = False,
        wrote: tuple[int, int] = (0, 0),
        edited: int = 0,
        over: tuple[int, Value] | None = None,
        hid: int = 0,
    ) -> None:
        self.value = value
        self.lo = lo
        self.hi = hi
        self.heard = heard
        self.written = written
        self.wrote = wrote
        self.edited = edited
        self.over = over
        self.hid = hid

    def hear(
        self, time: int, value: Value, *, news: bool = True, newest_only: bool = False
    ) -> Belief:
        """The belief after an event; events older than the last call or look say nothing new.

        ``newest_only``: of what was heard after ``hi`` the newest is kept, and nothing else.
        """
        new = time >= self.lo
        if not new and not newest_only:
            return self
        heard = (*self.heard, (time, value)) if new else self.heard
        if newest_only and len(heard) > 1:
            heard = self._newest_of(heard)
        # dataclasses.replace takes five times as long, and this is done for every edited cell
        return Belief(
            self.value,
            self.lo,
            self.hi,
            heard,
            self.written,
            self.wrote,
            max(self.edited, time) if new and news else self.edited,
            self.over,
            self.hid,
        )

    def _newest_of(self, heard: tuple[tuple[int, Value], ...]) -> tuple[tuple[int, Value], ...]:
        if len(heard) == 2 and self.hi < heard[0][0] < heard[1][0]:
            return heard[1:]  # nearly always
        later = [entry for entry in heard if entry[0] > self.hi]
        if len(later) < 2:
            return heard
        during = [entry for entry in heard if entry[0] <= self.hi]
        return (*during, max(later, key=itemgetter(0)))

    def met(self, over: tuple[int, Value] | None, heard: tuple[tuple[int, Value], ...]) -> Belief:
        """The belief once a call of ours has told what it replaced (see ``over``)."""
        return Belief(
            self.value,
            self.lo,
            self.hi,
            heard,
            self.written,
            self.wrote,
            self.edited,
            over,
            self.hid,
        )

    def possible(self) -> tuple[Value, ...]:
        """Every value that the cell may show: one where that is certain."""
        heard = self.heard
        if not heard:
            return (self.value,)
        if len(heard) == 1 and heard[0][0] > self.hi:
            return (heard[0][1],)  # nearly always
        later = [entry for entry in heard if entry[0] > self.hi]
        if later:
            return (max(later, key=itemgetter(0))[1],)
        values = [self.value]
        for _, value in heard:
            if value not in values:
                values.append(value)
        return tuple(values)

    def surely(self) -> Value | Absent:
        """The one value that the cell shows, or ABSENT where that is not certain."""
        if not self.heard:
            return self.value
        possible = self.possible()
        return possible[0] if len(possible) == 1 else ABSENT
