"""Compares what the sheet shows with what it is believed to show, and tells the differences.

Edits whose trigger never fired, rows deleted (Google tells no script which), other programs'
writes: all are found here and go through the same resolver as any edit. A difference counts only
if a second reading, made after the change events before the first one have been read, shows it
too, no call of ours has touched it and no younger event of it came. A find bears the time at which
looking began and has no old value.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sink.core.belief import Belief
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
from sink.core.formulas import changes_by_itself, is_the_sheets
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Direction
from sink.core.row_key import RowKey
from sink.core.row_state import WHOLE_ROW, RowState
from sink.core.values.codec import Value
from sink.core.version import ABSENT
from sink.posted_rows import text_of, value_of
from sink.writers.sheets.reading import Formulas, Reading

log = logging.getLogger(__name__)

CHUNK = 2_000

States = Callable[[Sequence[RowKey]], dict[RowKey, RowState]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A row whose content is not what is believed; ``contents`` None: it is gone.

    ``formulas`` None: they were not looked at.
    """

    key: RowKey
    contents: tuple[tuple[str, CellContent], ...] | None
    formulas: Formulas | None = None

    @property
    def cells(self) -> dict[str, CellContent]:
        """The row's cells by column."""
        return dict(self.contents or ())

    def steady(self, again: Difference | None) -> Difference | None:
        """What a second look shows alike: the whole row, but for formulas that recalculated.

        None where it shows anything else.
        """
        if again is None or self == again:
            return again
        if self.contents is None or again.contents is None:
            return None
        formulas = self.formulas if again.formulas is not None else None
        if formulas is not None and formulas != again.formulas:
            return None
        second = again.cells
        alike = tuple(cell for cell in self.contents if second.get(cell[0]) == cell[1])
        unlike = self.cells.keys() - dict(alike).keys()
        if not unlike <= (formulas or {}).keys():
            return None
        return Difference(self.key, alike, formulas)


def differences(
    reading: Reading, known: Sequence[RowKey], states: States, table: MappedTable
) -> dict[RowKey, Difference]:
    """Rows of ``reading`` that are not as believed, and believed rows that it lacks.

    ``known`` are the keys of all rows with a state; ``states`` loads some of them.
    """
    found = unlike(reading, list(reading.rows), states, table)
    return {**found, **gone([key for key in known if key not in reading.rows], states)}


def unlike(
    reading: Reading, keys: Sequence[RowKey], states: States, table: MappedTable
) -> dict[RowKey, Difference]:
    """Those of ``keys`` whose rows in ``reading`` are not as believed.

    What a call has reached or a person edited since the reading began counts as believed: it may
    show what was there before.
    """
    found: dict[RowKey, Difference] = {}
    for some in _chunks(keys):
        loaded = states(some)
        for key in some:
            contents = reading.rows[key]
            state = loaded.get(key)
            formulas = reading.formulas_of(key)
            if state is not None and state.present.lo > reading.lo:
                continue
            if state is None or not as_believed(state, contents, table, formulas, reading.lo):
                found[key] = Difference(key, tuple(contents.items()), formulas)
    return found


def gone(missing: Sequence[RowKey], states: States) -> dict[RowKey, Difference]:
    """Those of ``missing``, which the sheet lacks, that it may be believed to have."""
    return {
        key: Difference(key, None)
        for keys in _chunks(missing)
        for key, state in states(keys).items()
        if True in state.present.possible()
    }


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
    steady = {key: difference.steady(second.get(key)) for key, difference in first.items()}
    same = {key: difference for key, difference in steady.items() if difference is not None}
    for keys in _chunks(list(same)):
        loaded = states(keys)
        for key in keys:
            events.extend(_events(same[key], loaded.get(key), began, received, table))
    return events


def judged_together(
    events: Sequence[ChangeEvent],
    first: Mapping[RowKey, Difference],
    second: Mapping[RowKey, Difference],
) -> list[ChangeEvent]:
    """``events``, of what both readings show, without deletes while any row is not surely gone.

    They may be one person's doing, which the guards are to judge as a whole. What keeps a row
    uncertain, a call that by the estimated clock may have come after the first reading, is over
    when the next one begins.
    """
    told = {event.key for event in events}
    gone_twice = {key for key in first.keys() & second.keys() if _is_gone(first[key], second[key])}
    uncertain = len(gone_twice - told)
    if not uncertain:
        return list(events)
    kept: list[ChangeEvent] = [event for event in events if not isinstance(event, SheetDelete)]
    if len(kept) < len(events):
        log.info(
            "%d rows are gone from the tab and %d may be: all are looked for again",
            len(events) - len(kept),
            uncertain,
        )
    return kept


def _is_gone(first: Difference, second: Difference) -> bool:
    return first.contents is None and second.contents is None


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
    # of a row that is there and was never made, all that is known may be a cell that was refused
    unmade = state.life is None and WHOLE_ROW not in state.refused
    appeared = unmade or True not in state.present.possible()
    seen = _Seen(difference.formulas)
    for column in table.cells:
        if column not in difference.cells:
            continue
        belief = state.beliefs.get(column)
        touched = belief is not None and belief.lo > began
        if not touched and state.newest.get(column, 0) <= began:
            seen.take(column, difference.cells[column], state, table, appeared=appeared)
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
            formulas=seen.told,
        )


@dataclass(slots=True)
class _Seen:
    """What a row's cells show: edits, what was expected, and what their columns do not take.

    ``told`` says of the cells among them whether they hold a formula, where that was looked at.
    """

    formulas: Formulas | None
    edits: dict[str, CellEdit] = field(default_factory=dict)
    sights: Image = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    unfit: dict[str, str] = field(default_factory=dict)
    told: dict[str, bool] = field(default_factory=dict)

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
        if _as_refused(state, column, content, self.formulas):
            return
        changing = None
        if self.formulas is not None:
            self.told[column] = column in self.formulas
            changing = changes_by_itself(self.formulas.get(column))
        if changing is not None:
            self.refused[column] = changing
            self.unfit[column] = text_of(content)
            return
        try:
            value = value_of(column, content, state, table)
        except UnfitValueError as error:
            if content not in (None, ""):
                self.refused[column] = error.reason
                self.unfit[column] = text_of(content)
            elif not appeared:
                # a row that was deleted and typed anew looks like one that stood there all along:
                # nobody need have cleared the cell, and it is filled again
                self.sights[column] = None
            return
        belief = state.beliefs.get(column)
        changed = value is not None if belief is None else value not in belief.possible()
        stands = not _other_formula(state, column, value, table, self.formulas)
        if appeared or changed or column in state.unfit or not stands:
            self.edits[column] = CellEdit(value, ABSENT)
        else:
            self.sights[column] = value


def as_believed(
    state: RowState,
    contents: Mapping[str, CellContent],
    table: MappedTable,
    formulas: Formulas | None = None,
    since: int | None = None,
) -> bool:
    """Whether the row is known to show just this. A doubt counts as a difference: it is settled.

    ``formulas`` None: they were not looked at. ``since``: cells of which later is known are passed
    over.
    """
    if state.present.surely() is not True:
        return False
    for column in table.cells:
        belief = state.beliefs.get(column)
        if since is not None and _is_known_of_later(state, column, belief, since):
            continue
        if _as_refused(state, column, contents.get(column), formulas):
            continue
        if column in state.unfit:
            return False
        try:
            value = value_of(column, contents.get(column), state, table)
        except UnfitValueError:
            return False
        if belief is None or belief.surely() != value:
            return False
        if _other_formula(state, column, value, table, formulas):
            return False
    return True


def _is_known_of_later(state: RowState, column: str, belief: Belief | None, since: int) -> bool:
    called = belief is not None and belief.lo > since
    return called or state.newest.get(column, 0) > since


def _as_refused(
    state: RowState, column: str, content: CellContent, formulas: Formulas | None
) -> bool:
    """Whether the cell still shows what was refused there; a formula may show something else."""
    same = column in state.unfit and state.unfit[column] == text_of(content)
    formula = column in state.formulas
    if formulas is None:
        return same or (formula and column in state.refused)
    changing = changes_by_itself(formulas.get(column))
    if changing is not None:
        return formula and state.refused.get(column) == changing
    return same and formula is (column in formulas)


def _other_formula(
    state: RowState, column: str, value: Value, table: MappedTable, formulas: Formulas | None
) -> bool:
    """Whether a formula came or went, or the value that it shows is not the agreed one.

    Of a row that is not agreed, such as one that was refused, nothing is: what it showed counts.
    """
    if formulas is None:
        return False
    if (column in formulas) is not (column in state.formulas):
        return True
    held = state.cells.get(column)
    if held is None or state.waits or not state.alive or not is_the_sheets(state, column):
        return False
    return held.value != value and table.mapping.direction is not Direction.TO_SHEET


def _chunks(keys: Sequence[RowKey]) -> list[Sequence[RowKey]]:
    return [keys[at : at + CHUNK] for at in range(0, len(keys), CHUNK)]
