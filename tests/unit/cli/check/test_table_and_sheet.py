"""One mapped table and one mapped tab, each with one thing wrong."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from deploy.cli.check.finding import Finding, Level, MissingPieceError
from deploy.cli.check.first_sync import is_done
from deploy.cli.check.mysql_server import QueryRefusedError
from deploy.cli.check.sheet import check_access, check_tab
from deploy.cli.check.table import check_table
from sink.core.columns import Column, Table
from sink.core.mapping import Direction, Mapping, Policy, Rule
from tests.unit.cli.check.edges import (
    PLANES,
    FakeServer,
    FakeSpreadsheets,
    levels,
    planes,
    problems,
)


def table(
    mapping: Mapping | None = None,
    declared: Table = PLANES,
    server: FakeServer | None = None,
    release: tuple[int, ...] = (9, 7),
) -> list[Finding]:
    server = server or FakeServer()
    return problems(check_table(mapping or planes(), server, lambda name: declared, release))


def test_a_good_table_is_fine() -> None:
    assert table() == []


def test_a_missing_table() -> None:
    (found,) = table(server=FakeServer(answers={"information_schema.TABLES": []}))
    assert "no table demo.planes" in found.what


def test_a_view_is_refused() -> None:
    answers = {"information_schema.TABLES": [("VIEW", None, None)]}
    (found,) = table(server=FakeServer(answers=answers))
    assert "is a view" in found.what


def test_a_table_without_transactions() -> None:
    answers = {"information_schema.TABLES": [("BASE TABLE", "MyISAM", 1)]}
    (found,) = table(server=FakeServer(answers=answers))
    assert "ENGINE=InnoDB" in found.mend


def test_a_table_without_primary_key() -> None:
    (found,) = table(declared=replace(PLANES, primary_key=()))
    assert "no primary key" in found.what


@pytest.mark.parametrize("key", [("year",), ("tailnum", "year")])
def test_a_key_that_is_not_the_primary_key(key: tuple[str, ...]) -> None:
    (found,) = table(planes(key=key))
    assert found.mend == 'Write key = ["tailnum"]'


def test_a_key_in_another_order() -> None:
    declared = replace(PLANES, primary_key=("tailnum", "year"))
    (found,) = table(planes(key=("year", "tailnum")), declared)
    assert found.mend == 'Write key = ["tailnum", "year"]'


def test_every_unknown_and_unsupported_column_is_named() -> None:
    where = Column("where", "geometry", "geometry")
    declared = replace(PLANES, columns=PLANES.columns | {"where": where})
    mapping = planes(columns={"tailnum": "tailnum", "where": "Where", "nope": "Nope"})
    told = [found.what for found in table(mapping, declared)]
    assert len(told) == 2
    assert "where" in told[0]
    assert "'nope'" in told[1]


def test_an_unsupported_column_that_is_not_mapped_does_not_matter() -> None:
    where = Column("where", "geometry", "geometry")
    declared = replace(PLANES, columns=PLANES.columns | {"where": where})
    assert table(planes(columns={"tailnum": "tailnum"}), declared) == []


def test_columns_that_no_cell_can_hold_are_passed_over_and_told() -> None:
    where = Column("where", "point", "point", nullable=False)
    declared = replace(PLANES, columns=PLANES.columns | {"where": where})
    passed_over, needed = table(declared=declared)
    assert (passed_over.level, needed.level) == (Level.WARNING, Level.WARNING)
    assert "'where' (point): not mapped" in passed_over.what
    assert f"columns = {json.dumps([*PLANES.columns])}" in passed_over.mend
    assert "where must have a value" in needed.what
    server = FakeServer()
    found = [each.what for each in check_table(planes(), server, lambda name: declared, (9, 7))]
    assert f"{len(PLANES.columns)} columns, all of types that a cell can hold" in found


def test_a_required_column_that_is_left_out() -> None:
    seats = Column("seats", "int", "int", nullable=False)
    declared = replace(PLANES, columns=PLANES.columns | {"seats": seats})
    (found,) = table(planes(columns={"tailnum": "tailnum"}), declared)
    assert found.level is Level.WARNING
    assert "seats" in found.what


def test_a_policy_function_that_cannot_be_imported() -> None:
    mapping = replace(planes(), rule=Rule(Policy.FUNCTION, "no.such.module:decide"))
    (found,) = table(mapping)
    assert "The policy function of mapping 'planes' cannot be loaded" in found.what
    assert "with a function that can be imported" in found.mend


def test_zero_dates_are_found() -> None:
    (found,) = table(server=FakeServer(answers={"DAYOFMONTH": [(1,)]}))
    assert "demo.planes.built has zero dates" in found.what


def test_a_search_that_takes_too_long_is_only_told() -> None:
    refused = QueryRefusedError(3024, "Query execution was interrupted")
    server = FakeServer(answers={"DAYOFMONTH": refused})
    found = list(check_table(planes(), server, lambda name: PLANES, (9, 7)))
    assert Level.UNKNOWN in levels(found)
    assert problems(found) == []


def test_cascades_are_warned_of_where_the_binlog_lacks_them() -> None:
    server = FakeServer(answers={"REFERENTIAL_CONSTRAINTS": [("fk_owner",)]})
    (found,) = table(server=server, release=(8, 4))
    assert "fk_owner" in found.what
    assert table(server=server, release=(9, 7)) == []


@pytest.mark.parametrize(
    ("counted", "estimate", "says"),
    [
        ([(5_000_000,)], 12, "5,000,000 rows: 15,000,000 cells"),
        (QueryRefusedError(3024, "interrupted"), 5_000_000, "about 5,000,000 rows: 15,000,000"),
    ],
)
def test_a_table_that_no_spreadsheet_can_hold(
    counted: list[tuple[object, ...]] | QueryRefusedError, estimate: int, says: str
) -> None:
    kind = [("BASE TABLE", "InnoDB", estimate)]
    answers = {"information_schema.TABLES": kind, "COUNT(*)": counted}
    (found,) = table(server=FakeServer(answers=answers))
    assert says in found.what


def test_rows_are_counted_and_not_taken_from_old_statistics() -> None:
    answers = {"information_schema.TABLES": [("BASE TABLE", "InnoDB", 12)]}
    server = FakeServer(answers=answers)
    found = [*check_table(planes(), server, lambda name: PLANES, (9, 7))]
    assert found[-1].what == "3,322 rows of 3 cells"


HEADER: list[object] = ["tailnum", "year", "note", "built"]
GOOD: list[list[object]] = [HEADER, ["N1", 2004, "mine", 38000], ["N2", 2005]]


def tab(
    rows: list[list[object]] | None = None,
    mapping: Mapping | None = None,
    declared: Table | None = PLANES,
    locked: bool = False,
    synced: bool = True,
) -> list[Finding]:
    sheets = FakeSpreadsheets({"planes": GOOD if rows is None else rows}, locked=locked)
    return problems(check_tab(mapping or planes(), sheets, declared, synced=synced))


def test_a_good_tab_is_fine() -> None:
    assert tab() == []


def test_an_empty_tab_will_be_filled() -> None:
    sheets = FakeSpreadsheets({"planes": []})
    (_, found) = check_tab(planes(), sheets, PLANES, synced=False)
    assert found.level is Level.NOTE
    assert "the first sync fills it" in found.what


def test_a_tab_that_is_empty_after_the_first_sync_has_lost_its_header() -> None:
    (found,) = tab([])
    assert found.level is Level.PROBLEM
    assert "Row 1" in found.what


def test_a_tab_that_is_not_there_yet_will_be_made() -> None:
    sheets = FakeSpreadsheets({"planes": GOOD})
    (found,) = check_tab(planes(tab="orders"), sheets, PLANES, synced=False)
    assert found.level is Level.NOTE
    assert found.what == "tab 'orders' is not there yet: the first sync makes it beside planes"


def test_a_tab_that_is_gone_after_the_first_sync_is_a_problem_that_lists_those_there_are() -> None:
    (found,) = tab(mapping=planes(tab="orders"))
    assert found.level is Level.PROBLEM
    assert "there are planes" in found.what


@pytest.mark.parametrize("synced", [True, False])
def test_a_tab_of_almost_that_name_is_taken_for_a_slip(synced: bool) -> None:
    (found,) = tab(mapping=planes(tab="Planes"), synced=synced)
    assert found.level is Level.PROBLEM


@pytest.mark.parametrize(
    ("stored", "done"),
    [
        ([("running",)], True),
        ([("filling",)], False),
        ([("new",)], False),
        ([], False),
        (QueryRefusedError(1146, "Table 'sheetbridge.mapping' doesn't exist"), False),
    ],
)
def test_whether_the_first_sync_is_done_is_what_the_sink_has_stored(
    stored: list[tuple[object, ...]] | QueryRefusedError, done: bool
) -> None:
    server = FakeServer(answers={"SELECT phase": stored})
    assert is_done(planes(), server) is done
    assert server.asked[-1][1] == ("planes",)


def test_a_tab_of_another_case_is_suggested() -> None:
    (found,) = tab(mapping=planes(tab="Planes"))
    assert found.mend.startswith('Write tab = "planes"')


def test_missing_headers_are_named_together() -> None:
    (found,) = tab([["tailnum", "Year"], ["N1", 1]])
    assert "lacks the header year, built" in found.what
    assert "Row 1 reads: tailnum, Year" in found.mend


def test_a_header_twice_is_named_by_its_columns() -> None:
    (found,) = tab([["tailnum", "year", "built", "year"]])
    assert "'year' stands in columns B and D" in found.what


def test_headers_are_those_of_the_mapping() -> None:
    mapping = planes(columns={"tailnum": "Tail number", "year": "Year"})
    assert tab([["Year", "Tail number"], [2004, "N1"]], mapping) == []


def test_an_unmapped_column_may_stand_twice() -> None:
    assert tab([[*HEADER, "note"], ["N1"]]) == []


def test_data_without_a_header() -> None:
    (found,) = tab([[], ["N1", 2004]])
    assert "Row 1" in found.what


def test_a_key_twice_is_named_by_its_rows() -> None:
    (found,) = tab([HEADER, ["N1"], ["N2"], ["N1"]])
    assert "Key N1 stands in rows 2, 4" in found.what


def test_values_of_a_column_that_is_not_the_primary_key_may_stand_twice() -> None:
    rows: list[list[object]] = [HEADER, ["N1", 2004], ["N2", 2004], ["N3", None]]
    assert tab(rows, planes(key=("year",))) == []


def test_keys_that_are_one_to_mysql() -> None:
    (found,) = tab([HEADER, ["n1"], ["N1"]])
    assert "collation" in found.what


def test_a_numbers_key_is_the_same_however_the_cell_holds_it() -> None:
    declared = Table("t.t", {"id": Column("id", "int", "int")}, ("id",))
    mapping = planes(key=("id",))
    (found,) = tab([["id"], [1], [1.0]], mapping, declared)
    assert "Key 1 stands in rows 2, 3" in found.what


def test_half_a_composite_key() -> None:
    declared = replace(PLANES, primary_key=("tailnum", "year"))
    (found,) = tab(
        [HEADER, ["N1", 1], ["N2", None], [None, 3]], planes(key=("tailnum", "year")), declared
    )
    assert "half filled in rows 3, 4" in found.what


def test_a_row_with_content_but_no_key_is_warned_of_and_an_empty_one_is_not() -> None:
    (found,) = tab([HEADER, ["N1"], [], ["", 2004], ["N2"]])
    assert found.level is Level.WARNING
    assert found.what == (
        "Row 4 of tab 'planes' holds something, but no key: it is not kept in step."
    )
    assert found.mend == "Fill tailnum, or leave it so if it is a note of yours."
    (found,) = tab([HEADER, ["N1"], [None, 1], ["", 2004], ["N2"]])
    assert found.what.startswith("Rows 3, 4 of tab 'planes' hold something, but no key: they are")


def test_rows_below_the_last_key_are_named_too() -> None:
    (found,) = tab([HEADER, ["N1"], [], ["", 2004], [], [None, 7]])
    assert found.what.startswith("Rows 4, 6 of tab 'planes' hold something, but no key: they are")


COUNTED = Table(
    "demo.planes",
    {
        "id": Column("id", "int", "int", nullable=False, has_default=True, auto_increment=True),
        "item": Column("item", "text", "text", nullable=False),
        "count": Column("count", "int", "int", nullable=False),
        "note": Column("note", "text", "text"),
    },
    ("id",),
)


@pytest.mark.parametrize(
    ("mapping", "what", "mend"),
    [
        (
            planes(key=("id",)),
            "Row 3 of tab 'planes' holds something, but no key, and lacks item, count: it is not",
            "Fill item, count (the database gives id), or leave it so if it is a note of yours.",
        ),
        (
            planes(key=("id",), direction=Direction.TO_SHEET),
            "Row 3 of tab 'planes' holds something, but no key: it is not kept in step.",
            "Fill id, or leave it so if it is a note of yours.",
        ),
    ],
)
def test_where_the_database_gives_the_key_a_row_lacks_what_else_it_needs(
    mapping: Mapping, what: str, mend: str
) -> None:
    header: list[object] = ["id", "item", "count", "note"]
    (found,) = tab([header, [1, "a", 1], ["", None, "", "later"], [2, "b", 1]], mapping, COUNTED)
    assert found.what.startswith(what)
    assert found.mend == mend


def test_rows_are_told_together_that_lack_the_same() -> None:
    header: list[object] = ["id", "item", "count", "note"]
    rows: list[list[object]] = [
        header,
        [1, "a", 1],
        ["", "b"],
        ["", "c"],
        ["", "d", 4],
        [2, "e", 1],
    ]
    halves, whole = tab(rows, planes(key=("id",)), COUNTED)
    assert halves.what.startswith(
        "Rows 3, 4 of tab 'planes' hold something, but no key, and lack c"
    )
    assert whole.what.startswith("Row 5 of tab 'planes' has no key yet, and lacks nothing else")
    assert "next comparison takes it" in whole.mend


def test_many_duplicates_are_told_in_a_few_lines() -> None:
    rows: list[list[object]] = [HEADER]
    rows += [[f"N{number % 50}"] for number in range(200)]
    found = tab(rows)
    assert len(found) == 6
    assert "45 more keys" in found[-1].what


def test_protected_ranges_are_warned_of() -> None:
    (found,) = tab(locked=True)
    assert "protected" in found.what


def test_a_tab_can_be_looked_at_without_its_table() -> None:
    assert tab(declared=None) == []


def test_access() -> None:
    assert problems(check_access("id", FakeSpreadsheets({}))) == []
    (found,) = problems(check_access("id", FakeSpreadsheets({}, editable=False)))
    assert "Editor" in found.mend


def test_a_spreadsheet_that_does_not_open_is_passed_on() -> None:
    missing = MissingPieceError("gone", "share it")
    with pytest.raises(MissingPieceError, match="gone"):
        list(check_access("id", FakeSpreadsheets({}, missing=missing)))
