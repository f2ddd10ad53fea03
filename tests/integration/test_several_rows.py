"""More than one row at a time in the sheet, keys that change, and cells that the table refuses."""

from __future__ import annotations

from collections import Counter

import pytest

from sink.core.topics import DEAD_LETTERS
from tests.integration.bridge import Bridge, eventually
from tests.integration.conflict_log import conflicts
from tests.integration.ledger import UNHEARD_ROW, ledger
from tests.integration.topics import topic

pytestmark = pytest.mark.stack


def _rows(planes: Bridge, prefix: str, count: int) -> list[str]:
    """New rows that both sides show, one below the other in the sheet; their keys."""
    keys = [f"{prefix}{number:02}" for number in range(count)]
    values = ", ".join(f"('{key}', {number})" for number, key in enumerate(keys))
    planes.sql(f"INSERT INTO demo.planes (tailnum, seats) VALUES {values}")
    eventually(lambda: planes.column("tailnum", prefix), lambda seen: seen == keys, "new rows")
    return keys


def _differences(planes: Bridge) -> list[object]:
    """Rows that are not equal on both sides in every cell, and keys that stand twice."""
    keys = planes.column("tailnum")
    shown, held = planes.sheet(), planes.table()
    cells = {
        key: {name: cell for name, cell in row.items() if name != "row"}
        for key, row in shown.items()
    }
    return [
        *(key for key, times in Counter(keys).items() if times > 1),
        *(
            (key, cells.get(key), held.get(key))
            for key in cells.keys() | held.keys()
            if cells.get(key) != held.get(key)
        ),
    ]


def test_rows_deleted_together_are_deleted_and_their_neighbours_stay(
    planes: Bridge, prefix: str
) -> None:
    keys = _rows(planes, prefix, 5)
    with ledger(planes) as counted:
        planes.delete_rows(planes.place(keys[1]), 3)
        eventually(
            lambda: sorted(planes.table(prefix)),
            lambda left: left == [(keys[0],), (keys[4],)],
            "the rows in the table",
        )
        counted.rest()
        assert sorted(counted.changes(prefix)) == [("d", key) for key in keys[1:4]]
        assert counted.writes() == 0
    assert planes.column("tailnum", prefix) == [keys[0], keys[4]]
    assert sorted(planes.table(prefix)) == [(keys[0],), (keys[4],)]
    assert conflicts(planes, prefix) == []


def test_a_new_row_pasted_together_with_edits_of_rows_that_are_there(
    planes: Bridge, prefix: str
) -> None:
    keys = _rows(planes, prefix, 3)
    new = f"{prefix}NEW"
    first = planes.place(keys[0])
    years = {key: 2001 + number for number, key in enumerate([*keys, new])}
    with ledger(planes) as counted:
        planes.edit(f"A{first}", [[key, year] for key, year in years.items()])
        wanted = {(key,): year for key, year in years.items()}
        eventually(
            lambda: {key: row["year"] for key, row in planes.table(prefix).items()},
            lambda seen: seen == wanted,
            "the pasted years in the table",
        )
        counted.rest()
        assert sorted(counted.changes(prefix)) == [("c", new), *(("u", key) for key in keys)]
        assert counted.edits(prefix) == [[*keys, new]]
    assert planes.column("tailnum", prefix) == [*keys, new]
    for number, key in enumerate(keys):
        planes.row_becomes({"year": years[key], "seats": number}, tailnum=key)
        planes.sheet_shows({"year": years[key], "seats": number}, key)
    assert conflicts(planes, prefix) == []


@pytest.mark.parametrize("how", ["typed", "pasted"])
def test_a_changed_key_is_a_delete_and_a_create_with_the_row_s_cells(
    how: str, planes: Bridge, prefix: str
) -> None:
    old, other = _rows(planes, prefix, 2)
    new = f"{prefix}NEW"
    with ledger(planes) as counted:
        place = planes.place(old)
        # a paste of two cells gives the script no old value: the old row is found to be gone
        planes.edit(f"A{place}", [[new]] if how == "typed" else [[new, 2007]])
        year = None if how == "typed" else 2007
        planes.row_becomes({"seats": 0, "year": year}, tailnum=new)
        planes.row_becomes(None, tailnum=old)
        counted.rest()
        assert sorted(counted.changes(prefix)) == [("c", new), ("d", old)]
    assert planes.column("tailnum", prefix) == [new, other]
    assert sorted(planes.table(prefix)) == sorted([(new,), (other,)])
    planes.sheet_shows({"seats": 0, "year": year, "row": place}, new)
    assert conflicts(planes, prefix) == []


def test_sorting_while_a_program_updates_puts_every_value_into_its_own_row(
    planes: Bridge, prefix: str
) -> None:
    keys = _rows(planes, prefix, 40)
    with ledger(planes) as before:
        before.rest()  # what earlier tests left is found now, not below
    with ledger(planes) as counted:
        for number, key in enumerate(keys):
            if number % 10 == 5:
                planes.sort(1, ascending=number % 20 != 5)
            planes.sql(f"UPDATE demo.planes SET speed = {number} WHERE tailnum = '{key}'")
        planes.sort(1, ascending=True)
        eventually(
            lambda: [planes.sheet().get((key,), {}).get("speed") for key in keys],
            lambda speeds: speeds == list(range(40)),
            "the speeds in the sheet",
        )
        counted.rest()
        assert sorted(counted.changes(prefix)) == [("u", key) for key in keys]
        assert sorted(counted.changes("")) == [
            ("u", UNHEARD_ROW),
            *(("u", key) for key in keys),
        ], "no other row was touched"
    eventually(lambda: _differences(planes), lambda found: not found, "what differs")
    assert planes.column("tailnum", prefix) == keys
    assert conflicts(planes, prefix) == []


def test_text_in_a_number_s_column_is_set_aside_and_the_row_s_other_cells_go_through(
    planes: Bridge, prefix: str
) -> None:
    key, other = _rows(planes, prefix, 2)
    with topic(planes.endpoints.kafka_bootstrap, DEAD_LETTERS) as letters:
        before = letters.end()
        with ledger(planes) as counted:
            # engines, seats, speed of the row: the one in the middle does not fit
            planes.edit(f"{planes.letter('engines')}{planes.place(key)}", [[4, "a lot", 500]])
            planes.row_becomes({"engines": 4, "seats": 0, "speed": 500}, tailnum=key)
            counted.rest()
            assert counted.changes(prefix) == [("u", key)]
        (letter,) = letters.records(before)
    assert letter.headers["sheetbridge.mapping"] == "planes"
    assert letter.headers["__connect.errors.exception.message"].startswith("“seats” takes")
    assert f'"tailnum":"{key}"' in letter.headers["sheetbridge.wish"]
    assert planes.sheet()[key,]["seats"] == "a lot", "what was typed stays where it was typed"

    planes.edit(f"{planes.letter('seats')}{planes.place(other)}", [[9]])
    planes.row_becomes({"seats": 9}, tailnum=other)
    planes.edit(f"{planes.letter('seats')}{planes.place(key)}", [[150]])
    planes.row_becomes({"engines": 4, "seats": 150, "speed": 500}, tailnum=key)
