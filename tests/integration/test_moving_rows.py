"""Rows move in the sheet while the table changes: no write stays in another's row."""

from __future__ import annotations

import random
import threading

import pytest
from sqlalchemy import text

from tests.integration.bridge import Bridge, eventually

pytestmark = pytest.mark.stack

SORTS = 40
UPDATES_A_SORT = 25
ROWS = 120


def test_a_sheet_that_is_sorted_all_the_time_ends_right(planes: Bridge) -> None:
    before = planes.table()
    chosen = sorted(before)[:ROWS]
    wanted = {key: row["seats"] for key, row in before.items()}
    chance = random.Random(7)
    stop = threading.Event()

    def sort() -> None:
        while not stop.is_set():
            planes.sort(
                chance.randint(1, len(planes.mapping.columns)), ascending=chance.random() < 0.5
            )

    person = threading.Thread(target=sort)
    person.start()
    try:
        for _ in range(SORTS):
            with planes.application() as connection:
                for _ in range(UPDATES_A_SORT):
                    (tailnum,) = key = chance.choice(chosen)
                    wanted[key] = chance.randint(1, 600)
                    connection.execute(
                        text("UPDATE demo.planes SET seats = :seats WHERE tailnum = :tailnum"),
                        {"seats": wanted[key], "tailnum": tailnum},
                    )
    finally:
        stop.set()
        person.join()
    planes.sort(1, ascending=True)

    eventually(
        lambda: {key: row["seats"] for key, row in planes.sheet().items()},
        lambda seats: all(seats.get(key) == value for key, value in wanted.items()),
        "the seats in the sheet",
    )
    after = planes.table()
    assert {key: row["seats"] for key, row in after.items()} == wanted
    untouched = {key: {**row, "seats": None} for key, row in before.items()}
    assert {key: {**row, "seats": None} for key, row in after.items()} == untouched
