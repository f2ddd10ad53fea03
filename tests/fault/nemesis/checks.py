"""What must hold once everything has come to rest. Each check gives its violations.

An acknowledged write is accounted for if it is the final value, or a later write of its cell
replaced it (on its own side, or on the other in sight of it), or it stands in the conflict log or
among the dead letters. Acts of unknown fate may have happened or not: they owe nothing, and excuse
what they may have replaced.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.fault.nemesis.history import EXISTENCE, Act, Content, History, Outcome, Row, Write
from tests.fault.nemesis.stage import CELLS, REMARK, View

UNKNOWN_SECONDS = 60.0
"""An act of unknown fate has happened by then, or never does: its writer's patience is shorter."""


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong, and with which row (None: none in particular)."""

    says: str
    key: str | None = None
    column: str | None = None

    def __str__(self) -> str:
        return self.says


@dataclass(frozen=True, slots=True)
class Loss:
    """An entry of the conflict log."""

    key: str
    column: str | None
    value: Content
    rule: str
    winner: str
    """The version that won, as it is stored: value, time and origin."""


@dataclass(frozen=True)
class End:
    """Both sides as they are at the end, and what was kept of the losers."""

    view: View
    table: Mapping[str, Row]
    losses: Sequence[Loss] = ()
    letters: Sequence[str] = ()
    """The dead letters' records as they stand."""

    _logged: set[tuple[str, str | None, str]] = field(init=False)

    def __post_init__(self) -> None:
        logged = {(loss.key, loss.column, str(loss.value)) for loss in self.losses}
        object.__setattr__(self, "_logged", logged)

    def logged(self, key: str, column: str | None, value: Content) -> bool:
        """Whether the conflict log holds this value of this cell."""
        return (key, column, str(value)) in self._logged

    def set_aside(self, value: Content) -> bool:
        """Whether a dead letter holds the value, and not just a longer one that contains it."""
        if value is None:
            return False
        whole = re.compile(rf"(?<!\w){re.escape(str(value))}(?!\w)")
        return any(whole.search(letter) for letter in self.letters)


def violations(history: History, end: End) -> list[Violation]:
    """Everything that is wrong."""
    return [
        *unequal(end),
        *lost(history, end),
        *came_back(history, end),
        *logged_twice(end),
        *remarks_lost(history, end),
        *wrong_sum(end),
    ]


def unequal(end: End) -> Iterator[Violation]:
    """The same rows on both sides, each key once, every mapped cell equal.

    A cell that the database refuses is the exception: it stays as it was typed, and is set aside.
    """
    for key, times in Counter(end.view.keys()).items():
        if times > 1:
            yield Violation(f"{key} stands {times} times in the sheet", key)
    for row in end.view.rows:
        if row.get("id") is None and any(row.get(column) is not None for column in CELLS):
            yield Violation(f"a row of the sheet has cells and no key: {dict(row)}")
    there = end.view.by_key()
    for key in sorted(there.keys() | end.table.keys()):
        if key not in there or key not in end.table:
            yield Violation(f"{key} is in the {'table' if key not in there else 'sheet'} only", key)
            continue
        for column in CELLS:
            shown, stored = there[key].get(column), end.table[key].get(column)
            refused = column == "n" and isinstance(shown, str) and end.set_aside(shown)
            if shown != stored and not refused:
                says = f"{key}.{column} is {shown!r} in the sheet and {stored!r} in the table"
                yield Violation(says, key, column)


def lost(history: History, end: End) -> Iterator[Violation]:
    """Nothing is lost in silence."""
    final = end.view.by_key()
    by_key: dict[str, list[Act]] = {}
    for act in history.happened():
        for key in dict.fromkeys(write.key for write in act.writes):
            by_key.setdefault(key, []).append(act)
    for act in history.acts:
        if act.outcome is not Outcome.DONE:
            continue
        for write in act.writes:
            if not _is_traced(act, write) or write.key in history.doubled:
                continue
            if any(
                write.key in side and side[write.key].get(write.column or "") == write.value
                for side in (final, end.table)  # they differ where the sheet shows a refused cell
            ):
                continue
            if any(_replaced(act, write, later) for later in by_key[write.key]):
                continue
            if end.logged(write.key, write.column, write.value) or end.set_aside(write.value):
                continue
            row = final.get(write.key)
            now = f"is {row.get(write.column or '')!r}" if row else "is gone with its row"
            says = f"lost: {write.key}.{write.column} = {write.value!r} (#{act.number}) {now}"
            yield Violation(says, write.key, write.column)


def _is_traced(act: Act, write: Write) -> bool:
    if write.column is EXISTENCE or write.column == REMARK or write.carried:
        return False
    return act.saw.get(write.key, {}).get(write.column) != write.value


def _replaced(act: Act, write: Write, later: Act) -> bool:
    """Whether ``later`` took the place of what ``act`` wrote."""
    over = later.ended if math.isfinite(later.ended) else later.begun + UNKNOWN_SECONDS
    if later is act or over < act.begun:
        return False
    touched = [w for w in later.writes if w.key == write.key]
    deletes = any(w.column is EXISTENCE and w.value is False for w in touched)
    rewrites = any(w.column == write.column for w in touched)
    if later.side is act.side:
        return deletes or rewrites or any(w.column is EXISTENCE for w in touched)
    seen = later.saw.get(write.key, {}).get(write.column or "") == write.value
    return seen and (deletes or rewrites)


def came_back(history: History, end: End) -> Iterator[Violation]:
    """A row that was deleted is there only if an act touched it afterwards, or at the same time
    (the two crossed: then one of them was logged)."""
    for key in end.view.by_key().keys() | end.table.keys():
        acts = history.of(key)
        deletes = [
            act
            for act in acts
            if act.outcome is Outcome.DONE
            and any(w.key == key and w.column is EXISTENCE and w.value is False for w in act.writes)
        ]
        if not deletes or key in history.doubled:
            continue
        last = max(deletes, key=lambda act: act.ended)
        later = [act for act in acts if act is not last and act.ended >= last.begun]
        if not later and not end.logged(key, EXISTENCE, value=False):
            yield Violation(f"{key} came back after #{last.number}, and nobody wanted it", key)


def logged_twice(end: End) -> Iterator[Violation]:
    """What is delivered again adds nothing to the conflict log. Every value is written by one act,
    so that it loses to the same version by one rule in one cell once."""
    told = Counter(
        (loss.key, loss.column, str(loss.value), loss.rule, loss.winner)
        for loss in end.losses
        if loss.column is not EXISTENCE and loss.column != "tally" and loss.value is not None
    )
    for (key, column, value, rule, _), times in told.items():
        if times > 1:
            says = f"{key}.{column} = {value} is in the conflict log {times} times by {rule}"
            yield Violation(says, key, column)


def remarks_lost(history: History, end: End) -> Iterator[Violation]:
    """The person's own column stays as it was typed, on rows that nobody deleted or made anew."""
    for key, row in end.view.by_key().items():
        acts = history.of(key)
        if key in history.doubled or any(w.column is EXISTENCE for a in acts for w in a.writes):
            continue
        typed = [(a, w) for a in acts for w in a.writes if w.column == REMARK and w.key == key]
        sure = [act.begun for act, _ in typed if act.outcome is Outcome.DONE]
        last = max(sure, default=0.0)
        may_be = {write.value for act, write in typed if act.ended >= last} or {None}
        if row.get(REMARK) not in may_be:
            says = f"{key}'s remark is {row.get(REMARK)!r}, typed was {sorted(map(str, may_be))}"
            yield Violation(says, key, REMARK)


def wrong_sum(end: End) -> Iterator[Violation]:
    """The formula beside the mapped columns is still there, and counts what is shown."""
    numbers = [row.get("n") for row in end.view.rows]
    total = sum(number for number in numbers if isinstance(number, int))
    shown = end.view.header[-1] if end.view.header else None
    if shown != total:
        yield Violation(f"the formula shows {shown!r}; the sum is {total}")
