"""Rows that are gone for good on both sides: how long a row's state has told of nothing else.

A tombstone may be forgotten once no edit can come any more that was made without sight of it, and
nothing of the row is under way. The caller sees to the first (``sink.pruning``); this page to the
second.
"""

from __future__ import annotations

from sink.core.row_state import RowState
from sink.core.version import Version


def gone_since(state: RowState) -> int | None:
    """The newest time that the state of a row knows, if both sides surely lack the row.

    None where the row lives, or where anything of it waits: an echo, a find, a mark, a doubt about
    the sheet. A row that was never agreed and is not there any more counts as gone, too.
    """
    if state.alive or state.present.surely() is not False:
        return None
    if state.life is not None and state.life.in_db is not True:
        return None
    # whatever else a state may come to remember keeps it, too
    bare = RowState(
        state.key,
        life=state.life,
        cells=state.cells,
        present=state.present,
        newest=state.newest,
        seen_until=state.seen_until,
    )
    if state != bare:
        return None
    there = state.present
    return max(
        state.seen_until,
        there.hi,
        there.wrote[1],
        *(time for time, _ in there.heard),
        *state.newest.values(),
        *(_newest(state.life) if state.life is not None else ()),
    )


def _newest(life: Version) -> tuple[int, ...]:
    return (life.time or 0, life.seen_from, life.shown or 0)
