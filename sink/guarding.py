"""The guards at work on one batch: what of it is held, refused, or let through.

Deletes beyond the limit are held row by row, and the batch goes on. Cells emptied or rewritten
beyond theirs stop the batch before anything of it is stored (``HeldBatchError``), until a person
answers. The answer is for that batch, by the offsets up to which it reaches, and for what the same
side did with it, which batches behind it tell; or, where no record told of it but a look at the
sheet, for the next look that finds as much.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import orjson

from sink.core.change_event import ChangeEvent, DatabaseChange, Op, SheetDelete, SheetEdit
from sink.core.errors import SheetbridgeError
from sink.core.guards import (
    Excess,
    Guarded,
    Tally,
    What,
    count_row,
    denied_columns,
    least_limit,
    limit_of,
)
from sink.core.held_batch import Answer
from sink.core.mapping import Guards
from sink.core.row_state import RowState
from sink.core.version import Origin
from sink.ports import Transaction


class HeldBatchError(SheetbridgeError):
    """A guard stops the mapping before a batch; nothing of the batch was stored."""

    def __init__(self, excess: Excess) -> None:
        self.excess = excess
        super().__init__(str(excess))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a batch: the sides whose deletes are held, and what was refused of it.

    ``tally`` is what is stored with it; ``spent``: the answer was for this look, and is used up.
    """

    tally: Tally
    holds: frozenset[Origin] = frozenset()
    denied: frozenset[Guarded] = frozenset()
    spent: bool = False

    @property
    def changes_batch(self) -> bool:
        """Whether the batch is to be merged in another way than it was judged."""
        return bool(self.holds or self.denied)

    def under(self, event: ChangeEvent, state: RowState) -> ChangeEvent:
        """The event as it is to be merged."""
        match event:
            case SheetDelete() if Origin.SHEET in self.holds:
                return replace(event, held=True)
            case DatabaseChange(op=Op.DELETE) if Origin.DATABASE in self.holds:
                return replace(event, held=True)
            case SheetEdit() | DatabaseChange() if self.denied:
                side = Origin.SHEET if isinstance(event, SheetEdit) else Origin.DATABASE
                denied = [
                    denied_columns(event, state, what)
                    for what, origin in self.denied
                    if origin is side
                ]
                return replace(event, denied=frozenset().union(*denied))
        return event


@dataclass(slots=True)
class Guard:
    """The guards of one mapping: what was counted, and the answer that waits for its batch."""

    tally: Tally = field(default_factory=Tally)
    answer: Answer | None = None

    @classmethod
    def stored(cls, tally: str | None, answer: str | None) -> Guard:
        """The guards as they were stored."""
        return cls(
            Tally.from_json(orjson.loads(tally)) if tally else Tally(),
            Answer.decoded(answer) if answer else None,
        )

    def judge(
        self,
        settings: Guards,
        rows: Iterable[tuple[RowState, RowState]],
        offsets: Mapping[str, int],
        transaction: Transaction,
    ) -> Verdict:
        """Judge a batch by its rows before and after it; ``offsets`` are those behind it.

        Raises HeldBatchError where it must not be stored.
        """
        batch = Tally()
        for before, after in rows:
            if before is not after:
                count_row(before, after, batch)
        if settings.max_rewrites is None:
            batch = batch.without((What.REWRITES, origin) for origin in Origin)
        answered: dict[Guarded, bool] = {}
        holds: set[Origin] = set()
        together = self.tally.with_batch(batch)
        for what, origin in sorted(batch.counts):
            excess = _excess(settings, what, origin, together, transaction)
            release = self._answered((what, origin), offsets, batch)
            if release is not None and (excess is not None or offsets):
                answered[what, origin] = release
            elif excess is not None and what is What.DELETES:
                holds.add(origin)
            elif excess is not None:
                raise HeldBatchError(excess)
        return Verdict(
            self.tally.with_batch(batch.without(answered)),
            frozenset(holds),
            frozenset(guarded for guarded, release in answered.items() if not release),
            spent=bool(answered) and not offsets,
        )

    def _answered(self, guarded: Guarded, offsets: Mapping[str, int], batch: Tally) -> bool | None:
        """Whether a person has let this through; None where nobody was asked."""
        if self.answer is None or not self.answer.covers(offsets, batch.newest(guarded)):
            return None
        return self.answer.decisions.get(guarded)

    def facts(self, verdict: Verdict) -> dict[str, object]:
        """What is to be stored of the verdict."""
        facts: dict[str, object] = {}
        if verdict.tally != self.tally:
            facts["tally"] = orjson.dumps(verdict.tally.to_json()).decode()
        if verdict.spent:
            facts["answer"] = None
        return facts

    def committed(self, verdict: Verdict) -> None:
        """The verdict is stored."""
        self.tally = verdict.tally
        if verdict.spent:
            self.answer = None


def _excess(
    settings: Guards, what: What, origin: Origin, tally: Tally, transaction: Transaction
) -> Excess | None:
    least = least_limit(settings, what)
    count = tally.most(what, origin)
    if least is None or count <= least:
        return None
    gone = count if (what, origin) == (What.DELETES, Origin.DATABASE) else 0
    limit = limit_of(settings, what, transaction.table_size() + gone)
    newest = tally.newest((what, origin))
    return Excess(what, origin, count, limit, newest) if count > limit else None
