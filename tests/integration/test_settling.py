"""Each writing move comes to rest: it makes exactly its own events, posts and writes, no others."""

from __future__ import annotations

import pytest

from tests.integration.bridge import Bridge
from tests.integration.ledger import ledger

pytestmark = pytest.mark.stack

NO_POSTS: list[list[str]] = []


def _insert(planes: Bridge, *keys: str) -> None:
    """Rows of a program's, shown in the sheet one below the other."""
    values = ", ".join(f"('{key}', 100)" for key in keys)
    planes.sql(f"INSERT INTO demo.planes (tailnum, seats) VALUES {values}")
    for key in keys:
        planes.sheet_shows({"seats": 100}, key)


def test_a_program_s_insert_is_one_event_and_one_write(planes: Bridge, prefix: str) -> None:
    with ledger(planes) as counted:
        _insert(planes, prefix)
        counted.rest()
        assert counted.changes(prefix) == [("c", prefix)]
        assert counted.edits(prefix) == NO_POSTS
        assert counted.writes() == 1
    planes.sheet_shows({"seats": 100}, prefix)


def test_a_program_s_update_is_one_event_and_one_write(planes: Bridge, prefix: str) -> None:
    _insert(planes, prefix)
    with ledger(planes) as counted:
        planes.sql(f"UPDATE demo.planes SET seats = 101 WHERE tailnum = '{prefix}'")
        planes.sheet_shows({"seats": 101}, prefix)
        counted.rest()
        assert counted.changes(prefix) == [("u", prefix)]
        assert counted.edits(prefix) == NO_POSTS
        assert counted.writes() == 1
    planes.row_becomes({"seats": 101}, tailnum=prefix)


def test_a_program_s_delete_is_one_event_and_one_write(planes: Bridge, prefix: str) -> None:
    _insert(planes, prefix)
    with ledger(planes) as counted:
        planes.sql(f"DELETE FROM demo.planes WHERE tailnum = '{prefix}'")
        planes.sheet_shows(None, prefix)
        counted.rest()
        assert counted.changes(prefix) == [("d", prefix)]
        assert counted.edits(prefix) == NO_POSTS
        assert counted.writes() == 1
    planes.row_becomes(None, tailnum=prefix)


def test_a_row_typed_is_one_post_one_event_and_no_write_to_the_sheet(
    planes: Bridge, prefix: str
) -> None:
    with ledger(planes) as counted:
        planes.edit(f"A{len(planes.column('tailnum')) + 2}", [[prefix, 2002, "Glider"]])
        planes.row_becomes({"year": 2002, "type": "Glider", "seats": None}, tailnum=prefix)
        counted.rest()
        assert counted.changes(prefix) == [("c", prefix)]
        assert counted.edits(prefix) == [[prefix]]
        assert counted.writes() == 0
    planes.sheet_shows({"year": 2002, "type": "Glider", "seats": None}, prefix)


def test_a_cell_typed_is_one_post_one_event_and_no_write_to_the_sheet(
    planes: Bridge, prefix: str
) -> None:
    _insert(planes, prefix)
    with ledger(planes) as counted:
        planes.edit(f"{planes.letter('seats')}{planes.place(prefix)}", [[61]])
        planes.row_becomes({"seats": 61}, tailnum=prefix)
        counted.rest()
        assert counted.changes(prefix) == [("u", prefix)]
        assert counted.edits(prefix) == [[prefix]]
        assert counted.writes() == 0
    planes.sheet_shows({"seats": 61}, prefix)


def test_a_row_deleted_by_a_person_is_one_hint_one_event_and_no_write_to_the_sheet(
    planes: Bridge, prefix: str
) -> None:
    _insert(planes, prefix)
    with ledger(planes) as counted:
        planes.delete_rows(planes.place(prefix))
        planes.row_becomes(None, tailnum=prefix)
        counted.rest()
        assert counted.changes(prefix) == [("d", prefix)]
        assert counted.edits(prefix) == NO_POSTS
        assert counted.hints().count("REMOVE_ROW") == 1
        assert counted.writes() == 0
    planes.sheet_shows(None, prefix)


def test_a_block_pasted_is_one_post_an_event_a_row_and_no_write_to_the_sheet(
    planes: Bridge, prefix: str
) -> None:
    keys = [f"{prefix}{number}" for number in range(10)]
    _insert(planes, *keys)
    places = [planes.place(key) for key in keys]
    first = places[0]
    assert places == list(range(first, first + 10))
    with ledger(planes) as counted:
        block = [[4, 60 + number, 300 + number] for number in range(10)]
        planes.edit(f"{planes.letter('engines')}{first}", block)
        for key, (engines, seats, speed) in zip(keys, block, strict=True):
            planes.row_becomes({"engines": engines, "seats": seats, "speed": speed}, tailnum=key)
        counted.rest()
        assert sorted(counted.changes(prefix)) == [("u", key) for key in keys]
        assert counted.edits(prefix) == [keys]
        assert counted.writes() == 0
