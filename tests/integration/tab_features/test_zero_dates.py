"""Zero dates, which are no dates to Debezium and to sheets: the rest of their row goes on.

The cell is blank or, where the column is NOT NULL, shows what Debezium sends instead: the column's
default.
"""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from tests.integration.bridge import Bridge
from tests.integration.tab_features.rows import cell, compare_now, insert, update

pytestmark = pytest.mark.stack

DEFAULT_DUE, OTHER_DUE, FIFTH_OF_MAY = 46023, 46085, 46147


def test_the_first_sync_leaves_the_cell_of_a_zero_date_blank(features: Bridge) -> None:
    features.sheet_shows({"day": None, "due": DEFAULT_DUE}, "first")
    assert features.reason() is None


def test_a_program_that_writes_zero_dates_stops_nothing(features: Bridge, prefix: str) -> None:
    table, key, other = features.mapping.table, f"{prefix}1", f"{prefix}2"
    insert(features, key, other)
    update(features, key, day="2026-05-05", due="2026-03-04")
    features.sheet_shows({"day": FIFTH_OF_MAY, "due": OTHER_DUE}, key)
    with features.application() as connection:
        connection.execute(text("SET SESSION sql_mode = ''"))
        connection.execute(
            text(
                f"UPDATE {table} SET day = '0000-00-00', size = 7, "
                f"moment = '2004-00-01 01:02:03', due = '0000-00-00' WHERE id = '{key}'"
            )
        )
    features.sheet_shows({"size": 7, "day": None, "moment": None, "due": DEFAULT_DUE}, key)
    update(features, other, size=8)
    features.sheet_shows({"size": 8}, other)
    features.edit(cell(features, "name", key), [["typed"]])
    features.row_becomes({"name": "typed", "size": 7}, id=key)
    compare_now(features)
    zero = f"SELECT CAST(day AS CHAR), CAST(due AS CHAR) FROM {table} WHERE id = '{key}'"
    assert features.state(zero) == [("0000-00-00", "0000-00-00")]  # nothing is written over them
    assert features.reason() is None

    # a date that a person types, and one that the program mends, are dates again
    features.edit(cell(features, "day", key), [["2026-02-03"]])
    features.row_becomes({"day": date(2026, 2, 3)}, id=key)
    update(features, key, due="2026-03-04")
    features.sheet_shows({"due": OTHER_DUE, "day": DEFAULT_DUE + 33}, key)
