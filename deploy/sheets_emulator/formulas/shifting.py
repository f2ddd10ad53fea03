"""How the references in a formula change when cells move, are copied, or a tab is renamed."""

from collections.abc import Callable
from dataclasses import replace

from deploy.sheets_emulator.formulas.tokens import FormulaSyntaxError, Reference, tokenize
from deploy.sheets_emulator.model.area import ROWS, Area, Shift

_LOST = "#REF!"
_FAR = 1 << 40


def rewrite(formula: str, change: Callable[[Reference], Reference | None]) -> str:
    """The formula with every reference changed; None makes it `#REF!`."""
    try:
        tokens = tokenize(formula)
    except FormulaSyntaxError:
        return formula
    parts = ["="]
    for token in tokens:
        if token.reference is None:
            parts.append(token.text)
            continue
        changed = change(token.reference)
        if changed is token.reference:
            parts.append(token.text)
        else:
            parts.append(_LOST if changed is None else changed.text())
    return "".join(parts)


def copied(formula: str, rows: int, columns: int) -> str:
    """The formula as it reads after being copied that far down and to the right."""
    if not rows and not columns:
        return formula

    def change(reference: Reference) -> Reference | None:
        row_fixed, column_fixed, last_row_fixed, last_column_fixed = reference.fixed
        moved = replace(
            reference,
            row=_offset(reference.row, rows, row_fixed),
            column=_offset(reference.column, columns, column_fixed),
            last_row=_offset(reference.last_row, rows, last_row_fixed),
            last_column=_offset(reference.last_column, columns, last_column_fixed),
        )
        corners = (moved.row, moved.column, moved.last_row, moved.last_column)
        return None if any(corner is not None and corner < 0 for corner in corners) else moved

    return rewrite(formula, change)


def _offset(index: int | None, by: int, fixed: bool) -> int | None:
    return index if index is None or fixed else index + by


def restructured(formula: str, on_tab: bool, tab: str, dimension: str, shift: Shift) -> str:
    """The formula after rows or columns of `tab` moved; `on_tab`: it stands on that tab itself."""

    def change(reference: Reference) -> Reference | None:
        if not points_at(reference, on_tab, tab):
            return reference
        if dimension == ROWS:
            first, last = reference.row, reference.last_row
        else:
            first, last = reference.column, reference.last_column
        if first is None and last is None:
            return reference
        span = shift.span(first or 0, _FAR if last is None else last + 1)
        if span is None:
            return None
        start = None if first is None else span[0]
        stop = None if last is None else span[1] - 1
        if (start, stop) == (first, last):
            return reference
        if dimension == ROWS:
            return replace(reference, row=start, last_row=stop)
        return replace(reference, column=start, last_column=stop)

    return rewrite(formula, change)


def points_at(reference: Reference, on_tab: bool, tab: str) -> bool:
    """True if the reference is to that tab."""
    if reference.tab is None:
        return on_tab
    return reference.tab.casefold() == tab.casefold()


def retitled(formula: str, old: str, new: str) -> str:
    """The formula after a tab was renamed."""

    def change(reference: Reference) -> Reference:
        if reference.tab is not None and reference.tab.casefold() == old.casefold():
            return replace(reference, tab=new)
        return reference

    return rewrite(formula, change)


def tab_deleted(formula: str, tab: str) -> str:
    """The formula after a tab is gone: what pointed there is `#REF!`."""

    def change(reference: Reference) -> Reference | None:
        gone = reference.tab is not None and reference.tab.casefold() == tab.casefold()
        return None if gone else reference

    return rewrite(formula, change)


def cells_cut(
    formula: str, on_source: bool, source_tab: str, area: Area, target_tab: str, by: tuple[int, int]
) -> str:
    """The formula after the cells of `area` were cut and pasted: references to them follow."""

    def change(reference: Reference) -> Reference | None:
        if not points_at(reference, on_source, source_tab) or None in (
            reference.row,
            reference.column,
            reference.last_row,
            reference.last_column,
        ):
            return reference
        inside = (
            area.start_row <= (reference.row or 0)
            and (reference.last_row or 0) < area.end_row
            and area.start_column <= (reference.column or 0)
            and (reference.last_column or 0) < area.end_column
        )
        if not inside:
            return reference
        tab = reference.tab
        if target_tab.casefold() != source_tab.casefold():
            tab = target_tab
        return replace(
            reference,
            tab=tab,
            row=(reference.row or 0) + by[0],
            last_row=(reference.last_row or 0) + by[0],
            column=(reference.column or 0) + by[1],
            last_column=(reference.last_column or 0) + by[1],
        )

    return rewrite(formula, change)
