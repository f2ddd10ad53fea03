"""Rows that a first sync stores by the thousand, and how they are told from what has changed."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest

from sink.core.belief import Belief
from sink.core.row_state import OpenWrite, RowState
from sink.core.scanned_rows import ScannedRows
from sink.core.version import ABSENT, EVER, Origin, Version
from tests.contract.stores.bench import Bench, image, key, row

HARD_TEXTS = ("", "100 %", "a';DO 1;#", "\\", "%s", "z;", 'q"`', "\0\n\t;", "😀", "\\'", None)
ROWS = [(key(number), image(a="A", b=text)) for number, text in enumerate(HARD_TEXTS)]


def test_rows_are_stored_as_they_were_read_with_whatever_texts(bench: Bench) -> None:
    store = bench.worker()
    with store.begin() as transaction:
        transaction.save_as_read(ScannedRows.of("", ("id",), ROWS))
    keys = [each for each, _ in ROWS]
    assert {each: state.agreed for each, state in store.states(keys).items()} == dict(ROWS)
    assert {each.life for each in store.states(keys).values()} == {row(1).life}
    assert store.states(keys)[key(0)].table == ROWS[0][1]


def test_a_cell_of_which_nothing_is_known_is_not_stored(bench: Bench) -> None:
    store = bench.worker()
    rows = ScannedRows("", ("id",), [[1, 2]], {"a": ["A", ABSENT], "b": [None, "B"]})
    with store.begin() as transaction:
        transaction.save_as_read(rows)
    stored = store.states([key(1), key(2)])
    assert [stored[key(number)].agreed for number in (1, 2)] == [{"a": "A", "b": None}, {"b": "B"}]


def test_a_row_is_at_rest_where_both_sides_surely_hold_what_is_agreed(bench: Bench) -> None:
    store = bench.worker()
    with store.begin() as transaction:
        transaction.save_as_read(ScannedRows.of("", ("id",), ROWS[:3]))
    keys = [key(number).canonical for number in range(4)]
    assert sorted(store.at_rest(keys)) == keys[:3]
    assert store.at_rest([]) == {}
    changed = store.states([key(1)])[key(1)]
    changed.cells["a"] = Version("new", 7, Origin.SHEET, in_db=EVER, seen_from=7, shown=7)
    changed.newest["a"] = 7
    changed.beliefs["a"] = Belief("new", 7, 8)
    assert changed.table is not None
    changed.table["a"] = "new"
    with store.begin() as transaction:
        transaction.save([changed])
    at_rest = store.at_rest(keys)
    assert sorted(at_rest) == keys[:3]
    assert orjson.loads(at_rest[keys[1]])["a"] == "new"


@pytest.mark.parametrize(
    "change",
    [
        lambda state: state.table.update(a="other"),
        lambda state: state.beliefs.update(a=Belief("other", 7, 8)),
        lambda state: state.beliefs.update(a=Belief("A", 5, 9, ((7, "other"),))),
        lambda state: state.beliefs.pop("a"),
        lambda state: state.formulas.update(a=7),
        lambda state: state.unfit.update(a="x"),
        lambda state: state.refused.update(a="too long"),
        lambda state: setattr(state, "present", Belief(False, 7, 8)),
        lambda state: setattr(state, "in_call", True),
        lambda state: setattr(state, "open_writes", (OpenWrite(1, state.agreed, 9),)),
        lambda state: setattr(state, "life", Version(False, 7, Origin.SHEET)),
    ],
)
def test_any_other_row_is_not(bench: Bench, change: Callable[[RowState], None]) -> None:
    store = bench.worker()
    with store.begin() as transaction:
        transaction.save_as_read(ScannedRows.of("", ("id",), ROWS[:2]))
    state = store.states([key(1)])[key(1)]
    state.newest["a"] = 7
    change(state)
    with store.begin() as transaction:
        transaction.save([state])
    keys = [key(number).canonical for number in range(2)]
    assert list(store.at_rest(keys)) == [keys[0]]


def test_the_known_rows_are_counted_and_told(bench: Bench) -> None:
    store = bench.worker()
    assert (store.count_known(), list(store.each_known_key())) == (0, [])
    with store.begin() as transaction:
        transaction.save_as_read(ScannedRows.of("", ("id",), ROWS[:3]))
    assert store.count_known() == 3
    assert sorted(store.each_known_key()) == [key(number).canonical for number in range(3)]
