"""What a write of ours had hidden from the person who then changed the cell or removed the row.

A call may reach a row that stands where another one stood when it was planned. Until that is put
back, the row shows what was meant for the other one: whoever edits or deletes it then does not do
so in sight of the agreed value, which must not go without a trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sink.core.belief import Belief
from sink.core.decision import Loss
from sink.core.row_state import Find, RowState
from sink.core.values.codec import Value
from sink.core.version import Origin, Version


def out_of_sight(state: RowState, columns: Iterable[str], time: int) -> set[str]:
    """Those of ``columns`` whose agreed value a write of ours covered at ``time``.

    ``time`` is in µs of Google's clock. What the database made by itself was never typed and is
    no loss.
    """
    found = set()
    for column in columns:
        belief, held = state.beliefs.get(column), state.cells.get(column)
        if belief is None or held is None or held.made:
            continue
        # what was heard since may have been typed before our write took it away
        covered = belief.written and held.value not in belief.possible()
        hidden = belief.hid <= time < belief.wrote[0] and _was_hidden(belief, held)
        if (covered and time >= belief.wrote[0]) or hidden or _covered_before(belief, held, time):
            found.add(column)
    return found


def hidden_from(belief: Belief, held: Version | None, since: int) -> int:
    """``hid`` of a cell once a call of ours, sent at ``since``, has reached it.

    Several calls may hit a cell one after the other, and what was edited between them be heard
    only then: it saw what the earlier ones had left.
    """
    if held is None or held.value == belief.value or _was_hidden(belief, held):
        return belief.hid
    return since if held.shown is not None and held.shown <= since else belief.hid


def _was_hidden(belief: Belief, held: Version) -> bool:
    """Whether the value that a call of ours had hidden is the one that is agreed now."""
    return held.shown is not None and held.shown <= belief.hid


def _covered_before(belief: Belief, held: Version, time: int) -> bool:
    """Whether a call was just putting the value back: until it came, something else was shown."""
    called, answered = belief.wrote
    if belief.over is None or not called <= time <= answered:
        return False
    since, replaced = belief.over
    if since == held.time:
        return False  # it was this very edit, of which the database has made what is agreed
    return held.of_sheet and held.value not in (replaced, None)


def written_later(state: RowState, column: str, held: Version, time: int) -> bool:
    """Whether the sheet's own value stood in its cell again only by a call of ours after ``time``.

    A call had covered it, and the next one put it back: what was edited between did not see it.
    """
    belief = state.beliefs.get(column)
    if belief is None or not held.of_sheet:
        return False
    return belief.written and belief.value == held.value and time < belief.wrote[0]


def nowhere(state: RowState) -> list[str]:
    """The columns whose agreed values neither side has: a row that the database does not take waits
    in the sheet as the person wrote it, and with it what an operator gave back meanwhile."""
    return [
        column
        for column, held in sorted(state.cells.items())
        if held.shown is None and held.in_db is None and not held.made and held.value is not None
    ]


def gone_unseen(state: RowState, columns: Iterable[str], tombstone: Version) -> list[Loss]:
    """The values of ``columns`` that went with a row as they were out of the person's sight."""
    return [Loss(column, state.cells[column], tombstone, "seen") for column in columns]


def hit_before_it_went(state: RowState, written: Mapping[str, object], since: int) -> list[Loss]:
    """What a call of ours had covered in a row that a person removed before its answer was read.

    ``written`` is what the call put there, ``since`` when it was sent (µs, Google's clock): it
    still found the row, so that the person deleted what it had written.
    """
    life = state.life
    if life is None or life.value is True or life.origin is not Origin.SHEET:
        return []
    if life.time is None or life.time < since:
        return []
    covered = [
        column
        for column, value in written.items()
        if column in state.cells
        and not state.cells[column].made
        and state.cells[column].value not in (value, None)
    ]
    return gone_unseen(state, covered, life)


def typed_over_a_hit(state: RowState, replaced: Mapping[str, Value], since: int) -> list[Loss]:
    """What a call of ours took from a row that it was not meant for, before a person typed there.

    ``replaced`` is what the call found in its cells, ``since`` when it was sent (µs, Google's
    clock). The edit was heard before the call's answer, and taken for one made in sight of that.
    """
    losses = []
    for column, value in replaced.items():
        held, find = state.cells.get(column), state.finds.get(column)
        if held is None or value is None or (find is not None and find.value == value):
            continue
        if state.told.get(column) == value:
            continue  # the edit that a person made over the hit has logged it
        typed_since = held.of_sheet and held.time is not None and held.time >= since
        if typed_since and held.value != value:
            losses.append(Loss(column, Version(value, since, Origin.SHEET), held, "seen"))
    return losses


def typed_unseen(before: RowState, state: RowState) -> list[Loss]:
    """What was out of the sight of a person whose content a call has replaced unheard.

    It is noted in ``state``, so that it is not told again with the event that tells of the find.

    ``before`` is the row's state before that call was noted. Its cell may have shown a mistaken
    write of ours, which covered the agreed value, or other content that waits for its event. A
    value that the sheet had not shown yet is no such loss: what was typed crosses with it.
    """
    losses = []
    for column, find in state.finds.items():
        earlier = before.finds.get(column)
        if earlier == find:
            continue
        typed = typed_as(find)
        if earlier is not None and earlier.value != find.value:
            losses.append(Loss(column, typed_as(earlier), typed, "seen"))
        if out_of_sight(before, [column], find.time) and _was_shown(before, column, find.time):
            held = before.cells[column]
            losses.append(Loss(column, held, typed, "seen"))
            state.told[column] = held.value
    return losses


def _was_shown(state: RowState, column: str, time: int) -> bool:
    """Whether an edit of ``time`` counts as made in sight of the agreed value."""
    held = state.cells[column]
    return held.of_sheet or (held.shown is not None and time >= held.shown)


def typed_as(find: Find) -> Version:
    """The edit that a find is, as the log tells of it."""
    return Version(find.value, find.time, Origin.SHEET)
