"""Compares what the sheet shows with what it is believed to show, and tells the differences.

Edits whose trigger never fired, rows deleted (Google tells no script which), other programs'
writes: all are found here and go through the same resolver as any edit. A difference counts only
if a second reading, made after the change events before the first one have been read, shows it
too, no call of ours has touched it and no younger event of it came. A find bears the time at which
looking began and has no old value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sink.core.cell import CellContent
from sink.core.change_event import (
    CellEdit,
    ChangeEvent,
    Image,
    SheetDelete,
    SheetEdit,
    SheetSight,
)
from sink.core.errors import UnfitValueError
from sink.core.mapped_table import MappedTable
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.version import ABSENT
from sink.posted_rows import text_of, value_of
from sink.writers.sheets.reading import Reading

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
            if state is None or not as_believed(state, contents, table):
                found[key] = Difference(key, tuple(contents.items()))
    missing = [key for key in known if key not in reading.rows]
    for keys in _chunks(missing):
        for key, state in states(keys).items():
            if True in state.present.possible():
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
            events.extend(_events(first[key], loaded.get(key), began, received, table))
    return events


def _events(
    difference: Difference,
    state: RowState | None,
    began: int,
    received: int,
    table: MappedTable,
) -> Iterator[ChangeEvent]:
    key, name = difference.key, f"found:{began}"
    state = state or RowState(key)
    if state.present.lo > began:
        return
    if difference.contents is None:
        if state.seen_until > began:
            return
        if state.present.surely() is True:
            yield SheetDelete(name, key, began, received, state.seen_until)
        else:
            yield SheetSight(name, key, present=False, cells={}, time=began, received=received)
        return
    appeared = True not in state.present.possible()
    seen = _Seen()
    for column in table.cells:
        belief = state.beliefs.get(column)
        touched = belief is not None and belief.lo > began
        if not touched and state.newest.get(column, 0) <= began:
            seen.take(column, difference.cells.get(column), state, table, appeared=appeared)
    if not appeared:
        yield SheetSight(name, key, present=True, cells=seen.sights, time=began, received=received)
    if seen.edits or seen.refused or appeared:
        yield SheetEdit(
            name,
            key,
            seen.edits,
            began,
            received,
            key_edited=appeared,
            found=True,
            refused=seen.refused,
            unfit=seen.unfit,
        )


@dataclass(slots=True)
class _Seen:
    """What a row's cells show: edits, what was expected, and what their columns do not take."""

    edits: dict[str, CellEdit] = field(default_factory=dict)
    sights: Image = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    unfit: dict[str, str] = field(default_factory=dict)

    def take(
        self,
        column: str,
        content: CellContent,
        state: RowState,
        table: MappedTable,
        *,
        appeared: bool,
    ) -> None:
        """Sort one cell in. Of a cell without a belief a blank says nothing."""
        if column in state.unfit and state.unfit[column] == text_of(content):
            return
        try:
            value = value_of(column, content, state, table)
        except UnfitValueError as error:
            if not (appeared and content in (None, "")):
                self.refused[column] = error.reason
                self.unfit[column] = text_of(content)
            return
        belief = state.beliefs.get(column)
        changed = value is not None if belief is None else value not in belief.possible()
        if appeared or changed or column in state.unfit:
            self.edits[column] = CellEdit(value, ABSENT)
        else:
            self.sights[column] = value


def as_believed(state: RowState, contents: Mapping[str, CellContent], table: MappedTable) -> bool:
    """Whether the row is known to show just this. A doubt counts as a difference: it is settled."""
    if state.present.surely() is not True:
        return False
    for column in table.cells:
        belief = state.beliefs.get(column)
        if column in state.unfit:
            if state.unfit[column] != text_of(contents.get(column)):
                return False
            continue
        try:
            value = value_of(column, contents.get(column), state, table)
        except UnfitValueError:
            return False
        if belief is None or belief.surely() != value:
            return False
    return True


def _chunks(keys: Sequence[RowKey]) -> list[Sequence[RowKey]]:
    return [keys[at : at + CHUNK] for at in range(0, len(keys), CHUNK)]
