"""What the guards hold, as the state tables have it: for ``status``, the sheet, and who decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from sink.core.guards import What
from sink.core.held_batch import HeldBatch
from sink.core.version import Origin
from sink.state import schema
from sink.state.records import HELD_IN


@dataclass(frozen=True, slots=True)
class HeldChanges:
    """Changes of one kind by one side that wait for an answer.

    ``since`` is Google's time in µs. ``keys`` are canonical keys of the rows, the first ones where
    there are many; of a held batch they are not known yet. ``stops``: the mapping stands still.
    """

    what: What
    origin: Origin
    count: int
    since: int
    keys: Sequence[str] = field(default_factory=tuple)
    stops: bool = False


def read_held(
    connection: Connection, mapping_id: int, batch: str | None, *, examples: int = 0
) -> list[HeldChanges]:
    """What is held of a mapping; ``batch`` is its stored held batch.

    ``examples`` bounds the keys that are named.
    """
    found = []
    if batch:
        held = HeldBatch.decoded(batch)
        excess = held.excess
        found.append(HeldChanges(excess.what, excess.origin, excess.count, held.since, stops=True))
    states = schema.row_state
    since = func.min(func.json_extract(states.c.record, "$.held[0][2]"))
    for origin, flag in HELD_IN.items():
        flagged = (
            states.c.mapping_id == mapping_id,
            states.c.attention > 0,
            states.c.attention.bitwise_and(flag) != 0,
        )
        count, first = connection.execute(select(func.count(), since).where(*flagged)).one()
        if count:
            keys = connection.scalars(
                select(states.c.row_key)
                .where(*flagged)
                .order_by(states.c.attention, states.c.row_key)
                .limit(examples)
            )
            names = [bytes(key).decode("utf-8", "replace") for key in keys] if examples else []
            found.append(HeldChanges(What.DELETES, origin, int(count), int(first), names))
    return found
