"""One contract for both stores: what the merge relies on holds in memory as it does in MySQL.

Everything above ``sink.ports`` is tested over the double; that it behaves like MySQL is shown here
and in the tests beside: transactions, locks and fencing here.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from sink.core.change_event import Position
from sink.core.marks import Face, Mark
from sink.core.tagged_row import TaggedRow
from sink.ports import Progress, Store, TableWrite
from sink.state.errors import DatabaseUnavailableError, OvertakenError
from tests.contract.stores.bench import Bench, image, insert, key, loss, row


class BrokenOffError(Exception):
    """What ends a transaction in the middle."""


# A transaction is whole


def _everything(store: Store, *, interrupt: bool = False) -> None:
    with store.begin() as transaction:
        transaction.write([TableWrite("insert", key(1), image(a="new"))])
        transaction.save([row(1, "new")])
        transaction.log(key(1), [loss("loser", "winner")])
        transaction.record(Progress({"cdc": 7, "sheet": 3}, ["one", "two"], Position("f", 9, 0)))
        transaction.store_call(4, "fence", "call")
        transaction.note({"reason": "stopped"})
        if interrupt:
            raise BrokenOffError


def test_what_is_committed_is_there_altogether(bench: Bench) -> None:
    _everything(bench.worker())
    again = bench.worker()
    assert again.table_rows([key(1), key(2)]) == {key(1): image(a="new")}
    assert again.states([key(1), key(2)]) == {key(1): row(1, "new")}
    assert bench.conflicts() == [(key(1), "a", "loser", "winner", "some_rule")]
    assert bench.offsets() == {"cdc": 7, "sheet": 3}
    assert bench.position() == Position("f", 9, 0)
    assert bench.call() == (4, "fence", "call")
    assert bench.reason() == "stopped"
    with again.begin() as transaction:
        assert transaction.known_ids(["one", "two", "three"]) == {"one", "two"}


def test_of_a_transaction_that_fails_nothing_is_there(bench: Bench) -> None:
    store = bench.worker()
    with pytest.raises(BrokenOffError):
        _everything(store, interrupt=True)
    assert store.table_keys() == store.known_keys() == []
    assert bench.conflicts() == []
    assert (bench.offsets(), bench.position(), bench.reason()) == ({}, None, None)
    assert bench.call() == (0, None, None)
    assert bench.transactions() == 0
    with store.begin() as transaction:
        assert transaction.known_ids(["one", "two"]) == frozenset()


def test_a_transaction_that_failed_can_be_made_again_under_its_number(bench: Bench) -> None:
    store = bench.worker()
    with pytest.raises(BrokenOffError):
        _everything(store, interrupt=True)
    _everything(store)
    assert bench.transactions() == 1
    assert store.table_keys() == [key(1)]


def test_what_is_under_way_is_seen_inside_and_not_outside(bench: Bench) -> None:
    store, other = bench.worker(), bench.worker()
    with store.begin() as transaction:
        transaction.write([TableWrite("insert", key(1), image())])
        transaction.save([row(1)])
        assert transaction.lock([key(1)]) == {key(1): image()}
        assert list(transaction.states([key(1)])) == transaction.known_keys() == [key(1)]
        assert other.table_keys() == other.known_keys() == []
        assert other.table_rows([key(1)]) == {}
        assert other.states([key(1)]) == {}
    assert other.table_keys() == other.known_keys() == [key(1)]


def test_a_transaction_sees_what_others_commit_meanwhile(bench: Bench) -> None:
    bench.program(1, image(a="before"))
    with bench.worker().begin() as transaction:
        assert transaction.lock([key(2)]) == {}
        bench.program(2, image(a="meanwhile"))
        assert transaction.lock([key(2)]) == {key(2): image(a="meanwhile")}


def test_an_empty_transaction_uses_its_number_up(bench: Bench) -> None:
    store = bench.worker()
    for number in (1, 2, 3):
        with store.begin() as transaction:
            assert transaction.number == number
    assert bench.transactions() == 3
    with bench.worker().begin() as transaction:
        assert transaction.number == 4


# Locks


def test_a_locked_row_waits_for_the_end_of_the_transaction(bench: Bench) -> None:
    bench.program(1, image(a="one"))
    bench.program(2, image(a="two"))
    with bench.worker().begin() as transaction:
        assert transaction.lock([key(1)]) == {key(1): image(a="one")}
        with pytest.raises(DatabaseUnavailableError):
            bench.program(1, image(a="late"))
        bench.program(2, image(a="free"))
        assert transaction.lock([key(1), key(2)]) == {
            key(1): image(a="one"),
            key(2): image(a="free"),
        }
    bench.program(1, image(a="late"))
    assert bench.worker().table_rows([key(1)]) == {key(1): image(a="late")}


def test_a_written_row_waits_too_and_is_free_after_a_failure(bench: Bench) -> None:
    bench.program(1, image(a="one"))
    store = bench.worker()

    def interrupted() -> None:
        with store.begin() as transaction:
            transaction.write([TableWrite("update", key(1), {"a": "ours"})])
            transaction.write([TableWrite("insert", key(2), image())])
            with pytest.raises(DatabaseUnavailableError):
                bench.program(1, None)
            with pytest.raises(DatabaseUnavailableError):
                bench.program(2, image())
            raise BrokenOffError

    with pytest.raises(BrokenOffError):
        interrupted()
    bench.program(1, image(a="one", b="theirs"))
    bench.program(2, image(a="theirs"))
    assert store.table_rows([key(1), key(2)]) == {
        key(1): image(a="one", b="theirs"),
        key(2): image(a="theirs"),
    }


def test_a_row_that_is_not_there_cannot_be_locked(bench: Bench) -> None:
    """Whoever inserts it first has it; the other is told 1062."""
    with bench.worker().begin() as transaction:
        assert transaction.lock([key(1)]) == {}
        bench.program(1, image(a="first"))
        (refusal,) = transaction.write([TableWrite("insert", key(1), image(a="second"))])
        assert refusal.code == 1062
        assert transaction.lock([key(1)]) == {key(1): image(a="first")}


# Fencing


def test_an_overtaken_worker_cannot_commit(bench: Bench) -> None:
    bench.program(1, image(a="one"))
    old = bench.worker()
    new = bench.worker()
    with new.begin() as transaction:
        transaction.write([TableWrite("update", key(1), {"a": "new"})])

    def late() -> None:
        with old.begin() as transaction:
            transaction.write([TableWrite("update", key(1), {"a": "old"})])
            transaction.save([row(1, "old")])
            transaction.record(Progress({"cdc": 99}, ["old"]))

    with pytest.raises(OvertakenError):
        late()
    assert new.table_rows([key(1)]) == {key(1): image(a="new")}
    assert (new.known_keys(), bench.offsets(), bench.transactions()) == ([], {}, 1)
    with new.begin() as transaction:
        assert transaction.known_ids(["old"]) == frozenset()


def test_an_overtaken_worker_stays_overtaken(bench: Bench) -> None:
    old, new = bench.worker(), bench.worker()
    for number in (1, 2):
        insert(new, number)
        with pytest.raises(OvertakenError), old.begin():
            pass
    insert(new, 3)
    assert bench.transactions() == 3


def test_a_second_holder_of_a_number_waits_and_finds_it_taken(bench: Bench) -> None:
    first, second = bench.worker(), bench.worker()
    with first.begin() as transaction:
        waiting = bench.begins(second)
        transaction.write([TableWrite("insert", key(1), image())])
    assert isinstance(waiting.end(), OvertakenError)
    assert bench.transactions() == 1


def test_a_second_holder_of_a_number_goes_on_where_the_first_one_failed(bench: Bench) -> None:
    first, second = bench.worker(), bench.worker()
    waiting = None

    def interrupted() -> None:
        nonlocal waiting
        with first.begin() as transaction:
            waiting = bench.begins(second)
            transaction.write([TableWrite("insert", key(1), image())])
            raise BrokenOffError

    with pytest.raises(BrokenOffError):
        interrupted()
    assert waiting is not None
    assert waiting.end() is None
    assert first.table_keys() == []
    assert bench.transactions() == 1
    with pytest.raises(OvertakenError), first.begin():
        pass


# Rows without a key


def test_what_is_said_at_a_row_without_a_key_is_stored_with_its_tag(bench: Bench) -> None:
    said = {"a": Mark("wanted", "shown", sure=False, under="{}", put_back=Face("own", None))}
    marked = TaggedRow("tag", 3, None, {"a": "is missing"}, marks=said, shown={"a": 1.5, "b": None})
    store = bench.worker()
    with store.begin() as transaction:
        transaction.save_tagged([marked, TaggedRow("plain", 3)])
    assert sorted(store.tagged_rows(), key=lambda row: row.tag) == [
        TaggedRow("plain", 3),
        marked,
    ]
    with store.begin() as transaction:
        assert transaction.tagged(["tag"]) == {"tag": marked}
        transaction.save_tagged([replace(marked, marks={}, finished=4)])
    assert store.tagged_rows() == [TaggedRow("plain", 3)]
