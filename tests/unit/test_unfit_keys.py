"""Rows whose key is none: which of them are meant as rows, and what is said of their keys."""

from __future__ import annotations

import pytest

from sink.core.cell import CellContent
from sink.core.columns import Column, Table
from sink.core.errors import UnfitValueError
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Direction, Mapping
from sink.core.tagged_row import TaggedRow
from sink.unfit_keys import MOST_TAGGED, Known, has_unfit_key, remembered, shown_by
from sink.writers.sheets.stray_rows import Cells, StrayRow

NUMBER = "takes a whole number from -2147483648 to 2147483647, not “4l”"


def lines(*, direction: Direction = Direction.BOTH) -> MappedTable:
    """Lines of orders: a key of two columns, one cell that a row must have and one that it may."""
    columns = {
        "nr": Column("nr", "int", "int", nullable=False, precision=10),
        "line": Column("line", "varchar", "varchar(3)", nullable=False, length=3),
        "name": Column("name", "varchar", "varchar(20)", nullable=False, length=20),
        "price": Column("price", "int", "int", precision=10),
    }
    key = ("nr", "line")
    headers = {"nr": "Order", "line": "line", "name": "name", "price": "price"}
    mapping = Mapping("lines", "shop.lines", "sheet", "lines", key, headers, direction=direction)
    return MappedTable.of(mapping, Table("shop.lines", columns, key))


def cells(*contents: CellContent, **formulas: str) -> Cells:
    names = ("nr", "line", "name", "price")
    whole = (*contents, *[None] * (len(names) - len(contents)))
    return {name: (content, formulas.get(name)) for name, content in zip(names, whole, strict=True)}


def test_every_part_of_a_key_that_does_not_fit_is_told() -> None:
    shown = {"nr": "4l", "line": "long", "name": "Milk"}
    assert lines().unfit_key(shown) == {
        "Order": NUMBER,
        "line": "takes at most 3 characters; this text has 4",
    }


@pytest.mark.parametrize("shown", [{"nr": 4, "line": "a"}, {"nr": "4l"}, {"line": "long"}, {}])
def test_a_key_that_fits_or_is_not_whole_yet_is_not_told(shown: dict[str, CellContent]) -> None:
    assert lines().unfit_key(shown) == {}


def test_a_key_that_is_too_long_as_a_whole_is_told_at_its_first_cell() -> None:
    long = Column("code", "varchar", "varchar(3000)", nullable=False, length=3000)
    table = MappedTable.of(
        Mapping("codes", "shop.codes", "spreadsheet", "codes", ("code",)),
        Table("shop.codes", {"code": long}, ("code",)),
    )
    reason = "is too long for a row's key, which may take 2000 bytes"
    assert table.unfit_key({"code": "x" * 2500}) == {"code": reason}
    with pytest.raises(UnfitValueError, match=r"^“code” is too long"):
        table.key_from_cells({"code": "x" * 2500})


def test_a_part_that_does_not_fit_is_no_key_while_another_is_empty() -> None:
    assert lines().key_from_cells({"Order": "4l", "line": None}) is None


@pytest.mark.parametrize(
    ("row", "means"),
    [
        (cells("4l", "a"), True),
        (cells("4l", "a", "Milk"), True),
        (cells("4l", "a", "Milk", 3, price="=1+2"), True),
        (cells(4, "a", "Milk"), False),
        (cells("4l", None, "Milk"), False),
        (cells("Total", "all", 3, 7, name="=COUNTA(C2:C9)"), False),
        (cells("Total", "all", None, 3, price="=SUM(D2:D9)"), False),
    ],
)
def test_a_row_is_meant_where_nothing_says_that_it_is_a_total(row: Cells, means: bool) -> None:
    assert has_unfit_key(row, lines()) is means


def test_none_is_meant_where_the_sheet_may_not_make_rows() -> None:
    assert not has_unfit_key(cells("4l", "a"), lines(direction=Direction.TO_SHEET))


def test_a_row_is_remembered_with_its_reason_and_what_it_shows() -> None:
    row = remembered(StrayRow(7, (), cells("4l", "a"), 5, True, "tag"), "tag", lines())
    assert (row.tag, row.time, row.key, row.lacks) == ("tag", 5, None, {"Order": NUMBER})
    assert row.shown == {"nr": "4l", "line": "a", "name": None, "price": None}
    assert row.reason == f"this row is not in the database yet: “Order” {NUMBER}"


def test_of_rows_that_show_the_same_as_many_are_known_as_are_remembered() -> None:
    shown = {"nr": "4l", "line": "a"}
    known = Known([TaggedRow("one", lacks={"Order": NUMBER}, shown=shown)])
    assert [known.takes(shown_by(shown)) for _ in range(3)] == [False, True, True]


def test_a_tab_is_not_filled_with_tags() -> None:
    known = Known(TaggedRow(str(number)) for number in range(MOST_TAGGED - 1))
    rows = [shown_by({"nr": f"{number}l"}) for number in range(3)]
    assert known.room == 1
    assert [known.takes(shown) for shown in rows] == [True, False, False]
