"""Repairs of one cell are joined, so that they stay as few as the cells that wait for them."""

from __future__ import annotations

from dataclasses import replace

from sink.core.row_key import RowKey
from sink.writers.sheets.joined_repairs import joined
from sink.writers.sheets.repairs import NOWHERE, Repair

KEY = RowKey.from_values(("id",), (1,))


def repair(key: RowKey | None, copy_row: int, left: str | None, back: str | None) -> Repair:
    return Repair(key, 7, copy_row, (2,), (left,), (back,))


def test_a_cell_that_was_hit_twice_gets_what_stood_there_first() -> None:
    for key in (KEY, None):
        newer, older = repair(key, 5, "second", "first"), repair(key, 3, "first", "own")
        assert joined([newer, older]) == (repair(key, 3, "second", "own"),)


def test_what_a_person_typed_between_two_hits_is_what_comes_back() -> None:
    newer, older = repair(KEY, 5, "second", "typed"), repair(KEY, 3, "first", "own")
    assert joined([newer, older]) == (newer,)


def test_rows_without_a_key_are_not_taken_for_one_another() -> None:
    newer, older = repair(None, 5, "second", "typed"), repair(None, 3, "first", "own")
    assert joined([newer, older]) == (newer, older)


def test_a_repair_that_changes_nothing_goes_but_for_a_formula() -> None:
    idle = repair(None, 5, None, None)
    formula = Repair(None, 7, 5, (2,), (None,), (None,), formulas=(2,))
    deleted = Repair(None, 7, 5, ())
    assert joined([idle, formula, deleted]) == (formula, deleted)


def test_other_columns_of_a_joined_repair_stay() -> None:
    newer = Repair(None, 7, 5, (2, 3), ("second", "x"), ("first", "y"))
    older = repair(None, 3, "first", "own")
    rest = Repair(None, 7, 5, (3,), ("x",), ("y",))
    assert joined([newer, older]) == (rest, repair(None, 3, "second", "own"))


def test_cells_of_one_repair_that_were_hit_one_by_one_all_get_what_stood_there_first() -> None:
    older = Repair(KEY, 7, 3, (2, 3), ("first", "x"), ("own", "other"))
    second = Repair(KEY, 8, 4, (3,), (None,), ("x",))
    newest = Repair(KEY, 9, 5, (2,), (None,), ("first",))
    wanted = Repair(KEY, 9, 3, (2, 3), (None, None), ("own", "other"))
    assert joined([newest, second, older]) == (wanted,)


def test_what_was_typed_between_two_of_several_hits_comes_back() -> None:
    older = Repair(KEY, 7, 3, (2, 3), ("first", "x"), ("own", "other"))
    typed = Repair(KEY, 8, 4, (3,), (None,), ("typed",))
    newest = Repair(KEY, 9, 5, (2,), (None,), ("first",))
    own = replace(repair(KEY, 3, None, "own"), row=9)
    assert joined([newest, typed, older]) == (typed, own)


def test_what_one_repair_leaves_of_another_comes_after_those_between_them() -> None:
    newest = Repair(None, 7, 6, (1, 2, 3), ("v11", "v12", "v13"), ("v5", "v9", "v10"))
    between = Repair(None, 7, 5, (2, 3), ("v9", "v10"), ("v8", "v7"))
    older = Repair(None, 7, 4, (1, 2, 3), ("v5", "v6", "v7"), ("v1", "v2", "v4"))
    oldest = Repair(None, 7, 3, (3,), ("v4",), ("v3",))
    cells = {1: "v11", 2: "v12", 3: "v13"}
    for made in joined([newest, between, older, oldest]):
        cells.update(zip(made.columns, map(str, made.back), strict=True))
    assert cells == {1: "v1", 2: "v2", 3: "v3"}


def test_a_blank_typed_over_a_formula_that_was_put_back_is_what_comes_back() -> None:
    older = Repair(KEY, 7, 3, (2,), (None,), ("own",), left_formulas=(2,))
    newer = repair(KEY, 5, "second", None)
    assert joined([newer, older]) == (newer,)


def test_a_joined_repair_knows_of_a_formula_that_the_newer_one_left() -> None:
    newer = Repair(KEY, 7, 5, (2,), (None,), ("first",), left_formulas=(2,))
    older = repair(KEY, 3, "first", "own")
    wanted = Repair(KEY, 7, 3, (2,), (None,), ("own",), left_formulas=(2,))
    assert joined([newer, older]) == (wanted,)


def test_rows_without_a_key_are_known_by_where_a_reading_has_shown_them() -> None:
    newer, older = repair(None, 5, None, "ours"), repair(None, 3, "ours", None)
    elsewhere = replace(older, row=8)
    assert joined([newer, older], placed=True) == ()
    assert joined([newer, elsewhere], placed=True) == (newer, elsewhere)


def test_rows_that_wait_to_be_found_are_not_taken_for_one_another() -> None:
    newer, older = repair(None, 5, None, "first"), repair(None, 3, "first", "own")
    waiting = [replace(each, row=NOWHERE) for each in (newer, older)]
    assert joined(waiting, placed=True) == tuple(waiting)
