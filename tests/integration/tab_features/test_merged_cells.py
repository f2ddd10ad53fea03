"""Merged cells: beside and below the table they stay, in mapped columns they are what they show.

Only the top left cell of a merge has content. Of the others merging has emptied the mapped ones,
which is an edit like any clearing; no trigger tells of it, so the comparison finds it.
"""

from __future__ import annotations

import pytest

from tests.integration.bridge import Bridge, eventually
from tests.integration.tab_features.rows import cell, compare_now, grid_range, insert, update

pytestmark = pytest.mark.stack

BESIDE = 12
"""The first column behind the mapped ones, from 1: column L."""


def merges(bridge: Bridge) -> set[tuple[int, int, int, int]]:
    """Where merges stand: row and column from 1, height and width."""
    return {
        (
            each["startRowIndex"] + 1,
            each["startColumnIndex"] + 1,
            each["endRowIndex"] - each["startRowIndex"],
            each["endColumnIndex"] - each["startColumnIndex"],
        )
        for each in bridge.layout("sheets.merges", "A1").get("merges", [])
    }


def merge(bridge: Bridge, row: int, column: int, height: int, width: int) -> None:
    """A person merges a block of cells."""
    place = grid_range(bridge, row, column, height, width)
    bridge.batch_update({"mergeCells": {"range": place, "mergeType": "MERGE_ALL"}})


def unmerge(bridge: Bridge, row: int, column: int, height: int, width: int) -> None:
    """A person takes the merges in a block apart."""
    bridge.batch_update({"unmergeCells": {"range": grid_range(bridge, row, column, height, width)}})


def test_merges_beside_and_below_the_table_stay_where_they_belong(
    features: Bridge, prefix: str
) -> None:
    keys = [f"{prefix}{at}" for at in range(1, 7)]
    insert(features, *keys)
    top, below = features.place(keys[0]), features.place(keys[-1]) + 3
    features.edit(f"L{top + 1}:M{top + 1}", [["beside", ""]])
    features.edit(f"B{below}", [[f"=COUNTA(B{top}:B{top + 5})"]])
    merge(features, top + 1, BESIDE, 2, 2)  # beside the second and the third row
    merge(features, top + 4, BESIDE, 1, 2)  # beside the fifth
    merge(features, below, 2, 2, 3)
    assert merges(features) == {
        (top + 1, BESIDE, 2, 2),
        (top + 4, BESIDE, 1, 2),
        (below, 2, 2, 3),
    }

    for key in keys:
        update(features, key, size=100)
    features.sheet_shows({"size": 100}, keys[-1])
    features.edit(cell(features, "size", keys[2]), [[101]])
    features.row_becomes({"size": 101}, id=keys[2])
    insert(features, f"{prefix}7", f"{prefix}8")  # between the last row and what stands below
    features.sql(f"DELETE FROM {features.mapping.table} WHERE id IN ('{keys[0]}', '{keys[2]}')")
    features.sheet_shows(None, keys[0])
    features.sheet_shows(None, keys[2])
    assert features.place(keys[1]) == top
    assert merges(features) == {
        (top, BESIDE, 1, 2),  # its lower row is gone
        (top + 2, BESIDE, 1, 2),
        (below, 2, 2, 3),  # two rows more above it, and two less
    }
    assert features.grid(f"L{top}") == [["beside"]]
    assert features.formula(f"B{below}").startswith("=COUNTA(")
    assert features.reason() is None

    features.edit(f"B{below}", [[""]])
    unmerge(features, top, 1, below - top + 3, BESIDE + 2)


def test_what_a_merge_of_mapped_cells_empties_is_cleared_in_the_table(
    features: Bridge, prefix: str
) -> None:
    one, two, three = (f"{prefix}{at}" for at in range(3))
    insert(features, one, two, three)
    top = features.place(one)
    merge(features, top, 2, 2, 1)  # the names of the first and the second
    merge(features, top + 2, 2, 1, 2)  # name and size of the third
    compare_now(features)
    features.row_becomes({"name": None, "size": 1}, id=two)
    features.row_becomes({"name": f"{three} name", "size": None}, id=three)
    features.row_becomes({"name": f"{one} name"}, id=one)

    # programs go on writing beside it, and what a person types is its first cell's
    update(features, one, name="by a program")
    update(features, two, size=11)
    features.sheet_shows({"name": "by a program"}, one)
    features.sheet_shows({"size": 11}, two)
    features.edit(cell(features, "name", one), [["by a person"]])
    features.row_becomes({"name": "by a person"}, id=one)
    assert merges(features) == {(top, 2, 2, 1), (top + 2, 2, 1, 2)}

    unmerge(features, top, 1, 3, 4)
    features.edit(cell(features, "name", two), [["its own"]])
    features.row_becomes({"name": "its own", "size": 11}, id=two)
    features.row_becomes({"name": "by a person"}, id=one)


def test_a_key_that_a_merge_empties_is_a_row_taken_away_until_it_is_back(
    features: Bridge, prefix: str
) -> None:
    one, two = f"{prefix}1", f"{prefix}2"
    insert(features, one, two)
    top = features.place(one)
    merge(features, top, 1, 2, 1)
    compare_now(features)
    features.row_becomes(None, id=two)
    features.row_becomes({"name": f"{one} name"}, id=one)
    unmerge(features, top, 1, 2, 1)
    features.edit(f"A{top + 1}", [[two]])
    features.row_becomes({"name": f"{two} name"}, id=two)
    eventually(lambda: features.face(f"A{top + 1}").note, lambda note: note == "", "no mark")
