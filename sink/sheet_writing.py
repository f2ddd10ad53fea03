"""What the sheet is owed: planned into one call, and what its answer says noted in the row states.

The sheet's believed content is stored, so what is owed to it survives a death between commit and
call.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from sink.call_size import ROWS_PER_CALL, CallSize
from sink.core import marks
from sink.core.belief import Belief
from sink.core.cell import CellContent
from sink.core.change_event import Image
from sink.core.decision import Loss
from sink.core.errors import UnfitValueError
from sink.core.mapped_table import MappedTable
from sink.core.mark_texts import refresh
from sink.core.marks import Faces
from sink.core.out_of_sight import hit_before_it_went, typed_over_a_hit, typed_unseen
from sink.core.row_key import RowKey
from sink.core.row_state import Find, RowState
from sink.core.values.codec import Value
from sink.core.version import Origin
from sink.core.written import believed, note_written, shown_by
from sink.hidden_content import log_hidden
from sink.planned_marks import planned_marks, without_tints_from_above
from sink.ports import DeadLetter, Transaction
from sink.posted_rows import text_of, value_of
from sink.refused_letters import replaced_letter
from sink.writers.sheets.answer import CallAnswer, Hit, Mishit, Replaced
from sink.writers.sheets.call import GOING, PlacedWrite, RowWrite
from sink.writers.sheets.layout import TabLayout
from sink.writers.sheets.repairs import Repair

GRACE = 3_000_000
"""How long (µs) replaced content waits for the event that tells of it."""


@dataclass(slots=True)
class Due:
    """Rows that the next call writes, rows that are owed nothing, and rows to look at first.

    A row is looked at where the layout contradicts what is believed: a person moved, deleted or
    re-made it unheard. ``unseen`` owe marks at cells whose faces have to be looked at first.
    """

    writes: list[RowWrite] = field(default_factory=list)
    settled: list[RowKey] = field(default_factory=list)
    strange: list[RowKey] = field(default_factory=list)
    unseen: list[RowKey] = field(default_factory=list)


def due_writes(
    transaction: Transaction,
    owed: Iterable[RowKey],
    layout: TabLayout,
    faces: Mapping[RowKey, Faces],
) -> Due:
    """What the rows in ``owed`` are owed now, as far as it fits one call.

    Marks go along where the cells' ``faces`` are known.
    """
    due = Due()
    keys = [key for key, _ in zip(owed, range(ROWS_PER_CALL), strict=False)]
    states = transaction.states(keys)
    size = CallSize(layout)
    for key in keys:
        state = states.get(key)
        op, image = state.owed_to_sheet() if state is not None else ("", {})
        stands = key in layout.index.by_key
        marked = planned_marks(transaction, state, faces.get(key)) if op in ("", "update") else {}
        if state is not None and state.owes_marks and not marked:
            due.unseen.append(key)
        if not op and not marked:
            due.settled.append(key)
        elif stands is (op == "insert"):
            due.strange.append(key)
        elif size.full:
            break
        else:
            size.add(key, image, len(marked))
            due.writes.append(RowWrite(op or "update", key, image, marks=marked))
    due.writes = without_tints_from_above(transaction, due.writes, layout)
    return due


@dataclass(slots=True)
class Noted:
    """What an answer led to: the rows' states, dead letters for replaced content that its column
    cannot hold, the hits of which nothing is known but their copies, and the repairs that those
    of earlier repairs need.
    """

    states: dict[RowKey, RowState] = field(default_factory=dict)
    dead: list[DeadLetter] = field(default_factory=list)
    unknown: list[Hit] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)


def note_answer(
    transaction: Transaction, answer: CallAnswer, lo: int, hi: int, table: MappedTable
) -> Noted:
    """Store what the sheet shows since a call, and what a person had typed where it wrote.

    A row that was hit in another's stead now shows what was meant for that one: it is owed its own
    value again, and is written as any owed row is. ``lo`` and ``hi`` bound the call on Google's
    clock.
    """
    keys = [reached.placed.write.key for reached in answer.reached]
    keys += [hit.key for hit in answer.hits if hit.key is not None]
    # a row that was missed is stored anew too: events may have marked it during the call
    keys += [hit.placed.write.key for hit in answer.hits]
    keys += [mishit.key for mishit in (*answer.mishits, *answer.typed_over)]
    noted = Noted(transaction.states(keys))
    before = {key: state.copy() for key, state in noted.states.items()}
    # nothing is owed to a row that is not agreed, and what waits to be put back comes from copies
    apart = {key for key, state in noted.states.items() if state.waits}
    apart.update(repair.key for repair in answer.repairs if repair.key is not None)
    # of two rows with the key of an insert nothing is known but what the insert wrote
    made = {r.placed.write.key for r in answer.reached if r.placed.write.op == "insert"}
    for mishit in answer.mishits:
        if mishit.key in apart:
            noted.repairs.append(mishit.repair)
            continue
        _note_mishit(transaction, mishit, noted, lo, hi, table)
    for hit in answer.hits:
        state = None if hit.key is None or hit.key in made | apart else noted.states.get(hit.key)
        if hit.misplaced:
            noted.unknown.append(hit)  # it hit cells of which no state knows
        elif hit.placed.write.op == "key":
            noted.unknown.append(replace(hit, key=None))  # its own key was overwritten
        elif state is None:
            noted.unknown.append(hit)
        else:
            noted.dead.extend(_note_hit(state, hit, lo, hi, table))
            if hit.placed.write.op == "update":
                transaction.log(state.key, _taken_by_hit(state, hit, lo, table))
    for reached in answer.reached:
        state = noted.states.get(reached.placed.write.key)
        if state is not None:
            noted.dead.extend(_note_row(state, reached, lo, hi, table))
            _note_marks(state, reached, lo)
    log_hidden(transaction, answer.typed_over, noted.states, lo, table)
    for key, state in before.items():
        transaction.log(key, typed_unseen(state, noted.states[key]))
    for state in noted.states.values():
        refresh(state, table)
    transaction.save(noted.states.values())
    return noted


def _note_mishit(
    transaction: Transaction, mishit: Mishit, noted: Noted, lo: int, hi: int, table: MappedTable
) -> None:
    """A repair hit a row of the mapping: its cells are owed again."""
    state = noted.states.get(mishit.key)
    hit = None if state is None else _as_hit(mishit, state, table)
    if state is None or hit is None:
        noted.repairs.append(mishit.repair)
        return
    noted.dead.extend(_note_hit(state, hit, lo, hi, table))
    transaction.log(state.key, _taken_by_hit(state, hit, lo, table))


def _taken_by_hit(state: RowState, hit: Hit, lo: int, table: MappedTable) -> list[Loss]:
    """What the hit had hidden from the person who then removed the row, or typed over the hit."""
    replaced: Image = {}
    for column in hit.placed.write.cells:
        with suppress(UnfitValueError):
            if column in hit.before:
                replaced[column] = value_of(column, hit.before[column], state, table)
    return [
        *hit_before_it_went(state, hit.placed.write.cells, lo),
        *typed_over_a_hit(state, replaced, lo),
    ]


def _as_hit(mishit: Mishit, state: RowState, table: MappedTable) -> Hit | None:
    """A row that a repair hit is owed its own cells again; None where it holds what no value is."""
    try:
        cells: Image = {
            column: value_of(column, content, state, table)
            for column, content in mishit.after.items()
        }
    except UnfitValueError:
        return None
    write = PlacedWrite(RowWrite("update", mishit.key, cells), mishit.repair.row, None)
    return Hit(write, mishit.key, mishit.before)


def _note_hit(state: RowState, hit: Hit, lo: int, hi: int, table: MappedTable) -> list[DeadLetter]:
    write = hit.placed.write
    touched = table.cells if write.op in GOING else tuple(write.cells)
    dead: list[DeadLetter] = []
    for column in touched:
        if column in hit.before:
            dead.extend(_note_replaced(state, column, hit.before[column], write, lo, hi, table))
            if write.op == "update":
                note_written(state, column, write.cells[column], lo, hi)
    if write.marks:
        state.marks = marks.hit(state.marks, write.marks, hit.faces)
    if write.op in GOING:
        state.present = believed(state.present, False, lo, hi)
        state.beliefs.clear()
        state.formulas.clear()
    # the next call puts these back
    state.formulas.update(dict.fromkeys(hit.formulas & set(touched), hi))
    return dead


def _note_marks(state: RowState, reached: Replaced, lo: int) -> None:
    write = reached.placed.write
    if write.op == "insert":
        state.marks = marks.doubt(state.marks)
    elif write.marks:
        state.marks = marks.reached(state.marks, write.marks, reached.faces)
        if any(time >= lo for time, _ in state.present.heard):
            state.marks = marks.doubt(state.marks)  # its key may have been typed elsewhere since


def _note_row(
    state: RowState, reached: Replaced, lo: int, hi: int, table: MappedTable
) -> list[DeadLetter]:
    write = reached.placed.write
    dead: list[DeadLetter] = []
    unfit = _typed_since(state, reached, lo)
    # of a row that goes, every cell counts: somebody may have typed there since it was looked at
    touched = table.cells if write.op in GOING else () if write.op == "insert" else write.cells
    for column in touched:
        if column in reached.before:
            dead.extend(_note_replaced(state, column, reached.before[column], write, lo, hi, table))
        elif column in reached.formulas and write.op not in GOING:
            state.formulas[column] = hi  # the next call puts it back
    if write.op == "remove":
        _note_removed(state, lo, hi)
        return dead
    if write.op == "delete":
        state.present = believed(state.present, False, lo, hi)
        state.beliefs.clear()
        state.formulas.clear()
        state.life = shown_by(state.life, False, hi)
        return dead
    if write.op == "insert":
        state.present = believed(state.present, True, lo, hi)
        state.life = shown_by(state.life, True, hi)
        for column, content in reached.before.items():
            state.unfit[column] = text_of(content)  # another column's content went there
    # whoever deletes the row after this call reached it does so in sight of what it wrote
    state.seen_until = max(state.seen_until, hi)
    # a row that is made stood nowhere before: what is heard of it came after what we wrote
    answered = lo if write.op == "insert" else hi
    for column, value in write.cells.items():
        note_written(state, column, value, lo, answered, unfit=unfit.get(column))
        version = state.cells.get(column)
        if version is not None and column not in state.formulas:  # else that is put back at once
            shown = shown_by(version, value, hi)
            if shown is not None:
                state.cells[column] = shown
    return dead


def _typed_since(state: RowState, reached: Replaced, lo: int) -> dict[str, str]:
    """What was typed under the call that no column can hold, and the call did not meet: it stands.

    By column, as text.
    """
    write = reached.placed.write
    return {
        column: text
        for column, text in state.unfit.items()
        if column in write.cells
        and state.newest.get(column, 0) >= lo
        and (
            write.op == "insert"
            or (column in reached.before and text_of(reached.before[column]) != text)
        )
    }


def _note_removed(state: RowState, lo: int, hi: int) -> None:
    """A person's row bears the key now, and nothing is known of its cells until it is looked at."""
    state.present = Belief(False, lo, hi, ((lo, True),))
    state.beliefs.clear()
    state.formulas.clear()
    state.cells = {
        column: version if version.origin is Origin.SHEET else replace(version, shown=None)
        for column, version in state.cells.items()
    }


def _note_replaced(
    state: RowState,
    column: str,
    content: CellContent,
    write: RowWrite,
    lo: int,
    hi: int,
    table: MappedTable,
) -> list[DeadLetter]:
    """Content that the cell could not have shown by what we know is a person's unheard edit."""
    if state.unfit.get(column) == text_of(content):
        return []  # it is known: refused when it was typed, or of a write that went astray
    try:
        value = value_of(column, content, state, table)
    except UnfitValueError as error:
        return [replaced_letter(state, column, text_of(content), error.reason, table)]
    belief = state.beliefs.get(column)
    # where nothing was known of the cell, whatever stood there was a person's
    expected: set[Value] = {None} if belief is None else _could_have_shown(belief, lo, hi)
    if belief is not None:
        over = (max(belief.hi, belief.edited), value) if value in expected else None
        heard = _not_replaced(belief, value, hi)
        state.beliefs[column] = belief.met(over, heard)
    if value in expected:
        return []
    state.finds[column] = Find(value, lo, hi + GRACE)
    if state.formulas.get(column, lo) < lo:
        del state.formulas[column]  # a person has put a value there since, or it is another row
    _forget_rereadings(state, column, write, lo)
    return []


def _not_replaced(belief: Belief, replaced: Value, hi: int) -> tuple[tuple[int, Value], ...]:
    """What was heard of a cell and may still be shown: it held ``replaced`` when our call came."""
    times = [time for time, value in belief.heard if value == replaced and time <= hi]
    since = min(times, default=None)
    if since is None:
        return belief.heard
    return tuple(entry for entry in belief.heard if entry[0] > since)


def _forget_rereadings(state: RowState, column: str, write: RowWrite, lo: int) -> None:
    """A trigger that ran late and showed what this call wrote is not newer than the find."""
    belief = state.beliefs.get(column)
    if belief is None:
        return
    heard = tuple(
        entry for entry in belief.heard if entry[0] < lo or entry[1] != write.cells.get(column)
    )
    if heard != belief.heard:
        state.beliefs[column] = replace(belief, heard=heard)
        state.newest[column] = max((time for time, _ in heard), default=lo)


def _could_have_shown(belief: Belief, lo: int, hi: int) -> set[Value]:
    before = [entry for entry in belief.heard if belief.hi < entry[0] < lo]
    values: set[Value] = {shown for time, shown in belief.heard if lo <= time <= hi}
    if before:
        values.add(max(before, key=lambda entry: entry[0])[1])
    else:
        values.update(shown for time, shown in belief.heard if time <= belief.hi)
        values.add(belief.value)
    return values
