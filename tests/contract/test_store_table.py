"""How both stores write the table, and what they refuse."""

from __future__ import annotations

import pytest

from sink.core.change_event import Image
from sink.core.row_key import RowKey
from sink.ports import TableWrite
from tests.contract.stores.bench import CHECKED, PARENT, Bench, image, insert, key


def test_the_server_s_time_is_its_own_and_goes_on_in_a_transaction(bench: Bench) -> None:
    store = bench.worker()
    before = bench.clock()
    with store.begin() as transaction:
        inside = transaction.server_time()
        later = bench.clock()
        assert before <= inside <= later <= transaction.server_time()
    assert later <= store.server_time() <= bench.clock()


def test_rows_are_locked_and_the_clock_is_read_then(bench: Bench) -> None:
    store = bench.worker()
    insert(store, 1, a="one")
    before = bench.clock()
    with store.begin() as transaction:
        rows, locked = transaction.lock_now([key(2), key(1)])
        assert rows == {key(1): image(a="one")}
        assert before <= locked <= bench.clock()
        rows, again = transaction.lock_now([key(2)])
        assert rows == {}
        assert locked <= again


VALUES: tuple[Image, ...] = (
    image(a="", b=None),
    image(a=" a ", b="a  "),
    image(a="NULL", b="\U0001f600\\'\"%s"),
    image(n=-32768),
    image(n=32767),
    image(p=PARENT),
)


@pytest.mark.parametrize("values", VALUES, ids=repr)
def test_values_are_exact(bench: Bench, values: Image) -> None:
    store = bench.worker()
    with store.begin() as transaction:
        assert transaction.write([TableWrite("insert", key(1), values)]) == []
        assert transaction.lock([key(1)]) == {key(1): values}
    assert store.table_rows([key(1)]) == {key(1): values}


def test_an_update_sets_its_cells_alone_and_a_delete_takes_the_row(bench: Bench) -> None:
    store = bench.worker()
    insert(store, 1, a="one", b="two")
    with store.begin() as transaction:
        transaction.write([TableWrite("update", key(1), {"b": None, "n": 5})])
    assert store.table_rows([key(1)]) == {key(1): image(a="one", n=5)}
    with store.begin() as transaction:
        transaction.write([TableWrite("delete", key(1), {})])
    assert store.table_keys() == []


HARD_TEXTS = ("100 %", "a';DO 1;#", "\\", "%s", "z;", 'q"`', "\0\n;", "😀")


def test_many_rows_are_updated_at_once_with_whatever_texts(bench: Bench) -> None:
    store = bench.worker()
    for number in range(len(HARD_TEXTS)):
        insert(store, number, a="one", b="two")
    with store.begin() as transaction:
        writes = [
            TableWrite("update", key(number), {"b": each}) for number, each in enumerate(HARD_TEXTS)
        ]
        assert transaction.write(writes) == []
    wanted = {key(number): image(a="one", b=each) for number, each in enumerate(HARD_TEXTS)}
    assert store.table_rows(list(wanted)) == wanted
    with store.begin() as transaction:
        assert transaction.write([TableWrite("delete", each, {}) for each in wanted]) == []
    assert store.table_keys() == []


@pytest.mark.parametrize("bad", [0, 1, 2])
def test_of_many_rows_updated_at_once_only_the_bad_one_is_left_out(bench: Bench, bad: int) -> None:
    store = bench.worker()
    for number in range(3):
        insert(store, number, n=1)
    with store.begin() as transaction:
        values = {number: 40_000 if number == bad else 7 for number in range(3)}
        writes = [TableWrite("update", key(number), {"n": n}) for number, n in values.items()]
        assert [refusal.key for refusal in transaction.write(writes)] == [key(bad)]
    stored = store.table_rows([key(number) for number in range(3)])
    assert {each: row["n"] for each, row in stored.items()} == {
        key(number): 1 if number == bad else 7 for number in range(3)
    }


def test_what_one_row_gives_up_another_may_take_in_the_same_batch(bench: Bench) -> None:
    store = bench.worker()
    insert(store, 1, u="only")
    with store.begin() as transaction:
        writes = [
            TableWrite("insert", key(2), image(u="only")),
            TableWrite("delete", key(1), {}),
        ]
        assert transaction.write(writes) == []
    assert store.table_rows([key(2)]) == {key(2): image(u="only")}


MOVES: dict[str, list[TableWrite]] = {
    "in the order of the rows": [
        TableWrite("update", key(3), {"u": "three"}),
        TableWrite("update", key(2), {"u": "C"}),
        TableWrite("update", key(1), {"u": "B"}),
    ],
    "against it": [
        TableWrite("update", key(1), {"u": "B"}),
        TableWrite("update", key(2), {"u": "C"}),
        TableWrite("update", key(3), {"u": "three"}),
    ],
    "with other cells beside": [
        TableWrite("update", key(2), {"u": "C"}),
        TableWrite("update", key(1), {"a": "X", "u": "B"}),
        TableWrite("update", key(3), {"n": 5, "u": "three"}),
    ],
    "from the middle": [
        TableWrite("update", key(2), {"u": "C"}),
        TableWrite("update", key(3), {"u": "three"}),
        TableWrite("update", key(1), {"u": "B"}),
    ],
}


@pytest.mark.parametrize("writes", MOVES.values(), ids=MOVES.keys())
def test_values_that_must_be_unique_move_from_row_to_row_in_one_batch(
    bench: Bench, writes: list[TableWrite]
) -> None:
    store = bench.worker()
    for number, value in ((1, "A"), (2, "B"), (3, "C")):
        insert(store, number, u=value)
    with store.begin() as transaction:
        new = TableWrite("insert", key(4), image(u="A"))
        assert transaction.write([new, *writes]) == []
    rows = store.table_rows([key(number) for number in (1, 2, 3, 4)])
    moved = {number: rows[key(number)]["u"] for number in (1, 2, 3, 4)}
    assert moved == {1: "B", 2: "C", 3: "three", 4: "A"}
    assert [rows[write.key] for write in writes] == [
        image(**{**rows[write.key], **write.cells}) for write in writes
    ]


def test_of_two_rows_that_want_a_value_that_a_third_gives_up_one_has_it(bench: Bench) -> None:
    store = bench.worker()
    for number, value in ((1, "A"), (2, "B"), (3, "C")):
        insert(store, number, u=value)
    with store.begin() as transaction:
        writes = [
            TableWrite("update", key(1), {"n": 1, "u": "C"}),
            TableWrite("update", key(2), {"p": PARENT, "u": "C"}),
            TableWrite("update", key(3), {"u": "D"}),
        ]
        (refusal,) = transaction.write(writes)
    assert (refusal.key, refusal.columns, refusal.code) == (key(1), ("u",), 1062)
    rows = store.table_rows([key(1), key(2), key(3)])
    assert [rows[key(number)]["u"] for number in (1, 2, 3)] == ["A", "C", "D"]


def test_values_that_change_places_are_refused_and_stay(bench: Bench) -> None:
    """Whatever the order, the first of them finds its value taken."""
    store = bench.worker()
    insert(store, 1, u="A")
    insert(store, 2, u="B")
    insert(store, 3, u="C")
    with store.begin() as transaction:
        writes = [
            TableWrite("update", key(1), {"u": "B"}),
            TableWrite("update", key(2), {"u": "A"}),
            TableWrite("update", key(3), {"u": "D"}),
        ]
        refusals = transaction.write(writes)
    assert sorted((each.key, each.columns, each.code) for each in refusals) == [
        (key(1), ("u",), 1062),
        (key(2), ("u",), 1062),
    ]
    rows = store.table_rows([key(1), key(2), key(3)])
    assert [rows[key(number)]["u"] for number in (1, 2, 3)] == ["A", "B", "D"]


def test_a_refused_row_is_blamed_for_what_does_not_go_in_once_all_others_stand(
    bench: Bench,
) -> None:
    store = bench.worker()
    insert(store, 1, a="one", u="A")
    insert(store, 2, a="two", u="B")
    with store.begin() as transaction:
        writes = [
            TableWrite("update", key(1), {"n": 40_000, "b": "x" * 11, "u": "B"}),
            TableWrite("update", key(2), {"u": "C"}),
        ]
        refusals = transaction.write(writes)
    assert {each.key for each in refusals} == {key(1)}
    assert "u" not in {column for each in refusals for column in each.columns}
    assert store.table_rows([key(2)])[key(2)]["u"] == "C"


REFUSALS = {
    "a row that is there": (TableWrite("insert", key(1), image()), 1062, ()),
    "a value that must be unique": (TableWrite("insert", key(2), image(u="taken")), 1062, ("u",)),
    "a missing NOT NULL column": (TableWrite("insert", key(2), {"b": "x"}), 1364, ()),
    "NULL": (TableWrite("update", key(1), {"a": None, "b": "x"}), 1048, ("a",)),
    "a check": (TableWrite("update", key(1), {"n": CHECKED, "b": "x"}), 3819, ("n",)),
    "a foreign key": (TableWrite("update", key(1), {"p": 77}), 1452, ("p",)),
    "a number out of range": (TableWrite("update", key(1), {"b": "x", "n": 40_000}), 1264, ("n",)),
    "a text that is too long": (TableWrite("update", key(1), {"b": "x" * 11}), 1406, ("b",)),
    "the delete of a row that others refer to": (TableWrite("delete", key(1), {}), 1451, ()),
}


@pytest.mark.parametrize(("write", "code", "to_blame"), REFUSALS.values(), ids=REFUSALS.keys())
def test_what_is_refused_is_told_and_left_out(
    bench: Bench, write: TableWrite, code: int, to_blame: tuple[str, ...]
) -> None:
    store = bench.worker()
    stands = image(a="one", u="taken")
    insert(store, 1, **stands)
    bench.refer_to(1)
    with store.begin() as transaction:
        fine = [
            TableWrite("insert", key(8), image(a="eight")),
            TableWrite("insert", key(9), image(a="nine")),
        ]
        (refusal,) = transaction.write([fine[0], write, fine[1]])
        assert (refusal.key, refusal.op, refusal.code) == (write.key, write.op, code)
        assert refusal.columns == to_blame
        assert refusal.reason
        there: dict[RowKey, Image] = transaction.lock([key(1), key(2), key(8), key(9)])
    wanted = {key(1): stands, key(8): image(a="eight"), key(9): image(a="nine")}
    assert there == store.table_rows([key(1), key(2), key(8), key(9)]) == wanted


def test_a_store_that_was_closed_begins_anew(bench: Bench) -> None:
    store = bench.worker()
    insert(store, 1)
    store.close()
    insert(store, 2)
    assert sorted(store.table_keys()) == [key(1), key(2)]
    assert bench.transactions() == 2
