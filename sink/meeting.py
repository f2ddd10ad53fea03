"""The first sync of a tab that holds rows: met by key with those of the table.

A row that only the table has is owed to the sheet; one that only the sheet has is merged as an
edit. Of a cell that differs one value stays, and the other goes to the conflict log (but a blank
cell, of which nothing could be given back). The mapping's ``prefer`` tells which one, else the rule
of the column; under last-write-wins it is the table's, because nobody knows when either was
written.
A cell that its column cannot hold stays as it is, is marked, and is told to the person; where that
is a blank (in a NOT NULL column), it is filled from the table whichever side is preferred.
A formula is the sheet's, whatever is preferred (``sink.core.formulas``).

Where the sheet's value stays, we believe that the sheet shows the table's: then it is an edit like
any other, and the reconciler finds it where a death kept it from being merged.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace

from sink.blank_cells import is_blank, owe
from sink.core.belief import Belief
from sink.core.cell import CellContent
from sink.core.change_event import Image
from sink.core.decision import FIRST_SYNC, Loss
from sink.core.errors import UnfitValueError
from sink.core.formulas import SET_BY_DATABASE, changes_by_itself
from sink.core.mapping import Direction
from sink.core.policies import Crossing, Rules, last_write_wins
from sink.core.row_key import RowKey
from sink.core.row_state import RowState
from sink.core.scanned_rows import ScannedRows
from sink.core.values.codec import Value
from sink.core.version import ABSENT, Origin, Version
from sink.parts import Parts
from sink.posted_rows import value_of
from sink.reconciler import Difference
from sink.state.records import FirstSync
from sink.synced import BOTH, Synced
from sink.writers.sheets.compact_rows import Contents
from sink.writers.sheets.reading import Reading
from sink.writers.sheets.tab import Tab

log = logging.getLogger(__name__)


def meet(parts: Parts, tab: Tab, read_at: int) -> Synced:
    """Store what both sides hold; returns what each is still to be given.

    ``read_at`` is a moment before either side was read. Raises UnfitTabError where a key stands
    twice or a mapped header is missing.
    """
    reading = tab.read(formulas=True)
    reading.layout.index.require_unique()
    # what is known of Google's clock may have been set right meanwhile; were the reading older than
    # the stamps of what it showed, none of its differences would count
    read_at = min(read_at, reading.lo)
    first = FirstSync(read_at, read_at)
    parts.store.begin_with(replace(parts.record, first=first))
    result = Synced(first, "", began=reading.lo)
    left = dict(reading.rows)
    total = 0
    for part in parts.store.scan():
        parts.go_on()
        result.gtids = part.gtids
        with parts.store.begin() as transaction:
            total = total or transaction.table_size()
            states = []
            for state, losses in _met(part, left, reading, parts, result):
                transaction.log(state.key, losses)
                states.append(state)
            transaction.save(states)
        parts.pipeline.at("while_meeting", [key for key, _ in part.rows])
        result.rows += len(part.rows)
        parts.tell_progress(parts.table.mapping.name, BOTH, result.rows, max(total, result.rows))
    for key, contents in left.items():
        result.of_sheet[key] = _difference(key, contents, reading)
    log.info(
        "mapping %s: %d rows of the table met %d of the sheet; %d only the sheet has",
        parts.table.mapping.name,
        result.rows,
        len(reading.rows),
        len(left),
    )
    return result


def _met(
    part: ScannedRows,
    left: dict[RowKey, Contents],
    reading: Reading,
    parts: Parts,
    result: Synced,
) -> Iterator[tuple[RowState, list[Loss]]]:
    """Each row of the table as it is to be stored, and what lost; what the sheet has of it leaves
    ``left``.
    """
    for key, image in part.rows:
        contents = left.pop(key, None)
        state = result.first.row(key, image)
        losses: list[Loss] = []
        if contents is None:
            state = _absent(state, reading)
        else:
            losses, of_sheet = _compared(state, image, contents, reading, parts)
            if of_sheet:
                result.of_sheet[key] = _difference(key, contents, reading)
        if state.owed_to_sheet()[0]:
            result.owed.append(key)
        yield state, losses


def _difference(key: RowKey, contents: Contents, reading: Reading) -> Difference:
    return Difference(key, tuple(contents.items()), reading.formulas_of(key))


def _absent(state: RowState, reading: Reading) -> RowState:
    """A row that the sheet lacks: nobody has seen it there yet."""
    state.present = Belief(False, reading.lo, reading.hi)
    state.beliefs.clear()
    state.seen_until = 0
    if state.life is not None:
        state.life = replace(state.life, shown=None)
    state.cells = {name: replace(version, shown=None) for name, version in state.cells.items()}
    return state


def _compared(
    state: RowState, image: Image, contents: Contents, reading: Reading, parts: Parts
) -> tuple[list[Loss], bool]:
    """Note in ``state`` what the sheet shows; returns what lost, and whether the sheet won any."""
    losses: list[Loss] = []
    of_sheet = False
    table = parts.table
    formulas = reading.formulas_of(state.key) or {}
    for column, version in list(state.cells.items()):
        content, formula = contents.get(column), column in formulas
        if formula:
            state.formulas[column] = reading.lo
        if changes_by_itself(formulas.get(column)) is not None:
            of_sheet = True  # the merge refuses it, with the reason
            continue
        shown, known = _value(column, content, state, parts)
        if not known and is_blank(content) and not formula:
            owe(state, column, reading)  # it must hold something, so a blank was never an edit
        if not known or shown == version.value:
            continue
        theirs = Version(shown, reading.lo, Origin.SHEET)
        crossing = Crossing(column, theirs, version, ABSENT, image)
        if column not in table.generated and _sheet_stays(crossing, parts, formula=formula):
            of_sheet = True  # the merge logs what is lost by that
            continue
        if formula and column in table.generated:
            state.refused[column] = SET_BY_DATABASE
        state.beliefs[column] = Belief(shown, reading.lo, reading.hi)
        state.cells[column] = replace(version, shown=None)
        if shown is not None:
            losses.append(Loss(column, theirs, version, FIRST_SYNC))
    return losses, of_sheet


def _value(column: str, content: CellContent, state: RowState, parts: Parts) -> tuple[Value, bool]:
    """What a cell means, and whether its column can hold it."""
    try:
        return value_of(column, content, state, parts.table), True
    except UnfitValueError:
        return None, False


def _sheet_stays(crossing: Crossing, parts: Parts, *, formula: bool) -> bool:
    """Whether the sheet's value of a cell stays; that of a ``formula`` does wherever it may."""
    mapping, rules = parts.table.mapping, parts.pipeline.rules
    if mapping.direction is not Direction.BOTH:
        return mapping.direction is Direction.TO_DATABASE
    if formula:
        return True
    if mapping.prefer is not None:
        return mapping.prefer is Origin.SHEET
    return not _by_time(crossing, rules) and rules.prefers_challenger(crossing)[0]


def _by_time(crossing: Crossing, rules: Rules) -> bool:
    _, decide = rules.by_column.get(crossing.column or "", rules.default)
    return decide is last_write_wins
