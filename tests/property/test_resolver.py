"""What holds of the resolver whatever happens: of two streams of events, in every order of reading.

Each topic keeps its order; which of the two is read first, and when, is chance. Neither side is
written in between, so that every pair of edits of the two sides is a true crossing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from sink.core.change_event import ChangeEvent, DatabaseChange, SheetDelete, SheetEdit
from sink.core.decision import Loss
from sink.core.policies import Rules
from sink.core.resolver import resolve
from sink.core.row_state import RowState
from sink.core.values.codec import Value
from sink.core.version import Origin
from tests.property.streams import COLUMNS, POLICIES, Streams, rules, start, streams


def merged(events: Iterable[ChangeEvent], merging: Rules) -> tuple[RowState, list[Loss]]:
    """The row's state after the events, and all that was logged."""
    state, losses = start(), list[Loss]()
    for event in events:
        decision = resolve(event, state, merging)
        state = decision.state
        losses += decision.losses
    return state, losses


def agreed(state: RowState) -> dict[str, Value] | None:
    """What both sides must come to show; None: no such row."""
    if not state.alive:
        return None
    return {column: version.value for column, version in state.cells.items()}


@st.composite
def readings(draw: st.DrawFn, *, most: int = 4, rows: bool = True) -> tuple[Streams, str, str]:
    """Two streams and two orders in which they may be read."""
    made = draw(streams(most=most, rows=rows))
    names = "d" * len(made.database) + "s" * len(made.sheet)
    one, other = (draw(st.permutations(names)) for _ in range(2))
    return made, "".join(one), "".join(other)


@given(readings(), rules(one_way=True))
def test_the_same_events_give_the_same_decisions(
    reading: tuple[Streams, str, str], merging: Rules
) -> None:
    made, order, _ = reading
    assert merged(made.merged(order), merging) == merged(made.merged(order), merging)


@given(readings(), rules())
def test_resolving_changes_neither_the_state_nor_the_event(
    reading: tuple[Streams, str, str], merging: Rules
) -> None:
    made, order, _ = reading
    state = start()
    for event in made.merged(order):
        before, told = repr(state), repr(event)
        decision = resolve(event, state, merging)
        assert (repr(state), repr(event)) == (before, told)
        state = decision.state


@given(readings(rows=False), rules(named=POLICIES))
def test_the_same_cells_win_in_every_order_of_reading(
    reading: tuple[Streams, str, str], merging: Rules
) -> None:
    """Of a function of one's own this cannot be said: it may prefer a value that the other side has
    replaced in sight of an equal one, which was no crossing."""
    made, one, other = reading
    assert agreed(merged(made.merged(one), merging)[0]) == agreed(
        merged(made.merged(other), merging)[0]
    )


@settings(max_examples=3 * settings().max_examples)
@given(readings(most=1), rules(named=POLICIES))
def test_a_row_lives_or_dies_alike_in_every_order_of_reading(
    reading: tuple[Streams, str, str], merging: Rules
) -> None:
    """One event a side: of several deletes and creations it cannot be said where the columns have
    different rules (``sink.core.resolver``)."""
    made, one, other = reading
    assert agreed(merged(made.merged(one), merging)[0]) == agreed(
        merged(made.merged(other), merging)[0]
    )


@given(readings(rows=False), rules(), st.sampled_from(COLUMNS))
def test_a_cell_does_not_depend_on_the_others(
    reading: tuple[Streams, str, str], merging: Rules, column: str
) -> None:
    made, order, _ = reading
    whole, _ = merged(made.merged(order), merging)
    alone, _ = merged((_only(event, column) for event in made.merged(order)), merging)
    assert whole.cells[column].value == alone.cells[column].value


def _only(event: ChangeEvent, column: str) -> ChangeEvent:
    """The event as it is where nothing else was edited."""
    if isinstance(event, SheetEdit):
        return replace(event, cells={k: v for k, v in event.cells.items() if k == column})
    assert isinstance(event, DatabaseChange)
    assert event.after is not None
    after = {name: event.before[name] for name in COLUMNS} if event.before else dict(event.after)
    return replace(event, after={**after, column: event.after[column]})


@given(readings(), rules(), st.data())
def test_an_event_that_comes_again_changes_nothing(
    reading: tuple[Streams, str, str], merging: Rules, data: st.DataObject
) -> None:
    """Here not even where nobody saw that it was a repeat (``test_repeats``): what lost loses
    again, and nothing else does."""
    made, order, _ = reading
    events = made.merged(order)
    at = data.draw(st.integers(0, len(events)))
    state, told = merged(events[:at], merging)
    if at and not isinstance(events[at - 1], SheetDelete):  # that is found by looking, not told
        again = resolve(events[at - 1], state, merging)
        assert agreed(again.state) == agreed(state)
        assert {_lost(loss) for loss in again.losses} <= {_lost(loss) for loss in told}


def _lost(loss: Loss) -> tuple[str | None, Value, int | None, Origin]:
    """What a line of the conflict log says has lost."""
    return loss.column, loss.loser.value, loss.loser.time, loss.loser.origin


@given(readings(rows=False), rules())
def test_what_loses_is_logged(reading: tuple[Streams, str, str], merging: Rules) -> None:
    made, order, _ = reading
    state, losses = merged(made.merged(order), merging)
    final = agreed(state)
    if final is None:
        return
    for image, others in ((made.table, made.sheet), (made.tab, made.database)):
        assert image is not None
        for column, value in image.items():
            logged = any(loss.column == column and loss.loser.value == value for loss in losses)
            wanted_there_too = any(_writes(event, column, value) for event in others)
            assert value in (final[column], "A") or logged or wanted_there_too


def _writes(event: ChangeEvent, column: str, value: Value) -> bool:
    """Whether the event writes the value: what both sides wrote crosses with nothing."""
    if isinstance(event, SheetEdit):
        return column in event.cells and event.cells[column].new == value
    return isinstance(event, DatabaseChange) and (event.after or {}).get(column) == value
