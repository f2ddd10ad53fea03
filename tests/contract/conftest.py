"""Fixtures of the contracts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.contract.stores.bench import Bench
from tests.contract.stores.memory import MemoryBench
from tests.contract.stores.mysql import MySqlBench


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
