"""What posts say of where rows stand, beside the layout that was read last."""

from __future__ import annotations

from sink.core.row_key import RowKey
from sink.posted_rows import SheetRow
from sink.writers.sheets.layout import TabLayout


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
