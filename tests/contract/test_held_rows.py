"""What the guards need of a store: held rows are found, the table is counted, the tally is kept."""

from __future__ import annotations

from dataclasses import replace

from sink.core.row_state import HeldDelete
from sink.core.version import Origin
from sink.ports import TableWrite
from tests.contract.stores.bench import Bench, image, key, row

BY_SHEET = HeldDelete(Origin.SHEET, 5, 6, 4, "ann@example.org")
BY_DATABASE = HeldDelete(Origin.DATABASE, 7, 8, latest=9)


def test_held_deletes_are_stored_with_their_row_and_found(bench: Bench) -> None:
    store = bench.worker()
    states = [
        replace(row(1), held=(BY_SHEET,)),
        replace(row(2), held=(BY_DATABASE, BY_SHEET)),
        row(3),
    ]
    with store.begin() as transaction:
        transaction.save(states)
    again = bench.worker()
    assert set(again.held_keys()) == {key(1), key(2)}
    assert again.states([key(1), key(2)]) == {state.key: state for state in states[:2]}
    with again.begin() as transaction:
        transaction.save([row(1), row(2)])
    assert again.held_keys() == []


def test_rows_of_the_table_are_counted_inside_the_transaction(bench: Bench) -> None:
    store = bench.worker()
    with store.begin() as transaction:
        assert transaction.table_size() == 0
        transaction.write([TableWrite("insert", key(number), image(a="A")) for number in (1, 2)])
        assert transaction.table_size() == 2
    with store.begin() as transaction:
        assert transaction.table_size() == 2
