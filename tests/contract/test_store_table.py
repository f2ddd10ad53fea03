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
