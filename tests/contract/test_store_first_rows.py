"""Rows that a first sync stores by the thousand, and how they are told from what has changed."""

from __future__ import annotations

from sink.core.scanned_rows import ScannedRows
from sink.core.version import ABSENT
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


def test_a_row_counts_as_left_until_anything_of_it_has_changed(bench: Bench) -> None:
    store = bench.worker()
    with store.begin() as transaction:
        transaction.save_as_read(ScannedRows.of("", ("id",), ROWS[:3]))
    keys = [key(number).canonical for number in range(4)]
    assert sorted(store.as_left(keys)) == keys[:3]
    changed = store.states([key(1)])[key(1)]
    changed.newest["a"] = 7
    with store.begin() as transaction:
        transaction.save([changed])
    assert sorted(store.as_left(keys)) == [keys[0], keys[2]]
    assert store.as_left([]) == {}


def test_the_known_rows_are_counted_and_told(bench: Bench) -> None:
    store = bench.worker()
    assert (store.count_known(), list(store.each_known_key())) == (0, [])
    with store.begin() as transaction:
        transaction.save_as_read(ScannedRows.of("", ("id",), ROWS[:3]))
    assert store.count_known() == 3
    assert sorted(store.each_known_key()) == [key(number).canonical for number in range(3)]
