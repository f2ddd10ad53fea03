"""Rows that are gone for good on both sides: how long a row's state has told of nothing else.

A tombstone may be forgotten once no edit can come any more that was made without sight of it, and
nothing of the row is under way. The caller sees to the first (``sink.pruning``); this page to the
second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sink.core.row_state import RowState


def gone_since(state: RowState) -> int | None:
    """The newest time that the state of a row knows, if both sides surely lack the row.

    None where the row lives, or where anything of it waits: an echo, a find, a mark, a doubt about
    the sheet. A row that was never agreed and is not there any more counts as gone, too.
    """
    if state.alive or state.present.surely() is not False:
        return None
    if state.life is not None and state.life.in_db is None:
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
    if _without_cells(state) != bare:
        return None
    return max(_times(state))


def _without_cells(state: RowState) -> RowState:
    """The state without what it says of cells that the sheet does not have any more.

    A post that comes after its row was found gone still tells of a cell's content, formula or
    fault, or why the whole row was not taken. Nothing waits for that, nor for what was told as
    lost: they matter only to edits that are older than the tombstone.
    """
    return replace(state, beliefs={}, formulas={}, unfit={}, refused={}, told={})


def _times(state: RowState) -> Iterator[int]:
    life, there = state.life, state.present
    yield from (state.seen_until, there.hi, there.wrote[1])
    yield from state.newest.values()
    yield from state.formulas.values()
    for belief in (there, *state.beliefs.values()):
        yield from (time for time, _ in belief.heard)
    if life is not None:
        locked = life.in_db or 0
        yield from (life.time or 0, life.seen_from, life.shown or 0, locked)
