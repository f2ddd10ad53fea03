"""What posts say of where rows stand, beside the layout that was read last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.posted_rows import SheetRow
from sink.writers.sheets.layout import TabLayout


@dataclass(slots=True)
class Learnt:
    """What posted rows tell of the tab as a whole.

    ``outdated``: they contradict the layout, or a key may stand twice. ``over_others``: rows may
    have ended under pasted keys. ``keyed``: keys were typed.
    """

    outdated: bool = False
    over_others: bool = False
    keyed: bool = False


def learn_rows(
    items: Iterable[object], states: Mapping[RowKey, RowState], layout: TabLayout | None
) -> Learnt:
    """Note in the layout where the posted rows among ``items`` stand."""
    learnt = Learnt()
    for item in items:
        if not isinstance(item, SheetRow):
            continue
        learnt.keyed = learnt.keyed or item.row.key_edited
        if item.row.row_tag is not None:
            continue
        learnt.over_others = wrote_over_another(item, layout) or learnt.over_others
        state = states.get(item.key)
        there = True if state is None else state.present.surely()
        if there is False:
            continue  # a call of ours has deleted it since, or a later look did not find it
        if there is not True or not learn_row(item.key, item.row.row - 1, layout):
            learnt.outdated = True
        made = state is not None and state.inserted_until is not None
        if made and item.row.key_edited:
            learnt.outdated = True  # the key may stand twice
    return learnt


def wrote_over_another(item: SheetRow, layout: TabLayout | None) -> bool:
    """Whether another row's key stood, or may have stood, where this key was pasted.

    No post tells of that row's end: it has to be found.
    """
    if not item.row.key_edited:
        return False
    if layout is None:
        return True
    rows, at = layout.index.rows, item.row.row - 1
    return at < len(rows) and rows[at] not in {None, item.key, item.old_key}


def learn_row(key: RowKey, row: int, layout: TabLayout | None) -> bool:
    """Note in the layout that ``key`` stands in ``row`` (from 0); False where it contradicts that.

    Then it must be read again.
    """
    if layout is None or layout.index.by_key.get(key) == row or row < 1:
        return True
    rows = layout.index.rows
    if key in layout.index.by_key or (row < len(rows) and rows[row] is not None):
        return False
    rows.extend([None] * (row + 1 - len(rows)))
    rows[row] = key
    layout.index.by_key[key] = row
    return True
