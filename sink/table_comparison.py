"""Compares the table with what it is believed to hold: changes whose event never came.

A binlog that was purged before it was read, or a connector that began anew: such changes are found
here and go through the same resolver as any. As on the sheet's side, a difference counts only if it
is still there after the stream has been read past the moment of the first look, and if no event of
the row came in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sink.core.change_event import DatabaseChange, Image, Op
from sink.core.mapped_table import MappedTable
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.slices import in_one_go
from sink.ports import Store
from sink.sifting import Side, sift_table
from sink.untold_cells import as_believed

CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Astray:
    """A row of the table that is not as believed, and the belief (None: no such row).

    Both are alike where only the mapping's condition is another than it was.
    """

    actual: Image | None
    believed: Image | None


def astray(store: Store, table: MappedTable, sifted: Side | None = None) -> dict[RowKey, Astray]:
    """All rows of the table that are not as believed, those that lack or are too many included.

    ``sifted``: what was found of the table just now.
    """
    side = sifted or in_one_go(sift_table(store, table))
    return compared([*side.doubtful, *side.missing], store)


def compared(keys: Sequence[RowKey], store: Store) -> dict[RowKey, Astray]:
    """Those of ``keys`` whose rows in the table are not as believed."""
    found: dict[RowKey, Astray] = {}
    for at in range(0, len(keys), CHUNK):
        chunk = keys[at : at + CHUNK]
        states, rows = store.states(chunk), store.table_rows(chunk)
        outside = store.outside(chunk)
        for key in chunk:
            state = states.get(key)
            believed = _believed(state)
            actual = as_believed(rows.get(key), believed)
            unlike = state is not None and state.alive and state.apart is not (key in outside)
            if believed != actual or unlike:
                found[key] = Astray(actual, believed)
    return found


def _believed(state: RowState | None) -> Image | None:
    return None if state is None else state.believed_table


def confirmed_changes(
    first: Mapping[RowKey, Astray],
    second: Mapping[RowKey, Astray],
    began: int,
    received: int,
    latest: int,
    ours_until: int,
) -> list[DatabaseChange]:
    """The differences that both looks show, as changes of server time ``began``.

    ``received`` is Google's time now, ``latest`` what it is at most; ``ours_until`` is the number
    of our newest transaction before the first look.
    """
    return [
        DatabaseChange(
            f"found:{began}",
            key,
            Op.DELETE if row.actual is None else Op.UPDATE if row.believed else Op.CREATE,
            row.believed,
            row.actual,
            began,
            received,
            found=True,
            latest=latest,
            ours_until=ours_until,
        )
        for key, row in first.items()
        if second.get(key) == row
    ]
