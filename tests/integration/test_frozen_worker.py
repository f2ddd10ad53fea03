"""A worker that freezes in the middle of a transaction does not keep its mapping for ever."""

from __future__ import annotations

from contextlib import closing

import pytest

from deploy.local.endpoints import Endpoints
from sink.ports import TableWrite
from sink.state import store
from sink.state.errors import DatabaseUnavailableError, OvertakenError
from tests.contract.stores.bench import image, key
from tests.contract.stores.mysql import MySqlBench

pytestmark = pytest.mark.stack("mysql", "configuration")


def test_a_frozen_worker_s_transaction_is_ended_and_the_next_worker_goes_on(
    stack: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "ABANDONED_SECONDS", 1)
    with closing(MySqlBench(stack)) as bench:
        frozen, successor = bench.worker(), bench.worker()

        def freezes() -> None:
            with frozen.begin() as transaction:
                transaction.write([TableWrite("insert", key(1), image(a="frozen"))])
                waiting = bench.begins(successor)
                assert waiting.end() is None, "it goes on although the other one says nothing"

        with pytest.raises(DatabaseUnavailableError):
            freezes()
        assert bench.transactions() == 1
        assert successor.table_keys() == []
        with pytest.raises(OvertakenError), frozen.begin():
            pass
