"""What a store remembers of rows is what it would read, whatever ends a transaction."""

from __future__ import annotations

import pytest

from sink.core.values.codec import Value
from sink.ports import Store
from sink.state.recent_states import RecentStates, about_bytes
from sink.state.records import FirstSync
from tests.contract.stores.bench import FIRST, Bench, image, key, row


class BrokenOffError(Exception):
    """What ends a transaction in the middle."""


def _save_and_break_off(store: Store) -> None:
    with store.begin() as transaction:
        transaction.save([row(1, "lost")])
        assert transaction.states([key(1)]) == {key(1): row(1, "lost")}
        raise BrokenOffError


def test_what_was_saved_in_a_transaction_that_failed_is_not_remembered(bench: Bench) -> None:
    store = bench.worker()
    with store.begin() as transaction:
        transaction.save([row(1, "committed"), row(2, "committed")])
    with pytest.raises(BrokenOffError):
        _save_and_break_off(store)
    expected = {key(1): row(1, "committed"), key(2): row(2, "committed")}
    assert store.states([key(1), key(2)]) == expected
    with store.begin() as transaction:
        assert transaction.states([key(1), key(2), key(3)]) == expected


def test_a_state_that_was_given_may_be_changed(bench: Bench) -> None:
    store = bench.worker()
    with store.begin() as transaction:
        saved = row(1, "committed")
        transaction.save([saved])
        saved.refused["a"] = "changed after it was saved"
    for _ in range(2):
        (given,) = store.states([key(1)]).values()
        assert given == row(1, "committed")
        given.refused["a"], given.in_call = "changed by whoever was given it", True


def test_calls_under_way_are_not_remembered(bench: Bench) -> None:
    store, calling = bench.worker(), row(1, "committed")
    calling.in_call = True
    with store.begin() as transaction:
        transaction.save([calling])
    assert not store.states([key(1)])[key(1)].in_call


def test_what_is_forgotten_is_not_remembered(bench: Bench) -> None:
    store = bench.worker()
    with store.begin() as transaction:
        transaction.save([row(1, "before")])
    with store.begin() as transaction:
        transaction.save([row(1, "once more"), row(2, "kept")])
        transaction.forget([key(1)], 0)
    assert store.states([key(1), key(2)]) == {key(2): row(2, "kept")}
    with store.begin() as transaction:
        transaction.save([row(3, "once more")])
        transaction.forget_all()
    assert store.states([key(1), key(2), key(3)]) == {}


def test_rows_as_the_first_sync_left_them_bear_its_newest_stamps(bench: Bench) -> None:
    store = bench.worker()
    with store.begin() as transaction:
        transaction.save([FIRST.row(key(1), image(a="as read"))])
    later = FirstSync(FIRST.read, FIRST.shown + 5)
    store.begin_with(bench.synced(later))
    assert store.states([key(1)]) == {key(1): later.row(key(1), image(a="as read"))}


def test_what_was_kept_longest_goes_first() -> None:
    recent = RecentStates(most=2 * about_bytes(row(1, "one")))
    recent.keep({key(1): row(1, "one"), key(2): row(2, "two")})
    recent.keep({key(1): row(1, "new")})
    recent.keep({key(3): row(3, "six")})
    assert recent.of([key(1), key(2), key(3)]) == {key(1): row(1, "new"), key(3): row(3, "six")}
    recent.forget()
    recent.keep({key(4): row(4, "two"), key(5): row(5, "one")})
    assert recent.of([key(4), key(5)]) == {key(4): row(4, "two"), key(5): row(5, "one")}


def test_a_rest_forgets_what_was_not_asked_for_since_the_last_one() -> None:
    recent = RecentStates()
    recent.keep({key(1): row(1, "one")})
    recent.rest()
    assert recent.of([key(1)]) == {key(1): row(1, "one")}
    recent.rest()
    recent.keep({key(2): row(2, "two")})
    recent.rest()
    assert recent.of([key(1), key(2)]).keys() == {key(1), key(2)}
    recent.rest()
    recent.rest()
    assert recent.of([key(1), key(2)]) == {}


def _remembered(rows: int, cells: dict[str, Value]) -> int:
    recent, keys = RecentStates(), [key(number) for number in range(rows)]
    recent.keep({each: FIRST.row(each, cells) for each in keys})
    return len(recent.of(keys))


def test_of_wide_rows_and_long_texts_fewer_are_remembered() -> None:
    assert _remembered(10_000, {f"c{number}": "short" for number in range(5)}) > 9_800
    assert _remembered(500, {f"c{number}": "short" for number in range(400)}) < 200
    assert _remembered(500, {"t": "x" * 200_000}) < 200


def test_what_was_read_is_remembered_as_it_was_stored(bench: Bench) -> None:
    store = bench.worker()
    with store.begin() as transaction:
        transaction.save([row(1, "stored"), row(2, "before")])
    later = bench.worker()
    with later.begin() as transaction:
        given = transaction.states([key(1), key(2)])
        given[key(1)].refused["a"] = "changed by whoever was given it"
        transaction.save([row(2, "after")])
    with later.begin() as transaction:
        assert transaction.states([key(1), key(2)]) == {
            key(1): row(1, "stored"),
            key(2): row(2, "after"),
        }
        transaction.forget([key(1)], 0)
    with later.begin() as transaction:
        assert transaction.states([key(1)]) == {}


def test_what_was_read_and_forgotten_in_one_transaction_is_not_remembered(bench: Bench) -> None:
    with bench.worker().begin() as transaction:
        transaction.save([row(1, "old"), row(2, "kept")])
    pruning = bench.worker()
    with pruning.begin() as transaction:
        assert transaction.states([key(1), key(2)]).keys() == {key(1), key(2)}
        transaction.forget([key(1)], 0)
    assert pruning.states([key(1), key(2)]) == {key(2): row(2, "kept")}
    anew = bench.worker()
    with anew.begin() as transaction:
        assert transaction.states([key(2)]) == {key(2): row(2, "kept")}
        transaction.forget_all()
    assert anew.states([key(1), key(2)]) == {}
