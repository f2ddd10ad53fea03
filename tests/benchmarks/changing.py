"""A program that changes rows at a steady pace, in a process of its own and for little processor.

``python -m tests.benchmarks.changing`` reads a ``Pace`` as JSON and prints a ``Changed``.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import asdict, dataclass

from pymysql.err import OperationalError  # type: ignore[import-untyped]  # it ships no types

from tests.benchmarks.progress import connect
from tests.benchmarks.stock import amount

TAKEN_BACK = frozenset({1205, 1213})
"""Lock wait timeout and deadlock: whoever is told so does it again.
https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """``transactions`` of ``size`` random ones of the ``rows``, ``per_second``, from ``start`` on
    (epoch seconds). Each gives a row's amount its next turn (``stock.amount``), and a price.
    """

    url: str
    table: str
    rows: int
    size: int
    per_second: float
    transactions: int
    start: float


@dataclass(frozen=True, slots=True)
class Changed:
    """When the first transaction began and the last had ended (epoch seconds), how late the latest
    began (seconds), how many were done again after a deadlock, and the processor it took (seconds).
    """

    began: float
    ended: float
    latest: float
    again: int
    processor: float


class Changing:
    """The process."""

    def __init__(self, pace: Pace) -> None:
        command = (sys.executable, "-m", "tests.benchmarks.changing")
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asdict(pace)).encode())
        self._process.stdin.close()
        self._process.stdin = None

    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def end(self) -> Changed:
        """Wait until all is changed. Raises CalledProcessError where it could not be."""
        told, _ = self._process.communicate()
        if self._process.returncode:
            raise subprocess.CalledProcessError(self._process.returncode, self._process.args)
        return Changed(**json.loads(told))

    def stop(self) -> None:
        """End it, done or not."""
        self._process.kill()
        self._process.wait()


def change(pace: Pace) -> Changed:
    """Do it; one that is late is followed by the next at once."""
    chance, turns, again, latest = random.Random(1), [0] * (pace.rows + 1), 0, 0.0
    places = ", ".join(["(%s, %s, %s)"] * pace.size)
    statement = (
        f"INSERT INTO {pace.table} (id, amount, price) VALUES {places} AS new "
        "ON DUPLICATE KEY UPDATE amount = new.amount, price = new.price"
    )
    with closing(connect(pace.url)) as connection, closing(connection.cursor()) as cursor:
        for number in range(pace.transactions):
            cells = list[int | float]()
            for key in sorted(chance.sample(range(1, pace.rows + 1), pace.size)):
                turns[key] += 1
                cells += [key, amount(key, turns[key]), turns[key] + 0.25]
            due = pace.start + number / pace.per_second
            late = time.time() - due
            if late < 0:
                time.sleep(-late)
            latest = max(latest, late)
            while True:
                try:
                    cursor.execute(statement, cells)
                    break
                except OperationalError as error:
                    if error.args[0] not in TAKEN_BACK:
                        raise
                    again += 1
    used = resource.getrusage(resource.RUSAGE_SELF)
    return Changed(pace.start, time.time(), latest, again, used.ru_utime + used.ru_stime)


if __name__ == "__main__":
    print(json.dumps(asdict(change(Pace(**json.load(sys.stdin))))))
