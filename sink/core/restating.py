"""One row's state, told anew in the columns that its table has now.

The versions of a renamed or retyped column that the table holds are forgotten: they are read from
there. One that the table does not hold yet (a person's edit on its way) is told in the new type, if
it fits.
What a cell shows is told in the new type where it stays as it is, and else as a text that is to be
written over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from sink.core.belief import Belief
from sink.core.change_event import Image
from sink.core.decision import Loss
from sink.core.errors import UnfitValueError
from sink.core.row_state import OpenWrite, RowState
from sink.core.schema_change import SchemaChange
from sink.core.values.codec import Codec, Shown, Value
from sink.core.values.meaning import shows
from sink.core.version import Origin, Version

Item = TypeVar("Item")

RULE = "retyped"
"""Under which the conflict log keeps what does not fit any more."""


def restated(state: RowState, change: SchemaChange, now: int) -> tuple[RowState, list[Loss]]:
    """The state after ``change``, and edits that the table did not have yet and cannot take now.

    ``now`` is Google's time: from then on the cells of new columns are known to be blank.
    """
    new = replace(
        state,
        cells=_named(state.cells, change),
        table=None if state.table is None else _named(state.table, change),
        open_writes=tuple(_open_write(write, change) for write in state.open_writes),
        beliefs=_named(state.beliefs, change),
        newest=_named(state.newest, change),
        refused=_named(state.refused, change),
        unfit=_named(state.unfit, change),
        told=without_reread(state.told, change),
        finds=_named(state.finds, change),
        marks=_named(state.marks, change),
        formulas=_named(state.formulas, change),
    )
    losses: list[Loss] = []
    for column in change.reread:
        _forget_in_table(new, column)
    for column, codecs in change.retyped.items():
        losses.extend(_retype(new, column, *codecs))
    if True in new.present.possible():
        for column, codec in change.blanks.items():
            believe_blank(new, column, codec, now)
    return new, losses


def without_reread(cells: Mapping[str, Item], change: SchemaChange) -> dict[str, Item]:
    """The cells of a call that was stored before the change, as far as they are still of one form.

    What the others show is found by looking.
    """
    named = _named(cells, change)
    return {column: item for column, item in named.items() if column not in change.reread}


def _named(cells: Mapping[str, Item], change: SchemaChange) -> dict[str, Item]:
    """By today's names, without the columns that are gone. ``""`` stands for the whole row."""
    return {
        name: item for column, item in cells.items() if (name := change.name(column)) is not None
    }


def _open_write(write: OpenWrite, change: SchemaChange) -> OpenWrite:
    image: Image | None = None if write.image is None else without_reread(write.image, change)
    made = without_reread(dict.fromkeys(write.made), change)
    return replace(
        write, image=image, wrote=without_reread(write.wrote, change), made=frozenset(made)
    )


def _retype(state: RowState, column: str, old: Codec, new: Codec) -> list[Loss]:
    losses: list[Loss] = []
    version, find = state.cells.pop(column, None), state.finds.pop(column, None)
    if version is not None:
        try:
            state.cells[column] = replace(version, value=_retyped(version.value, old, new))
        except UnfitValueError:
            losses.append(_loss(column, version))
    if find is not None:
        try:
            state.finds[column] = replace(find, value=_retyped(find.value, old, new))
        except UnfitValueError:
            losses.append(_loss(column, Version(find.value, find.time, Origin.SHEET)))
    if state.refused.pop(column, None) is not None:
        state.unfit.pop(column, None)  # it may fit now: a look finds it as an edit
    belief = state.beliefs.pop(column, None)
    if belief is not None and column not in state.unfit:
        _believe(state, column, belief, old, new)
    return losses


def _forget_in_table(state: RowState, column: str) -> None:
    """Forget what the table's row holds in a column, so that it is read from there."""
    version, held = state.cells.get(column), column in (state.table or {})
    if state.table is not None:
        state.table.pop(column, None)
    if version is None:
        return
    if version.made or (held and version.is_databases):
        del state.cells[column]


def _loss(column: str, version: Version) -> Loss:
    """The version that takes its place is the table's, which nobody has read yet."""
    return Loss(column, version, Version(None, None, Origin.DATABASE), RULE)


def _believe(state: RowState, column: str, belief: Belief, old: Codec, new: Codec) -> None:
    try:
        state.beliefs[column] = replace(
            belief,
            value=_kept(belief.value, old, new),
            heard=tuple((time, _kept(value, old, new)) for time, value in belief.heard),
            over=None,
        )
    except UnfitValueError:
        state.unfit[column] = _text(_content(belief.possible()[-1], old))


def _content(value: Value, codec: Codec) -> Shown:
    try:
        return codec.to_cell(value)
    except UnfitValueError:
        return None


def _retyped(value: Value, old: Codec, new: Codec) -> Value:
    return new.from_cell(old.to_cell(value))


def _kept(value: Value, old: Codec, new: Codec) -> Value:
    """The value that the cell shows now; raises UnfitValueError where it must be written anew."""
    content = old.to_cell(value)
    meant = new.from_cell(content)
    if not shows(content, new.to_cell(meant)):
        raise UnfitValueError("is shown otherwise now")
    return meant


def _text(content: Shown) -> str:
    return "" if content is None else str(content)


def believe_blank(state: RowState, column: str, codec: Codec, now: int) -> None:
    """Note that the cell shows nothing since ``now`` (Google's time), and never did."""
    state.beliefs.pop(column, None)
    state.unfit.pop(column, None)
    try:
        state.beliefs[column] = Belief(codec.from_cell(None), now, now)
    except UnfitValueError:
        state.unfit[column] = ""
