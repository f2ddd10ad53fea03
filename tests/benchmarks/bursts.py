"""Bursts of programs: 10,000 rows of 5 columns at once, and as many transactions."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import closing

from sqlalchemy import PoolProxiedConnection

from tests.benchmarks.arena import Arena
from tests.benchmarks.case import Case, Figure, Outcome
from tests.benchmarks.commits import Commit, commits
from tests.benchmarks.progress import connect
from tests.benchmarks.sheet_calls import SheetCall, SheetCalls
from tests.benchmarks.sides import require_equal
from tests.benchmarks.stock import COLUMNS, amount, filled, row

ROWS = 10_000
PATIENCE_SECONDS = 240.0
LOOK_EVERY = 0.1
UPDATE = "UPDATE {table} SET {cells} WHERE id = %s"

Write = Callable[[PoolProxiedConnection, str], None]


def one_transaction(arena: Arena) -> Outcome:
    """All rows in one transaction."""
    shown, calls, commit, processor = _burst(arena, "burst_one", _in_one, turn=1)
    last = max(each.committed for each in commit)
    return Outcome(
        [
            Figure("commit to sheet equal", shown - last, "s", at_most=3),
            Figure("write calls", len(calls), "calls", at_most=4),
            Figure("limit: commit to Debezium's last record", _recorded(commit), "s"),
        ],
        {"called_after_s": [call.at - last for call in calls]},
        processor,
        {"rows": ROWS},
    )


def many_transactions(arena: Arena) -> Outcome:
    """Each row in a transaction of its own."""
    shown, calls, commit, processor = _burst(arena, "burst_many", _one_by_one, turn=1)
    first, last = min(each.committed for each in commit), max(each.committed for each in commit)
    took = last - first
    return Outcome(
        [
            Figure("write calls", len(calls), "calls", at_most=took + 3),
            Figure("the burst itself", took, "s"),
            Figure("last commit to sheet equal", shown - last, "s"),
            Figure("limit: last commit to Debezium's last record", _recorded(commit), "s"),
        ],
        {"called_after_s": [call.at - first for call in calls]},
        processor,
        {"rows": ROWS},
    )


def _recorded(commit: list[Commit]) -> float:
    return max(each.recorded for each in commit) - max(each.committed for each in commit)


def _burst(
    arena: Arena, name: str, write: Write, turn: int
) -> tuple[float, list[SheetCall], list[Commit], dict[str, float]]:
    """When the sheet showed the last row, the calls, the commits, and what it took."""
    endpoints = arena.endpoints
    with arena.mapping(name, COLUMNS, filled(ROWS)) as bridge:
        table = bridge.mapping.table
        with (
            commits(endpoints.kafka_bootstrap, table) as recorded,
            closing(connect(endpoints.root_mysql_url)) as connection,
        ):
            calls, before = arena.calls(), arena.processor()
            write(connection, table)
            wanted = {amount(number, turn) for number in range(1, ROWS + 1)}
            made = until_shown(calls, wanted)
            processor = {n: s - before.get(n, 0.0) for n, s in arena.processor().items()}
            require_equal(bridge)
            found = [each for each in recorded.new() if each.after is not None]
    return made[-1].at, made, found, processor


def until_shown(
    calls: SheetCalls, wanted: Iterable[int], *, every: float = LOOK_EVERY
) -> list[SheetCall]:
    """Wait until every wanted number has been put into a cell; returns the calls until then."""
    left, made = set(wanted), list[SheetCall]()
    ends = time.monotonic() + PATIENCE_SECONDS
    while left:
        for call in calls.new():
            made.append(call)
            left.difference_update(int(number) for number in call.numbers)
        if time.monotonic() > ends:
            raise TimeoutError(f"{len(left)} changes are not shown")
        time.sleep(every)
    return made


def _statement(table: str) -> str:
    cells = ", ".join(f"{name} = %s" for name in list(COLUMNS)[1:])
    return UPDATE.format(table=table, cells=cells)


def _in_one(connection: PoolProxiedConnection, table: str) -> None:
    with closing(connection.cursor()) as cursor:
        cursor.execute("BEGIN")
        for number in range(1, ROWS + 1):
            cursor.execute(_statement(table), (*row(number, 1), number))
    connection.commit()


def _one_by_one(connection: PoolProxiedConnection, table: str) -> None:
    with closing(connection.cursor()) as cursor:
        for number in range(1, ROWS + 1):
            cursor.execute(_statement(table), (*row(number, 1), number))


CASES = (
    Case("db_burst_one", "10,000 rows x 5 columns updated in one transaction", one_transaction),
    Case("db_burst_many", "10,000 rows x 5 columns in 10,000 transactions", many_transactions),
)
