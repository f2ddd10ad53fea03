"""A comparison's look at a large tab, slice by slice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest

from sink.core.belief import Belief
from sink.core.mapping import Rule
from sink.core.quota import Places
from sink.core.row_state import RowState
from sink.core.scanned_rows import ScannedRows
from sink.core.slices import Sliced
from sink.core.version import Origin, Version
from sink.looking import Looking
from sink.parts import Parts
from sink.reconciler import unlike
from sink.reconciliation import Reconciliation
from sink.sifting import CHUNK, Side, Sifted
from sink.writers.sheets.layout import KeyIndex, TabLayout
from sink.writers.sheets.reading import Gathering, Reading
from sink.writers.sheets.row_json import rows_json
from sink.writers.sheets.tab import Tab
from tests.simulation.acts import row_key
from tests.simulation.setting import mapped_table

TABLE = mapped_table(Rule())
PARTS = 10


class LargeTable:
    """What a look asks for; the table comes in parts of which each is a slice."""

    def __init__(self) -> None:
        self.parts_read = 0
        self.latest = lambda: 9
        self.quota = SimpleNamespace(grant_comparison=lambda *_, **__: Places(0.0, 9))
        self.reconcile_every = 60.0
        self.table = TABLE
        self.store = SimpleNamespace(
            count_known=lambda: 0,
            each_known_key=lambda: (),
            scan=self._scan,
            states=lambda _: {},
            at_rest=lambda _: {},
        )

    def _scan(self) -> Iterator[ScannedRows]:
        for part in range(PARTS):
            self.parts_read += 1
            keys = range(part * CHUNK, (part + 1) * CHUNK)
            yield ScannedRows("", TABLE.key, [list(keys) for _ in TABLE.key], {})


class SlicedTab:
    """A tab of two blocks; ``between`` the two a call may go out."""

    client = SimpleNamespace(comparing=lambda _: nullcontext())

    def __init__(self) -> None:
        self.calls_sent = 0
        self.there = replace(layout(), index=KeyIndex.of([None, row_key(2)]))

    def read_in_slices(self, *, formulas: bool) -> Sliced[Reading]:
        assert formulas
        yield
        return reading_of({1: "A"})

    def read_layout(self) -> TabLayout:
        return self.there


def layout() -> TabLayout:
    columns = {column: place for place, column in enumerate(TABLE.columns_by_header.values())}
    return TabLayout("tab", 0, 1, 10, len(columns), 10, columns)


def reading_of(rows: dict[int, str]) -> Reading:
    """Rows by key, with what column ``a`` shows; read at 5."""
    place = layout()
    gathering = Gathering(tuple(place.columns), lo=5, hi=6)
    cells = [
        tuple({"id": key, "a": shows}.get(column, "") for column in place.columns)
        for key, shows in rows.items()
    ]
    gathering.add(0, [row_key(key) for key in rows], rows_json(cells), None)
    return gathering.reading(place)


def look(parts: LargeTable) -> Looking:
    return Looking(cast(Parts, parts), Places(0.0, 9), keys_alone=False, formulas=True, table=False)


@pytest.mark.parametrize("called", [True, False])
def test_keys_are_read_once_more_where_a_call_went_out_between_two_slices(called: bool) -> None:
    looking, tab = look(LargeTable()), SlicedTab()
    assert looking.go_on(cast(Tab, tab)) is None
    tab.calls_sent += called
    sifted = looking.go_on(cast(Tab, tab))
    assert sifted is not None
    assert (sifted.reading.layout is tab.there) is called


def test_of_a_table_no_more_is_read_than_a_slice() -> None:
    """So whoever is to end need not wait for the rest."""
    parts = LargeTable()
    looking = look(parts)
    looking.table = True
    tab = cast(Tab, SlicedTab())
    looking.go_on(tab)
    assert looking.go_on(tab) is None
    assert parts.parts_read == 2  # the first one, and the one with which the next slice begins


def test_between_two_slices_others_have_their_turn() -> None:
    comparing = Reconciliation(cast(Parts, LargeTable()), due=0.0)
    tab = cast(Tab, SlicedTab())
    begun = comparing.next_reading(1.0, 0, layout())
    assert begun is not None
    assert begun(tab) is None
    assert comparing.next_reading(1.0, 0, layout()) is None
    goes_on = comparing.next_reading(1.0, 0, layout())
    assert goes_on is not None


def test_who_asks_while_a_reading_goes_on_is_answered_by_the_next_one() -> None:
    comparing = Reconciliation(cast(Parts, LargeTable()), due=0.0)
    comparing.next_reading(1.0, 0, layout())
    assert comparing.answers
    comparing.whole_due = 0.0
    assert not comparing.answers


def test_after_a_failure_a_reading_begins_anew() -> None:
    comparing = Reconciliation(cast(Parts, LargeTable()), due=0.0)
    comparing.next_reading(1.0, 0, layout())
    failed = comparing.looking
    assert failed is not None
    comparing.not_read(1.0, refused=False)
    comparing.next_reading(1.0, 0, layout())
    assert comparing.looking is not None
    assert comparing.looking is not failed


@pytest.mark.parametrize(
    ("later", "differs"),
    [
        (lambda state: None, True),
        (lambda state: state.beliefs.update(a=Belief("new", 7, 8)), False),
        (lambda state: state.newest.update(a=6), False),
        (lambda state: state.newest.update(b=6), True),
        (lambda state: setattr(state, "present", Belief(True, 7, 8)), False),
    ],
    ids=["nothing", "a call", "an edit", "an edit of another cell", "a new row"],
)
def test_a_look_tells_nothing_of_what_is_known_of_later(
    later: Callable[[RowState], None], differs: bool
) -> None:
    state = RowState(
        row_key(1), life=Version(True, None, Origin.DATABASE), present=Belief(True, 1, 2)
    )
    state.beliefs = {column: Belief(None, 1, 2) for column in TABLE.cells} | {
        "a": Belief("new", 1, 2)
    }
    later(state)
    reading = reading_of({1: "older"})
    found = unlike(reading, list(reading.rows), lambda _: {state.key: state}, TABLE)
    assert list(found) == [state.key] * differs


def test_a_row_is_not_missed_that_the_last_look_at_the_keys_shows() -> None:
    """Rows move up where others are deleted: a block may begin below one that was in none."""
    states = {}
    for key in (2, 4):
        states[row_key(key)] = RowState(row_key(key))
        states[row_key(key)].present = Belief(True, 1, 2)
    parts = LargeTable()
    parts.store.states = lambda keys: {key: states[key] for key in keys if key in states}
    parts.store.mark = lambda _: None
    parts.store.server_time, parts.store.number = lambda: 9, 1
    comparing = Reconciliation(cast(Parts, parts), due=0.0)
    reading = replace(reading_of({}), layout=SlicedTab().there)
    comparing.take(Sifted(reading, Side(missing=list(states))), 1.0, "token")
    assert list(comparing.first) == [row_key(4)]
