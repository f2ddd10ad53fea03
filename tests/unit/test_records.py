"""Row states are stored without a loss, in few bytes, and as earlier versions stored them, too."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sink.core.belief import Belief
from sink.core.change_event import Image
from sink.core.row_key import RowKey
from sink.core.row_state import OpenWrite, RowState
from sink.core.version import EVER, Origin, Version
from sink.state.records import AT_REST, FirstSync, StoredRow, decode, encode

FIRST = FirstSync(1_000, 2_000)
KEY = RowKey.from_values(("id",), (1,))
LEFT: Image = {"a": "A", "b": None, "c": 3}

AGREED = b'{"a":"B","b":null,"c":4}'
EARLIER = (
    b'{"life":[true,null,"database",true,1000,2000,false,null],'
    b'"cells":{"a":[5000,"database",true,5100,null,false,null],'
    b'"c":[6000,"sheet",6900,6000,6000,false,"ann@example.org"]},'
    b'"present":[true,1000,2000,[],false,[0,0]],'
    b'"beliefs":{"a":["B",7000,7300,[],true,[7000,7300],0,[2000,"A"]],'
    b'"c":[3,1000,2000,[[6000,4]],false,[0,0],6000,null,12],"gone":["x",1,2,[],false,[0,0]]},'
    b'"unbelieved":["b"],"seen":2000,"table":{"a":"A","b":null,"c":3},"newest":{"c":6000},'
    b'"open":[[9,true,6900,{"c":true,"a":["A2",4000,"sheet",false,0,null,false,null,true]},'
    b'["b"],true]]}'
)
"""What stood in ``record`` before version 0010 of the schema, written by the program of then."""


def left() -> RowState:
    return FIRST.row(KEY, LEFT)


def changed() -> RowState:
    state = left()
    state.cells["a"] = Version("B", 5_000, Origin.DATABASE, EVER, 5_100, None)
    state.cells["c"] = replace(
        Version(4, 6_000, Origin.SHEET, 6_900, 6_000, 6_000), author="ann@example.org"
    )
    state.beliefs["a"] = Belief("B", 7_000, 7_300, (), True, (7_000, 7_300), 0, (2_000, "A"))
    state.beliefs["c"] = Belief(3, 1_000, 2_000, ((6_000, 4),), edited=6_000, hid=12)
    del state.beliefs["b"]
    state.beliefs["gone"] = Belief("x", 1, 2)
    state.newest["c"] = 6_000
    outside = Version("A2", 4_000, Origin.SHEET, outside=True)
    wrote = {"c": state.cells["c"], "a": outside}
    image: Image = {"a": "B", "b": None, "c": 4}
    state.open_writes = (OpenWrite(9, image, 6_900, wrote, frozenset({"b"}), state.life),)
    return state


def back(stored: StoredRow, first: FirstSync = FIRST) -> RowState:
    return decode(KEY, stored.agreed, stored.record, first)


def test_a_row_comes_back_as_it_was() -> None:
    state = changed()
    assert back(encode(state, FIRST)) == state


def test_a_row_without_a_record_is_as_the_first_sync_left_it() -> None:
    stored = encode(left(), FIRST)
    assert stored.record is None
    assert back(stored) == left()


def test_what_an_earlier_version_stored_is_read() -> None:
    assert decode(KEY, AGREED, EARLIER, FIRST) == changed()


def test_what_an_earlier_version_stored_of_a_row_that_nobody_agreed_on_is_read() -> None:
    record = (
        b'{"life":null,"cells":{},"present":[true,1,2,[],true,[1,2],0,[0,null]],"beliefs":{},'
        b'"unbelieved":[],"seen":2}'
    )
    present = Belief(True, 1, 2, written=True, wrote=(1, 2), over=(0, None))
    expected = RowState(KEY, table={}, present=present, seen_until=2)
    assert decode(KEY, b"{}", record, FIRST) == expected


def test_cells_that_one_event_reached_are_stored_with_one_set_of_stamps() -> None:
    columns = [f"column {number}" for number in range(20)]
    few, many = (_shown(columns[:count]) for count in (1, 20))
    assert few.attention == many.attention == AT_REST
    of_a_column = (len(many.record or b"") - len(few.record or b"")) / 19
    assert of_a_column < 40  # its name, what it shows, and what that replaced


def _shown(columns: list[str]) -> StoredRow:
    """A row that a program changed, once a call of ours has shown it."""
    state = FIRST.row(KEY, dict.fromkeys(columns, "old"))
    for column in columns:
        state.cells[column] = Version("new", 5_000, Origin.DATABASE, EVER, 5_100, 7_300)
        state.beliefs[column] = Belief(
            "new", 7_000, 7_300, (), True, (7_000, 7_300), 0, (2_000, "old")
        )
    state.table = state.agreed
    return encode(state, FIRST)


times = st.integers(2, 4)
values = st.sampled_from([None, "", "x", 1, 1.0, 6.5, True, False])
versions = st.builds(
    Version,
    values,
    st.none() | times,
    st.sampled_from(Origin),
    st.none() | st.just(EVER) | times,
    times,
    st.none() | times,
    st.booleans(),
    st.none() | st.just("ann"),
    st.booleans(),
)
pairs = st.tuples(times, values)
beliefs = st.builds(
    Belief,
    values,
    times,
    times,
    st.lists(pairs, max_size=2).map(tuple),
    st.booleans(),
    st.tuples(times, times),
    times | st.just(0),
    st.none() | pairs,
    times | st.just(0),
)
first_syncs = st.builds(FirstSync, times, times)


def images(state: RowState) -> st.SearchStrategy[Image | None]:
    other: Image = {"a": "other"}
    return st.sampled_from([None, state.agreed, other])


@st.composite
def states(draw: st.DrawFn) -> tuple[RowState, FirstSync]:
    first = draw(first_syncs)
    columns = draw(st.lists(st.sampled_from("abcde"), unique=True))
    state = first.row(KEY, {column: draw(values) for column in columns})
    for column in draw(st.lists(st.sampled_from("abcde"), unique=True)):
        state.cells[column] = draw(versions)
    for column in draw(st.lists(st.sampled_from("abcdefg"), unique=True)):
        state.beliefs[column] = draw(beliefs)
    for column in draw(st.lists(st.sampled_from("abc"), unique=True)):
        state.beliefs.pop(column, None)
    if draw(st.booleans()):
        state.life = draw(st.none() | versions)
    if draw(st.booleans()):
        state.present = draw(beliefs)
    if draw(st.booleans()):
        wrote = {column: draw(versions) for column in draw(st.sets(st.sampled_from("ab")))}
        image = draw(images(state))
        state.open_writes = (OpenWrite(3, image, 4, wrote, frozenset("c"), draw(versions)),)
    state.table = draw(images(state))
    return state, first


@given(states())
def test_whatever_is_known_of_a_row_comes_back(known: tuple[RowState, FirstSync]) -> None:
    state, first = known
    found = back(encode(state, first), first)
    assert found == state
    assert {column: repr(belief) for column, belief in found.beliefs.items()} == {
        column: repr(belief) for column, belief in state.beliefs.items()
    }, "True is no 1"
