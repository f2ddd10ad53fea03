"""Compares what the sheet shows with what it is believed to show, and tells the differences.

Edits whose trigger never fired, rows deleted (Google tells no script which), other programs'
writes: all are found here and go through the same resolver as any edit. A difference counts only
if a second reading, made after the change events before the first one have been read, shows it
too, no call of ours has touched it and no younger event of it came. A find bears the time at which
looking began and has no old value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sink.core.cell import CellContent
from sink.core.change_event import CellEdit, ChangeEvent, SheetDelete, SheetEdit
from sink.core.errors import UnfitValueError
from sink.core.mapped_table import MappedTable
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.version import ABSENT
from sink.posted_rows import text_of, value_of
from sink.writers.sheets.tab import Reading

CHUNK = 2_000

States = Callable[[Sequence[RowKey]], dict[RowKey, RowState]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A row whose content is not what is believed; ``contents`` None: it is gone."""

    key: RowKey
    contents: tuple[tuple[str, CellContent], ...] | None

    @property
    def cells(self) -> dict[str, CellContent]:
        """The row's cells by column."""
        return dict(self.contents or ())


def differences(
    reading: Reading, known: Sequence[RowKey], states: States, table: MappedTable
) -> dict[RowKey, Difference]:
    """Rows of ``reading`` that are not as believed, and believed rows that it lacks.

    ``known`` are the keys of all rows with a state; ``states`` loads some of them.
    """
    found: dict[RowKey, Difference] = {}
    for keys in _chunks(list(reading.rows)):
        loaded = states(keys)
        for key in keys:
            contents = reading.rows[key]
            state = loaded.get(key)
            if state is None or not _as_believed(state, contents, table):
                found[key] = Difference(key, tuple(contents.items()))
    missing = [key for key in known if key not in reading.rows]
    for keys in _chunks(missing):
        for key, state in states(keys).items():
            if state.present.surely() is True:
                found[key] = Difference(key, None)
    return found


def confirmed(
    first: Mapping[RowKey, Difference],
    second: Mapping[RowKey, Difference],
    began: int,
    received: int,
    states: States,
    table: MappedTable,
) -> list[ChangeEvent]:
    """The differences that both readings show, as change events of time ``began``."""
    events: list[ChangeEvent] = []
    same = [key for key, difference in first.items() if second.get(key) == difference]
    for keys in _chunks(same):
        loaded = states(keys)
        for key in keys:
            event = _event(first[key], loaded.get(key), began, received, table)
            if event is not None:
                events.append(event)
    return events


def _event(
    difference: Difference,
    state: RowState | None,
    began: int,
    received: int,
    table: MappedTable,
) -> ChangeEvent | None:
    key = difference.key
    name = f"found:{began}"
    if difference.contents is None:
        if state is None or state.seen_until > began or state.present.lo > began:
            return None
        return SheetDelete(name, key, began, received, state.seen_until)
    state = state or RowState(key)
    if state.present.lo > began:
        return None
    appeared = True not in state.present.possible()
    cells: dict[str, CellEdit] = {}
    refused: dict[str, str] = {}
    unfit: dict[str, str] = {}
    for column in table.cells:
        belief = state.beliefs.get(column)
        touched = belief is not None and belief.lo > began
        if touched or state.newest.get(column, 0) > began:
            continue
        if column in state.unfit and state.unfit[column] == text_of(difference.cells.get(column)):
            continue
        try:
            value = value_of(column, difference.cells.get(column), state, table)
        except UnfitValueError as error:
            if not (appeared and difference.cells.get(column) in (None, "")):
                refused[column] = error.reason
                unfit[column] = text_of(difference.cells.get(column))
            continue
        changed = column in state.unfit or belief is None or value not in belief.possible()
        if appeared or changed:
            cells[column] = CellEdit(value, ABSENT)
    if not cells and not refused and not appeared:
        return None
    return SheetEdit(
        name,
        key,
        cells,
        began,
        received,
        key_edited=appeared,
        found=True,
        refused=refused,
        unfit=unfit,
    )


def _as_believed(state: RowState, contents: Mapping[str, CellContent], table: MappedTable) -> bool:
    if True not in state.present.possible():
        return False
    for column in table.cells:
        belief = state.beliefs.get(column)
        if column in state.unfit:
            if state.unfit[column] != text_of(contents.get(column)):
                return False
            continue
        if belief is None:
            continue
        try:
            value = value_of(column, contents.get(column), state, table)
        except UnfitValueError:
            return False
        if value not in belief.possible():
            return False
    return True


def _chunks(keys: Sequence[RowKey]) -> list[Sequence[RowKey]]:
    return [keys[at : at + CHUNK] for at in range(0, len(keys), CHUNK)]
