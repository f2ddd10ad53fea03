"""One contract for both stores: what the merge relies on holds in memory as it does in MySQL.

Everything above ``sink.ports`` is tested over the double; that it behaves like MySQL is shown here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from sink.core.change_event import Image, Position
from sink.core.decision import Loss
from sink.core.row_key import RowKey
from sink.core.row_state import Belief, Find, OpenWrite, RowState
from sink.core.version import Origin, Version
from sink.ports import Progress, Store, TableWrite
from sink.state.errors import DatabaseUnavailableError, OvertakenError
from sink.state.records import FirstSync
from tests.contract.stores.bench import CHECKED, FIRST, PARENT, Bench, image, key
from tests.contract.stores.memory import MemoryBench
from tests.contract.stores.mysql import MySqlBench

MANY = 2_300
"""More rows than one statement of ours names."""


@pytest.fixture(
    params=[
        "memory",
        pytest.param("mysql", marks=pytest.mark.stack("mysql", "configuration")),
    ]
)
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    if request.param == "memory":
        yield MemoryBench()
        return
    with closing(MySqlBench(request.getfixturevalue("stack"))) as mysql:
        yield mysql


class BrokenOffError(Exception):
    """What ends a transaction in the middle."""


def row(number: int, value: str = "A") -> RowState:
    """The state of a row that is as the first sync left it."""
    return FIRST.row(key(number), image(a=value))


def insert(store: Store, number: int, **cells: object) -> None:
    with store.begin() as transaction:
        assert transaction.write([TableWrite("insert", key(number), image(**cells))]) == []


# A transaction is whole


def _everything(store: Store, *, interrupt: bool = False) -> None:
    with store.begin() as transaction:
        transaction.write([TableWrite("insert", key(1), image(a="new"))])
        transaction.save([row(1, "new")])
        transaction.log(key(1), [_loss("loser", "winner")])
        transaction.record(Progress({"cdc": 7, "sheet": 3}, ["one", "two"], Position("f", 9, 0)))
        transaction.store_call(4, "fence", "call")
        transaction.note({"reason": "stopped"})
        if interrupt:
            raise BrokenOffError


def _loss(loser: str, winner: str, column: str | None = "a") -> Loss:
    return Loss(
        column, Version(loser, 1, Origin.SHEET), Version(winner, 2, Origin.DATABASE), "some_rule"
    )


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


# What is remembered


STATES = {
    "of a row that is as the first sync left it": row(1),
    "of a row without life": RowState(key(1), refused={"": "no room"}),
    "of a tombstone": RowState(
        key(1),
        life=Version(False, 5, Origin.SHEET, in_db=True, seen_from=5, shown=5, author="ann"),
        cells={"a": Version("kept", None, Origin.DATABASE, in_db=True)},
    ),
    "with everything": RowState(
        key(1),
        life=Version(True, 5, Origin.SHEET, in_db=7, seen_from=5, shown=5, author="ann@example"),
        cells={
            "a": Version("ä\U0001f600 ", 6, Origin.DATABASE, in_db=True, seen_from=7),
            "b": Version(None, None, Origin.DATABASE, made=True),
            "n": Version(-3, 2**53 + 1, Origin.SHEET, in_db=8, shown=9),
            "u": Version("", 0, Origin.SHEET),
        },
        table={"a": "other", "b": None, "n": 0, "u": "", "p": 1},
        open_writes=(
            OpenWrite(
                3,
                image(a="w"),
                4,
                {"a": Version("w", 1, Origin.SHEET)},
                frozenset({"b", "n"}),
                Version(True, 1, Origin.SHEET),
            ),
            OpenWrite(4, None, 5),
        ),
        present=Belief(True, 1, 2, ((3, True),), True, (1, 2)),
        beliefs={"a": Belief("x", 1, 2, ((3, "y"), (4, None))), "n": Belief(None, 0, 0)},
        newest={"a": 4},
        seen_until=11,
        refused={"a": "takes at most 10 characters", "": "row"},
        unfit={"a": "far too long"},
        finds={"b": Find("found", 5, 6), "n": Find(None, 1, 2)},
    ),
}


@pytest.mark.parametrize("state", STATES.values(), ids=STATES.keys())
def test_a_state_comes_back_as_it_was_stored(bench: Bench, state: RowState) -> None:
    store = bench.worker()
    with store.begin() as transaction:
        transaction.save([row(1, "old"), row(2)])
    with store.begin() as transaction:
        transaction.save([state])
        assert transaction.states([key(1)]) == {key(1): state}
    assert store.states([key(1)]) == bench.worker().states([key(1)]) == {key(1): state}
    assert store.states([key(2)]) == {key(2): row(2)}
    assert sorted(store.known_keys()) == [key(1), key(2)]


def test_many_rows_at_once(bench: Bench) -> None:
    store = bench.worker()
    keys = [key(number) for number in range(MANY)]
    with store.begin() as transaction:
        writes = [TableWrite("insert", each, image()) for each in keys]
        assert transaction.write(writes) == []
        transaction.save([row(number) for number in range(MANY)])
        assert len(transaction.lock(keys)) == MANY
    assert len(store.states([*keys, key(MANY)])) == MANY
    assert sorted(store.table_keys()) == sorted(store.known_keys()) == keys
    assert len(store.table_rows(keys)) == MANY


def test_of_no_keys_nothing_is_asked(bench: Bench) -> None:
    store = bench.worker()
    assert store.states([]) == {}
    assert store.table_rows([]) == {}
    with store.begin() as transaction:
        assert transaction.states([]) == {}
        assert transaction.lock([]) == {}
        assert transaction.known_ids([]) == frozenset()
        assert transaction.write([]) == []
        transaction.save([])
        transaction.log(key(1), [])
        transaction.record(Progress())
    assert (bench.offsets(), bench.conflicts()) == ({}, [])


def test_ids_are_known_from_the_record_on_and_to_later_workers(bench: Bench) -> None:
    store = bench.worker()
    ids = [f"edit-{number}" for number in range(MANY)]
    with store.begin() as transaction:
        assert transaction.known_ids(ids) == frozenset()
        transaction.record(Progress(edit_ids=ids))
        assert transaction.known_ids(ids) == set(ids)
    with bench.worker().begin() as transaction:
        assert transaction.known_ids(["edit-0", "edit-x"]) == {"edit-0"}


def test_offsets_are_kept_by_topic_and_a_record_without_one_leaves_them(bench: Bench) -> None:
    store = bench.worker()
    for progress in (
        Progress({"cdc": 5}, position=Position("binlog.000007", 3, 1, 1, 77)),
        Progress({"sheet": 1}),
        Progress({"cdc": 6}),
        Progress(),
    ):
        with store.begin() as transaction:
            transaction.record(progress)
    assert bench.offsets() == {"cdc": 6, "sheet": 1}
    assert bench.position() == Position("binlog.000007", 3, 1, 1, 77)


def test_the_call_under_way_is_stored_and_taken_back(bench: Bench) -> None:
    store = bench.worker()
    with store.begin() as transaction:
        transaction.store_call(1, "before", '{"a": "ö"}')
    assert bench.call() == (1, "before", '{"a": "ö"}')
    with store.begin() as transaction:
        transaction.store_call(1, "after", None)
    assert bench.call() == (1, "after", None)


def test_facts_are_noted_one_by_one(bench: Bench) -> None:
    store = bench.worker()
    with store.begin() as transaction:
        transaction.store_call(1, "fence", None)
        transaction.note({"reason": "the header is gone"})
    with store.begin() as transaction:
        transaction.note({"reason": None})
    assert (bench.call(), bench.reason()) == ((1, "fence", None), None)


def test_losses_are_logged_in_order_and_again_where_they_come_again(bench: Bench) -> None:
    store = bench.worker()
    with store.begin() as transaction:
        transaction.log(key(1), [_loss("x", "y"), _loss("z", "y", None)])
        transaction.log(key(2), [_loss("x", "y")])
    with store.begin() as transaction:
        transaction.log(key(1), [_loss("x", "y")])
    assert [logged[:3] for logged in bench.conflicts()] == [
        (key(1), "a", "x"),
        (key(1), None, "z"),
        (key(2), "a", "x"),
        (key(1), "a", "x"),
    ]


def test_rows_that_the_sheet_is_owed_or_whose_content_waits_need_attention(bench: Bench) -> None:
    owed, waiting, refused = row(2), row(3), row(4)
    owed.cells["a"] = Version("new", 9, Origin.DATABASE, in_db=True)
    waiting.finds["a"] = Find("typed", 1, 2)
    refused.refused["a"] = "does not fit"
    store = bench.worker()
    with store.begin() as transaction:
        transaction.save([row(1), owed, waiting, refused])
    assert sorted(store.keys_with_attention()) == [key(2), key(3)]
    with store.begin() as transaction:
        transaction.save([row(2)])
    assert bench.worker().keys_with_attention() == [key(3)]


def test_a_call_under_way_needs_attention(bench: Bench) -> None:
    store = bench.worker()
    called = row(1)
    called.in_call = True
    with store.begin() as transaction:
        transaction.save([called])
    assert store.keys_with_attention() == [key(1)]
    assert store.states([key(1)]) == {key(1): row(1)}


def test_a_first_sync_s_stamps_hold_from_then_on(bench: Bench) -> None:
    store = bench.worker()
    first = FirstSync(1_000, 2_000)
    with store.begin() as transaction:
        transaction.note({"first_read": first.read, "first_shown": first.shown})
    store.begin_with(bench.synced(first))
    synced = first.row(key(1), image())
    with store.begin() as transaction:
        transaction.save([synced])
    assert store.states([key(1)]) == {key(1): synced}


def test_markers_are_written_at_once_and_in_order(bench: Bench) -> None:
    store = bench.worker()
    store.mark("one")
    with store.begin():
        store.mark("two")
        assert bench.marks() == ["one", "two"]


# The table


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
    "a row that is there": (TableWrite("insert", key(1), image()), 1062, None),
    "a value that must be unique": (TableWrite("insert", key(2), image(u="taken")), 1062, None),
    "a missing NOT NULL column": (TableWrite("insert", key(2), {"b": "x"}), 1364, None),
    "NULL": (TableWrite("update", key(1), {"a": None, "b": "x"}), 1048, ("a",)),
    "a check": (TableWrite("update", key(1), {"n": CHECKED, "b": "x"}), 3819, None),
    "a foreign key": (TableWrite("update", key(1), {"p": 77}), 1452, None),
    "a number out of range": (TableWrite("update", key(1), {"b": "x", "n": 40_000}), 1264, ("n",)),
    "a text that is too long": (TableWrite("update", key(1), {"b": "x" * 11}), 1406, ("b",)),
    "the delete of a row that others refer to": (TableWrite("delete", key(1), {}), 1451, None),
}


@pytest.mark.parametrize(("write", "code", "named"), REFUSALS.values(), ids=REFUSALS.keys())
def test_what_is_refused_is_told_and_left_out(
    bench: Bench, write: TableWrite, code: int, named: tuple[str, ...] | None
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
        assert refusal.columns == (named or tuple(write.cells))
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
