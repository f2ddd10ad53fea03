"""One contract for both stores: what is old is forgotten, a few at a time, and nothing else."""

from __future__ import annotations

from sink.core.belief import Belief
from sink.core.decision import Loss
from sink.core.retention import DAY, Horizon
from sink.core.row_state import RowState
from sink.core.version import EVER, Origin, Version
from sink.ports import Progress, Store
from tests.contract.stores.bench import Bench, key, loss, row

NEVER = 0
MANY = 1_000


def gone(number: int, since: int) -> RowState:
    """The state of a row that both sides have lacked since then."""
    state = RowState(key(number))
    state.life = Version(False, since, Origin.DATABASE, in_db=EVER, seen_from=since, shown=since)
    state.cells = {"a": Version("A", 1, Origin.DATABASE, in_db=EVER)}
    state.present = Belief(False, since, since)
    return state


def seen(store: Store, *ids: str, at: int, **times: int) -> None:
    """Posts with these ids are applied; ``times`` are the posts' own."""
    with store.begin() as transaction:
        transaction.record(Progress(edit_ids=list(ids), read_at=at, edit_times=times))


def known(store: Store, *ids: str) -> set[str]:
    with store.begin() as transaction:
        return set(transaction.known_ids(ids))


def logged(store: Store, *losses: Loss) -> None:
    with store.begin() as transaction:
        transaction.log(key(1), losses)


def prune(store: Store, horizon: Horizon, most: int = MANY) -> int:
    with store.begin() as transaction:
        return transaction.prune(horizon, most)


def since(store: Store) -> int:
    with store.begin() as transaction:
        return transaction.edit_ids_since()


def test_nothing_is_old_where_nothing_was_stored(bench: Bench) -> None:
    store = bench.worker()
    found = store.prunable(Horizon(2**60, 2**60, 2**50), MANY)
    assert (found.entries, found.gone) == (False, [])
    assert store.prune_markers(2**50, MANY) == 0
    assert prune(store, Horizon(2**60, 2**60, 2**50)) == 0
    assert since(store) == 0


def test_ids_are_forgotten_by_their_age_and_the_horizon_tells_it(bench: Bench) -> None:
    store = bench.worker()
    seen(store, "old", at=100)
    seen(store, "new", at=200)
    before = Horizon(100, NEVER, NEVER)
    assert not store.prunable(before, MANY).entries
    assert prune(store, before) == 0
    assert since(store) == 0
    between = Horizon(150, NEVER, NEVER)
    assert store.prunable(between, MANY).entries
    assert prune(store, between) == 1
    assert known(store, "old", "new") == {"new"}
    assert since(bench.worker()) == 150


def test_an_id_is_as_old_as_its_post_if_that_is_younger(bench: Bench) -> None:
    """So the id of a post whose time lies in the future is kept until that is past."""
    store = bench.worker()
    seen(store, "ahead", "behind", at=100, ahead=500, behind=50)
    assert prune(store, Horizon(200, NEVER, NEVER)) == 1
    assert known(store, "ahead", "behind") == {"ahead"}


def test_a_few_at_a_time(bench: Bench) -> None:
    store = bench.worker()
    seen(store, *(f"id{number}" for number in range(5)), at=100)
    horizon = Horizon(200, NEVER, NEVER)
    assert [prune(store, horizon, 2) for _ in range(4)] == [2, 2, 1, 0]
    assert not store.prunable(horizon, 2).entries


def test_the_horizon_of_edit_ids_never_goes_back(bench: Bench) -> None:
    store = bench.worker()
    seen(store, "one", at=100)
    assert prune(store, Horizon(200, NEVER, NEVER)) == 1
    seen(store, "two", at=100)
    assert prune(store, Horizon(150, NEVER, NEVER)) == 1
    assert since(store) == 200


def test_conflicts_are_forgotten_by_the_time_at_which_they_were_logged(bench: Bench) -> None:
    store = bench.worker()
    logged(store, loss("one", "two"), loss("three", "four"))
    now = bench.clock()
    young = Horizon(NEVER, NEVER, now - DAY)
    assert not store.prunable(young, MANY).entries
    assert prune(store, young) == 0
    old = Horizon(NEVER, NEVER, now + DAY)
    assert store.prunable(old, MANY).entries
    assert prune(store, old, 1) == 1
    assert len(bench.conflicts()) == 1
    assert prune(store, old) == 1
    assert bench.conflicts() == []


def test_rows_that_are_gone_are_named_from_the_oldest_on(bench: Bench) -> None:
    store = bench.worker()
    with store.begin() as transaction:
        transaction.save([row(1), gone(2, 300), gone(3, 100), gone(4, 200)])
    assert store.prunable(Horizon(NEVER, 250, NEVER), MANY).gone == [key(3), key(4)]
    assert store.prunable(Horizon(NEVER, 400, NEVER), 2).gone == [key(3), key(4)]
    assert store.prunable(Horizon(NEVER, 100, NEVER), MANY).gone == []


def test_a_row_that_came_back_is_not_gone(bench: Bench) -> None:
    store = bench.worker()
    for state in (gone(1, 100), row(1), gone(2, 100)):
        with store.begin() as transaction:
            transaction.save([state])
    assert store.prunable(Horizon(NEVER, 400, NEVER), MANY).gone == [key(2)]


def test_a_forgotten_row_is_not_known_and_older_edits_are_too_old(bench: Bench) -> None:
    store = bench.worker()
    with store.begin() as transaction:
        transaction.save([row(1), gone(2, 100)])
    with store.begin() as transaction:
        transaction.forget([key(2)], 250)
    assert store.known_keys() == [key(1)]
    assert since(store) == 250


def test_markers_are_deleted_from_the_oldest_on(bench: Bench) -> None:
    store = bench.worker()
    for token in ("one", "two", "three"):
        store.mark(token)
    assert store.prune_markers(bench.clock() - DAY, MANY) == 0
    assert store.prune_markers(bench.clock() + DAY, 2) == 2
    assert bench.marks() == ["three"]
    assert store.prune_markers(bench.clock() + DAY, 2) == 1
    assert bench.marks() == []
